"""The forms by which a file begins: letter, co-signataires, letter on paper, file taken over, contract imported."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.models import Axis, Campaign
from contracts.enums import TAKE_OVER_STATES, State
from contracts.models import Letter
from ctai.forms import DayField, DsfrForm, LineField, ProseField, ReasonField, RowsField
from documents.forms import DepositField
from territories.models import LocalAuthority


class LetterForm(DsfrForm):
    """The letter of intent; everything may be left for later, what is missing is said on the file's page."""

    signatory_name = LineField(label="Signataire de la lettre", max_length=160, required=False)
    signatory_title = LineField(label="Qualité du signataire", max_length=160, required=False)
    elected_name = LineField(label="Élu référent", max_length=160, required=False)
    elected_title = LineField(label="Mandat ou délégation de l’élu", max_length=160, required=False)
    elected_email = forms.EmailField(label="Adresse électronique de l’élu", required=False)
    technical_name = LineField(label="Référent technique", max_length=160, required=False)
    technical_title = LineField(label="Fonction du référent technique", max_length=160, required=False)
    technical_email = forms.EmailField(label="Adresse électronique du référent technique", required=False)
    technical_phone = LineField(label="Téléphone du référent technique", max_length=30, required=False)
    motivation = ProseField(
        label="Pourquoi la collectivité souhaite s’engager",
        max_length=10_000,
        rows=8,
        required=False,
        help_text="Quelques phrases suffisent : la situation du territoire, ce que vous souhaitez changer.",
    )
    axes = RowsField(
        label="Axes pressentis",
        queryset=Axis.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Au moins un ; le diagnostic partagé les précisera.",
    )
    expected_public = ProseField(label="Public attendu", max_length=3000, rows=3, required=False)
    expected_count = forms.IntegerField(
        label="Nombre de personnes, à titre indicatif", min_value=0, max_value=10_000_000, required=False
    )
    starts_on = DayField(label="Début souhaité", required=False)
    months = forms.IntegerField(
        label="Durée souhaitée, en mois", min_value=1, max_value=72, required=False, help_text="De 1 à 72."
    )
    first_contacts = ProseField(
        label="Premiers contacts déjà pris",
        max_length=3000,
        rows=3,
        required=False,
        help_text="Préfecture ou sous-préfecture, associations, autres services.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["axes"].queryset = Axis.objects.filter(active=True).order_by("rank", "pk")

    GROUPS = (
        ("Qui s’engage", ("signatory_name", "signatory_title")),
        (
            "Qui suit le projet",
            (
                "elected_name",
                "elected_title",
                "elected_email",
                "technical_name",
                "technical_title",
                "technical_email",
                "technical_phone",
            ),
        ),
        ("Pourquoi et pour qui", ("motivation", "axes", "expected_public", "expected_count")),
        ("Quand, et avec qui déjà", ("starts_on", "months", "first_contacts")),
    )

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields by group, in the order of the page."""
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]

    @staticmethod
    def initial_of(letter: Letter) -> dict[str, Any]:
        """Return what the letter holds, as the form shows it."""
        values = {name: getattr(letter, name) for name in LetterForm.base_fields if name != "axes"}
        return values | {"axes": list(letter.axes.all())}


class AuthorityField(forms.CharField):
    """An authority chosen from the official list, by its identifier."""

    def clean(self, value: Any) -> LocalAuthority:
        uid = super().clean(value)
        authority = LocalAuthority.objects.eligible().with_places().filter(uid=uid).first()
        if authority is None:
            raise forms.ValidationError("Choisissez une collectivité de la liste officielle.")
        return authority


class ChosenAuthorityForm(DsfrForm):
    """The choice of a collectivité among those found."""

    authority = AuthorityField(
        label="Collectivité", error_messages={"required": "Choisissez une collectivité dans la liste."}
    )


class CosignatoryForm(ChosenAuthorityForm):
    may_write = forms.BooleanField(
        label="Peut rédiger avec le porteur", required=False, help_text="Sinon, elle lit et commente."
    )


class LeaveForm(DsfrForm):
    reason = ReasonField(label="Motif de la sortie")


class RegisterForm(ChosenAuthorityForm):
    """A letter received on paper or by mail."""

    signatory_name = LineField(label="Signataire de la lettre", max_length=160)
    signatory_title = LineField(label="Qualité du signataire", max_length=160)
    signed_on = DayField(label="Date de la lettre")
    received_on = DayField(label="Reçue le")
    motivation = ProseField(label="Objet et motivation, en résumé", max_length=10_000, rows=5)
    axes = RowsField(label="Axes mentionnés", queryset=Axis.objects.none(), widget=forms.CheckboxSelectMultiple)
    technical_name = LineField(label="Personne à joindre", max_length=160, required=False)
    technical_email = forms.EmailField(label="Son adresse électronique", required=False)
    technical_phone = LineField(label="Son téléphone", max_length=30, required=False)
    starts_on = DayField(label="Début souhaité")
    months = forms.IntegerField(label="Durée souhaitée, en mois", min_value=1, max_value=72)
    document = DepositField(label="Lettre numérisée", accept=("pdf", "png", "jpg", "jpeg"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["axes"].queryset = Axis.objects.filter(active=True).order_by("rank", "pk")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        signed, received = cleaned.get("signed_on"), cleaned.get("received_on")
        if signed and received and received < signed:
            self.add_error("received_on", "La lettre ne peut pas avoir été reçue avant d’être signée.")
        return cleaned


class TakeOverForm(ChosenAuthorityForm):
    """A file under way before the portal."""

    state = forms.ChoiceField(
        label="Étape où en est le dossier", choices=[(each.value, each.label) for each in TAKE_OVER_STATES]
    )
    campaign = forms.ModelChoiceField(
        label="Campagne",
        queryset=Campaign.objects.none(),
        required=False,
        help_text="Obligatoire à partir du diagnostic.",
    )
    first_sent_on = DayField(label="Date de la lettre d’intention")
    starts_on = DayField(label="Début du contrat")
    months = forms.IntegerField(label="Durée, en mois", min_value=1, max_value=72)
    reason = ReasonField(label="D’où vient le dossier", help_text="Ce qui a été fait avant le portail.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = Campaign.objects.order_by("-year")

    def clean_state(self) -> State:
        return State(self.cleaned_data["state"])


class ImportForm(ChosenAuthorityForm):
    """A contract signed before the portal."""

    signed_on = DayField(label="Signé le", required=False, help_text="À laisser vide si la date n’est pas connue.")
    starts_on = DayField(label="Prise d’effet")
    ends_on = DayField(label="Échéance")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends <= starts:
            self.add_error("ends_on", "L’échéance doit suivre la prise d’effet.")
        return cleaned
