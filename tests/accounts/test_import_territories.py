"""The command that brings the official list and the organisations of the State."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.models import Organisation
from tests.territories.test_importer import CENON, POITIERS, write_list

STATE = {
    "Assistance du portail",
    "DGEF",
    "Diair",
    "Préfecture de la Gironde",
    "Préfecture de la Vienne",
    "Préfecture de la région Nouvelle-Aquitaine (SGAR)",
}


@pytest.mark.django_db
def test_command_makes_the_state_s_organisations_and_may_be_run_again(tmp_path: Path) -> None:
    out = StringIO()
    write_list(tmp_path / "territories", 2026, [POITIERS, CENON])

    with override_settings(DATA_DIR=tmp_path):
        call_command("import_territories", stdout=out)
        call_command("import_territories", stdout=out, verbosity=0)
        write_list(tmp_path / "territories", 2025, [POITIERS, CENON])
        with pytest.raises(CommandError, match="plus ancienne"):
            call_command("import_territories", verbosity=0)

    assert sorted(Organisation.objects.values_list("name", flat=True)) == sorted(STATE)
    assert "6\u00a0services de l’État créés ou renommés." in out.getvalue()
