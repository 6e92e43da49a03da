from django.db import migrations

from journal.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("diagnostics", "0002_row_axis"), ("journal", "0002_append_only")]
    operations = [append_only("diagnostics_sectionversion")]
