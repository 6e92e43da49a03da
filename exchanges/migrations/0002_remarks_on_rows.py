from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchanges", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="remark",
            name="anchor",
            field=models.CharField(
                choices=[
                    ("file", "Dossier"),
                    ("section", "Section du diagnostic"),
                    ("row", "Ligne du diagnostic"),
                    ("action", "Fiche-action"),
                    ("budget", "Budget d’une action"),
                    ("request", "Demande de financement"),
                ],
                default="file",
                max_length=10,
                verbose_name="porte sur",
            ),
        ),
    ]
