from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import campaigns.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_links"),
        ("campaigns", "0002_published_questions"),
        ("territories", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CampaignTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contracts", models.PositiveIntegerField(verbose_name="contrats attendus")),
            ],
        ),
        migrations.CreateModel(
            name="DeadlineExtension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("deadline", models.DateField(verbose_name="nouvelle date limite")),
                ("reason", models.CharField(max_length=500, verbose_name="motif")),
                ("granted_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="campaign",
            name="advance_share",
            field=models.DecimalField(
                decimal_places=2,
                default=Decimal(50),
                max_digits=5,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="avance (%)",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="balance_share",
            field=models.DecimalField(
                decimal_places=2,
                default=Decimal(20),
                max_digits=5,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="solde (%)",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="eligible_accounts",
            field=models.JSONField(default=campaigns.models.every_charge, verbose_name="charges éligibles"),
        ),
        migrations.AddField(
            model_name="campaign",
            name="instalment_share",
            field=models.DecimalField(
                decimal_places=2,
                default=Decimal(30),
                max_digits=5,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="acompte (%)",
            ),
        ),
        migrations.AddField(
            model_name="campaignaxis",
            name="active",
            field=models.BooleanField(default=True, verbose_name="actif"),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "advance_share",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.Value(100), "-", models.F("instalment_share")
                            ),
                            "-",
                            models.F("balance_share"),
                        ),
                    ),
                    ("advance_share__gte", 0),
                    ("balance_share__gte", 0),
                    ("instalment_share__gte", 0),
                ),
                name="campaign_payments_add_to_hundred",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignaxis",
            constraint=models.CheckConstraint(
                condition=models.Q(("active", True), ("mandatory", False), _connector="OR"),
                name="mandatory_axis_is_active",
            ),
        ),
        migrations.AddField(
            model_name="campaigntarget",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="targets", to="campaigns.campaign"
            ),
        ),
        migrations.AddField(
            model_name="campaigntarget",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="deadlineextension",
            name="authority",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="territories.localauthority",
            ),
        ),
        migrations.AddField(
            model_name="deadlineextension",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="extensions", to="campaigns.campaign"
            ),
        ),
        migrations.AddField(
            model_name="deadlineextension",
            name="departement",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="territories.departement",
            ),
        ),
        migrations.AddField(
            model_name="deadlineextension",
            name="granted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="deadlineextension",
            name="region",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="territories.region",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigntarget",
            constraint=models.UniqueConstraint(fields=("campaign", "organisation"), name="one_target_per_prefet"),
        ),
        migrations.AddConstraint(
            model_name="deadlineextension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("authority__isnull", True), ("departement__isnull", True), ("region__isnull", False)),
                    models.Q(("authority__isnull", True), ("departement__isnull", False), ("region__isnull", True)),
                    models.Q(("authority__isnull", False), ("departement__isnull", True), ("region__isnull", True)),
                    _connector="OR",
                ),
                name="extension_for_one_territory",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadlineextension",
            constraint=models.UniqueConstraint(fields=("campaign", "region"), name="one_extension_per_region"),
        ),
        migrations.AddConstraint(
            model_name="deadlineextension",
            constraint=models.UniqueConstraint(
                fields=("campaign", "departement"), name="one_extension_per_departement"
            ),
        ),
        migrations.AddConstraint(
            model_name="deadlineextension",
            constraint=models.UniqueConstraint(fields=("campaign", "authority"), name="one_extension_per_authority"),
        ),
    ]
