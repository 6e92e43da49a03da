import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrganisationLogo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.BinaryField(verbose_name="image PNG")),
                ("sha256", models.CharField(max_length=64, verbose_name="empreinte SHA-256")),
                ("width", models.PositiveSmallIntegerField(verbose_name="largeur en pixels")),
                ("height", models.PositiveSmallIntegerField(verbose_name="hauteur en pixels")),
                ("deposited_at", models.DateTimeField(verbose_name="déposé le")),
                (
                    "deposited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="déposé par",
                    ),
                ),
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="logo", to="accounts.organisation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("height__range", (1, 300)), ("width__range", (1, 600))),
                        name="logo_is_bounded",
                    )
                ],
            },
        ),
    ]
