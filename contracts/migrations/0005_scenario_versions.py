import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0004_clauses_and_rectifications"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("scenario", "version", models.PositiveIntegerField(default=1)),
        migrations.AddField(
            "scenario",
            "removed_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("scenario", "removed_at", models.DateTimeField(blank=True, null=True)),
        migrations.RemoveConstraint("scenario", "scenario_name_of_year"),
        migrations.AddConstraint(
            "scenario",
            models.UniqueConstraint(
                fields=["organisation", "year", "name"],
                condition=Q(removed_at__isnull=True),
                name="one_kept_scenario_per_name",
            ),
        ),
        migrations.AddConstraint(
            "scenario",
            models.CheckConstraint(
                condition=Q(removed_by__isnull=True, removed_at__isnull=True)
                | Q(removed_by__isnull=False, removed_at__isnull=False),
                name="removed_scenario_has_its_author",
            ),
        ),
        migrations.AddConstraint(
            "scenario",
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(removed_at__isnull=True), name="applied_scenario_is_kept"
            ),
        ),
    ]
