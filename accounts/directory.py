"""The organisations that one may ask to join: the official list and the services of the State."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from accounts.roles import ROLES_OF_KIND, Role
from territories.models import LocalAuthority
from territories.queries import search
from territories.words import significant_words_of

LOCAL, STATE = "collectivite", "service"
JOINABLE = (OrganisationKind.PREFECTURE, OrganisationKind.REGIONAL, OrganisationKind.NATIONAL)
LIMIT = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the directory: a local authority, or a service of the State; exactly one of both."""

    authority: LocalAuthority | None = None
    service: Organisation | None = None

    @property
    def key(self) -> str:
        """What names the entry in an address: « collectivite-12 », « service-3 »."""
        return (
            f"{LOCAL}-{self.authority.pk}" if self.authority else f"{STATE}-{self.service.pk if self.service else 0}"
        )

    @property
    def name(self) -> str:
        return self.authority.full_name if self.authority else str(self.service)

    @property
    def hint(self) -> str:
        """What tells it from a namesake."""
        if self.authority is None:
            return "Service de l’État"
        place = self.authority.departement or self.authority.region
        number = f"SIREN {self.authority.siren}" if self.authority.siren else f"code Insee {self.authority.code}"
        return f"{place.name} — {number}" if place else number

    @property
    def roles(self) -> tuple[Role, ...]:
        kind = OrganisationKind(self.service.kind) if self.service else OrganisationKind.LOCAL
        return ROLES_OF_KIND[kind]


def find(text: str, limit: int = LIMIT) -> list[Entry]:
    """Find the organisations that a text names, services of the State first; two queries."""
    services = [Entry(service=service) for service in _services_named(text)]
    authorities = [Entry(authority=authority) for authority in search(text, limit=limit)]
    return (services + authorities)[:limit]


def read(key: str) -> Entry | None:
    """Return the entry that a key names, None when there is none or it cannot be joined."""
    kind, _, number = key.partition("-")
    if not (number.isascii() and number.isdigit()) or len(number) > 18:
        return None
    if kind == LOCAL:
        authority = LocalAuthority.objects.eligible().with_places().filter(pk=int(number)).first()
        return Entry(authority=authority) if authority else None
    if kind == STATE:
        service = Organisation.objects.filter(pk=int(number), kind__in=JOINABLE).first()
        return Entry(service=service) if service else None
    return None


def _services_named(text: str) -> list[Organisation]:
    """Keep the services whose name has every word of the text; the last word may be unfinished."""
    words = significant_words_of(text)
    if not words:
        return []
    services = Organisation.objects.filter(kind__in=JOINABLE).order_by("name", "pk")
    return [each for each in services if _answers(significant_words_of(each.name), words)]


def _answers(known: list[str], asked: list[str]) -> bool:
    return all(word in known for word in asked[:-1]) and any(word.startswith(asked[-1]) for word in known)
