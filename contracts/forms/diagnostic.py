"""What people type in a section of the diagnostic: a text, rows of each kind, figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from campaigns.models import Axis
from ctai.forms import DayField, DsfrForm, EuroField, LineField
from ctai.richtext import SOURCE_LENGTH, TEXT_LENGTH, clean, length_of
from ctai.text import number
from diagnostics.contents import Content, content_of, current_text, inputs_of, parts_of
from diagnostics.enums import RowKind, Unit
from diagnostics.inputs import IndicatorInput, RowInput
from diagnostics.models import Section
from diagnostics.queries import plain_number
from diagnostics.rules import figure_problems

BLANK_ROWS = 2
MAX_ROWS = 60
FIGURES = "figures"


class RichTextField(forms.CharField):
    """A text with headings, lists, bold, links and tables, cleaned of all the rest; its length is what one reads."""

    default_error_messages = {
        "too_long": "Ce texte compte %(length)s caractères : la limite est de %(limit)s. Raccourcissez-le.",
        "too_heavy": "Ce texte est trop lourd pour être lu. Collez-le en plusieurs fois.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 14, "data-rich": ""}), **kwargs)

    def to_python(self, value: Any) -> str:
        source = super().to_python(value) or ""
        if len(source) > SOURCE_LENGTH:
            raise ValidationError(self.error_messages["too_heavy"], code="too_heavy")
        kept = clean(source)
        length = length_of(kept)
        if length > TEXT_LENGTH:
            params = {"length": number(length), "limit": number(TEXT_LENGTH)}
            raise ValidationError(self.error_messages["too_long"], code="too_long", params=params)
        return kept


class SectionForm(DsfrForm):
    """The text of a section, and the version and revision that it was written on."""

    text = RichTextField(label="Texte de la section", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput)


class NumberedForm(DsfrForm):
    """A row that is kept already when it has an ``id``; the number alone does not make it one to fill."""

    id = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def has_changed(self) -> bool:
        return any(name != "id" for name in self.changed_data)


class RowForm(NumberedForm):
    """A row of one kind."""

    kind: RowKind


class FindingForm(RowForm):
    kind = RowKind.FINDING
    text = LineField(label="Constat", max_length=1_000)


class OfferForm(RowForm):
    kind = RowKind.OFFER
    actor = LineField(label="Acteur")
    text = LineField(label="Ce qu’il propose", max_length=1_000)
    capacity = LineField(label="Capacité", max_length=120, required=False)
    funder = LineField(label="Financeur", required=False)


class NeedForm(RowForm):
    kind = RowKind.NEED
    text = LineField(label="Besoin", max_length=1_000)
    major = forms.BooleanField(label="Besoin majeur", required=False)


class PriorityForm(RowForm):
    kind = RowKind.PRIORITY
    text = LineField(label="Enjeu", max_length=1_000)
    objective = LineField(label="Objectif", max_length=1_000)


class PriorityOfAxisForm(PriorityForm):
    """A priority outside the section of an axis says on which it bears."""

    axis = forms.ModelChoiceField(
        label="Axe", queryset=Axis.objects.none(), required=False, empty_label="Plusieurs axes"
    )
    field_order = ("id", "axis", "text", "objective")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["axis"].queryset = Axis.objects.filter(active=True).order_by("rank", "pk")


class ValueField(EuroField):
    """A value typed as people type it: « 1 234 », « 12,5 »."""

    default_error_messages = {
        "invalid": "Saisissez un nombre, par exemple 1 234 ou 12,5.",
        "ambiguous": "Ce nombre peut se lire de deux façons. Écrivez les milliers sans point ni virgule.",
        "cents": "Une valeur a deux décimales au plus.",
        "too_large": "Ce nombre dépasse ce que le portail accepte : vérifiez la saisie.",
    }
    suffix = ""

    def prepare_value(self, value: Any) -> Any:
        return plain_number(value) if isinstance(value, Decimal) else value


class FigureForm(NumberedForm):
    """A figure with its unit, territory, day and source."""

    label = LineField(label="Indicateur")
    value = ValueField(
        label="Valeur",
        required=False,
        negative=True,
        help_text="De 1 à 4 personnes : cochez la case, car quelqu’un pourrait être reconnu.",
    )
    below_five = forms.BooleanField(label="Moins de 5 personnes", required=False)
    unit = forms.ChoiceField(label="Unité", choices=Unit.choices, initial=Unit.PERSONS)
    unit_label = LineField(label="Autre unité", max_length=40, required=False)
    territory = LineField(label="Territoire", max_length=160)
    as_of = DayField(label="Chiffre arrêté au")
    source = LineField(label="Source")
    comment = LineField(label="Commentaire", max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors or not cleaned:
            return cleaned
        for name, problem in figure_problems(figure_input(cleaned)):
            self.add_error(name, problem)
        return cleaned


def figure_input(values: dict[str, Any]) -> IndicatorInput:
    """Return the figure of a form's clean values."""
    known = {name: value for name, value in values.items() if name != "DELETE"}
    return IndicatorInput(**(known | {"unit": Unit(known["unit"])}))


@dataclass(frozen=True, slots=True)
class RowSet:
    """The rows of one kind, with what the page says of them."""

    title: str
    noun: str
    formset: Any
    hint: str = "Les lignes laissées vides sont ignorées."


_ROWS: dict[RowKind, tuple[type[RowForm], str, str]] = {
    RowKind.FINDING: (FindingForm, "Constats", "Constat"),
    RowKind.OFFER: (OfferForm, "Offre existante", "Offre"),
    RowKind.NEED: (NeedForm, "Besoins non couverts", "Besoin"),
    RowKind.PRIORITY: (PriorityForm, "Priorités", "Priorité"),
}


class SectionForms:
    """The form of a section with its sets of rows, as one thing to validate.

    A ``draft`` is saved while one types: a row that is not right yet is left as it was, and named in ``left_out``.
    """

    def __init__(self, section: Section, kinds: Sequence[RowKind], data: Any = None, *, draft: bool = False) -> None:
        self.section = section
        self.draft = draft
        initial = {"text": current_text(section), "version": section.version, "revision": section.revision}
        self.form = SectionForm(data, initial=None if data is not None else initial)
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        figures: list[dict[str, Any]] = []
        if data is None:
            for row in section.rows.all():
                rows[row.kind].append(_initial(row, _ROWS[RowKind(row.kind)][0]) | {"axis": row.axis_id})
            figures = [_initial(figure, FigureForm) for figure in section.indicators.all()]
        self.kinds = {kind: self._rows(kind, data, rows[kind]) for kind in kinds}
        self.figures = RowSet("Chiffres", "Chiffre", _formset(FigureForm, data, figures, FIGURES), _expected(section))

    def _rows(self, kind: RowKind, data: Any, initial: list[dict[str, Any]]) -> RowSet:
        form_class, title, noun = _ROWS[kind]
        if kind == RowKind.PRIORITY and self.section.question.axis_id is None:
            form_class = PriorityOfAxisForm
        return RowSet(title, noun, _formset(form_class, data, initial, kind.value))

    @property
    def sets(self) -> list[RowSet]:
        return [*self.kinds.values(), self.figures]

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """Return every error as the anchor of its field, its label and its sentence, in the order of the page."""
        found = _errors(self.form, "")
        for each in self.sets:
            found += [("", each.title, error) for error in each.formset.non_form_errors()]
            for index, form in enumerate(each.formset.forms, start=1):
                found += _errors(form, f"{each.noun} {index}, ")
        return found

    def is_valid(self) -> bool:
        sets = [each.formset.is_valid() for each in self.sets]
        if self.draft:
            return self.form.is_valid() and not any(each.formset.non_form_errors() for each in self.sets)
        return all([self.form.is_valid(), *sets])

    @property
    def left_out(self) -> list[str]:
        """Return the rows of a draft that are not right yet: « Chiffre 2 »."""
        return [
            f"{each.noun} {index}"
            for each in self.sets
            for index, form in enumerate(each.formset.forms, start=1)
            if form.errors
        ]

    @property
    def text(self) -> str:
        return str(self.form.cleaned_data["text"])

    @property
    def version(self) -> int:
        return int(self.form.cleaned_data["version"])

    @property
    def revision(self) -> int:
        return int(self.form.cleaned_data["revision"])

    def rows(self) -> list[RowInput]:
        """Return the rows that hold something, kind by kind in the order of the page."""
        return [row for _, row in self._row_entries]

    def indicators(self) -> list[IndicatorInput]:
        return [figure for _, figure in self._figure_entries]

    def identities(self, saved: Section) -> dict[str, str]:
        """Return, by the name of its field, which row each row of the page has become; none for those not kept."""
        names = [f"{form.prefix}-id" for each in self.sets for form in each.formset.forms]
        entries = [prefix for prefix, _ in self._row_entries], [prefix for prefix, _ in self._figure_entries]
        rows = saved.rows.order_by("rank", "pk").values_list("pk", flat=True)
        figures = saved.indicators.order_by("rank", "pk").values_list("pk", flat=True)
        kept = [*zip(entries[0], rows, strict=False), *zip(entries[1], figures, strict=False)]
        return dict.fromkeys(names, "") | {f"{prefix}-id": str(pk) for prefix, pk in kept}

    def rebase(self, version: int, revision: int, content: Content) -> None:
        """Lay what was typed over a newer version, so that saving again is a choice made knowingly."""
        data = self.form.data.copy()
        data["version"], data["revision"] = str(version), str(revision)
        known = {str(row["id"]) for part in ("rows", "indicators") for row in content[part]}
        for name in [name for name in data if name.endswith("-id")]:
            if data[name] not in known:
                data[name] = ""
        for form in [self.form, *(form for each in self.sets for form in each.formset.forms)]:
            form.data = data

    @cached_property
    def _stored(self) -> dict[tuple[type, int | None], Any]:
        """What the section holds of the rows that are not right yet in a draft."""
        if not (self.draft and self.left_out):
            return {}
        rows, figures = parts_of(self.section)
        kept = inputs_of(content_of("", rows, figures), _ids(rows), _ids(figures))
        return {(type(each), each.id): each for part in kept for each in part}

    @cached_property
    def _row_entries(self) -> list[tuple[str, RowInput]]:
        return [
            (str(form.prefix), kept)
            for kind, each in self.kinds.items()
            for form, values in _kept(each.formset)
            if (kept := self._stored.get(_held(form, RowInput)) if form.errors else _row_input(kind, values))
        ]

    @cached_property
    def _figure_entries(self) -> list[tuple[str, IndicatorInput]]:
        return [
            (str(form.prefix), kept)
            for form, values in _kept(self.figures.formset)
            if (kept := self._stored.get(_held(form, IndicatorInput)) if form.errors else figure_input(values))
        ]


def _kept(formset: Any) -> list[tuple[Any, dict[str, Any]]]:
    """Return the rows that hold something and are not to be removed, with their values, right or not."""
    found = []
    for form in formset.forms:
        values = dict(form.cleaned_data)
        if values and not values.pop("DELETE", False):
            found.append((form, values))
    return found


def _ids(items: Iterable[Any]) -> set[int]:
    return {each.pk for each in items}


def _held(form: Any, kind: type) -> tuple[type, int | None]:
    return kind, form.cleaned_data.get("id")


def _expected(section: Section) -> str:
    """Return what to know before typing figures, with those that the question asks for."""
    labels = " ; ".join(each["label"] for each in section.question.expected_indicators)
    rule = "Chaque chiffre a sa date et sa source. Aucune donnée personnelle."
    return f"{rule} Chiffres attendus : {labels}." if labels else rule


def _formset(form_class: type[DsfrForm], data: Any, initial: list[dict[str, Any]], prefix: str) -> Any:
    factory = forms.formset_factory(
        form_class, extra=BLANK_ROWS, max_num=MAX_ROWS, can_delete=True, can_delete_extra=False
    )
    formset = factory(data, initial=initial, prefix=prefix)
    for form in formset.initial_forms:
        form.fields["DELETE"].label = "Retirer cette ligne"
    return formset


def _initial(item: Any, form_class: type[DsfrForm]) -> dict[str, Any]:
    return {name: getattr(item, name, None) for name in form_class.base_fields}


def _errors(form: DsfrForm, before: str) -> list[tuple[str, str, str]]:
    found = [("", before.rstrip(", "), error) for error in form.non_field_errors()]
    for field in form.visible_fields():
        found += [(str(field.id_for_label), f"{before}{field.label}", error) for error in field.errors]
    return found


def _row_input(kind: RowKind, values: dict[str, Any]) -> RowInput:
    axis = values.pop("axis", None)
    return RowInput(kind=kind, axis_id=axis.pk if axis else None, **values)
