"""The coherence rules on the project: its publics, its axes, its calendar, its fiches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from campaigns.coherence import CoherenceRule, RuleSetting
from contracts.coherence.evidence import (
    YEAR,
    ZERO,
    ActionEvidence,
    Check,
    Evidence,
    Finding,
    each_budget,
    on_action,
    on_year,
)
from ctai.text import count, euros, join_and, long_date, number

R = CoherenceRule


# --- publics and diagnostic


def _public_over_diagnostic(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    for action in evidence.actions:
        if evidence.public is not None and action.people is not None and action.people > evidence.public:
            yield on_action(
                R.PUBLIC_OVER_DIAGNOSTIC,
                action,
                f"L’{action.name} vise {count(action.people, 'personne', 'personnes')} ; le plus grand public du "
                f"diagnostic en compte {number(evidence.public)}.",
            )


def _public_parts(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    for action in evidence.actions:
        over = [label for label, part in action.parts.items() if action.people is not None and part > action.people]
        if over:
            yield on_action(
                R.PUBLIC_PARTS,
                action,
                f"L’{action.name} détaille plus de personnes que son total de {number(action.people or 0)} : "
                f"{join_and(over)}.",
            )


def _axis_without_diagnostic(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    for action in evidence.actions:
        if evidence.axes_of_diagnostic and action.axis not in evidence.axes_of_diagnostic:
            yield on_action(
                R.AXIS_WITHOUT_DIAGNOSTIC,
                action,
                f"L’{action.name} porte sur l’axe « {action.axis_label} », dont le diagnostic ne dit rien.",
            )


def _major_need(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    answered = {action.need for action in evidence.actions}
    for need, text in evidence.major_needs.items():
        if need not in answered:
            yield Finding(R.MAJOR_NEED, str(need), f"Aucune action ne répond au besoin majeur « {text} ».")


def _cost_per_person(evidence: Evidence, setting: RuleSetting) -> Iterator[Finding]:
    factor = setting.threshold or Decimal(1)
    for action, year in each_budget(evidence):
        median = evidence.medians.get((action.axis, year.year))
        if not median or not action.people or not year.asked:
            continue
        each = year.asked / action.people
        if each > median * factor or each * factor < median:
            yield on_year(
                R.COST_PER_PERSON,
                action,
                year.year,
                f"L’{action.name} demande {euros(each.quantize(Decimal('0.01')))} par personne en {YEAR} ; la "
                f"médiane des demandes déposées sur cet axe pour {YEAR} est de "
                f"{euros(median.quantize(Decimal('0.01')))}.",
            )


def _no_result(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    for action in evidence.actions:
        if action.outputs and not action.results:
            yield on_action(
                R.NO_RESULT, action, f"L’{action.name} a des indicateurs de réalisation, mais aucun de résultat."
            )


# --- axes


def _mandatory_axis(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    if not evidence.years or not evidence.actions:
        return
    first = evidence.years[0]
    served = {action.axis for action, year in each_budget(evidence) if year.year == first and year.cost}
    for code, label in evidence.mandatory_axes.items():
        if code not in served:
            yield Finding(
                R.MANDATORY_AXIS,
                code,
                f"Aucune action budgétée en {first} ne porte sur l’axe obligatoire « {label} ».",
            )


def _announced_axis(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    served = {action.axis for action in evidence.actions}
    for code, label in evidence.announced_axes.items():
        if evidence.actions and code not in served:
            yield Finding(
                R.ANNOUNCED_AXIS, code, f"La lettre d’intention annonçait l’axe « {label} », sans action à ce jour."
            )


# --- calendar


def _outside_period(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    if evidence.starts_on is None or evidence.ends_on is None:
        return
    for action in evidence.actions:
        early = action.starts_on is not None and action.starts_on < evidence.starts_on
        late = action.ends_on is not None and action.ends_on > evidence.ends_on
        if early or late:
            yield on_action(
                R.OUTSIDE_PERIOD,
                action,
                f"L’{action.name} sort des dates du contrat, du {long_date(evidence.starts_on)} au "
                f"{long_date(evidence.ends_on)}.",
            )


def _early_start(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    for action in evidence.actions:
        if not evidence.decided and action.starts_on is not None and action.starts_on <= evidence.today:
            yield on_action(
                R.EARLY_START,
                action,
                f"L’{action.name} a commencé le {long_date(action.starts_on)}, avant toute décision : ses dépenses "
                "restent au risque de son porteur.",
            )


def _short_action(evidence: Evidence, setting: RuleSetting) -> Iterator[Finding]:
    for action in evidence.actions:
        if action.starts_on is None or action.ends_on is None:
            continue
        days = (action.ends_on - action.starts_on).days + 1
        if days < (setting.threshold or ZERO):
            yield on_action(R.SHORT_ACTION, action, f"L’{action.name} dure {count(days, 'jour', 'jours')}.")


def _late_deposit(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    limit, deposited = evidence.deadline, evidence.deposited_on
    if limit is None or not evidence.actions or (deposited or evidence.today) <= limit:
        return
    if deposited:
        text = f"La demande a été déposée le {long_date(deposited)}, après la date limite du {long_date(limit)}."
    else:
        text = f"La date limite de dépôt, le {long_date(limit)}, est passée : la demande sera tardive."
    yield Finding(R.LATE_DEPOSIT, "", text)


# --- the fiches


def _same_title(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    seen: dict[str, list[ActionEvidence]] = defaultdict(list)
    for action in evidence.actions:
        seen[action.title.casefold().strip()].append(action)
    for same in seen.values():
        if len(same) > 1:
            numbers = join_and([str(each.number) for each in same])
            text = f"Les actions {numbers} portent le même intitulé « {same[0].title} »."
            yield on_action(R.SAME_TITLE, same[-1], text)


def _renewed_unknown(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    for action in evidence.actions:
        if action.renewed and not action.carried:
            yield on_action(
                R.RENEWED_UNKNOWN,
                action,
                f"L’{action.name} est dite reconduite, sans être reprise d’une action connue du portail.",
            )


PROJECT: dict[CoherenceRule, Check] = {
    R.PUBLIC_OVER_DIAGNOSTIC: _public_over_diagnostic,
    R.MANDATORY_AXIS: _mandatory_axis,
    R.ANNOUNCED_AXIS: _announced_axis,
    R.AXIS_WITHOUT_DIAGNOSTIC: _axis_without_diagnostic,
    R.MAJOR_NEED: _major_need,
    R.OUTSIDE_PERIOD: _outside_period,
    R.EARLY_START: _early_start,
    R.SHORT_ACTION: _short_action,
    R.LATE_DEPOSIT: _late_deposit,
    R.COST_PER_PERSON: _cost_per_person,
    R.SAME_TITLE: _same_title,
    R.PUBLIC_PARTS: _public_parts,
    R.NO_RESULT: _no_result,
    R.RENEWED_UNKNOWN: _renewed_unknown,
}
