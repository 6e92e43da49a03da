"""A second list renames and marks; it deletes nothing."""

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from territories.importer import ImportReport, OlderListError, import_territories
from territories.models import AuthorityWord, Departement, LocalAuthority, Region
from territories.queries import search
from tests.factories.territories import poitiers

pytestmark = pytest.mark.django_db

REGIONS = [{"code": "75", "name": "Nouvelle-Aquitaine", "tncc": 3}]
DEPARTEMENTS = [
    {"code": "33", "name": "Gironde", "tncc": 3, "region": "75"},
    {"code": "86", "name": "Vienne", "tncc": 3, "region": "75"},
]
EPCI = [{"siren": "200069854", "name": "CU du Grand Poitiers", "type": "CU", "population": 92_000}]


def commune(code: str, name: str, **changes: Any) -> dict[str, Any]:
    row = {
        "code": code,
        "name": name,
        "tncc": 0,
        "siren": f"21{code[:2]}0{code[2:]}6",
        "departement": code[:2],
        "epci": "",
        "population": 1000,
        "postal_codes": f"{code[:2]}000",
    }
    return row | changes


POITIERS = commune("86194", "Poitiers", siren="218601946", epci="200069854", population=89_916)
BIARD = commune("86027", "Biard", epci="200069854", population=1_800)
CENON = commune("33119", "Cenon")


def write_list(
    directory: Path,
    vintage: int,
    communes: list[dict[str, Any]],
    *,
    departements: list[dict[str, Any]] = DEPARTEMENTS,
    seats: str = "",
) -> Path:
    directory.mkdir(exist_ok=True)
    tables = {"regions": REGIONS, "departements": departements, "epci": EPCI, "communes": communes}
    for name, rows in tables.items():
        with gzip.open(directory / f"{name}.csv.gz", "wt", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    (directory / "manifest.json").write_text(json.dumps({"vintage": vintage}))
    if seats:
        (directory / "epci_seats.csv").write_text(f"siren,departement\n{seats}\n")
    return directory


def test_import_is_idempotent(tmp_path: Path) -> None:
    directory = write_list(tmp_path, 2026, [POITIERS, BIARD])

    first = import_territories(directory=directory)
    second = import_territories(directory=directory)

    assert (first.created, first.updated, first.unchanged, first.ceased) == (6, 0, 0, 0)
    assert second == ImportReport(
        vintage=2026, created=0, updated=0, unchanged=6, ceased=0, words_added=0, words_removed=0
    )
    assert LocalAuthority.objects.count() == 6
    town = LocalAuthority.objects.with_places().get(uid="commune:86194")
    assert (town.name, town.siren, town.population) == ("Poitiers", "218601946", 89_916)
    assert town.epci == LocalAuthority.objects.get(uid="epci:200069854")
    assert LocalAuthority.objects.get(uid="departement:86").population == 91_716


def test_second_vintage_renames_and_marks_what_disappeared(tmp_path: Path) -> None:
    import_territories(directory=write_list(tmp_path, 2026, [POITIERS, BIARD, CENON]))
    before = dict(LocalAuthority.objects.values_list("uid", "pk"))

    report = import_territories(
        directory=write_list(tmp_path, 2027, [POITIERS | {"name": "Poitiers-Biard"}, CENON, commune("33001", "Abzac")])
    )

    assert (report.created, report.ceased) == (1, 1)
    town, gone = (LocalAuthority.objects.get(uid=uid) for uid in ("commune:86194", "commune:86027"))
    assert (town.pk, town.name, town.vintage, town.ceased_vintage) == (
        before["commune:86194"],
        "Poitiers-Biard",
        2027,
        None,
    )
    assert (gone.pk, gone.name, gone.vintage, gone.ceased_vintage) == (before["commune:86027"], "Biard", 2026, 2027)
    assert [authority.uid for authority in search("biard")] == ["commune:86194"]
    assert not AuthorityWord.objects.filter(authority=gone).exists()


def test_authority_that_reappears_is_current_again(tmp_path: Path) -> None:
    for vintage, communes in ((2026, [POITIERS, BIARD]), (2027, [POITIERS]), (2028, [POITIERS, BIARD])):
        import_territories(directory=write_list(tmp_path, vintage, communes))

    assert LocalAuthority.objects.get(uid="commune:86027").ceased_vintage is None
    assert [authority.uid for authority in search("biard")] == ["commune:86027"]


def test_siren_may_pass_to_another_commune(tmp_path: Path) -> None:
    import_territories(directory=write_list(tmp_path, 2026, [POITIERS, BIARD, CENON]))
    exchanged = [POITIERS | {"siren": BIARD["siren"]}, BIARD | {"siren": POITIERS["siren"]}]

    import_territories(
        directory=write_list(tmp_path, 2027, [*exchanged, commune("33120", "Cestas", siren=CENON["siren"])])
    )

    sirens = dict(LocalAuthority.objects.filter(category="commune").values_list("code", "siren"))
    assert sirens["86194"] == BIARD["siren"]
    assert sirens["86027"] == POITIERS["siren"]
    assert sirens["33119"] == sirens["33120"] == CENON["siren"]


def test_older_list_is_refused(tmp_path: Path) -> None:
    import_territories(directory=write_list(tmp_path, 2026, [POITIERS]))

    with pytest.raises(OlderListError, match="2026"):
        import_territories(directory=write_list(tmp_path, 2025, [BIARD]))

    assert LocalAuthority.objects.filter(uid="commune:86194", ceased_vintage=None).exists()
    assert not LocalAuthority.objects.filter(uid="commune:86027").exists()


def test_epci_sits_where_most_live_unless_said_otherwise(tmp_path: Path) -> None:
    members = [POITIERS, CENON | {"epci": "200069854"}]

    import_territories(directory=write_list(tmp_path, 2026, members))
    by_population = LocalAuthority.objects.get(uid="epci:200069854").departement_id
    import_territories(directory=write_list(tmp_path, 2026, members, seats="200069854,33"))

    assert by_population == "86"
    assert LocalAuthority.objects.get(uid="epci:200069854").departement_id == "33"


def test_departement_that_leaves_the_list_is_marked(tmp_path: Path) -> None:
    import_territories(directory=write_list(tmp_path, 2026, [POITIERS, CENON]))

    import_territories(directory=write_list(tmp_path, 2027, [POITIERS], departements=DEPARTEMENTS[1:]))

    assert Departement.objects.get(code="33").ceased_vintage == 2027
    assert Departement.objects.get(code="86").vintage == 2027
    assert Region.objects.get(code="75").ceased_vintage is None


@pytest.mark.parametrize(
    "changes",
    [
        {"uid": "commune:86195"},
        {"legal_nature": "metropole"},
        {"departement": None},
        {"siren": "12345"},
        {"category": "epci", "uid": "epci:86194", "legal_nature": "metropole"},
        {"ceased_vintage": 2020},
        {"tncc": 9},
    ],
)
def test_database_refuses_an_impossible_authority(changes: dict[str, Any]) -> None:
    town = poitiers()

    with pytest.raises(IntegrityError), transaction.atomic():
        LocalAuthority.objects.filter(pk=town.pk).update(**changes)
