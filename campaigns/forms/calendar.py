"""The form of a campaign: calendar, thresholds, eligible charges, payments."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from campaigns.enums import ChargeAccount
from campaigns.models import Campaign
from ctai.forms import DayField, DsfrForm, EuroField, LineField
from ctai.text import percent

FIRST_YEAR, LAST_YEAR = 2019, 2100
LONGEST_DELAY = 365
WHOLE = 100


def _share(label: str, initial: int, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=100, decimal_places=2, initial=initial, help_text=help_text
    )


class CampaignForm(DsfrForm):
    """A campaign; the year is chosen once."""

    year = forms.IntegerField(label="Année", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    instruction_reference = LineField(label="Référence de l’instruction ministérielle", max_length=200, required=False)
    opens_on = DayField(label="Ouverture")
    submission_deadline = DayField(label="Date limite de dépôt", help_text="Un dépôt plus tardif reste possible.")
    closes_on = DayField(label="Clôture")
    mandatory_axes = forms.MultipleChoiceField(
        label="Axes obligatoires",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Une proposition doit y prévoir une action la première année.",
    )
    agir_threshold = EuroField(
        label="Seuil de la note d’articulation avec AGIR",
        required=False,
        help_text="Montant annuel au-dessus duquel la note est demandée.",
    )
    rate_threshold = forms.DecimalField(
        label="Taux d’alerte du financement de l’État (%)", min_value=0, max_value=100, decimal_places=2, initial=80
    )
    silence_months = forms.IntegerField(
        label="Délai de décision implicite (mois)", min_value=1, max_value=24, initial=2
    )
    correction_days = forms.IntegerField(
        label="Délai de correction proposé (jours)", min_value=1, max_value=LONGEST_DELAY, initial=21
    )
    opinion_days = forms.IntegerField(label="Délai d’avis (jours)", min_value=1, max_value=LONGEST_DELAY, initial=15)
    opinions_block = forms.BooleanField(label="Un avis demandé et non rendu empêche la décision", required=False)
    eligible_accounts = forms.MultipleChoiceField(
        label="Charges éligibles",
        choices=ChargeAccount.choices,
        initial=list(ChargeAccount.values),
        widget=forms.CheckboxSelectMultiple,
        help_text="Les autres charges restent possibles, à signaler à l’instruction.",
        error_messages={"required": "Cochez au moins une charge éligible."},
    )
    advance_share = _share("Avance (%)", 50, "Profil de versement proposé : les trois parts font 100 %.")
    instalment_share = _share("Acompte (%)", 30)
    balance_share = _share("Solde (%)", 20)
    contract_target = forms.IntegerField(
        label="Objectif national de contrats", min_value=0, max_value=100_000, required=False
    )

    def __init__(self, *args: Any, axes: Iterable[tuple[str, str]], campaign: Campaign | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["mandatory_axes"].choices = list(axes)
        if campaign is not None:
            del self.fields["year"]
            del self.fields["mandatory_axes"]  # they have their page

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if Campaign.objects.filter(year=year).exists():
            raise forms.ValidationError(f"La campagne {year} existe déjà\u00a0: modifiez-la, ou changez d’année.")
        return year

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        opens, deadline, closes = (cleaned.get(name) for name in ("opens_on", "submission_deadline", "closes_on"))
        if opens and deadline and deadline < opens:
            self.add_error("submission_deadline", "La date limite de dépôt doit suivre l’ouverture.")
        if deadline and closes and closes < deadline:
            self.add_error("closes_on", "La clôture doit suivre la date limite de dépôt.")
        names = ("advance_share", "instalment_share", "balance_share")
        shares: list[Decimal] = [cleaned[name] for name in names if cleaned.get(name) is not None]
        whole = sum(shares, Decimal(0))
        if len(shares) == len(names) and whole != WHOLE:
            digits = 0 if whole == whole.to_integral_value() else 2
            self.add_error(
                "balance_share",
                f"Les trois parts font {percent(whole / WHOLE, digits)}\u00a0: elles doivent faire 100\u00a0%.",
            )
        return cleaned

    @staticmethod
    def initial_of(campaign: Campaign) -> dict[str, Any]:
        """Return what a campaign holds, as the form shows it."""
        names = [name for name in CampaignForm.base_fields if name not in ("mandatory_axes", "year")]
        mandatory = [each.axis.code for each in campaign.axes.select_related("axis") if each.mandatory]
        return {name: getattr(campaign, name) for name in names} | {"mandatory_axes": mandatory}
