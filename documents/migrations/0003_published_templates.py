from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

CREATE = """
CREATE FUNCTION documents_refuse_published() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'A published template never changes' USING ERRCODE = 'check_violation';
END
$$ LANGUAGE plpgsql;
CREATE FUNCTION documents_article_guard() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM documents_templateversion
        WHERE published_at IS NOT NULL
          AND id = CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END
    ) THEN
        RAISE EXCEPTION 'A published template never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$ LANGUAGE plpgsql;
CREATE TRIGGER template_article_guard BEFORE INSERT OR UPDATE OR DELETE ON documents_templatearticle
    FOR EACH ROW EXECUTE FUNCTION documents_article_guard();
CREATE TRIGGER template_version_guard BEFORE UPDATE OR DELETE ON documents_templateversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION documents_refuse_published();
"""
DROP = """
DROP TRIGGER template_version_guard ON documents_templateversion;
DROP TRIGGER template_article_guard ON documents_templatearticle;
DROP FUNCTION documents_article_guard();
DROP FUNCTION documents_refuse_published();
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
    dependencies = [("documents", "0002_cofunding_proof")]

    operations = [
        migrations.AddConstraint(
            model_name="templateversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("published_at__isnull", True)),
                fields=("template",),
                name="template_has_one_draft",
            ),
        ),
        migrations.RunPython(create, drop),
    ]
