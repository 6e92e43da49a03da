"""How local authorities are found: by name, code or SIREN, and the départements that they span."""

import re
from collections.abc import Iterable

from django.db import connection
from django.db.models import Case, F, Q, QuerySet, Value, When

from territories.enums import StatisticalCategory
from territories.models import AuthorityWord, Departement, LocalAuthority, LocalAuthorityQuerySet
from territories.statuses import SPANNED_DEPARTEMENTS
from territories.words import significant_words_of

_SIREN_OR_SIRET = re.compile(r"\d{9}(\d{5})?")


def search(
    text: str,
    *,
    categories: Iterable[StatisticalCategory] | None = None,
    departement: Departement | str | None = None,
    limit: int = 20,
) -> list[LocalAuthority]:
    """Find the authorities that a person means, in one query, with their département and région.

    Each word must be one of the authority's; the last may be unfinished. An INSEE code, a postal code, a SIREN or a
    SIRET does too, with or without spaces. The exact name comes first, then the most populated. Only authorities that
    may carry a contract are found.
    """
    found = matching(text)
    if categories is not None:
        found = found.filter(category__in=list(categories))
    if departement is not None:
        found = found.filter(departement=departement)
    is_exact = Q(search_name=" ".join(significant_words_of(text))) | Q(code=text.strip().upper())
    return list(
        found.with_places().order_by(
            Case(When(is_exact, then=Value(0)), default=Value(1)),
            F("population").desc(nulls_last=True),
            "pk",
        )[:limit]
    )


def matching(text: str) -> LocalAuthorityQuerySet:
    """Select, unordered, the eligible authorities that answer to a text; none for an empty one."""
    authorities = LocalAuthority.objects.eligible()
    digits = re.sub(r"\s", "", text)
    if _SIREN_OR_SIRET.fullmatch(digits):
        return authorities.filter(siren=digits[:9])
    words = significant_words_of(text)
    if not words:
        return authorities.none()
    for word in words[:-1]:
        authorities = authorities.filter(pk__in=_having(Q(word=word)))
    return authorities.filter(pk__in=_having(_begins_with(words[-1])))


def departements_of(authority: LocalAuthority) -> list[Departement]:
    """List the départements whose préfectures an authority concerns, in the order of their codes.

    Those of the members of an EPCI, those of a région, that of anyone else.
    """
    if authority.category == StatisticalCategory.EPCI:
        wanted = Q(authorities__epci=authority, authorities__ceased_vintage=None) | Q(pk=authority.departement_id)
    elif authority.category == StatisticalCategory.REGION:
        wanted = Q(region=authority.region_id)
    else:
        wanted = Q(pk__in=SPANNED_DEPARTEMENTS.get(authority.uid, [authority.departement_id]))
    return list(Departement.objects.filter(wanted, ceased_vintage=None).distinct().order_by("code"))


def _having(condition: Q) -> QuerySet[AuthorityWord, int]:
    return AuthorityWord.objects.filter(condition).values_list("authority_id", flat=True)


def _begins_with(word: str) -> Q:
    """Write a prefix so that the index serves: a range on SQLite, whose LIKE scans; LIKE on PostgreSQL."""
    if connection.vendor == "postgresql":
        return Q(word__startswith=word)
    return Q(word__gte=word, word__lt=word[:-1] + chr(ord(word[-1]) + 1))
