"""Reads from the database what the coherence rules compare, in a number of queries that no row changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from statistics import median

from django.db.models import Count
from django.utils import timezone

from campaigns.queries import deadline_for, eligible_accounts, mandatory_axes
from contracts.coherence.evidence import ZERO, ActionEvidence, Evidence, YearEvidence
from contracts.enums import ENDED, State
from contracts.models import Contract, Letter
from contracts.queries import signing_funders
from diagnostics.queries import axes_written, largest_public, major_needs
from funding.enums import Account, BudgetSide, Decision, Funder, FundingStatus, IndicatorKind
from funding.figures import VOLUNTARY, total, year_states
from funding.frozen import public_counts
from funding.models import Action, BudgetLine, Payee, YearAmount
from funding.queries import actions_of

#: The median per person is taken on so many of the latest requests, far above what a year holds in the country.
SAMPLE = 10_000
#: Under so many, a median says nothing.
ENOUGH = 5
DECIDED = frozenset({State.APPROVED, State.SIGNED, State.CLOSED, State.TERMINATED})


def load_evidence(contract: Contract, *, now: datetime) -> Evidence:
    """Freeze what the rules compare of a file; twelve queries at most."""
    actions = [each for each in actions_of(contract.pk) if each.decision != Decision.REJECTED]
    campaign, own = contract.campaign, signing_funders(contract)
    return Evidence(
        today=timezone.localdate(now),
        years=contract.years,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        decided=contract.state in DECIDED,
        deposited_on=timezone.localdate(contract.submitted_at) if contract.submitted_at else None,
        deadline=_deadline(contract),
        rate_threshold=campaign.rate_threshold if campaign else Decimal(100),
        agir_threshold=campaign.agir_threshold if campaign else None,
        eligible=eligible_accounts(contract.years),
        account_labels={account.value: str(account.label) for account in Account},
        mandatory_axes=mandatory_axes(campaign) if campaign else {},
        announced_axes=_announced(contract),
        public=largest_public(contract.pk),
        axes_of_diagnostic=axes_written(contract.pk),
        major_needs=major_needs(contract.pk),
        actions=tuple(_action(each, contract.years, own) for each in actions),
        accounts=frozenset(Payee.objects.filter(contract=contract).values_list("siret", flat=True)),
        elsewhere=_elsewhere(contract, {each.beneficiary_siret for each in actions} - {""}),
        medians=_medians(contract, {each.axis.code for each in actions}),
    )


def _deadline(contract: Contract) -> date | None:
    if contract.campaign is None:
        return None
    return deadline_for(
        contract.campaign,
        region=contract.region_id,
        departement=contract.departement_id,
        authority=contract.porteur_id,
    )


def _announced(contract: Contract) -> dict[str, str]:
    letter = Letter.objects.filter(contract=contract).values_list("axes__code", "axes__label")
    return {code: label for code, label in letter.order_by("axes__rank", "axes__pk") if code}


def _action(action: Action, years: Collection[int], own: Collection[str]) -> ActionEvidence:
    lines: dict[int, list[BudgetLine]] = defaultdict(list)
    for line in action.budget_lines.all():
        lines[line.year].append(line)
    kinds = [each.kind for each in action.indicators.all()]
    return ActionEvidence(
        number=action.number,
        title=action.title,
        axis=action.axis.code,
        axis_label=action.axis.label,
        starts_on=action.starts_on,
        ends_on=action.ends_on,
        people=action.expected_count,
        parts=dict(public_counts(action)),
        beneficiary=action.beneficiary_name,
        siret=action.beneficiary_siret,
        complementarity=action.complementarity,
        need=action.need_id,
        renewed=action.renewed,
        carried=action.carried_from_id is not None,
        outputs=kinds.count(IndicatorKind.OUTPUT),
        results=kinds.count(IndicatorKind.RESULT),
        years=tuple(_year(each.year, lines[each.year], own) for each in year_states(action, years)),
    )


def _year(year: int, lines: Iterable[BudgetLine], own: Collection[str]) -> YearEvidence:
    charges: dict[str, Decimal] = defaultdict(lambda: ZERO)
    voluntary = ZERO
    for line in lines:
        if line.side == BudgetSide.CHARGE and line.account in VOLUNTARY:
            voluntary += line.amount
        elif line.side == BudgetSide.CHARGE:
            charges[line.account] += line.amount
    others = [line for line in lines if line.funder and line.funder != Funder.STATE_P104 and line.amount]
    obtained = [line for line in others if line.status == FundingStatus.OBTAINED]
    return YearEvidence(
        year=year,
        charges=dict(charges),
        voluntary=voluntary,
        asked=total(line.amount for line in lines if line.funder == Funder.STATE_P104),
        own_share=total(line.amount for line in others if line.funder in own),
        obtained=tuple(_name(line) for line in obtained),
        unproven=tuple(_name(line) for line in obtained if line.proof_id is None and line.funder not in own),
        requested_elsewhere=total(line.amount for line in others if line.status != FundingStatus.OBTAINED),
    )


def _name(line: BudgetLine) -> str:
    return line.label or str(Funder(line.funder).label)


def _elsewhere(contract: Contract, sirets: Collection[str]) -> dict[tuple[str, int], int]:
    """Return in how many other files of the country each beneficiary asks for money, by year."""
    if not sirets:
        return {}
    asked = (
        YearAmount.objects.filter(
            action__beneficiary_siret__in=sirets,
            action__removed_at__isnull=True,
            year__in=contract.years,
            requested__gt=0,
        )
        .exclude(action__contract=contract)
        .exclude(action__contract__state__in=ENDED)
        .exclude(action__decision=Decision.REJECTED)
    )
    counted = asked.values_list("action__beneficiary_siret", "year").annotate(Count("action__contract", distinct=True))
    return {(siret, year): files for siret, year, files in counted.order_by()}


def _medians(contract: Contract, axes: Collection[str]) -> dict[tuple[str, int], Decimal]:
    """Return the median request per person on each axis, year by year, among those deposited in the country."""
    if not axes:
        return {}
    rows = (
        YearAmount.objects.filter(
            year__in=contract.years,
            action__axis__code__in=axes,
            action__removed_at__isnull=True,
            action__expected_count__gt=0,
            requested__gt=0,
        )
        .exclude(action__contract=contract)
        .order_by("-pk")
        .values_list("action__axis__code", "year", "requested", "action__expected_count")[:SAMPLE]
    )
    each: dict[tuple[str, int], list[Decimal]] = defaultdict(list)
    for axis, year, requested, people in rows:
        each[axis, year].append((requested or ZERO) / (people or 1))
    return {place: median(amounts) for place, amounts in each.items() if len(amounts) >= ENOUGH}
