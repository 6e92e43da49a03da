"""Every address, for every kind of person, on their own objects and on those of others."""

from __future__ import annotations

import pytest

from contracts.workflow import SPECS
from tests.access.table import ACTS, ADDRESSES
from tests.access.world import WHO, Known, World, address, ask, routes

Expected = dict[tuple[str, str], dict[str, str]]
METHODS = ("GET", "POST")
#: Those for whom the file of Bordeaux Métropole does not exist; the région and the ministry see it.
ABROAD = (
    "contributor",
    "local_signatory",
    "cosigner",
    "instructor",
    "state_signatory",
    "associated",
    "administrator",
)
#: Those for whom a letter never sent does not exist.
NOT_YET = ("instructor", "state_signatory", "regional_coordinator", "national_viewer")
#: Django answers PUT as POST where a form is its own.
DJANGO_FORMS = {"accounts:password_confirm", "accounts:password_change"}


def parsed(table: str) -> Expected:
    """Read a table: for each name and method, the answer by person."""
    rows: Expected = {}
    for line in table.strip("\n").splitlines()[1:]:
        name, method, *cells = line.split()
        rows[name, method] = dict(zip(WHO, cells, strict=True))
    return rows


EXPECTED, EXPECTED_ACTS = parsed(ADDRESSES), parsed(ACTS)
ROUTES = routes()
FILE_ROUTES = {name: params for name, params in ROUTES.items() if "reference" in params}


def mismatches(world: World, who: str, expected: Expected, known: Known, urls: dict[str, str]) -> list[str]:
    """Return a line for each answer that is not the one expected."""
    wrong = []
    for (name, method), cells in expected.items():
        answer = ask(world, who, method.lower(), urls[name])
        if answer.code != cells[who]:
            wrong.append(f"{name} {method} as {who}: {answer.code} instead of {cells[who]}")
    return wrong


def test_table_holds_every_address_and_no_other() -> None:
    assert {name for name, _ in EXPECTED} == set(ROUTES)
    assert set(EXPECTED) == {(name, method) for name in ROUTES for method in METHODS}


def test_table_holds_every_transition_and_no_other() -> None:
    assert set(EXPECTED_ACTS) == {(name, method) for name in SPECS for method in METHODS}


@pytest.mark.parametrize("who", WHO)
def test_own_objects_answer_as_in_the_table(world: World, who: str) -> None:
    known = world.own | world.around(who)
    urls = {name: address(name, params, known) for name, params in ROUTES.items()}

    assert mismatches(world, who, EXPECTED, known, urls) == []


@pytest.mark.parametrize("who", WHO)
def test_transitions_answer_as_in_the_table(world: World, who: str) -> None:
    urls = {
        name: address("contracts:act", FILE_ROUTES["contracts:act"], world.own | {"transition": name})
        for name in SPECS
    }

    assert mismatches(world, who, EXPECTED_ACTS, world.own, urls) == []


@pytest.mark.parametrize("who", ABROAD)
def test_file_of_another_departement_does_not_exist(world: World, who: str) -> None:
    wrong = []
    for name, params in FILE_ROUTES.items():
        for method in METHODS:
            code = ask(world, who, method.lower(), address(name, params, world.foreign)).code
            if code != "404":
                wrong.append(f"{name} {method}: {code}")

    assert wrong == []


@pytest.mark.parametrize("who", NOT_YET)
def test_letter_never_sent_does_not_exist_for_the_state(world: World, who: str) -> None:
    wrong = []
    for name, params in FILE_ROUTES.items():
        for method in METHODS:
            code = ask(world, who, method.lower(), address(name, params, world.draft)).code
            if code != "404":
                wrong.append(f"{name} {method}: {code}")

    assert wrong == []


def test_letter_never_sent_exists_for_those_who_write_it(world: World) -> None:
    pages = ("file", "letter", "exchange", "diagnostic", "proposal", "review", "signature", "documents", "history")

    codes = {
        (who, page): ask(world, who, "get", address(f"contracts:{page}", ("reference",), world.draft)).code
        for who in ("contributor", "local_signatory")
        for page in pages
    }

    assert set(codes.values()) == {"200"}, codes


@pytest.mark.parametrize("who", WHO[2:])
def test_object_of_another_file_does_not_exist_under_ones_own_reference(world: World, who: str) -> None:
    crossed = world.foreign | {
        "reference": world.own["reference"],
        "key": "inconnue",
        "transition": "inconnu",
        "year": 2031,
    }
    wrong = []
    for name, params in FILE_ROUTES.items():
        for method in METHODS:
            refused = {EXPECTED[name, method][who]} & {"403", "404", "405"}
            if params == ("reference",) or "405" in refused:
                continue
            code = ask(world, who, method.lower(), address(name, params, crossed)).code
            if code not in {"404"} | refused:
                wrong.append(f"{name} {method}: {code}")

    assert wrong == []


@pytest.mark.parametrize("who", WHO[2:])
def test_object_of_another_organisation_does_not_exist(world: World, who: str) -> None:
    known = world.own | world.elsewhere()
    keyed = [name for name, params in ROUTES.items() if name.startswith("accounts:") and params == ("pk",)]
    wrong = []
    for name in (*keyed, "contracts:delegation_act", "contracts:keep_delegation_act"):
        if name.startswith("accounts:assistance"):
            continue
        for method in METHODS:
            refused = {EXPECTED[name, method][who]} & {"403", "404", "405"}
            code = ask(world, who, method.lower(), address(name, ("pk",), known)).code
            if code not in {"404"} | refused:
                wrong.append(f"{name} {method}: {code}")

    assert wrong == []


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_change_nothing(world: World, method: str) -> None:
    wrong = []
    known = world.own | world.around("local_signatory")
    for name, params in ROUTES.items():
        code = ask(world, "local_signatory", method, address(name, params, known)).code
        if code not in {"302", "403", "404", "405"} and name not in DJANGO_FORMS:
            wrong.append(f"{name} {method}: {code}")

    assert wrong == []
