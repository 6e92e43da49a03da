"""On PostgreSQL, money is of a year of its contract, and a State line never above what was granted.

Both read another table, which a check constraint cannot; a trigger does. SQLite has none: the services refuse alone.
"""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

YEAR_FUNCTION = """
CREATE FUNCTION funding_year_of_contract() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    contract bigint;
BEGIN
    IF TG_ARGV[0] = 'action' THEN
        SELECT contract_id INTO contract FROM funding_action WHERE id = NEW.action_id;
    ELSE
        contract := NEW.contract_id;
    END IF;
    IF EXISTS (
        SELECT 1 FROM contracts_contract
        WHERE id = contract AND starts_on IS NOT NULL AND ends_on IS NOT NULL
        AND NEW.year NOT BETWEEN EXTRACT(YEAR FROM starts_on) AND EXTRACT(YEAR FROM ends_on)
    ) THEN
        RAISE EXCEPTION 'The year % is not one of the contract.', NEW.year
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$
"""

LINE_FUNCTION = """
CREATE FUNCTION funding_line_within_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.funder = 'state_p104' AND EXISTS (
        SELECT 1 FROM funding_yearamount
        WHERE action_id = NEW.action_id AND year = NEW.year AND granted < NEW.amount
    ) THEN
        RAISE EXCEPTION 'A State line of % is above what was granted.', NEW.amount
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$
"""

#: By table, how its contract is found.
TABLES = {
    "funding_budgetline": "action",
    "funding_yearamount": "action",
    "funding_fundingrequest": "contract",
    "funding_tranche": "contract",
}


def forbid(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        return
    editor.execute(YEAR_FUNCTION, params=None)
    for table, way in TABLES.items():
        editor.execute(
            f"CREATE TRIGGER {table}_year BEFORE INSERT OR UPDATE OF year ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION funding_year_of_contract('{way}')"
        )
    editor.execute(LINE_FUNCTION, params=None)
    editor.execute(
        "CREATE TRIGGER funding_budgetline_grant BEFORE INSERT OR UPDATE OF amount, funder, year "
        "ON funding_budgetline FOR EACH ROW EXECUTE FUNCTION funding_line_within_grant()"
    )


def allow(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        return
    editor.execute("DROP TRIGGER funding_budgetline_grant ON funding_budgetline")
    editor.execute("DROP FUNCTION funding_line_within_grant()")
    for table in TABLES:
        editor.execute(f"DROP TRIGGER {table}_year ON {table}")
    editor.execute("DROP FUNCTION funding_year_of_contract()")


class Migration(migrations.Migration):
    dependencies = [("contracts", "0007_opinion_email"), ("funding", "0007_closed_lists")]

    operations = [migrations.RunPython(forbid, allow)]
