"""The 45 real territories of 2023, imported with fictitious amounts that add up to the published 18 M€."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from accounts.actors import Actor
from accounts.services.organisations import prefecture_for
from contracts.models import Contract
from contracts.services.opening import import_signed
from territories.models import LocalAuthority

#: Published total of the State's money over 2022 and 2023 (the ministry's flyer), in euros, by year.
PUBLISHED = {2022: Decimal("8500000.00"), 2023: Decimal("9500000.00")}

#: Days of signature found in public sources; the others stay unknown.
KNOWN_SIGNATURES = {
    "Dijon": date(2019, 6, 12),
    "Grenoble": date(2019, 6, 20),
    "Rennes": date(2020, 12, 9),
    "Tours": date(2021, 10, 1),
    "Poitiers": date(2021, 10, 21),
    "Rouen": date(2021, 11, 23),
    "Clermont-Ferrand": date(2022, 10, 17),
    "Grand Paris Sud": date(2023, 2, 15),
}

#: Fictitious shares, by statistical category.
WEIGHTS = {"commune": 3, "epci": 5, "departement": 4, "region": 6}


@dataclass(frozen=True, slots=True)
class Signed:
    """A territory of the flyer's map."""

    flyer_name: str
    authority: LocalAuthority


def territories() -> list[Signed]:
    """Return the 45 territories of the shipped list, each found in the official one."""
    with Path(settings.DATA_DIR, "ctai_2023.csv").open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    found = LocalAuthority.objects.with_places().in_bulk(
        [f"{row['category']}:{row['code']}" for row in rows], field_name="uid"
    )
    return [Signed(row["flyer_name"], found[f"{row['category']}:{row['code']}"]) for row in rows]


def shares(signed: list[Signed], total: Decimal) -> list[Decimal]:
    """Split a total in euros by weight, to the cent; the last share takes what rounding leaves."""
    weights = [WEIGHTS[each.authority.category] for each in signed]
    parts = [(total * weight / sum(weights)).quantize(Decimal(100)) for weight in weights]
    parts[-1] += total - sum(parts)
    return [part.quantize(Decimal("0.01")) for part in parts]


Progress = Callable[[Iterable[Signed]], Iterable[Signed]]


def import_all(*, by: Actor, now: datetime, progress: Progress = iter) -> int:
    """Import the territories that are not there yet; return how many were added."""
    signed = territories()
    amounts = {year: shares(signed, total) for year, total in PUBLISHED.items()}
    known = set(Contract.objects.filter(origin="imported").values_list("porteur", flat=True))
    added = 0
    for rank, each in enumerate(progress(signed)):
        if each.authority.pk in known:
            continue
        import_signed(
            porteur=each.authority,
            lead_service=prefecture_for(each.authority),
            starts_on=date(2022, 1, 1),
            ends_on=date(2024 + rank % 4, 12, 31),
            signed_on=KNOWN_SIGNATURES.get(each.flyer_name),
            by=by,
            now=now,
            amounts={year: parts[rank] for year, parts in amounts.items()},
        )
        added += 1
    return added
