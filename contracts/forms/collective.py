"""The forms of the requests of a year: the filters of the page, and a what-if whose changed lines alone come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from dsfr.utils import dsfr_input_class_attr

from contracts.collective import Amount, Change, Line, fingerprint, missing_reasons
from contracts.forms.budget import keep_unsent
from ctai.forms import DsfrForm, EuroField, LineField
from territories.words import words_of

OPEN, SETTLED = "instruction", "decidees"


class RequestFilterForm(DsfrForm):
    """The filters of the page, as the address keeps them; the year and the scenario go with them."""

    departement = forms.ChoiceField(label="Département", required=False)
    texte = LineField(label="Collectivité, référence ou action", required=False, max_length=100)
    etat = forms.ChoiceField(
        label="Lignes",
        required=False,
        choices=[("", "Toutes"), (OPEN, "À l’instruction"), (SETTLED, "Qui ne changent plus")],
    )
    axe = forms.ChoiceField(label="Axe", required=False)
    annee = forms.CharField(required=False, widget=forms.HiddenInput)
    scenario = forms.CharField(required=False, widget=forms.HiddenInput)

    #: Those that say which lines are read, rather than which of them are shown.
    SCOPE = ("departement", "annee", "scenario")

    def __init__(
        self,
        *args: Any,
        places: Sequence[tuple[str, str]],
        lines: Iterable[Line],
        goes_on: bool,
        whole: str,
        **kwargs: Any,
    ) -> None:
        """Build the filters.

        Args:
            args: the address.
            places: those among which the person chooses.
            lines: those that they read.
            goes_on: whether the scenario that is shown goes with another choice.
            whole: what is read without a place.
            kwargs: of every form.
        """
        super().__init__(*args, **kwargs)
        if not goes_on:
            del self.fields["scenario"]
        if len(places) < 2:
            del self.fields["departement"]
        else:
            self._choices("departement", [("", whole), *places])
        axes = dict(sorted({(str(line.axis_id), line.axis) for line in lines}, key=lambda each: each[1]))
        self._choices("axe", [("", "Tous"), *axes.items()])
        for field in self.visible_fields():
            dsfr_input_class_attr(field)

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    @property
    def wanted(self) -> dict[str, Any]:
        """The filters that are understood and used."""
        self.is_valid()
        found = getattr(self, "cleaned_data", {})
        return {name: value for name, value in found.items() if value and name not in self.SCOPE}

    def kept(self, lines: Iterable[Line]) -> list[Line]:
        """Return the lines that answer to every filter."""
        wanted, found = self.wanted, list(lines)
        if "etat" in wanted:
            found = [line for line in found if line.is_open == (wanted["etat"] == OPEN)]
        if "axe" in wanted:
            found = [line for line in found if str(line.axis_id) == wanted["axe"]]
        if words := words_of(wanted.get("texte", "")):
            found = [line for line in found if _bears(line, words)]
        return found


def _bears(line: Line, words: Sequence[str]) -> bool:
    text = words_of(f"{line.porteur} {line.reference} {line.title}")
    return all(any(each.startswith(word) for each in text) for word in words)


class ScenarioForm(DsfrForm):
    """What one would propose for the open lines of a page; a line that is not sent keeps what it has."""

    name = LineField(label="Nom du scénario", max_length=120)

    def __init__(
        self, *args: Any, lines: Iterable[Line], amounts: Mapping[int, Amount], helped: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = helped
        self.lines = [line for line in lines if line.is_open]
        self.typed = {line.action_id for line in self.lines if self._came(line.action_id)}
        for line in self.lines:
            self._add(line, *amounts[line.action_id])
        self.kept = keep_unsent(self)

    def _came(self, pk: int) -> bool:
        return f"amount-{pk}" in self.data or f"reason-{pk}" in self.data

    def _add(self, line: Line, amount: Decimal, reason: str) -> None:
        pk = line.action_id
        self.fields[f"amount-{pk}"] = EuroField(label=f"Proposé pour «\u00a0{line.title}\u00a0» (€)", initial=amount)
        self.fields[f"amount-{pk}"].widget.attrs["data-draws"] = str(line.service_id)
        self.fields[f"reason-{pk}"] = LineField(
            label=f"Motif si le montant de «\u00a0{line.title}\u00a0» est réduit",
            max_length=1_000,
            required=False,
            initial=reason,
        )
        self.fields[f"seen-{pk}"] = forms.CharField(
            widget=forms.HiddenInput, required=False, max_length=12, initial=fingerprint((amount, reason))
        )
        for name in ("amount", "reason"):
            dsfr_input_class_attr(self[f"{name}-{pk}"])

    def cells(self) -> dict[int, tuple[BoundField, BoundField, BoundField]]:
        """Return the fields of each line: amount, reason, and the mark of what was shown."""
        pks = [line.action_id for line in self.lines]
        return {pk: (self[f"amount-{pk}"], self[f"reason-{pk}"], self[f"seen-{pk}"]) for pk in pks}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name, text in missing_reasons(self.lines, self._changes(cleaned)).items():
            self.add_error(name, text)
        return cleaned

    def changes(self) -> dict[int, Change]:
        """Return what was changed on the page, by the id of the action."""
        return self._changes(self.cleaned_data)

    def _changes(self, value: Mapping[str, Any]) -> dict[int, Change]:
        """Return the lines that were typed, can be read, and are no longer what the page showed."""
        parts = ("amount", "reason", "seen")
        read = [pk for pk in sorted(self.typed) if all(value.get(f"{part}-{pk}") is not None for part in parts)]
        found = {pk: Change(*(value[f"{part}-{pk}"] for part in parts)) for pk in read}
        return {pk: change for pk, change in found.items() if change.seen != fingerprint(change.value)}

    def shown(self) -> dict[int, Decimal]:
        """Return the amounts that the page shows: what was typed where it can be read, or else what is stored."""
        cleaned = getattr(self, "cleaned_data", {})
        return {
            line.action_id: cleaned.get(f"amount-{line.action_id}", self.fields[f"amount-{line.action_id}"].initial)
            for line in self.lines
        }
