import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0005_scenario_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContractWording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "representative",
                    models.CharField(blank=True, max_length=160, verbose_name="représentant de la collectivité"),
                ),
                ("capacity", models.CharField(blank=True, max_length=160, verbose_name="qualité de ce représentant")),
                (
                    "diagnostic_on",
                    models.DateField(blank=True, null=True, verbose_name="date d’approbation du diagnostic"),
                ),
                ("public", models.TextField(blank=True, max_length=3000, verbose_name="publics visés")),
                ("written_at", models.DateTimeField()),
                (
                    "contract",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="wording", to="contracts.contract"
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"verbose_name": "mentions d’un contrat", "verbose_name_plural": "mentions des contrats"},
        ),
    ]
