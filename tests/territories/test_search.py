"""A person finds an authority however they write its name."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from territories.enums import StatisticalCategory
from territories.models import LocalAuthority
from territories.names import ELIDED, LE
from territories.queries import departements_of, search
from territories.words import significant_words_of, words_of
from tests.factories.territories import (
    CommuneFactory,
    DepartementFactory,
    DepartmentalAuthorityFactory,
    EpciFactory,
    RegionalAuthorityFactory,
    bordeaux_metropole,
    gironde,
    nouvelle_aquitaine,
    poitiers,
    vienne,
)

pytestmark = pytest.mark.django_db


def found(text: str) -> list[str]:
    return [authority.name for authority in search(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L'Haÿ-les-Roses", ["l", "hay", "les", "roses"]),
        ("Œuilly", ["oeuilly"]),
        ("St-Étienne", ["saint", "etienne"]),
        ("Ste Marie", ["sainte", "marie"]),
        ("L’Île-d’Yeu", ["l", "ile", "d", "yeu"]),
        ("  ", []),
    ],
)
def test_words_forget_case_accents_hyphens_and_apostrophes(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_significant_words_keep_articles_only_when_alone() -> None:
    assert significant_words_of("Ville du Havre") == ["havre"]
    assert significant_words_of("La Ville") == ["la", "ville"]


@pytest.mark.parametrize(
    "text",
    [
        "Saint-Étienne",
        "SAINT ETIENNE",
        "st etienne",
        "St-Étienne",
        "saint etie",
        "ville de St Étienne",
    ],
)
def test_search_tolerates_spellings(text: str) -> None:
    CommuneFactory.create(code="42218", name="Saint-Étienne")
    CommuneFactory.create(code="42219", name="Étienne-Sainte")

    assert found(text) == ["Saint-Étienne"]


@pytest.mark.parametrize("text", ["l'hay", "L’Haÿ les roses", "hay-les-ro", "LHAY"])
def test_search_tolerates_apostrophes(text: str) -> None:
    CommuneFactory.create(code="94038", name="L'Haÿ-les-Roses", tncc=ELIDED)

    assert found(text) == ([] if text == "LHAY" else ["L'Haÿ-les-Roses"])


@pytest.mark.parametrize("text", ["86194", "218601946", "218 601 946", "218 601 946 00013", "poi"])
def test_search_finds_by_codes(text: str) -> None:
    poitiers()

    assert found(text) == ["Poitiers"]


def test_search_puts_the_exact_name_first_then_the_most_populated() -> None:
    CommuneFactory.create(name="Vienne-en-Val", population=2_000)
    CommuneFactory.create(name="Vienne-sur-Mer", population=90_000)
    CommuneFactory.create(name="Le Vienne", tncc=LE, population=10)

    assert found("vienne") == ["Le Vienne", "Vienne-sur-Mer", "Vienne-en-Val"]


def test_search_filters_by_category_and_departement() -> None:
    poitiers()
    DepartmentalAuthorityFactory.create(departement=vienne())
    bordeaux_metropole()

    assert [a.full_name for a in search("vienne", categories=[StatisticalCategory.COMMUNE])] == []
    assert [a.full_name for a in search("vienne", departement=vienne())] == ["Département de la Vienne"]
    assert [a.full_name for a in search("bordeaux", departement="86")] == []
    assert [a.full_name for a in search("bordeaux", departement="33")] == ["Bordeaux Métropole"]


def test_search_ignores_what_has_ceased_and_empty_texts() -> None:
    town = poitiers()
    LocalAuthority.objects.filter(pk=town.pk).update(ceased_vintage=2027)

    assert found("poitiers") == []
    assert found("") == []
    assert found("' - %_") == []


@pytest.mark.parametrize("count", [1, 3])
def test_search_costs_one_query(
    count: int, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    for number in range(count):
        CommuneFactory.create(name=f"Bourg-{number}")

    with django_assert_num_queries(1):
        assert [authority.prefecture_name for authority in search("bourg")] != []

    assert len(search("bourg")) == count


def test_departements_of_an_epci_are_those_of_its_members() -> None:
    essonne = DepartementFactory.create(code="91", name="Essonne")
    seine_et_marne = DepartementFactory.create(code="77", name="Seine-et-Marne")
    grouping = EpciFactory.create(departement=essonne)
    CommuneFactory.create(epci=grouping, departement=essonne)
    CommuneFactory.create(epci=grouping, departement=seine_et_marne)
    CommuneFactory.create(epci=grouping, departement=vienne(), ceased_vintage=2027)

    assert departements_of(grouping) == [seine_et_marne, essonne]


def test_departements_of_others() -> None:
    region = RegionalAuthorityFactory.create(region=nouvelle_aquitaine())

    assert departements_of(poitiers()) == [vienne()]
    assert departements_of(region) == [vienne()]
    assert departements_of(RegionalAuthorityFactory.create(region=gironde().region)) == [gironde(), vienne()]


def test_territory_is_the_departement_then_the_region() -> None:
    region = RegionalAuthorityFactory.create(region=nouvelle_aquitaine())

    assert poitiers().territory == vienne()
    assert region.territory == nouvelle_aquitaine()
    assert region.prefecture_name == "Préfecture de la région Nouvelle-Aquitaine"
