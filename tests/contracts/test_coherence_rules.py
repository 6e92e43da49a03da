"""Each coherence rule alone, in memory: what it finds, and what it leaves in peace."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from campaigns.coherence import THRESHOLDS, CoherenceRule, RuleSetting
from contracts.coherence import RULES, Evidence, findings
from contracts.coherence.evidence import ActionEvidence, YearEvidence

R = CoherenceRule
NBSP = "\u00a0"


def year(**changes: Any) -> YearEvidence:
    return replace(
        YearEvidence(
            year=2026,
            charges={"60": Decimal(4000), "64": Decimal(6000)},
            asked=Decimal(5000),
            own_share=Decimal(3000),
            obtained=("Commune",),
        ),
        **changes,
    )


def action(*years: YearEvidence, **changes: Any) -> ActionEvidence:
    return replace(
        ActionEvidence(
            number=1,
            title="Ateliers",
            axis="FRANCAIS",
            axis_label="Apprentissage du français",
            starts_on=date(2026, 9, 1),
            ends_on=date(2026, 12, 31),
            people=50,
            beneficiary="Toit du monde",
            siret="78956431200017",
            complementarity="Articulée avec AGIR",
            need=7,
            outputs=1,
            results=1,
            years=years or (year(),),
        ),
        **changes,
    )


def case(*actions: ActionEvidence, **changes: Any) -> Evidence:
    return replace(
        Evidence(
            today=date(2026, 6, 1),
            years=(2026, 2027),
            starts_on=date(2026, 9, 1),
            ends_on=date(2027, 12, 31),
            deadline=date(2026, 6, 30),
            rate_threshold=Decimal(80),
            agir_threshold=Decimal(30000),
            eligible={2026: frozenset({"60", "64"}), 2027: frozenset({"60", "64"})},
            account_labels={"67": "67 – Charges exceptionnelles"},
            mandatory_axes={"FRANCAIS": "Apprentissage du français"},
            announced_axes={"FRANCAIS": "Apprentissage du français"},
            public=146,
            axes_of_diagnostic=frozenset({"FRANCAIS"}),
            major_needs={7: "Cours du soir"},
            actions=actions or (action(),),
            accounts=frozenset({"78956431200017"}),
            medians={("FRANCAIS", 2026): Decimal(100), ("FRANCAIS", 2027): Decimal(150)},
        ),
        **changes,
    )


EUROS = Decimal
TWICE = {("78956431200017", 2026): 1}
#: Rule, a case that breaks it, the subject found, words of the finding.
BROKEN: list[tuple[CoherenceRule, Evidence, str, str]] = [
    (R.STATE_RATE, case(action(year(asked=EUROS(8001)))), "1-2026", "porterait 80,0"),
    (R.WHOLE_RATE, case(action(year(asked=EUROS(9000)))), "2026", "Toutes actions confondues"),
    (R.PUBLIC_OVER_DIAGNOSTIC, case(action(people=147)), "1", "vise 147"),
    (R.MANDATORY_AXIS, case(action(axis="EMPLOI")), "FRANCAIS", "axe obligatoire"),
    (R.MANDATORY_AXIS, case(action(year(year=2027))), "FRANCAIS", "budgétée en 2026"),
    (R.ANNOUNCED_AXIS, case(announced_axes={"SANTE": "Santé"}), "SANTE", "annonçait l’axe"),
    (R.AXIS_WITHOUT_DIAGNOSTIC, case(axes_of_diagnostic=frozenset({"EMPLOI"})), "1", "ne dit rien"),
    (R.MAJOR_NEED, case(major_needs={8: "Garde d’enfants"}), "8", "Garde d’enfants"),
    (R.OUTSIDE_PERIOD, case(action(starts_on=date(2026, 8, 31))), "1", "sort des dates du contrat"),
    (R.OUTSIDE_PERIOD, case(action(ends_on=date(2028, 1, 1))), "1", "sort des dates du contrat"),
    (R.EARLY_START, case(today=date(2026, 9, 1)), "1", "avant toute décision"),
    (R.SHORT_ACTION, case(action(ends_on=date(2026, 9, 29))), "1", "dure 29"),
    (R.LATE_DEPOSIT, case(deposited_on=date(2026, 7, 1)), "", "a été déposée le 1er juillet 2026"),
    (R.LATE_DEPOSIT, case(today=date(2026, 7, 1)), "", "la demande sera tardive"),
    (R.UNPROVEN_COFUNDING, case(action(year(unproven=("CAF",)))), "1-2026", "sans justificatif"),
    (R.UNCERTAIN_COFUNDING, case(action(year(obtained=(), requested_elsewhere=EUROS(900)))), "1-2026", "900,00"),
    (R.NO_OWN_SHARE, case(action(year(own_share=EUROS(0)))), "2026", "part propre en 2026"),
    (R.BENEFICIARY_TWICE, case(elsewhere=TWICE), "1-2026", f"dans 1{NBSP}autre dossier"),
    (R.BENEFICIARY_NAMES, case(action(), action(number=2, beneficiary="Toits du Monde")), "78956431200017", "noms"),
    (R.COST_PER_PERSON, case(action(year(asked=EUROS(15001)))), "1-2026", "médiane"),
    (R.COST_PER_PERSON, case(action(year(asked=EUROS(1600)))), "1-2026", "32,00"),
    (
        R.COST_PER_PERSON,  # what is far in 2026 may be near in 2027
        case(action(year(asked=EUROS(15001)), year(year=2027, asked=EUROS(15001)))),
        "1-2026",
        "pour 2026",
    ),
    (R.AGIR_NOTE, case(action(year(asked=EUROS(30001)), complementarity="CAF")), "2026", "AGIR"),
    (R.AGIR_NOTE, case(action(year(asked=EUROS(30001)), complementarity="Pour agir, réagir")), "2026", "AGIR"),
    (
        R.AGIR_NOTE,
        case(action(), action(year(year=2027, asked=EUROS(30001)), number=2, complementarity="")),
        "2027",
        "La demande 2027",
    ),
    (R.MISSING_RIB, case(accounts=frozenset()), "78956431200017", "bénéficiaire de l’action 1."),
    (R.MISSING_RIB, case(action(), action(number=2), accounts=frozenset()), "78956431200017", "des actions 1 et 2."),
    (R.INELIGIBLE_CHARGE, case(action(year(charges={"67": EUROS(1)}))), "1-2026", "67 – Charges exceptionnelles"),
    (R.STAFF_SHARE, case(action(year(charges={"64": EUROS(801), "60": EUROS(199)}))), "1-2026", "personnel"),
    (R.INDIRECT_SHARE, case(action(year(charges={"indirect": EUROS(16), "60": EUROS(84)}))), "1-2026", "16,0"),
    (R.VOLUNTARY_SHARE, case(action(year(voluntary=EUROS(10100)))), "1-2026", "volontaires"),
    (R.GROWTH, case(action(year(), year(year=2027, asked=EUROS(7501)))), "1-2027", "entre 2026 et 2027"),
    (R.CONCENTRATION, case(action(year(asked=EUROS(7100))), action(year(asked=EUROS(2900)), number=2)), "1", "71,0"),
    (R.SAME_TITLE, case(action(), action(number=2, title="ateliers ")), "2", "même intitulé"),
    (R.PUBLIC_PARTS, case(action(parts={"Femmes": 51})), "1", "Femmes"),
    (R.NO_RESULT, case(action(results=0)), "1", "aucun de résultat"),
    (R.RENEWED_UNKNOWN, case(action(renewed=True)), "1", "dite reconduite"),
]


def setting(rule: CoherenceRule) -> RuleSetting:
    return RuleSetting(threshold=THRESHOLDS[rule].value if rule in THRESHOLDS else None)


@pytest.mark.parametrize(("rule", "evidence", "subject", "words"), BROKEN, ids=lambda each: getattr(each, "value", ""))
def test_rule_finds_what_breaks_it(rule: CoherenceRule, evidence: Evidence, subject: str, words: str) -> None:
    found = list(RULES[rule](evidence, setting(rule)))

    assert [each.subject for each in found] == [subject]
    assert words in found[0].text
    assert all(each.rule == rule for each in found)


@pytest.mark.parametrize("rule", list(CoherenceRule))
def test_rule_leaves_a_sound_proposal_in_peace(rule: CoherenceRule) -> None:
    assert not list(RULES[rule](case(), setting(rule)))


@pytest.mark.parametrize("rule", list(CoherenceRule))
def test_rule_reads_an_empty_proposal(rule: CoherenceRule) -> None:
    found = list(RULES[rule](Evidence(today=date(2026, 6, 1), years=()), setting(rule)))

    assert not found


def test_a_rule_exactly_at_its_threshold_holds() -> None:
    at = case(action(year(asked=EUROS(8000), charges={"64": EUROS(8000), "60": EUROS(2000)})))

    assert not list(RULES[R.STATE_RATE](at, setting(R.STATE_RATE)))
    assert not list(RULES[R.STAFF_SHARE](at, setting(R.STAFF_SHARE)))


def test_a_rule_set_aside_finds_nothing() -> None:
    settings = {rule: setting(rule) for rule in CoherenceRule}
    broken = case(action(renewed=True))

    assert [each.rule for each in findings(broken, settings)] == [R.RENEWED_UNKNOWN]
    assert findings(broken, settings | {R.RENEWED_UNKNOWN: RuleSetting(active=False)}) == []


def test_every_rule_has_its_check() -> None:
    assert set(RULES) == set(CoherenceRule)
    assert len(RULES) >= 20


@pytest.mark.parametrize("words", ["Orientés par AGIR.", "Après le programme Agir"])
def test_agir_is_known_by_its_name(words: str) -> None:
    evidence = case(action(year(asked=EUROS(30001)), complementarity=words))

    assert not list(RULES[R.AGIR_NOTE](evidence, setting(R.AGIR_NOTE)))


def test_who_is_asked_nothing_needs_no_account() -> None:
    evidence = case(action(year(asked=EUROS(0))), action(siret="", number=2), accounts=frozenset())

    assert not list(RULES[R.MISSING_RIB](evidence, setting(R.MISSING_RIB)))
