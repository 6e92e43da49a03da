from django.db import migrations

from journal.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("funding", "0001_initial"), ("journal", "0002_append_only")]
    operations = [append_only("funding_movement", "funding_allocation")]
