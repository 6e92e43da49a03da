"""The official list: régions, départements and the local authorities that may carry a contract."""

from typing import cast

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Length
from django.db.models.lookups import Exact

from territories import names
from territories.enums import METROPOLITAN_NATURES, NATURES_OF_CATEGORY, LegalNature, StatisticalCategory


class Vintaged(models.Model):
    """A row of a yearly list: never deleted, marked when a later list no longer has it."""

    vintage = models.PositiveSmallIntegerField("dernière liste où il figure")
    ceased_vintage = models.PositiveSmallIntegerField("première liste où il ne figure plus", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def has_ceased(self) -> bool:
        return self.ceased_vintage is not None


class Region(Vintaged):
    """A région of the official list; names are stored without their article."""

    code = models.CharField("code Insee", max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=100)
    tncc = models.PositiveSmallIntegerField("article (TNCC)")

    class Meta:
        verbose_name = "région"
        constraints = [
            models.CheckConstraint(condition=Q(tncc__lte=8), name="region_tncc"),
            models.CheckConstraint(
                condition=Q(ceased_vintage=None) | Q(ceased_vintage__gte=F("vintage")), name="region_ceased_after"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def de_name(self) -> str:
        return names.of(self.name, self.tncc)

    @property
    def prefecture(self) -> names.StateOffice:
        return names.region_prefecture(self.code, self.name, self.tncc)

    @property
    def prefecture_name(self) -> str:
        return self.prefecture.name


class Departement(Vintaged):
    """A département, or an overseas collectivity (no région); names are stored without their article."""

    code = models.CharField("code Insee", max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=100)
    tncc = models.PositiveSmallIntegerField("article (TNCC)")
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="departements", verbose_name="région"
    )

    class Meta:
        verbose_name = "département"
        constraints = [
            models.CheckConstraint(condition=Q(tncc__lte=8), name="departement_tncc"),
            models.CheckConstraint(
                condition=Q(ceased_vintage=None) | Q(ceased_vintage__gte=F("vintage")), name="departement_ceased_after"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_overseas_collectivity(self) -> bool:
        return self.region_id is None

    @property
    def has_prefecture(self) -> bool:
        """Whether someone lives there for whom a representative of the State could sign a contract."""
        return self.code not in names.UNINHABITED

    @property
    def de_name(self) -> str:
        return names.departement_phrase(self.code, self.name, self.tncc).of

    @property
    def prefecture(self) -> names.StateOffice:
        return names.departement_prefecture(self.code, self.name, self.tncc)

    @property
    def prefecture_name(self) -> str:
        return self.prefecture.name


class LocalAuthorityQuerySet(models.QuerySet["LocalAuthority"]):
    def current(self) -> "LocalAuthorityQuerySet":
        """Those of the last official list."""
        return self.filter(ceased_vintage=None)

    def eligible(self) -> "LocalAuthorityQuerySet":
        """Those that may carry a contract: current, and a legal person."""
        return self.current().exclude(legal_nature=LegalNature.STATISTICAL_UNIT)

    def with_places(self) -> "LocalAuthorityQuerySet":
        """With their département and région, so that names of préfectures cost no query."""
        return self.select_related("departement", "region")


def _category_allows_nature() -> Q:
    allowed = Q()
    for category, natures in NATURES_OF_CATEGORY.items():
        allowed |= Q(category=category, legal_nature__in=natures)
    return allowed


class LocalAuthority(Vintaged):
    """A commune, an EPCI, a département or a région as an authority that decides, signs and is paid."""

    uid = models.CharField("identifiant", max_length=30, unique=True)
    category = models.CharField("catégorie statistique", max_length=20, choices=StatisticalCategory)
    legal_nature = models.CharField("nature juridique", max_length=40, choices=LegalNature)
    code = models.CharField("code Insee ou SIREN", max_length=9, db_index=True)
    siren = models.CharField("SIREN", max_length=9, null=True, blank=True)  # noqa: DJ001 - unique
    name = models.CharField("nom", max_length=150)
    tncc = models.PositiveSmallIntegerField("article (TNCC)")
    search_name = models.CharField("nom simplifié pour la recherche", max_length=150)
    departement = models.ForeignKey(
        Departement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="authorities",
        verbose_name="département",
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="authorities", verbose_name="région"
    )
    epci = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="members", verbose_name="EPCI"
    )
    population = models.PositiveIntegerField("population municipale", null=True, blank=True)

    objects = LocalAuthorityQuerySet.as_manager()

    class Meta:
        verbose_name = "collectivité"
        constraints = [
            models.CheckConstraint(
                condition=Q(uid=Concat(F("category"), Value(":"), F("code"))),
                name="authority_uid_is_category_and_code",
            ),
            models.CheckConstraint(condition=_category_allows_nature(), name="authority_nature_of_category"),
            models.CheckConstraint(
                condition=(
                    Q(category=StatisticalCategory.COMMUNE, departement__isnull=False)
                    | Q(
                        category=StatisticalCategory.EPCI,
                        departement__isnull=False,
                        epci__isnull=True,
                        siren__isnull=False,
                        siren=F("code"),
                    )
                    | Q(category=StatisticalCategory.DEPARTEMENT, departement__isnull=False, epci__isnull=True)
                    | Q(category=StatisticalCategory.REGION, region__isnull=False, epci__isnull=True)
                ),
                name="authority_fields_of_category",
            ),
            models.CheckConstraint(condition=Q(tncc__lte=8), name="authority_tncc"),
            models.CheckConstraint(
                condition=Q(ceased_vintage=None) | Q(ceased_vintage__gte=F("vintage")), name="authority_ceased_after"
            ),
            models.CheckConstraint(condition=Q(Exact(Length("siren"), Value(9))), name="authority_siren_length"),
            # A SIREN may pass on: two rows hold the same one only if all but one have left the list.
            models.UniqueConstraint(
                fields=["siren"], condition=Q(ceased_vintage=None), name="authority_siren_unique_while_current"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def de_name(self) -> str:
        """« de Poitiers », « du Havre », « du Jura », « de Bordeaux Métropole »."""
        return self._place.of

    @property
    def at_name(self) -> str:
        """« à Poitiers », « au Havre », « à la communauté de communes du Clunisois », « au département du Jura »."""
        is_place = self.category == StatisticalCategory.COMMUNE
        return self._place.at if is_place else self.designation.full.at

    @property
    def full_name(self) -> str:
        """« Commune de Poitiers », « Communauté urbaine d'Arras », « Département du Jura », « Région Bretagne »."""
        return self.designation.full.titled

    @property
    def de_full_name(self) -> str:
        """« de la commune de Poitiers », « du département du Jura »."""
        return self.designation.full.of

    @property
    def label(self) -> str:
        """What tells it from every other in a list: « Poitiers (86) », « Communauté urbaine d'Arras »."""
        return (
            f"{self.name} ({self.departement_id})" if self.category == StatisticalCategory.COMMUNE else self.full_name
        )

    @property
    def assembly(self) -> str:
        """« conseil municipal », « conseil de la métropole », « Assemblée de Corse »."""
        return self.designation.assembly.text

    @property
    def de_assembly(self) -> str:
        """« du conseil municipal », « de l'assemblée de Martinique »."""
        return self.designation.assembly.of

    @property
    def executive_title(self) -> str:
        """« maire », « président »."""
        return self.designation.executive

    @property
    def executive_full_title(self) -> str:
        """« maire du Havre », « président du conseil départemental du Jura »."""
        return self.designation.executive_full

    @property
    def territory(self) -> Departement | Region:
        """Where its préfecture is: the département, or the région for a région of the mainland or Corse.

        Overseas a région has one préfecture, that of its département. Load with `with_places()`.
        """
        return cast(Departement | Region, self.departement or self.region)  # never both null

    @property
    def prefecture_name(self) -> str:
        return self.territory.prefecture_name

    @property
    def designation(self) -> names.Designation:
        match self.category:
            case StatisticalCategory.COMMUNE:
                return names.commune_designation(self.uid, self.name, self.tncc)
            case StatisticalCategory.EPCI:
                return names.epci_designation(self.name, is_metropolis=self.legal_nature in METROPOLITAN_NATURES)
            case StatisticalCategory.DEPARTEMENT:
                return names.departement_designation(self.uid, self.code, self.name, self.tncc)
            case _:
                return names.region_designation(self.uid, self.name, self.tncc)

    @property
    def _place(self) -> names.Phrase:
        match self.category:
            case StatisticalCategory.COMMUNE:
                return names.Phrase(*names.without_contracting_article(self.name, self.tncc))
            case StatisticalCategory.EPCI:
                return names.epci_phrase(self.name)
            case StatisticalCategory.DEPARTEMENT:
                return names.departement_phrase(self.code, self.name, self.tncc)
            case _:
                return names.Phrase(self.name, self.tncc)


class AuthorityWord(models.Model):
    """A word by which an authority is found: of its name, its INSEE code or one of its postal codes; `[a-z0-9]+`."""

    # CASCADE: these words are derived from the authority and rebuilt at each import.
    authority = models.ForeignKey(
        LocalAuthority, on_delete=models.CASCADE, related_name="words", db_index=False, verbose_name="collectivité"
    )
    word = models.CharField("mot", max_length=60)

    class Meta:
        verbose_name = "mot de recherche"
        verbose_name_plural = "mots de recherche"
        constraints = [models.UniqueConstraint(fields=["authority", "word"], name="authority_word_unique")]
        # The operator classes serve LIKE 'poit%' on PostgreSQL; SQLite ignores them and reads a range.
        indexes = [
            models.Index(
                fields=["word", "authority"],
                opclasses=["varchar_pattern_ops", "int8_ops"],
                name="authority_word_prefix",
            )
        ]

    def __str__(self) -> str:
        return self.word
