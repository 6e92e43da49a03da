"""What does not hold together in a proposal: pure rules on frozen evidence, shown and justifiable, never blocking."""

from __future__ import annotations

from collections.abc import Mapping

from campaigns.coherence import CoherenceRule, RuleSetting
from contracts.coherence.evidence import Check, Evidence, Finding
from contracts.coherence.money import MONEY
from contracts.coherence.project import PROJECT

__all__ = ["RULES", "Evidence", "Finding", "findings"]

RULES: dict[CoherenceRule, Check] = MONEY | PROJECT


def findings(evidence: Evidence, settings: Mapping[CoherenceRule, RuleSetting]) -> list[Finding]:
    """Return what the active rules find, in the order of the rules."""
    return [
        found for rule, check in RULES.items() if settings[rule].active for found in check(evidence, settings[rule])
    ]
