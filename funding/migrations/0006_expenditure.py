from decimal import Decimal

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

from journal.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0004_clauses_and_rectifications"),
        ("funding", "0005_tranches"),
        ("journal", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Expenditure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="année de la tranche")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("commitment", "Engagement"),
                            ("advance", "Avance"),
                            ("instalment", "Acompte"),
                            ("balance", "Solde"),
                        ],
                        max_length=10,
                        verbose_name="nature",
                    ),
                ),
                (
                    "beneficiary_siret",
                    models.CharField(blank=True, max_length=14, verbose_name="SIRET du bénéficiaire"),
                ),
                ("beneficiary_name", models.CharField(blank=True, max_length=200, verbose_name="bénéficiaire")),
                ("chorus_number", models.CharField(max_length=10, verbose_name="numéro d’engagement juridique")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="montant")),
                ("day", models.DateField(verbose_name="date")),
                ("reason", models.CharField(blank=True, max_length=1000, verbose_name="motif de la correction")),
                ("recorded_at", models.DateTimeField(verbose_name="enregistrée le")),
            ],
            options={
                "verbose_name": "engagement ou versement",
                "verbose_name_plural": "engagements et versements",
            },
        ),
        migrations.AddField(
            model_name="yearamount",
            name="committed",
            field=models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=14, verbose_name="engagé"),
        ),
        migrations.AddField(
            model_name="yearamount",
            name="paid",
            field=models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=14, verbose_name="versé"),
        ),
        migrations.AddConstraint(
            model_name="yearamount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("paid__gte", 0),
                    ("committed__gte", models.F("paid")),
                    (
                        "committed__lte",
                        django.db.models.functions.comparison.Coalesce(
                            models.F("granted"), models.Value(Decimal("0.00"))
                        ),
                    ),
                ),
                name="year_paid_within_committed_within_granted",
            ),
        ),
        migrations.AddField(
            model_name="expenditure",
            name="contract",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="expenditures", to="contracts.contract"
            ),
        ),
        migrations.AddField(
            model_name="expenditure",
            name="corrects",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="correction",
                to="funding.expenditure",
                verbose_name="corrige",
            ),
        ),
        migrations.AddField(
            model_name="expenditure",
            name="event",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="expenditure", to="journal.event"
            ),
        ),
        migrations.AddField(
            model_name="expenditure",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="expenditure",
            index=models.Index(fields=["contract", "year"], name="expenditure_of_tranche"),
        ),
        migrations.AddConstraint(
            model_name="expenditure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__gt", 0), ("corrects__isnull", True), ("reason", "")),
                    models.Q(("amount__lt", 0), ("corrects__isnull", False), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="expenditure_is_positive_or_corrects",
            ),
        ),
        migrations.AddConstraint(
            model_name="expenditure",
            constraint=models.CheckConstraint(
                condition=models.Q(("chorus_number__regex", "^[0-9]{10}$")), name="expenditure_chorus_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="expenditure",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["commitment", "advance", "instalment", "balance"])),
                name="expenditure_kind_is_known",
            ),
        ),
        append_only("funding_expenditure"),
    ]
