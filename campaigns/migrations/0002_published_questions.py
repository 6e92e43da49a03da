from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

CREATE = """
CREATE FUNCTION campaigns_refuse_published() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'A published question set never changes' USING ERRCODE = 'check_violation';
END
$$ LANGUAGE plpgsql;
CREATE FUNCTION campaigns_question_guard() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM campaigns_questionset
        WHERE published_at IS NOT NULL
          AND id = CASE WHEN TG_OP = 'INSERT' THEN NEW.question_set_id ELSE OLD.question_set_id END
    ) THEN
        RAISE EXCEPTION 'A published question set never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$ LANGUAGE plpgsql;
CREATE TRIGGER question_guard BEFORE INSERT OR UPDATE OR DELETE ON campaigns_question
    FOR EACH ROW EXECUTE FUNCTION campaigns_question_guard();
CREATE TRIGGER question_set_guard BEFORE UPDATE OR DELETE ON campaigns_questionset
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION campaigns_refuse_published();
"""
DROP = """
DROP TRIGGER question_set_guard ON campaigns_questionset;
DROP TRIGGER question_guard ON campaigns_question;
DROP FUNCTION campaigns_question_guard();
DROP FUNCTION campaigns_refuse_published();
"""


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _run(schema_editor, CREATE)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _run(schema_editor, DROP)


def _run(schema_editor: BaseDatabaseSchemaEditor, statements: str) -> None:
    """Row triggers on SQLite break the flush of tests and disappear when a table is altered."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(statements, params=None)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]

    operations = [
        migrations.AddConstraint(
            model_name="questionset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("published_at__isnull", True)),
                fields=("campaign",),
                name="one_draft_of_questions",
            ),
        ),
        migrations.RunPython(create, drop),
    ]
