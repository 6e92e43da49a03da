"""The whole official list as shipped: complete, placed, and found through an index."""

import csv
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from territories.enums import LegalNature, StatisticalCategory
from territories.importer import ImportReport, import_territories
from territories.models import AuthorityWord, Departement, LocalAuthority, Region
from territories.queries import departements_of, matching, search

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("official_list")]  # imported once


@pytest.fixture(scope="module", autouse=True)
def report(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[ImportReport]:
    """Import the list for this module alone: the tests only read it, and it is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield import_territories()
        transaction.set_rollback(True)


def authority(uid: str) -> LocalAuthority:
    return LocalAuthority.objects.with_places().get(uid=uid)


def test_list_is_complete(report: ImportReport) -> None:
    counts = {
        category: LocalAuthority.objects.current().filter(category=category).count()
        for category in StatisticalCategory
    }

    assert counts == {
        StatisticalCategory.COMMUNE: 34_969,
        StatisticalCategory.EPCI: 1_255,
        StatisticalCategory.DEPARTEMENT: 100,
        StatisticalCategory.REGION: 18,
    }
    assert Region.objects.count() == 18
    assert Departement.objects.filter(region__isnull=False).count() == 101
    assert Departement.objects.filter(region=None).count() == 8
    assert report.created == 36_342


def test_second_import_changes_nothing(report: ImportReport) -> None:
    again = import_territories()

    assert (again.created, again.updated, again.ceased, again.words_added, again.words_removed) == (0, 0, 0, 0, 0)
    assert again.unchanged == report.created


def test_every_commune_of_metropolitan_france_belongs_to_an_epci_but_four_islands() -> None:
    alone = LocalAuthority.objects.filter(category="commune", epci=None).exclude(region=None)

    assert set(alone.values_list("name", flat=True)) == {"Île-de-Bréhat", "Île-de-Sein", "Ouessant", "L'Île-d'Yeu"}


@pytest.mark.parametrize(
    ("uid", "nature", "prefecture"),
    [
        ("commune:86194", LegalNature.COMMUNE, "Préfecture de la Vienne"),
        (
            "commune:75056",
            LegalNature.COLLECTIVITE_A_STATUT_PARTICULIER,
            "Préfecture de la région d'Île-de-France, préfecture de Paris",
        ),
        ("epci:200046977", LegalNature.COLLECTIVITE_A_STATUT_PARTICULIER, "Préfecture du Rhône"),
        ("epci:200040715", LegalNature.METROPOLE, "Préfecture de l'Isère"),
        ("epci:200068765", LegalNature.COMMUNAUTE_DE_COMMUNES, "Préfecture des Alpes-de-Haute-Provence"),
        ("departement:39", LegalNature.DEPARTEMENT, "Préfecture du Jura"),
        ("departement:6AE", LegalNature.DEPARTEMENT, "Préfecture du Bas-Rhin"),
        ("departement:69", LegalNature.DEPARTEMENT, "Préfecture du Rhône"),
        (
            "departement:978",
            LegalNature.COLLECTIVITE_D_OUTRE_MER,
            "Préfecture déléguée de Saint-Barthélemy et de Saint-Martin",
        ),
        (
            "departement:988",
            LegalNature.COLLECTIVITE_A_STATUT_PARTICULIER,
            "Haut-commissariat de la République en Nouvelle-Calédonie",
        ),
        ("region:24", LegalNature.REGION, "Préfecture de la région Centre-Val de Loire"),
        ("region:94", LegalNature.COLLECTIVITE_A_STATUT_PARTICULIER, "Préfecture de Corse"),
        ("region:02", LegalNature.COLLECTIVITE_UNIQUE, "Préfecture de la Martinique"),
        ("region:04", LegalNature.REGION, "Préfecture de La Réunion"),
        ("region:06", LegalNature.COLLECTIVITE_UNIQUE, "Préfecture de Mayotte"),
    ],
)
def test_authority_has_its_nature_and_prefecture(uid: str, nature: LegalNature, prefecture: str) -> None:
    found = authority(uid)

    assert (found.legal_nature, found.prefecture_name) == (nature, prefecture)


@pytest.mark.parametrize(
    "uid",
    ["departement:75", "departement:2A", "departement:67", "departement:972", "departement:976", "departement:984"],
)
def test_departement_of_the_state_without_council_is_no_authority(uid: str) -> None:
    assert not LocalAuthority.objects.filter(uid=uid).exists()


@pytest.mark.parametrize(
    ("uid", "codes"),
    [
        ("epci:200059228", ["77", "91"]),
        ("departement:6AE", ["67", "68"]),
        ("region:94", ["2A", "2B"]),
        ("region:02", ["972"]),
    ],
)
def test_authority_spans_departements(uid: str, codes: list[str]) -> None:
    assert [departement.code for departement in departements_of(authority(uid))] == codes


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("poitiers", "commune:86194"),
        ("l'hay les roses", "commune:94038"),
        ("OEUILLY", "commune:51410"),
        ("st étienne", "commune:42218"),
        ("mele sur sarthe", "commune:61258"),
        ("75015", "commune:75056"),
        ("2a004", "commune:2A004"),
        ("200 040 715", "epci:200040715"),
        ("communauté de communes du clunisois", "epci:200040293"),
        ("metropole de lyon", "epci:200046977"),
        ("region centre val de loire", "region:24"),
        ("département de l'aube", "departement:10"),
        ("saint barthelemy", "departement:977"),
        ("corse", "region:94"),
        ("mayotte", "region:06"),
    ],
)
def test_search_finds_the_one_that_is_meant(text: str, first: str) -> None:
    assert search(text)[0].uid == first


def test_signatories_of_2023_are_all_in_the_list() -> None:
    with (settings.DATA_DIR / "ctai_2023.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    found = {row["rank"]: authority(f"{row['category']}:{row['code']}") for row in rows}

    assert len(found) == 45
    for row in rows:
        of_list = found[row["rank"]]
        assert row["official_name"] in (of_list.name, of_list.full_name)
        assert of_list.siren == (row["siren"] or None)
        assert of_list.departement_id == (row["department"] or None)


def test_statistical_units_are_never_found() -> None:
    assert [found.uid for found in search("uvea")] == []
    assert authority("commune:98613").legal_nature == LegalNature.STATISTICAL_UNIT


@pytest.mark.parametrize("text", ["poit", "st etienne", "grand paris sud", "86194"])
def test_search_by_word_reads_the_index(text: str) -> None:
    _analyze()

    plan = matching(text).explain()

    assert "authority_word" in plan
    assert not _scans(plan, AuthorityWord._meta.db_table), plan
    assert not _scans(plan, LocalAuthority._meta.db_table), plan


def test_search_by_siren_reads_the_index() -> None:
    _analyze()

    plan = matching("218 601 946").explain()

    assert "authority_siren_unique_while_current" in plan
    assert not _scans(plan, LocalAuthority._meta.db_table), plan


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _scans(plan: str, table: str) -> bool:
    """Tell whether a plan reads the table from end to end, in either engine's words."""
    if connection.vendor == "postgresql":
        return f"Seq Scan on {table}" in plan
    return any(line.split()[-2:] == ["SCAN", table] for line in plan.splitlines()) or f"SCAN {table} " in plan
