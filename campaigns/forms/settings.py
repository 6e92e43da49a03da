"""The forms of the parts of a campaign: axes, extensions, targets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from dsfr.utils import dsfr_input_class_attr

from accounts.models import Organisation
from campaigns.models import Campaign, CampaignAxis, ReviewCriterion
from campaigns.settings import AxisSetting, CriterionSetting
from ctai.forms import DayField, DsfrForm, LineField, SirenField
from territories.models import Departement, LocalAuthority, Region

LARGEST_RANK = 99
LARGEST_TARGET = 1_000
MOST_POINTS = 100


class AxesForm(DsfrForm):
    """The axes of the year: their order, whether they are active and mandatory, and maybe a new one."""

    new_label = LineField(label="Ajouter un axe", max_length=120, required=False, help_text="Il viendra en dernier.")

    def __init__(self, *args: Any, axes: Iterable[CampaignAxis], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.axes = list(axes)
        for each in self.axes:
            name, pk = each.axis.label, each.axis_id
            self.fields[f"rank-{pk}"] = forms.IntegerField(
                label=f"Ordre de « {name} »", min_value=1, max_value=LARGEST_RANK, initial=each.rank
            )
            for flag, words in (("active", "actif"), ("mandatory", "obligatoire")):
                self.fields[f"{flag}-{pk}"] = forms.BooleanField(
                    label=f"« {name} » est {words}", required=False, initial=getattr(each, flag)
                )
            dsfr_input_class_attr(self[f"rank-{pk}"])

    def rows(self) -> list[tuple[CampaignAxis, BoundField, BoundField, BoundField]]:
        return [
            (each, *(self[f"{name}-{each.axis_id}"] for name in ("rank", "active", "mandatory"))) for each in self.axes
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for each in self.axes:
            if cleaned.get(f"mandatory-{each.axis_id}") and not cleaned.get(f"active-{each.axis_id}"):
                self.add_error(f"mandatory-{each.axis_id}", "Un axe obligatoire est forcément actif.")
        return cleaned

    def settings(self) -> list[AxisSetting]:
        """Return what was typed for each axis."""
        value = self.cleaned_data
        return [
            AxisSetting(
                axis_id=each.axis_id,
                rank=value[f"rank-{each.axis_id}"],
                active=value[f"active-{each.axis_id}"],
                mandatory=value[f"mandatory-{each.axis_id}"],
            )
            for each in self.axes
        ]


class CriteriaForm(DsfrForm):
    """The grid of the year: the criteria that exist, and maybe a new one."""

    new_label = LineField(label="Ajouter un critère", max_length=160, required=False)
    new_guidance = LineField(label="Question à se poser", max_length=500, required=False)
    new_points = forms.IntegerField(
        label="Note maximale", min_value=1, max_value=MOST_POINTS, initial=5, required=False
    )

    def __init__(self, *args: Any, criteria: Iterable[ReviewCriterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for each in self.criteria:
            made: dict[str, forms.Field] = {
                "label": LineField(label="Intitulé", max_length=160, initial=each.label),
                "guidance": LineField(
                    label="Question à se poser", max_length=500, required=False, initial=each.guidance
                ),
                "points": forms.IntegerField(
                    label="Note maximale", min_value=1, max_value=MOST_POINTS, initial=each.points
                ),
                "rank": forms.IntegerField(label="Ordre", min_value=1, max_value=LARGEST_RANK, initial=each.rank),
                "active": forms.BooleanField(label="Actif", required=False, initial=each.active),
            }
            for key, field in made.items():
                self.fields[f"{key}-{each.pk}"] = field
                if key != "active":
                    dsfr_input_class_attr(self[f"{key}-{each.pk}"])

    def rows(self) -> list[dict[str, BoundField]]:
        names = ("label", "guidance", "points", "rank", "active")
        return [{name: self[f"{name}-{each.pk}"] for name in names} for each in self.criteria]

    def settings(self) -> list[CriterionSetting]:
        """Return the grid that was typed, the new criterion last."""
        value = self.cleaned_data
        found = [
            CriterionSetting(
                pk=each.pk,
                label=value[f"label-{each.pk}"],
                guidance=value[f"guidance-{each.pk}"],
                points=value[f"points-{each.pk}"],
                rank=value[f"rank-{each.pk}"],
                active=value[f"active-{each.pk}"],
            )
            for each in self.criteria
        ]
        if value["new_label"]:
            new = {"label": value["new_label"], "guidance": value["new_guidance"], "points": value["new_points"] or 5}
            found.append(CriterionSetting(pk=None, rank=LARGEST_RANK + 1, active=True, **new))
        return found


class ExtensionForm(DsfrForm):
    """A later deadline for one territory."""

    territory = forms.ChoiceField(label="Région ou département", required=False)
    siren = SirenField(
        label="Ou numéro SIREN d’une seule collectivité",
        required=False,
        help_text="Commune, intercommunalité, département ou région de la liste officielle.",
    )
    deadline = DayField(label="Nouvelle date limite de dépôt")
    reason = LineField(label="Motif", max_length=500, help_text="Par exemple : élections, catastrophe naturelle.")

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = [(f"region-{each.code}", each.name) for each in Region.objects.order_by("name")]
        departements = [
            (f"departement-{each.code}", f"{each.code} – {each.name}") for each in Departement.objects.order_by("code")
        ]
        choices = [("", "Choisir"), ("Régions", regions), ("Départements", departements)]
        self.fields["territory"].choices = choices
        self.fields["deadline"].set_bounds(max_value=campaign.closes_on)

    def clean_siren(self) -> LocalAuthority | None:
        typed = self.cleaned_data["siren"]
        if not typed:
            return None
        found = LocalAuthority.objects.filter(siren=typed).order_by("pk").first()
        if found is None:
            raise forms.ValidationError("Aucune collectivité de la liste officielle ne porte ce numéro SIREN.")
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "siren" in cleaned and bool(cleaned.get("territory")) == bool(cleaned["siren"]):
            self.add_error("territory", "Choisissez un territoire, ou indiquez le SIREN d’une seule collectivité.")
        return cleaned

    def place(self) -> Region | Departement | LocalAuthority:
        """Return the territory chosen."""
        authority: LocalAuthority | None = self.cleaned_data["siren"]
        if authority is not None:
            return authority
        kind, _, code = self.cleaned_data["territory"].partition("-")
        return Region.objects.get(code=code) if kind == "region" else Departement.objects.get(code=code)


class TargetsForm(DsfrForm):
    """The contracts expected of each préfet; a cell left empty is no target."""

    def __init__(
        self, *args: Any, organisations: Iterable[Organisation], targets: Mapping[int, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = list(organisations)
        for each in self.organisations:
            name = f"target-{each.pk}"
            self.fields[name] = forms.IntegerField(
                label=f"Contrats attendus : {each.name}",
                min_value=0,
                max_value=LARGEST_TARGET,
                required=False,
                initial=targets.get(each.pk),
            )
            dsfr_input_class_attr(self[name])

    def rows(self) -> list[tuple[Organisation, BoundField]]:
        return [(each, self[f"target-{each.pk}"]) for each in self.organisations]

    def targets(self) -> dict[int, int | None]:
        """Return what was typed, by the id of the organisation."""
        return {each.pk: self.cleaned_data[f"target-{each.pk}"] for each in self.organisations}
