"""The filters of a list of files, as the address keeps them, and the files that they keep."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.actors import Actor
from accounts.enums import OrganisationKind, Side
from accounts.models import Organisation
from contracts.enums import IN_PROGRESS, STATE_SIDE_LABELS, STEP_OF_STATE, STEPS, State, Turn
from contracts.models import Contract, ContractQuerySet, CoSignatory
from ctai.forms import DsfrForm, LineField
from funding.enums import Stage
from funding.models import Movement
from funding.queries import cents
from territories.enums import StatisticalCategory
from territories.models import Departement, LocalAuthority, Region
from territories.words import search_name_of, significant_words_of

RUNNING, EVER_SIGNED, UNKNOWN_YEAR, MINE, US, NO_REGION = "en-cours", "signes", "inconnue", "miens", "nous", "sans"
#: Signed by all the parties, whatever happened since.
SIGNED_STATES = (State.SIGNED, State.CLOSED, State.TERMINATED)
SETS: dict[str, tuple[State, ...]] = {RUNNING: tuple(sorted(IN_PROGRESS)), EVER_SIGNED: SIGNED_STATES}
DEFAULT_ORDER = "-dernier"
#: The keys of the address and what they order by.
ORDERS: dict[str, str] = {
    "nom": "porteur__search_name",
    "depuis": "turn_since",
    "montant": "granted_cents",
    "dernier": "last_event_at",
}


class FilterForm(DsfrForm):
    """The filters of the list; what one role cannot use is left out."""

    texte = LineField(label="Collectivité ou référence", required=False, max_length=100)
    etat = forms.ChoiceField(label="État", required=False)
    attendu = forms.ChoiceField(label="Action attendue de", required=False)
    annee = forms.ChoiceField(label="Année de signature", required=False)
    etape = forms.ChoiceField(label="Étape", required=False)
    categorie = forms.ChoiceField(
        label="Catégorie du porteur", required=False, choices=[("", "Toutes"), *StatisticalCategory.choices]
    )
    region = forms.ChoiceField(label="Région", required=False)
    departement = forms.ModelChoiceField(
        Departement.objects.order_by("code"), label="Département", required=False, empty_label="Tous"
    )
    prefecture = forms.ModelChoiceField(
        Organisation.objects.filter(kind__in=(OrganisationKind.PREFECTURE, OrganisationKind.REGIONAL)).order_by(
            "name", "pk"
        ),
        label="Préfecture chef de file",
        required=False,
        empty_label="Toutes",
    )
    montant = forms.ChoiceField(label="Avec un montant", required=False, choices=[("", "Indifférent"), *Stage.choices])
    tranche = forms.IntegerField(label="Année de la tranche", required=False, min_value=2019, max_value=2100)
    dossiers = forms.ChoiceField(
        label="Dossiers", required=False, choices=[("", "Tout le service"), (MINE, "Ceux que je suis")]
    )
    tri = forms.ChoiceField(required=False, widget=forms.HiddenInput, choices=[("", "")])

    #: Those shown at once; the others unfold.
    FIRST = ("texte", "etat", "attendu", "annee")

    def __init__(self, *args: Any, actor: Actor, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.now = actor, now
        labels = state_labels(actor)
        sets = [(RUNNING, "En cours"), (EVER_SIGNED, "Signés, y compris clos ou résiliés")]
        self._choices("etat", [("", "Tous"), ("Ensembles", sets), ("États", list(labels.items()))])
        self._choices("etape", [("", "Toutes"), *((str(number), f"{number}. {STEPS[number]}") for number in STEPS)])
        turns = [(value, label) for value, label in Turn.choices if value != Turn.NOBODY]
        us = [(US, "Nous")] if actor.side in (Side.LOCAL, Side.STATE) else []
        self._choices("attendu", [("", "Tous"), *us, *turns, (Turn.NOBODY, "Personne")])
        self._choices("annee", [("", "Toutes"), *self._years(), (UNKNOWN_YEAR, "Inconnue")])
        self._choices("tri", [("", ""), *((key, key) for name in ORDERS for key in (name, f"-{name}"))])
        if actor.side != Side.STATE:
            del self.fields["dossiers"]
        if actor.organisation.kind in (OrganisationKind.LOCAL, OrganisationKind.PREFECTURE):
            del self.fields["region"], self.fields["departement"], self.fields["prefecture"]
        else:
            self.regions = {each.code: each for each in sorted(Region.objects.all(), key=by_name)}
            names = [(code, each.name) for code, each in self.regions.items()]
            self._choices("region", [("", "Toutes"), *names, (NO_REGION, "Outre-mer sans région")])

    def _choices(self, name: str, choices: list[Any]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def _years(self) -> list[tuple[str, str]]:
        this_year = timezone.localtime(self.now).year
        first = Contract.objects.visible_to(self.actor).aggregate(first=Min("signed_at"))["first"]
        start = timezone.localtime(first).year if first else this_year
        return [(str(year), str(year)) for year in range(max(this_year, start), start - 1, -1)]

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        return [each for each in self.visible_fields() if each.name not in self.FIRST]

    @property
    def unfolded(self) -> bool:
        """Whether a filter that is folded away is in use, or wrong."""
        return any(each.errors or self.wanted.get(each.name) not in (None, "") for each in self.other_fields)

    @cached_property
    def wanted(self) -> dict[str, Any]:
        """The filters that are understood, empty ones included."""
        self.is_valid()
        return getattr(self, "cleaned_data", {})

    @property
    def is_filtered(self) -> bool:
        return any(value not in (None, "") for name, value in self.wanted.items() if name != "tri")


def by_name(region: Region) -> str:
    """Return what régions are sorted by, the same on every database: « Île-de-France » among the i."""
    return search_name_of(region.name)


def state_labels(actor: Actor) -> dict[str, str]:
    """Return the name of each state as the reader's side says it."""
    if actor.side == Side.LOCAL:
        return dict(State.choices)
    return {state.value: STATE_SIDE_LABELS.get(state, state.label) for state in State}


def selected(form: FilterForm) -> ContractQuerySet:
    """Select, unordered, the files that the filters keep among those of the reader; none if a filter is wrong."""
    contracts: ContractQuerySet = Contract.objects.visible_to(form.actor)
    if not form.is_valid():
        return contracts.none()
    wanted = {name: value for name, value in form.wanted.items() if value not in (None, "")}
    for name, value in wanted.items():
        if name in _CONDITIONS:
            contracts = contracts.filter(_CONDITIONS[name](value, form.actor))
    if "montant" in wanted or "tranche" in wanted:
        contracts = contracts.filter(pk__in=_holding(movements_wanted(form)))
    return contracts


def _holding(movements: QuerySet[Movement]) -> QuerySet[Any]:
    """Select the files of which some stage still holds money: what was taken then given back counts for nothing."""
    sums = movements.order_by().values("contract", "stage").annotate(cents=Sum(cents()))
    return sums.filter(cents__gt=0).values("contract")


def movements_wanted(form: FilterForm) -> QuerySet[Movement]:
    """Select the movements of the stage and tranche year that the filters name."""
    movements = Movement.objects.all()
    if form.wanted.get("montant"):
        movements = movements.filter(stage=form.wanted["montant"])
    if form.wanted.get("tranche"):
        movements = movements.filter(year=form.wanted["tranche"])
    return movements


def _of_state(value: str, actor: Actor) -> Q:
    return Q(state__in=SETS[value]) if value in SETS else Q(state=value)


def _of_step(value: str, actor: Actor) -> Q:
    return Q(state__in=[state for state, step in STEP_OF_STATE.items() if str(step) == value])


def _signed_in(value: str, actor: Actor) -> Q:
    if value == UNKNOWN_YEAR:
        return Q(state__in=SIGNED_STATES, signed_at__isnull=True)
    return Q(signed_at__year=int(value))


def _expected_of(value: str, actor: Actor) -> Q:
    if value == US:
        return Q(turn__in=[actor.side.value, Turn.BOTH])
    return Q(turn=value)


def answering(text: str) -> Q:
    """Return the condition that each word begins one of a party's name, or that the reference holds the text."""
    authorities = LocalAuthority.objects.all()
    words = significant_words_of(text)
    for word in words:
        authorities = authorities.filter(Q(search_name__startswith=word) | Q(search_name__contains=f" {word}"))
    reference = Q(reference__icontains=text.strip())
    if not words:
        return reference
    named = authorities.order_by().values("pk")
    cosigners = CoSignatory.objects.filter(contract=OuterRef("pk"), left_at__isnull=True, authority__in=named)
    return reference | Q(porteur__in=named) | Q(Exists(cosigners))


_CONDITIONS: dict[str, Any] = {
    "texte": lambda value, actor: answering(value),
    "etat": _of_state,
    "etape": _of_step,
    "attendu": _expected_of,
    "annee": _signed_in,
    "categorie": lambda value, actor: Q(category=value),
    "region": lambda value, actor: Q(region__isnull=True) if value == NO_REGION else Q(region=value),
    "departement": lambda value, actor: Q(departement=value),
    "prefecture": lambda value, actor: Q(lead_service=value),
    "dossiers": lambda value, actor: Q(instructor=actor.user.pk),
}
