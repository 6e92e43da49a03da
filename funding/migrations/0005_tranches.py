import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from journal.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0004_clauses_and_rectifications"),
        ("funding", "0004_payment_credits"),
        ("journal", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Tranche",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="année")),
                ("confirmed_at", models.DateTimeField(verbose_name="confirmée le")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="retirée le")),
                ("withdrawal_reason", models.CharField(blank=True, max_length=1000, verbose_name="motif du retrait")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tranches", to="contracts.contract"
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tranche", to="journal.event"
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "tranche annuelle",
                "verbose_name_plural": "tranches annuelles",
            },
        ),
        migrations.CreateModel(
            name="TrancheAmount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("promised", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="indicatif")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="confirmé")),
                ("reason", models.CharField(blank=True, max_length=1000, verbose_name="motif")),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funding.action"
                    ),
                ),
                (
                    "tranche",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="amounts", to="funding.tranche"
                    ),
                ),
            ],
            options={
                "verbose_name": "montant d’une tranche",
                "verbose_name_plural": "montants des tranches",
            },
        ),
        migrations.AddConstraint(
            model_name="tranche",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("contract", "year"),
                name="one_tranche_a_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="tranche",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("withdrawal_reason", ""), ("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)
                    ),
                    models.Q(
                        ("withdrawn_at__isnull", False),
                        ("withdrawn_by__isnull", False),
                        models.Q(("withdrawal_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="withdrawn_tranche_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="trancheamount",
            constraint=models.UniqueConstraint(fields=("tranche", "action"), name="one_tranche_amount_per_action"),
        ),
        migrations.AddConstraint(
            model_name="trancheamount",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0), ("amount__lte", models.F("promised"))),
                name="tranche_amount_within_promise",
            ),
        ),
        migrations.AddConstraint(
            model_name="trancheamount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount", models.F("promised")), models.Q(("reason", ""), _negated=True), _connector="OR"
                ),
                name="lowered_tranche_amount_says_why",
            ),
        ),
        append_only("funding_trancheamount"),
    ]
