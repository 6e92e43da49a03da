"""A few territories, real where they bear a name: enough for a test that needs no official list."""

from typing import Any

import factory

from territories.enums import LegalNature, StatisticalCategory
from territories.models import AuthorityWord, Departement, LocalAuthority, Region
from territories.names import BARE, LA, epci_phrase, guess_tncc
from territories.words import search_name_of, words_of

VINTAGE = 2026


class RegionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda number: f"R{number % 100:02}")
    name = factory.LazyAttribute(lambda region: f"Région {region.code}")
    tncc = BARE
    vintage = VINTAGE


class DepartementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Departement
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda number: f"D{number % 100:02}")
    name = factory.LazyAttribute(lambda departement: f"Département {departement.code}")
    tncc = BARE
    region = factory.SubFactory(RegionFactory)
    vintage = VINTAGE


class _AuthorityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LocalAuthority
        django_get_or_create = ("uid",)
        skip_postgeneration_save = True

    uid = factory.LazyAttribute(lambda authority: f"{authority.category}:{authority.code}")
    tncc = factory.LazyAttribute(lambda authority: guess_tncc(authority.name))
    search_name = factory.LazyAttribute(lambda authority: search_name_of(authority.name))
    vintage = VINTAGE

    @factory.post_generation
    def words(self: LocalAuthority, create: bool, extracted: object, **_kwargs: Any) -> None:
        """Make the authority findable, as the import does."""
        if create:
            found_by = set(words_of(f"{self.name} {self.full_name} {self.code}"))
            AuthorityWord.objects.bulk_create(
                [AuthorityWord(authority=self, word=word) for word in sorted(found_by)], ignore_conflicts=True
            )


class CommuneFactory(_AuthorityFactory):
    category = StatisticalCategory.COMMUNE
    legal_nature = LegalNature.COMMUNE
    code = factory.Sequence(lambda number: f"Z{number:04}")
    name = factory.LazyAttribute(lambda commune: f"Commune-{commune.code}")
    departement = factory.SubFactory(DepartementFactory)
    region = factory.LazyAttribute(lambda commune: commune.departement.region)
    population = 10_000


class EpciFactory(_AuthorityFactory):
    category = StatisticalCategory.EPCI
    legal_nature = LegalNature.COMMUNAUTE_DE_COMMUNES
    code = factory.Sequence(lambda number: f"299{number:06}")
    siren = factory.SelfAttribute("code")
    name = factory.LazyAttribute(lambda epci: f"CC de Territoire-{epci.code}")
    tncc = factory.LazyAttribute(lambda epci: epci_phrase(epci.name).tncc)
    departement = factory.SubFactory(DepartementFactory)
    region = factory.LazyAttribute(lambda epci: epci.departement.region)
    population = 50_000


class DepartmentalAuthorityFactory(_AuthorityFactory):
    """The authority of a département, named after it."""

    category = StatisticalCategory.DEPARTEMENT
    legal_nature = LegalNature.DEPARTEMENT
    departement = factory.SubFactory(DepartementFactory)
    region = factory.LazyAttribute(lambda authority: authority.departement.region)
    code = factory.SelfAttribute("departement.code")
    name = factory.SelfAttribute("departement.name")
    tncc = factory.SelfAttribute("departement.tncc")
    population = 500_000


class RegionalAuthorityFactory(_AuthorityFactory):
    """The authority of a région, named after it."""

    category = StatisticalCategory.REGION
    legal_nature = LegalNature.REGION
    region = factory.SubFactory(RegionFactory)
    code = factory.SelfAttribute("region.code")
    name = factory.SelfAttribute("region.name")
    tncc = factory.SelfAttribute("region.tncc")
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
