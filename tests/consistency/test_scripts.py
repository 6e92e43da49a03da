"""The scripts can be read by their shell and started."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.consistency.sources import ROOT, name_of

SCRIPTS = [*sorted((ROOT / "scripts").glob("*.sh")), ROOT / ".ci" / "run"]


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_script_is_valid_bash(script: Path) -> None:
    done = subprocess.run(["bash", "-n", script], capture_output=True, text=True, check=False)

    assert done.stderr == ""


def test_scripts_that_are_commands_are_executable() -> None:
    commands = [script for script in SCRIPTS if script.read_text().startswith("#!")]

    assert [name_of(script) for script in commands if not os.access(script, os.X_OK)] == []
