"""What people type in the exchange: messages, notes, meetings, remarks, pieces."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from contracts.models import Contract
from ctai.forms import DayField, DsfrForm, LineField, ProseField, ReasonField
from diagnostics.models import Row, Section
from documents.enums import UploadKind
from documents.forms import DepositField
from exchanges.enums import Anchor, MeetingMode
from exchanges.inputs import DecisionInput, MeetingInput, ParticipantInput
from exchanges.models import Meeting
from funding.models import Action

BLANK_ROWS = 3
MAX_ROWS = 60
#: How far ahead a meeting may be recorded before it is held.
AHEAD = timedelta(days=366)


class MessageForm(DsfrForm):
    """A message that both sides read."""

    prefix = "message"
    body = ProseField(label="Votre message", rows=4)
    expects_reply = forms.BooleanField(label="Une réponse est attendue", required=False)


class NoteForm(DsfrForm):
    """A note for one's own organisation."""

    prefix = "note"
    body = ProseField(label="Votre note", rows=3)


class MeetingForm(DsfrForm):
    """A meeting and its minutes; what may follow the meeting is optional."""

    subject = LineField(label="Objet")
    held_on = DayField(label="Date")
    mode = forms.ChoiceField(label="Forme", choices=MeetingMode.choices, initial=MeetingMode.ON_SITE)
    place = LineField(label="Lieu", required=False, help_text="Ou le nom de la salle virtuelle.")
    agenda = ProseField(label="Ordre du jour", rows=4, required=False)
    minutes = ProseField(
        label="Compte rendu",
        max_length=20_000,
        rows=10,
        required=False,
        help_text="À rédiger après l’échange. Une ligne vide sépare deux paragraphes ; "
        "une ligne qui commence par un tiret devient une liste.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def clean_held_on(self) -> Any:
        day = self.cleaned_data["held_on"]
        if day > timezone.localdate() + AHEAD:
            raise forms.ValidationError("Cette date est trop éloignée : vérifiez l’année.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        day = cleaned.get("held_on")
        if day and day > timezone.localdate() and cleaned.get("minutes"):
            self.add_error("minutes", "L’échange n’a pas encore eu lieu : son compte rendu s’écrira ensuite.")
        return cleaned


class ParticipantForm(DsfrForm):
    name = LineField(label="Nom", max_length=160)
    organisation = LineField(label="Organisme")
    title = LineField(label="Fonction", max_length=160, required=False)


class DecisionForm(DsfrForm):
    id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = LineField(label="Décision", max_length=500)
    owner = LineField(label="À la charge de", max_length=160, required=False)
    due_on = DayField(label="Échéance", required=False)


ParticipantFormSet = forms.formset_factory(
    ParticipantForm, extra=BLANK_ROWS, max_num=MAX_ROWS, can_delete=True, can_delete_extra=False
)
DecisionFormSet = forms.formset_factory(
    DecisionForm, extra=BLANK_ROWS, max_num=MAX_ROWS, can_delete=True, can_delete_extra=False
)


class MeetingForms:
    """The form of a meeting with its two sets of rows, as one thing to validate."""

    def __init__(self, data: Any = None, *, meeting: Meeting | None = None) -> None:
        people: list[dict[str, Any]] = []
        decisions: list[dict[str, Any]] = []
        initial: dict[str, Any] = {}
        if meeting is not None and data is None:
            names = [name for name in MeetingForm.base_fields if name != "version"]
            initial = {name: getattr(meeting, name) for name in names} | {"version": meeting.minutes_version}
            people = [dict(row) for row in meeting.participants.order_by("pk").values("name", "organisation", "title")]
            decisions = [dict(row) for row in meeting.decisions.order_by("pk").values("id", "text", "owner", "due_on")]
        self.form = MeetingForm(data, initial=initial)
        self.participants = ParticipantFormSet(data, initial=people, prefix="participants")
        self.decisions = DecisionFormSet(data, initial=decisions, prefix="decisions")
        for formset in (self.participants, self.decisions):
            _name_deletions(formset)

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.participants.is_valid(), self.decisions.is_valid()])

    @property
    def version(self) -> int:
        return int(self.form.cleaned_data["version"])

    def input(self) -> MeetingInput:
        """Return what was typed, rows left empty or struck out put aside."""
        fields = {name: value for name, value in self.form.cleaned_data.items() if name != "version"}
        return MeetingInput(
            **(fields | {"mode": MeetingMode(fields["mode"])}),
            participants=tuple(ParticipantInput(**row) for row in kept_rows(self.participants)),
            decisions=tuple(DecisionInput(**row) for row in kept_rows(self.decisions)),
        )


def kept_rows(formset: forms.BaseFormSet[Any]) -> list[dict[str, Any]]:
    """Return the clean values of the rows that hold something and are not to be removed."""
    kept = []
    for form in formset.forms:
        values = dict(form.cleaned_data)
        if values and not values.pop("DELETE", False):
            kept.append(values)
    return kept


def _name_deletions(formset: forms.BaseFormSet[Any]) -> None:
    for form in formset.forms:
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = "Retirer cette ligne"


class ObjectionForm(DsfrForm):
    """What one wants corrected in the minutes."""

    reason = ReasonField(label="Votre observation", help_text="L’autre partie la lira dans la conversation.")


class RemarkForm(DsfrForm):
    """A remark on a place of the file; the place must be of this file."""

    prefix = "remark"
    anchor = forms.ChoiceField(choices=Anchor.choices, widget=forms.HiddenInput, initial=Anchor.FILE)
    anchor_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    body = ProseField(label="Votre remarque", max_length=3_000, rows=4)
    expects_reply = forms.BooleanField(label="Une réponse est attendue", required=False, initial=True)

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        self.contract = contract
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "anchor" not in cleaned:
            return cleaned
        anchor, anchor_id = Anchor(cleaned["anchor"]), cleaned.get("anchor_id")
        label = anchor_title(self.contract, anchor, anchor_id)
        if label is None:
            self.add_error(None, "L’endroit que vise la remarque n’existe plus dans ce dossier.")
            return cleaned
        anchored = anchor not in (Anchor.FILE, Anchor.REQUEST)
        return cleaned | {"anchor": anchor, "anchor_id": anchor_id if anchored else None, "anchor_label": label}


def anchor_title(contract: Contract, anchor: Anchor, anchor_id: int | None) -> str | None:
    """Return how a place of this file is called, None when the file has no such place."""
    if anchor in (Anchor.FILE, Anchor.REQUEST):
        return ""
    if anchor_id is None:
        return None
    if anchor == Anchor.SECTION:
        sections = Section.objects.filter(diagnostic__contract=contract.pk, pk=anchor_id)
        return sections.values_list("question__title", flat=True).first()
    if anchor == Anchor.ROW:
        rows = Row.objects.filter(section__diagnostic__contract=contract.pk, pk=anchor_id)
        return rows.values_list("text", flat=True).first()
    return Action.objects.filter(contract=contract.pk, pk=anchor_id).values_list("title", flat=True).first()


class AnswerForm(DsfrForm):
    """The answer to a remark."""

    answer = ProseField(label="Votre réponse", max_length=3_000, rows=4)


class PieceRequestForm(DsfrForm):
    """A document asked for."""

    prefix = "piece"
    label = LineField(label="Pièce demandée")
    details = ProseField(label="Précisions", max_length=2_000, rows=3, required=False)
    due_on = DayField(label="À fournir avant le", required=False)


class ProvideForm(DsfrForm):
    """The document that answers a request."""

    kind = UploadKind.ATTACHMENT
    document = DepositField(label="Fichier")
