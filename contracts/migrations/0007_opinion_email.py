from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0006_contract_wording")]

    operations = [
        migrations.AddField(
            model_name="opinion",
            name="email",
            field=models.EmailField(blank=True, default="", max_length=254, verbose_name="adresse du service"),
            preserve_default=False,
        ),
    ]
