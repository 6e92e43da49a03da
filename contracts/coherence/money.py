"""The coherence rules on money: the share of the State, the funders, the beneficiaries, the charges."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from campaigns.coherence import CoherenceRule, RuleSetting
from contracts.coherence.evidence import (
    YEAR,
    ZERO,
    ActionEvidence,
    Check,
    Evidence,
    Finding,
    budgets_by_year,
    each_budget,
    on_action,
    on_whole_year,
    on_year,
    rate_of,
    shown,
)
from ctai.text import count, euros, join_and

R = CoherenceRule

#: The programme by its name: the acronym, or « programme Agir »; never the verb.
AGIR = re.compile(r"\bAGIR\b|\b[Pp]rogramme Agir\b")


# --- the State's share


def _state_rate(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    for action, year in each_budget(evidence):
        rate = rate_of(year.asked, year.cost)
        if rate > evidence.rate_threshold:
            yield on_year(
                R.STATE_RATE,
                action,
                year.year,
                f"L’État porterait {shown(rate)} du coût de l’{action.name} en {YEAR}, au-dessus du seuil de "
                f"{shown(evidence.rate_threshold)}.",
            )


def _whole_rate(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    for year, budgets in budgets_by_year(evidence).items():
        rate = rate_of(sum((each.asked for each in budgets), ZERO), sum((each.cost for each in budgets), ZERO))
        if rate > evidence.rate_threshold:
            yield on_whole_year(
                R.WHOLE_RATE,
                year,
                f"Toutes actions confondues, l’État porterait {shown(rate)} du coût en {YEAR}, au-dessus du seuil de "
                f"{shown(evidence.rate_threshold)}.",
            )


def _growth(evidence: Evidence, setting: RuleSetting) -> Iterator[Finding]:
    for action in evidence.actions:
        for before, after in zip(action.years, action.years[1:], strict=False):
            rise = rate_of(after.asked - before.asked, before.asked)
            if before.asked and rise > (setting.threshold or ZERO):
                yield on_year(
                    R.GROWTH,
                    action,
                    after.year,
                    f"La demande pour l’{action.name} augmente de {shown(rise)} entre {before.year} et {after.year}.",
                )


def _concentration(evidence: Evidence, setting: RuleSetting) -> Iterator[Finding]:
    whole = sum((action.asked for action in evidence.actions), ZERO)
    if len(evidence.actions) < 2:
        return
    for action in evidence.actions:
        share = rate_of(action.asked, whole)
        if share > (setting.threshold or ZERO):
            yield on_action(R.CONCENTRATION, action, f"L’{action.name} porte {shown(share)} de la demande.")


def _agir_note(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    if evidence.agir_threshold is None:
        return
    told = {year.year for action, year in each_budget(evidence) if year.asked and AGIR.search(action.complementarity)}
    for year, budgets in budgets_by_year(evidence).items():
        asked = sum((each.asked for each in budgets), ZERO)
        if asked > evidence.agir_threshold and year not in told:
            yield Finding(
                R.AGIR_NOTE,
                str(year),
                f"La demande {year} ({euros(asked)}) dépasse {euros(evidence.agir_threshold)} : aucune action "
                "financée cette année-là ne dit comment elle s’articule avec le programme AGIR.",
            )


# --- funders and beneficiaries


def _unproven_cofunding(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    for action, year in each_budget(evidence):
        if year.unproven:
            yield on_year(
                R.UNPROVEN_COFUNDING,
                action,
                year.year,
                f"L’{action.name} compte en {YEAR} un cofinancement acquis sans justificatif : "
                f"{join_and(list(year.unproven))}.",
            )


def _uncertain_cofunding(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    for action, year in each_budget(evidence):
        if year.requested_elsewhere and not year.obtained:
            yield on_year(
                R.UNCERTAIN_COFUNDING,
                action,
                year.year,
                f"Aucun cofinancement de l’{action.name} n’est acquis en {YEAR} : "
                f"{euros(year.requested_elsewhere)} restent sollicités.",
            )


def _no_own_share(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    for year, budgets in budgets_by_year(evidence).items():
        if any(each.cost for each in budgets) and not any(each.own_share for each in budgets):
            yield on_whole_year(
                R.NO_OWN_SHARE, year, f"Aucune collectivité du contrat n’apporte de part propre en {YEAR}."
            )


def _beneficiary_twice(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    for action, year in each_budget(evidence):
        others = evidence.elsewhere.get((action.siret, year.year), 0)
        if action.siret and others and year.asked:
            yield on_year(
                R.BENEFICIARY_TWICE,
                action,
                year.year,
                f"{action.beneficiary} ({action.siret}), bénéficiaire de l’{action.name}, figure aussi dans "
                f"{count(others, 'autre dossier', 'autres dossiers')} pour {YEAR}.",
            )


def _beneficiary_names(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    names: dict[str, dict[str, str]] = defaultdict(dict)
    for action in evidence.actions:
        if action.siret:
            names[action.siret].setdefault(action.beneficiary.casefold().strip(), action.beneficiary)
    for siret, written in names.items():
        if len(written) > 1:
            text = f"Le numéro {siret} est écrit sous plusieurs noms : {join_and(list(written.values()))}."
            yield Finding(R.BENEFICIARY_NAMES, siret, text)


def _missing_rib(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    due: dict[str, list[ActionEvidence]] = defaultdict(list)
    for action in evidence.actions:
        if action.siret and action.siret not in evidence.accounts and action.asked:
            due[action.siret].append(action)
    for siret, actions in due.items():
        numbers = join_and([str(each.number) for each in actions])
        paid = f"{'des actions' if len(actions) > 1 else 'de l’action'} {numbers}"
        text = f"Aucun relevé d’identité bancaire n’est enregistré pour {actions[0].beneficiary}, bénéficiaire {paid}."
        yield Finding(R.MISSING_RIB, siret, text, on_request=True)


# --- charges


def _ineligible_charge(evidence: Evidence, _setting: RuleSetting) -> Iterator[Finding]:
    for action, year in each_budget(evidence):
        eligible = evidence.eligible.get(year.year)
        refused = [
            evidence.account_labels.get(account, account)
            for account, amount in year.charges.items()
            if amount and eligible is not None and account not in eligible
        ]
        if refused:
            yield on_year(
                R.INELIGIBLE_CHARGE,
                action,
                year.year,
                f"L’{action.name} compte en {YEAR} des charges que la campagne ne retient pas : {join_and(refused)}.",
            )


def _share_of_charges(rule: CoherenceRule, account: str, words: str) -> Check:
    def check(evidence: Evidence, setting: RuleSetting) -> Iterator[Finding]:
        for action, year in each_budget(evidence):
            share = rate_of(year.charges.get(account, ZERO), year.cash)
            if share > (setting.threshold or ZERO):
                yield on_year(
                    rule,
                    action,
                    year.year,
                    f"{words} font {shown(share)} des charges de l’{action.name} en {YEAR}.",
                )

    return check


def _voluntary_share(evidence: Evidence, setting: RuleSetting) -> Iterator[Finding]:
    for action, year in each_budget(evidence):
        share = rate_of(year.voluntary, year.cost)
        if share > (setting.threshold or ZERO):
            yield on_year(
                R.VOLUNTARY_SHARE,
                action,
                year.year,
                f"Les contributions volontaires font {shown(share)} du coût de l’{action.name} en {YEAR}.",
            )


MONEY: dict[CoherenceRule, Check] = {
    R.STATE_RATE: _state_rate,
    R.WHOLE_RATE: _whole_rate,
    R.UNPROVEN_COFUNDING: _unproven_cofunding,
    R.UNCERTAIN_COFUNDING: _uncertain_cofunding,
    R.NO_OWN_SHARE: _no_own_share,
    R.BENEFICIARY_TWICE: _beneficiary_twice,
    R.BENEFICIARY_NAMES: _beneficiary_names,
    R.MISSING_RIB: _missing_rib,
    R.AGIR_NOTE: _agir_note,
    R.INELIGIBLE_CHARGE: _ineligible_charge,
    R.STAFF_SHARE: _share_of_charges(R.STAFF_SHARE, "64", "Les charges de personnel"),
    R.INDIRECT_SHARE: _share_of_charges(R.INDIRECT_SHARE, "indirect", "Les charges indirectes"),
    R.VOLUNTARY_SHARE: _voluntary_share,
    R.GROWTH: _growth,
    R.CONCENTRATION: _concentration,
}
