from decimal import Decimal

import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_links"),
        ("campaigns", "0003_extensions_targets_payments"),
        ("contracts", "0002_links"),
        ("funding", "0003_publics_proofs_payees"),
        ("journal", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="allocation",
            name="allocation_is_not_nothing",
        ),
        migrations.RemoveConstraint(
            model_name="movement",
            name="only_grants_draw_on_an_envelope",
        ),
        migrations.AddField(
            model_name="allocation",
            name="cp_amount",
            field=models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=14),
        ),
        migrations.AddField(
            model_name="envelope",
            name="cp_allotted",
            field=models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=14),
        ),
        migrations.AddField(
            model_name="envelope",
            name="cp_distributed",
            field=models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=14),
        ),
        migrations.AddField(
            model_name="envelope",
            name="cp_paid",
            field=models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=14),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount", 0), _negated=True), models.Q(("cp_amount", 0), _negated=True), _connector="OR"
                ),
                name="allocation_is_not_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="envelope",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cp_paid__gte", 0),
                    ("cp_distributed__gte", 0),
                    (
                        "cp_allotted__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("cp_distributed"), "+", models.F("cp_paid")
                        ),
                    ),
                ),
                name="envelope_cp_never_below_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.CheckConstraint(
                condition=models.Q(("envelope__isnull", True), ("stage__in", ("granted", "paid")), _connector="OR"),
                name="only_grants_and_payments_draw_on_an_envelope",
            ),
        ),
    ]
