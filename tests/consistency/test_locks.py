"""The locks: every version pinned and hashed, no address, both agreeing with pyproject."""

import re
import tomllib

import pytest

from tests.consistency.sources import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
REQUIREMENT = re.compile(r"^([a-z0-9._-]+)(?:\[[a-z0-9,._-]+\])?==(\S+)", re.IGNORECASE | re.MULTILINE)


def _read(lock: str) -> str:
    return (ROOT / lock).read_text()


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pinned(lock: str) -> dict[str, set[str]]:
    pinned: dict[str, set[str]] = {}
    for name, version in REQUIREMENT.findall(_read(lock)):
        pinned.setdefault(_normalised(name), set()).add(version)
    return pinned


def _asked(requirements: list[str]) -> set[str]:
    return {_normalised(re.split(r"[\s\[<>=!~;]", requirement)[0]) for requirement in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_of_a_lock_has_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", _read(lock))
    requirements = [entry for entry in entries if not entry.startswith("#")]

    assert requirements
    assert [entry.splitlines()[0] for entry in requirements if "--hash=sha256:" not in entry] == []
    assert [entry.splitlines()[0] for entry in requirements if not REQUIREMENT.match(entry)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_address(lock: str) -> None:
    assert re.findall(r"\S*(?://|--index-url|--find-links|--extra-index-url| @ )\S*", _read(lock)) == []


def test_locks_hold_what_pyproject_asks_and_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime, dev = (_pinned(lock) for lock in LOCKS)

    assert _asked(project["project"]["dependencies"]) - runtime.keys() == set()
    assert _asked(project["dependency-groups"]["dev"]) - dev.keys() == set()
    assert {name for name, versions in runtime.items() if dev.get(name) != versions} == set()
