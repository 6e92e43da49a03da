"""Brings the official list of a year into the database: adds, renames, marks what has gone, deletes no authority."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Never, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from tqdm import tqdm

from territories.enums import StatisticalCategory
from territories.models import AuthorityWord, Departement, LocalAuthority, Region
from territories.official_list import AuthorityRow, OfficialList, read_official_list

T = TypeVar("T")

BATCH = 1000  # rows of one statement, before the engine's own limits
COMPARED = (
    "category",
    "legal_nature",
    "code",
    "siren",
    "name",
    "tncc",
    "search_name",
    "departement_id",
    "region_id",
    "epci_id",
    "population",
    "ceased_vintage",
)
PLACE_FIELDS = ["name", "tncc", "vintage", "ceased_vintage"]
WRITTEN = [*(name.removesuffix("_id") for name in COMPARED), "vintage"]


class OlderListError(Exception):
    """The database already knows a later list; the message is fit to show."""


@dataclass(frozen=True)
class ImportReport:
    """What an import changed, in numbers of authorities, and of search words."""

    vintage: int
    created: int
    updated: int
    unchanged: int
    ceased: int
    words_added: int
    words_removed: int


def import_territories(progress: bool = False, *, directory: Path | None = None) -> ImportReport:
    """Bring the official list found in a directory (by default the one shipped) into the database, all or nothing.

    A second run changes nothing. A later list updates names, codes and members, and marks what it no longer has: those
    rows stay, with all that refers to them.

    Raises OlderListError when the database knows a later list.
    """
    official = read_official_list(directory or Path(settings.DATA_DIR) / "territories")
    with transaction.atomic(), tqdm(disable=not progress, unit=" lignes", desc="Territoires") as bar:
        return _Import(official, bar).run()


class _Import:
    """One run; holds what the database knew before it."""

    def __init__(self, official: OfficialList, bar: "tqdm[Never]") -> None:
        self.official = official
        self.vintage = official.vintage
        self.bar = bar
        self.known = {authority.uid: authority for authority in LocalAuthority.objects.all()}

    def run(self) -> ImportReport:
        self._refuse_older_list()
        self._write_regions()
        self._write_departements()
        ceased = self._mark_gone()
        communes: list[AuthorityRow] = []
        others: list[AuthorityRow] = []
        for row in self.official.authorities:
            (communes if row.category == StatisticalCategory.COMMUNE else others).append(row)
        created_others, updated_others = self._write_authorities(others)  # communes refer to their EPCI
        created_communes, updated_communes = self._write_authorities(communes)
        LocalAuthority.objects.current().exclude(vintage=self.vintage).update(vintage=self.vintage)
        added, removed = self._write_words()
        created, updated = created_others + created_communes, updated_others + updated_communes
        return ImportReport(
            vintage=self.vintage,
            created=created,
            updated=updated,
            unchanged=len(self.official.authorities) - created - updated,
            ceased=ceased,
            words_added=added,
            words_removed=removed,
        )

    def _refuse_older_list(self) -> None:
        latest = max((authority.vintage for authority in self.known.values()), default=0)
        if latest > self.vintage:
            raise OlderListError(
                f"La base connaît déjà la liste de {latest} : celle de {self.vintage} est plus ancienne."
            )

    def _write_regions(self) -> None:
        rows = [Region(code=r.code, name=r.name, tncc=r.tncc, vintage=self.vintage) for r in self.official.regions]
        self._mark_places_gone(Region.objects.all(), rows)
        Region.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=PLACE_FIELDS)

    def _write_departements(self) -> None:
        rows = [
            Departement(code=d.code, name=d.name, tncc=d.tncc, region_id=d.region_id, vintage=self.vintage)
            for d in self.official.departements
        ]
        self._mark_places_gone(Departement.objects.all(), rows)
        Departement.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["code"], update_fields=[*PLACE_FIELDS, "region"]
        )

    def _mark_places_gone(
        self, known: QuerySet[Region] | QuerySet[Departement], rows: Sequence[Region | Departement]
    ) -> None:
        gone = known.filter(ceased_vintage=None).exclude(pk__in=[row.pk for row in rows])
        gone.update(ceased_vintage=self.vintage)

    def _mark_gone(self) -> int:
        listed = {row.uid for row in self.official.authorities}
        gone = [a.pk for a in self.known.values() if a.ceased_vintage is None and a.uid not in listed]
        for keys in _chunks(gone):
            LocalAuthority.objects.filter(pk__in=keys).update(ceased_vintage=self.vintage)
        return len(gone)

    def _write_authorities(self, rows: list[AuthorityRow]) -> tuple[int, int]:
        """Write the rows that are new or differ; tell how many of each."""
        keys = dict(LocalAuthority.objects.filter(category=StatisticalCategory.EPCI).values_list("uid", "pk"))
        created, updated, passing_siren = [], [], []
        for row in rows:
            wanted = self._authority(row, keys)
            known = self.known.get(wanted.uid)
            if known is None:
                created.append(wanted)
            elif any(getattr(known, name) != getattr(wanted, name) for name in COMPARED):
                updated.append(wanted)
                if known.siren != wanted.siren:
                    passing_siren.append(known.pk)
        for released in _chunks(passing_siren):  # a SIREN may pass from one row to another in the same list
            LocalAuthority.objects.filter(pk__in=released).update(siren=None)
        self._expect(len(updated) + len(created))
        for batch in _chunks([*updated, *created]):
            LocalAuthority.objects.bulk_create(
                batch, update_conflicts=True, unique_fields=["uid"], update_fields=WRITTEN
            )
            self.bar.update(len(batch))
        return len(created), len(updated)

    def _authority(self, row: AuthorityRow, epci_keys: dict[str, int]) -> LocalAuthority:
        return LocalAuthority(
            uid=row.uid,
            category=row.category,
            legal_nature=row.legal_nature,
            code=row.code,
            siren=row.siren,
            name=row.name,
            tncc=row.tncc,
            search_name=row.search_name,
            departement_id=row.departement_id,
            region_id=row.region_id,
            epci_id=epci_keys[row.epci_uid] if row.epci_uid else None,
            population=row.population,
            vintage=self.vintage,
        )

    def _write_words(self) -> tuple[int, int]:
        """Make the words those of the list, touching only the difference."""
        keys = dict(LocalAuthority.objects.values_list("uid", "pk"))
        wanted = {(keys[row.uid], word) for row in self.official.authorities for word in row.words}
        known = {
            (authority, word): pk
            for pk, authority, word in AuthorityWord.objects.values_list("pk", "authority_id", "word")
        }
        removed = [pk for pair, pk in known.items() if pair not in wanted]
        for batch in _chunks(removed):
            AuthorityWord.objects.filter(pk__in=batch).delete()
        added = sorted(wanted - known.keys())
        self._expect(len(added))
        for pairs in _chunks(added):
            AuthorityWord.objects.bulk_create(AuthorityWord(authority_id=pk, word=word) for pk, word in pairs)
            self.bar.update(len(pairs))
        return len(added), len(removed)

    def _expect(self, rows: int) -> None:
        self.bar.total = (self.bar.total or 0) + rows
        self.bar.refresh()


def _chunks(items: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
