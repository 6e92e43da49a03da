"""Which tables only grow: on PostgreSQL a trigger refuses to change or delete their rows.

SQLite has no such guard (a trigger there breaks the flush of tests and is lost when a table is altered); the chain of
the journal tells on both. TRUNCATE is left free: it needs the owner of the table.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython

FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The rows of % are never changed nor deleted.', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""


def append_only(*tables: str) -> RunPython:
    """Return the reversible operation that makes these tables append-only on PostgreSQL."""

    def forbid(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor != "postgresql":
            return
        editor.execute(FUNCTION, params=None)
        for table in tables:
            editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {editor.quote_name(table)} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )

    def allow(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor != "postgresql":
            return
        for table in tables:
            editor.execute(f"DROP TRIGGER {table}_append_only ON {editor.quote_name(table)}")

    return RunPython(forbid, allow)
