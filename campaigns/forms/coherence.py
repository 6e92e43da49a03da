"""The form of the coherence rules of a campaign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from dsfr.utils import dsfr_input_class_attr

from campaigns.coherence import THRESHOLDS, CoherenceRule, RuleSetting
from ctai.forms import DsfrForm


class RulesForm(DsfrForm):
    """Each rule: whether the campaign keeps it, and its threshold where it has one."""

    def __init__(self, *args: Any, settings: Mapping[CoherenceRule, RuleSetting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rule in CoherenceRule:
            self.fields[f"active-{rule.value}"] = forms.BooleanField(
                label=f"Règle appliquée : {rule.label}", required=False, initial=settings[rule].active
            )
            if rule in THRESHOLDS:
                name = f"threshold-{rule.value}"
                self.fields[name] = forms.DecimalField(
                    label=f"Seuil : {rule.label}",
                    min_value=1,
                    max_value=1_000,
                    max_digits=6,
                    decimal_places=2,
                    initial=settings[rule].threshold,
                    localize=True,
                )
                dsfr_input_class_attr(self[name])

    def rows(self) -> list[tuple[CoherenceRule, BoundField, BoundField | None, str]]:
        return [
            (
                rule,
                self[f"active-{rule.value}"],
                self[f"threshold-{rule.value}"] if rule in THRESHOLDS else None,
                THRESHOLDS[rule].unit if rule in THRESHOLDS else "",
            )
            for rule in CoherenceRule
        ]

    def settings(self) -> dict[CoherenceRule, RuleSetting]:
        """Return what was typed for each rule."""
        value = self.cleaned_data
        return {
            rule: RuleSetting(active=value[f"active-{rule.value}"], threshold=value.get(f"threshold-{rule.value}"))
            for rule in CoherenceRule
        }
