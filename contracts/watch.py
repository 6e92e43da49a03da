"""What the portal finds in a proposal today, each with the explanation that still holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.coherence import rule_settings
from contracts.coherence import Finding, findings
from contracts.coherence.loading import load_evidence
from contracts.models import Contract
from exchanges.models import Justification


@dataclass(frozen=True, slots=True)
class Watched:
    """A finding; ``justification`` explains it as it reads now, ``lapsed`` explained it before its facts changed."""

    finding: Finding
    justification: Justification | None = None
    lapsed: Justification | None = None

    @property
    def explanation(self) -> Justification | None:
        return self.justification or self.lapsed


@dataclass(frozen=True, slots=True)
class Point:
    """What is read as one: the same thing found of one or several years, with the same explanation."""

    watched: tuple[Watched, ...]

    @property
    def first(self) -> Watched:
        return self.watched[0]

    @property
    def text(self) -> str:
        finding = self.first.finding
        if len(self.watched) == 1:
            return finding.text
        return finding.of_years([each.finding.year for each in self.watched if each.finding.year is not None])

    @property
    def subjects(self) -> str:
        """The subjects of its findings, as the form sends them."""
        return ",".join(each.finding.subject for each in self.watched)

    @property
    def is_left(self) -> bool:
        """True if nobody explained it."""
        return self.first.justification is None


def watch(contract: Contract, *, now: datetime) -> list[Watched]:
    """Return the findings of a file in the order of the rules: thirteen queries at most."""
    explained: dict[tuple[str, str], Justification] = {}
    rows = Justification.objects.filter(contract=contract).select_related("author", "organisation")
    for each in rows.order_by("pk"):
        explained[each.rule, each.subject] = each
    found = findings(load_evidence(contract, now=now), rule_settings(contract.campaign))
    return [_watched(each, explained.get((each.rule.value, each.subject))) for each in found]


def _watched(finding: Finding, last: Justification | None) -> Watched:
    if last is None:
        return Watched(finding)
    holds = last.finding == finding.text[: len(last.finding)]
    return Watched(finding, justification=last) if holds else Watched(finding, lapsed=last)


def points_of(watched: Iterable[Watched]) -> list[Point]:
    """Return what is read as one, in the order of the findings."""
    found: dict[Any, list[Watched]] = {}
    for each in watched:
        found.setdefault(_read_as(each), []).append(each)
    return [Point(tuple(each)) for each in found.values()]


def _read_as(watched: Watched) -> tuple[Any, ...]:
    """Return what findings read as one have in common; only those of a year are."""
    finding, said = watched.finding, watched.explanation
    subject = (finding.action, finding.pattern) if finding.pattern else finding.subject
    explained = (watched.justification is None, said.note, said.author_id, said.written_at) if said else None
    return finding.rule, subject, explained
