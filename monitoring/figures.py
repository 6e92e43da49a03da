"""The figures of steering: counts of files and sums of money, each with the address of the list that makes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from accounts.roles import Role
from campaigns.models import Campaign
from contracts.enums import IN_PROGRESS, STATE_SIDE_LABELS, STEP_OF_STATE, STEPS, State
from contracts.filters import EVER_SIGNED, NO_REGION, RUNNING, SIGNED_STATES, UNKNOWN_YEAR, by_name
from contracts.lists import engaged_authorities
from contracts.models import Contract
from ctai.text import UNAVAILABLE, euros_short, number
from funding.enums import Stage
from funding.models import Movement
from funding.queries import ledger_by_year
from monitoring.targets import Target, targets_for
from territories.enums import StatisticalCategory
from territories.models import Region

#: What a préfecture of which nothing was asked shows.
NO_TARGET = "—"


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure already written, with the list that makes it; no address for what has nothing to open."""

    text: str
    url: str = ""
    value: int | Decimal | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of figures: the first column names the row."""

    key: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]

    @property
    def figure_columns(self) -> tuple[str, ...]:
        return self.columns[1:]


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure that one reads first."""

    label: str
    cell: Cell
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What steering reads, as it stands at an instant."""

    at: datetime
    headlines: tuple[Headline, ...]
    columns: tuple[tuple[Table, ...], ...]
    money: Table

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table of counts."""
        return tuple(table for column in self.columns for table in column)


@dataclass(frozen=True, slots=True)
class _Counts:
    """The files that exist for the reader, counted once by what the tables group them by."""

    groups: tuple[tuple[str, str, str | None, int], ...]
    years: dict[int | None, int]

    def of(self, states: Iterable[str], *, category: str | None = None, region: str | None = "") -> int:
        """Count the files in these states; an empty région means any, None means those without one."""
        kept = frozenset(states)
        return sum(
            total
            for state, in_category, in_region, total in self.groups
            if state in kept and category in (None, in_category) and region in ("", in_region)
        )


def figures_for(actor: Actor, now: datetime) -> Figures:
    """Return the figures of the files that exist for the reader; the number of queries is constant."""
    contracts = Contract.objects.visible_to(actor)
    signed = contracts.filter(state__in=SIGNED_STATES)
    groups = contracts.order_by().values_list("state", "category", "region").annotate(total=Count("pk"))
    years = signed.order_by().values_list(ExtractYear("signed_at")).annotate(total=Count("pk"))
    counts = _Counts(tuple(groups), dict(years))
    money = ledger_by_year(Movement.objects.visible_to(actor))
    year = timezone.localtime(now).year
    targets = targets_for(actor, year)
    return Figures(
        at=now,
        headlines=_headlines(counts, engaged_authorities(signed), money, targets, year),
        columns=(
            (_by_state(counts), _by_target(targets, year), _by_year(counts)),
            (_by_step(counts), _by_category(counts), _by_region(counts, actor)),
        ),
        money=_money(money),
    )


# --- counts ------------------------------------------------------------------------------------------------------


def _headlines(
    counts: _Counts, engaged: int, money: dict[tuple[int, Stage], Decimal], targets: list[Target], year: int
) -> tuple[Headline, ...]:
    target = Campaign.objects.filter(year=year).values_list("contract_target", flat=True).first()
    expected = sum(each.expected or 0 for each in targets)
    aim = f" sur {number(expected)} attendus des préfets" if expected else ""
    aim += f", objectif national {number(target)}" if target else ""
    granted = _sum_of_stage(money, Stage.GRANTED)
    return (
        Headline(
            "contrats signés",
            _counted(counts.of(SIGNED_STATES), etat=EVER_SIGNED),
            f"dont {number(counts.years.get(year, 0))} en {year}{aim}",
        ),
        Headline("collectivités engagées", _counted(engaged, etat=EVER_SIGNED), "porteurs et co-signataires"),
        Headline("dossiers en cours", _counted(counts.of(IN_PROGRESS), etat=RUNNING), "de la lettre à la signature"),
        Headline(
            "montant retenu",
            _rounded(_sum(granted, montant=Stage.GRANTED)),
            "à l’euro près, années indicatives exclues",
        ),
    )


def _by_state(counts: _Counts) -> Table:
    rows = tuple(
        (STATE_SIDE_LABELS.get(state, state.label), (_counted(counts.of([state]), etat=state),)) for state in State
    )
    return Table("etat", "Dossiers par état", ("État", "Dossiers"), rows)


def _by_step(counts: _Counts) -> Table:
    rows = []
    for step, title in STEPS.items():
        states = [state for state, of_step in STEP_OF_STATE.items() if of_step == step]
        rows.append((f"{step}. {title}", (_counted(counts.of(states), etape=step),)))
    return Table("etape", "Dossiers en cours par étape", ("Étape", "Dossiers"), tuple(rows))


def _by_category(counts: _Counts) -> Table:
    rows = tuple(
        (
            category.label,
            (
                _counted(counts.of(IN_PROGRESS, category=category), etat=RUNNING, categorie=category),
                _counted(counts.of(SIGNED_STATES, category=category), etat=EVER_SIGNED, categorie=category),
            ),
        )
        for category in StatisticalCategory
    )
    return Table("categorie", "Par catégorie du porteur", ("Catégorie", "En cours", "Signés"), rows)


def _by_region(counts: _Counts, actor: Actor) -> Table:
    regions = Region.objects.all()
    if actor.role == Role.REGIONAL_COORDINATOR:
        regions = regions.filter(pk=actor.organisation.region_id)
    names: list[tuple[str | None, str]] = [(each.code, each.name) for each in sorted(regions, key=by_name)]
    if counts.of(State, region=None):
        names.append((None, "Outre-mer sans région"))
    rows = tuple(
        (
            name,
            (
                _counted(counts.of(IN_PROGRESS, region=code), etat=RUNNING, region=code or NO_REGION),
                _counted(counts.of(SIGNED_STATES, region=code), etat=EVER_SIGNED, region=code or NO_REGION),
            ),
        )
        for code, name in names
    )
    return Table("region", "Par région", ("Région", "En cours", "Signés"), rows)


def _by_target(targets: list[Target], year: int) -> Table:
    """Return what is signed in the year against what is expected; a target has no list, it is not a count of files."""
    rows = [
        (
            each.label,
            (
                _counted(each.signed, etat=EVER_SIGNED, annee=year, prefecture=each.organisation.pk),
                Cell(NO_TARGET if each.expected is None else number(each.expected)),
                Cell(NO_TARGET if each.missing is None else number(each.missing)),
            ),
        )
        for each in targets
    ]
    asked = [each for each in targets if each.expected is not None]
    signed = _counted(sum(each.signed for each in targets), etat=EVER_SIGNED, annee=year)
    expected, missing = (sum(getattr(each, name) for each in asked) for name in ("expected", "missing"))
    rows.append(("Toutes les préfectures", (signed, Cell(number(expected)), Cell(number(missing)))))
    caption = f"Contrats signés en {year} et objectifs des préfets"
    return Table("objectifs", caption, ("Préfecture", "Signés", "Objectif", "Reste à signer"), tuple(rows))


def _by_year(counts: _Counts) -> Table:
    rows = tuple(
        (str(year or "Année inconnue"), (_counted(total, etat=EVER_SIGNED, annee=year or UNKNOWN_YEAR),))
        for year, total in sorted(counts.years.items(), key=lambda item: -(item[0] or 0))
    )
    return Table("annee", "Contrats signés par année de signature", ("Année", "Contrats"), rows)


# --- money -------------------------------------------------------------------------------------------------------


def _money(money: dict[tuple[int, Stage], Decimal]) -> Table:
    """Return the sums by tranche year and stage; a stage that nothing records yet reads « non disponible »."""
    recorded = {stage for _, stage in money}
    years = sorted({year for year, _ in money})
    rows: list[tuple[str, tuple[Cell, ...]]] = [
        (str(year), tuple(_year_cell(money, year, stage, recorded) for stage in Stage)) for year in years
    ]
    totals = tuple(
        _sum(_sum_of_stage(money, stage), montant=stage) if stage in recorded else Cell(UNAVAILABLE) for stage in Stage
    )
    rows.append(("Toutes les tranches", totals))
    columns = ("Année de la tranche", *(stage.label for stage in Stage))
    return Table("montants", "Montants par année de tranche, en euros", columns, tuple(rows))


def _year_cell(money: dict[tuple[int, Stage], Decimal], year: int, stage: Stage, recorded: set[Stage]) -> Cell:
    if stage not in recorded:
        return Cell(UNAVAILABLE)
    amount = money.get((year, stage), Decimal(0))
    return _sum(amount, montant=stage, tranche=year) if amount else Cell(euros_short(amount), value=amount)


def _sum_of_stage(money: dict[tuple[int, Stage], Decimal], wanted: Stage) -> Decimal:
    return sum((amount for (_, stage), amount in money.items() if stage == wanted), Decimal(0))


# --- cells -------------------------------------------------------------------------------------------------------


def _counted(total: int, **filters: object) -> Cell:
    return Cell(number(total), list_url(**filters) if total else "", total)


def _sum(amount: Decimal, **filters: object) -> Cell:
    return Cell(euros_short(amount), list_url(**filters) if amount else "", amount)


def _rounded(cell: Cell) -> Cell:
    """Return an amount as one reads it first, to the nearest euro; the table has its cents."""
    return Cell(euros_short(Decimal(cell.value or 0).quantize(Decimal(1))), cell.url, cell.value)


def list_url(**filters: object) -> str:
    """Return the address of the list of files with these filters."""
    return f"{reverse('contracts:list')}?{urlencode({name: str(value) for name, value in filters.items()})}"
