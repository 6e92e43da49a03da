"""One year of the official list, as read from its files: régions, départements, authorities and their words."""

import csv
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from territories import names, statuses
from territories.enums import LegalNature, StatisticalCategory
from territories.words import search_name_of, words_of


@dataclass(frozen=True)
class PlaceRow:
    """A région, or a département of a région (none overseas but for the DROM)."""

    code: str
    name: str
    tncc: int
    region_id: str | None = None


@dataclass(frozen=True)
class AuthorityRow:
    """A local authority; its fields bear the names of the model's."""

    category: StatisticalCategory
    legal_nature: LegalNature
    code: str
    name: str
    tncc: int
    siren: str | None = None
    departement_id: str | None = None
    region_id: str | None = None
    epci_uid: str | None = None
    population: int | None = None
    codes: tuple[str, ...] = ()  # by which it is also found

    @property
    def uid(self) -> str:
        return f"{self.category}:{self.code}"

    @property
    def search_name(self) -> str:
        return search_name_of(self.name)

    @property
    def words(self) -> frozenset[str]:
        return frozenset(words_of(f"{self.name} {self._spelt_out} {' '.join(self.codes)}"))

    @property
    def _spelt_out(self) -> str:
        match self.category:
            case StatisticalCategory.COMMUNE:
                return ""
            case StatisticalCategory.EPCI:
                return names.epci_phrase(self.name).text
            case StatisticalCategory.DEPARTEMENT:
                return names.departement_designation(self.uid, self.code, self.name, self.tncc).full.text
            case _:
                return names.region_designation(self.uid, self.name, self.tncc).full.text


@dataclass
class OfficialList:
    vintage: int
    regions: list[PlaceRow]
    departements: list[PlaceRow]
    authorities: list[AuthorityRow] = field(default_factory=list)


def read_official_list(directory: Path) -> OfficialList:
    """Read the files that `scripts/build_reference_data.py` writes."""
    official = OfficialList(
        vintage=int(json.loads((directory / "manifest.json").read_text())["vintage"]),
        regions=[PlaceRow(row["code"], row["name"], int(row["tncc"])) for row in _rows(directory, "regions")],
        departements=[
            PlaceRow(row["code"], row["name"], int(row["tncc"]), row["region"] or None)
            for row in _rows(directory, "departements")
        ],
    )
    region_of = {departement.code: departement.region_id for departement in official.departements}
    communes = [_commune(row, region_of) for row in _rows(directory, "communes")]
    inhabitants = _inhabitants(communes)
    official.authorities = [
        *_regions(official, inhabitants),
        *_departements(official, inhabitants),
        *_groupings(directory, communes, region_of),
        *communes,
    ]
    return official


def _rows(directory: Path, name: str) -> Iterator[dict[str, str]]:
    with gzip.open(directory / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _commune(row: dict[str, str], region_of: dict[str, str | None]) -> AuthorityRow:
    is_unit = row["departement"] in statuses.DEPARTEMENTS_WITHOUT_COMMUNES
    nature = LegalNature.STATISTICAL_UNIT if is_unit else LegalNature.COMMUNE
    return AuthorityRow(
        category=StatisticalCategory.COMMUNE,
        legal_nature=statuses.COMMUNE_NATURES.get(row["code"], nature),
        code=row["code"],
        name=row["name"],
        tncc=int(row["tncc"]),
        siren=row["siren"] or None,
        departement_id=row["departement"],
        region_id=region_of[row["departement"]],
        epci_uid=f"{StatisticalCategory.EPCI}:{row['epci']}" if row["epci"] else None,
        population=int(row["population"]) if row["population"] else None,
        codes=(row["code"], *row["postal_codes"].split()),
    )


def _inhabitants(communes: list[AuthorityRow]) -> Counter[tuple[StatisticalCategory, str | None]]:
    """Add up the communes of each département and région."""
    total: Counter[tuple[StatisticalCategory, str | None]] = Counter()
    for commune in communes:
        total[StatisticalCategory.DEPARTEMENT, commune.departement_id] += commune.population or 0
        total[StatisticalCategory.REGION, commune.region_id] += commune.population or 0
    return total


def _regions(
    official: OfficialList, inhabitants: Counter[tuple[StatisticalCategory, str | None]]
) -> Iterator[AuthorityRow]:
    for region in official.regions:
        yield AuthorityRow(
            category=StatisticalCategory.REGION,
            legal_nature=statuses.REGION_NATURES.get(region.code, LegalNature.REGION),
            code=region.code,
            name=region.name,
            tncc=region.tncc,
            departement_id=statuses.PREFECTURE_OF_REGION.get(region.code),
            region_id=region.code,
            population=inhabitants[StatisticalCategory.REGION, region.code],
        )


def _departements(
    official: OfficialList, inhabitants: Counter[tuple[StatisticalCategory, str | None]]
) -> Iterator[AuthorityRow]:
    for departement in official.departements:
        if departement.code not in statuses.DEPARTEMENTS_WITHOUT_COUNCIL:
            yield AuthorityRow(
                category=StatisticalCategory.DEPARTEMENT,
                legal_nature=statuses.DEPARTEMENT_NATURES.get(departement.code, LegalNature.DEPARTEMENT),
                code=departement.code,
                name=departement.name,
                tncc=departement.tncc,
                departement_id=departement.code,
                region_id=departement.region_id,
                population=inhabitants[StatisticalCategory.DEPARTEMENT, departement.code],
                codes=(departement.code,),
            )
    known = {departement.code: departement for departement in official.departements}
    spanned = statuses.SPANNED_DEPARTEMENTS[f"{StatisticalCategory.DEPARTEMENT}:{statuses.ALSACE}"]
    if set(spanned) <= set(known):
        yield AuthorityRow(
            category=StatisticalCategory.DEPARTEMENT,
            legal_nature=LegalNature.DEPARTEMENT,
            code=statuses.ALSACE,
            name=statuses.ALSACE_NAME,
            tncc=names.LA,
            departement_id=spanned[0],
            region_id=known[spanned[0]].region_id,
            population=sum(inhabitants[StatisticalCategory.DEPARTEMENT, code] for code in spanned),
            codes=tuple(spanned),
        )


def _groupings(
    directory: Path, communes: list[AuthorityRow], region_of: dict[str, str | None]
) -> Iterator[AuthorityRow]:
    """Read the EPCI; the list gives them no seat: it is where most inhabitants live, unless said otherwise."""
    seats = _seats(directory)
    inhabitants: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for commune in communes:
        if commune.epci_uid and commune.departement_id:
            inhabitants[commune.epci_uid][commune.departement_id] += commune.population or 0
    for row in _rows(directory, "epci"):
        uid = f"{StatisticalCategory.EPCI}:{row['siren']}"
        departement = seats.get(row["siren"]) or max(sorted(inhabitants[uid]), key=inhabitants[uid].__getitem__)
        yield AuthorityRow(
            category=StatisticalCategory.EPCI,
            legal_nature=statuses.EPCI_NATURES[row["type"]],
            code=row["siren"],
            name=row["name"],
            tncc=names.epci_phrase(row["name"]).tncc,
            siren=row["siren"],
            departement_id=departement,
            region_id=region_of[departement],
            population=int(row["population"]),
        )


def _seats(directory: Path) -> dict[str, str]:
    path = directory / "epci_seats.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["siren"]: row["departement"] for row in csv.DictReader(file)}
