"""Migrations bear a name that a person gave."""

from tests.consistency.sources import ROOT


def test_every_migration_is_named_by_hand() -> None:
    automatic = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("*/migrations/*.py") if "_auto_" in path.name]

    assert automatic == []


def test_no_migration_merges_two_others() -> None:
    merges = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("*/migrations/*_merge*.py")]

    assert merges == []
