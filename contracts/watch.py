"""What the portal finds in a proposal today, each with the explanation that still holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
    def key(self) -> tuple[str, str]:
        return self.finding.rule.value, self.finding.subject

    @property
    def prefix(self) -> str:
        return "-".join(part for part in self.key if part)


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
