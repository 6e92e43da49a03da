import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_extensions_targets_payments"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewCriterion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank", models.PositiveSmallIntegerField(default=0, verbose_name="ordre")),
                ("label", models.CharField(max_length=160, verbose_name="critère")),
                ("guidance", models.CharField(blank=True, max_length=500, verbose_name="aide")),
                (
                    "points",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="note maximale",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="actif")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="criteria", to="campaigns.campaign"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "label"), name="criterion_once_per_campaign"),
                    models.CheckConstraint(
                        condition=models.Q(("points__gte", 1), ("points__lte", 100)), name="criterion_points_are_sane"
                    ),
                ],
            },
        ),
    ]
