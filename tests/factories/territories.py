# mypy: disable-error-code="no-untyped-call, misc"
# factory-boy types its factories but not its declarations.
"""A few territories, real where they bear a name: enough for a test that needs no official list."""

from typing import Any

from factory.declarations import LazyAttribute, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from territories.enums import LegalNature, StatisticalCategory
from territories.models import AuthorityWord, Departement, LocalAuthority, Region
from territories.names import BARE, LA, epci_phrase, guess_tncc
from territories.words import search_name_of, words_of

VINTAGE = 2026


class RegionFactory(DjangoModelFactory[Region]):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = Sequence(lambda number: f"R{number % 100:02}")
    name = LazyAttribute(lambda region: f"Région {region.code}")
    tncc = BARE
    vintage = VINTAGE


class DepartementFactory(DjangoModelFactory[Departement]):
    class Meta:
        model = Departement
        django_get_or_create = ("code",)

    code = Sequence(lambda number: f"D{number % 100:02}")
    name = LazyAttribute(lambda departement: f"Département {departement.code}")
    tncc = BARE
    region = SubFactory(RegionFactory)
    vintage = VINTAGE


class _AuthorityFactory(DjangoModelFactory[LocalAuthority]):
    class Meta:
        model = LocalAuthority
        django_get_or_create = ("uid",)

    uid = LazyAttribute(lambda authority: f"{authority.category}:{authority.code}")
    tncc = LazyAttribute(lambda authority: guess_tncc(authority.name))
    search_name = LazyAttribute(lambda authority: search_name_of(authority.name))
    vintage = VINTAGE

    @classmethod
    def _create(cls, model_class: type[LocalAuthority], *args: Any, **kwargs: Any) -> LocalAuthority:
        """Make the authority findable, as the import does."""
        authority: LocalAuthority = super()._create(model_class, *args, **kwargs)
        found_by = set(words_of(f"{authority.name} {authority.full_name} {authority.code}"))
        AuthorityWord.objects.bulk_create(
            [AuthorityWord(authority=authority, word=word) for word in sorted(found_by)], ignore_conflicts=True
        )
        return authority


class CommuneFactory(_AuthorityFactory):
    category = StatisticalCategory.COMMUNE
    legal_nature = LegalNature.COMMUNE
    code = Sequence(lambda number: f"Z{number:04}")
    name = LazyAttribute(lambda commune: f"Commune-{commune.code}")
    departement = SubFactory(DepartementFactory)
    region = LazyAttribute(lambda commune: commune.departement.region)
    population = 10_000


class EpciFactory(_AuthorityFactory):
    category = StatisticalCategory.EPCI
    legal_nature = LegalNature.COMMUNAUTE_DE_COMMUNES
    code = Sequence(lambda number: f"299{number:06}")
    siren = SelfAttribute("code")
    name = LazyAttribute(lambda epci: f"CC de Territoire-{epci.code}")
    tncc = LazyAttribute(lambda epci: epci_phrase(epci.name).tncc)
    departement = SubFactory(DepartementFactory)
    region = LazyAttribute(lambda epci: epci.departement.region)
    population = 50_000


class DepartmentalAuthorityFactory(_AuthorityFactory):
    """The authority of a département, named after it."""

    category = StatisticalCategory.DEPARTEMENT
    legal_nature = LegalNature.DEPARTEMENT
    departement = SubFactory(DepartementFactory)
    region = LazyAttribute(lambda authority: authority.departement.region)
    code = SelfAttribute("departement.code")
    name = SelfAttribute("departement.name")
    tncc = LazyAttribute(lambda authority: authority.departement.tncc)
    population = 500_000


class RegionalAuthorityFactory(_AuthorityFactory):
    """The authority of a région, named after it."""

    category = StatisticalCategory.REGION
    legal_nature = LegalNature.REGION
    region = SubFactory(RegionFactory)
    code = SelfAttribute("region.code")
    name = SelfAttribute("region.name")
    tncc = LazyAttribute(lambda authority: authority.region.tncc)
    population = 3_000_000


def nouvelle_aquitaine() -> Region:
    return RegionFactory.create(code="75", name="Nouvelle-Aquitaine", tncc=LA)


def vienne() -> Departement:
    return DepartementFactory.create(code="86", name="Vienne", tncc=LA, region=nouvelle_aquitaine())


def gironde() -> Departement:
    return DepartementFactory.create(code="33", name="Gironde", tncc=LA, region=nouvelle_aquitaine())


def poitiers() -> LocalAuthority:
    return CommuneFactory.create(
        code="86194", name="Poitiers", tncc=BARE, siren="218601946", departement=vienne(), population=89_916
    )


def bordeaux_metropole() -> LocalAuthority:
    return EpciFactory.create(
        code="243300316",
        name="Bordeaux Métropole",
        legal_nature=LegalNature.METROPOLE,
        departement=gironde(),
        population=843_738,
    )
