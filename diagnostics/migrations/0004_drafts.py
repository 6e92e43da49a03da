import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("diagnostics", "0003_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="section",
            name="draft_organisation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="section",
            name="draft_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="section",
            name="revision",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="section",
            name="text",
            field=models.TextField(blank=True, verbose_name="texte"),
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("draft_organisation__isnull", True), ("draft_since__isnull", True)),
                    models.Q(
                        ("draft_organisation__isnull", False),
                        ("draft_since__isnull", False),
                        ("updated_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="section_draft_is_whole",
            ),
        ),
    ]
