"""Writing a section together: nothing overwritten in silence, an approval for one version alone."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.enums import Side
from campaigns.models import QuestionSet
from diagnostics.enums import RowKind, Unit
from diagnostics.errors import InvalidContent, Refused, StaleSection
from diagnostics.locking import LOCK_TIME, take_lock
from diagnostics.models import Diagnostic, Row, Section, SectionApproval, SectionVersion
from diagnostics.queries import marks_of, section_states
from diagnostics.services import (
    approve,
    conclude,
    reopen,
    save_section,
    start,
    withdraw_approval,
)
from tests.factories.diagnostics import begun, figure, need, offer, section, written
from tests.people import People


def approved_by(target: Section) -> set[Side]:
    fresh = Section.objects.get(pk=target.pk)
    return {mark.side for mark in marks_of(fresh) if mark.approval}


def test_start_makes_a_section_for_each_question_once(people: People, now: datetime) -> None:
    diagnostic = begun(people, now)

    again = start(contract_id=diagnostic.contract_id, question_set=diagnostic.question_set, now=now)

    assert again == diagnostic
    assert Diagnostic.objects.count() == 1
    keys = [each.key for each in section_states(diagnostic.contract_id)]
    assert keys[0] == "contexte"
    assert len(keys) == QuestionSet.objects.get().questions.count()


def test_start_refuses_without_questions(people: People, now: datetime) -> None:
    with pytest.raises(Refused):
        start(contract_id=1, question_set=None, now=now)


def test_save_writes_a_version_with_all_its_content(people: People, now: datetime) -> None:
    diagnostic = begun(people, now)

    saved = written(diagnostic, people.poitiers_agent, now)

    version = SectionVersion.objects.get()
    assert (saved.version, version.number, version.author) == (1, 1, people.poitiers_agent.user)
    assert version.content["text"] == "<p>Les ateliers affichent complet depuis deux ans.</p>"
    assert [row["text"] for row in version.content["rows"]] == [
        "Ateliers sociolinguistiques",
        "Pas d’atelier en soirée",
    ]
    assert [row["id"] for row in version.content["rows"]] == list(
        Row.objects.order_by("rank").values_list("pk", flat=True)
    )
    assert version.content["indicators"][0]["value"] == "213.00"


def test_saving_the_same_content_makes_no_version(people: People, now: datetime) -> None:
    diagnostic = begun(people, now)
    first = written(diagnostic, people.poitiers_agent, now)
    approve(section=first, version=1, by=people.vienne_agent, now=now)

    again = written(diagnostic, people.vienne_agent, now)

    assert again.version == 1
    assert SectionVersion.objects.count() == 1
    assert approved_by(first) == {Side.STATE}


def test_a_row_keeps_its_identity_through_changes(people: People, now: datetime) -> None:
    diagnostic = begun(people, now)
    first = written(diagnostic, people.poitiers_agent, now)
    kept = Row.objects.get(kind=RowKind.NEED)

    save_section(
        section=first,
        expected_version=1,
        text=first.text,
        rows=[need(text="Aucun atelier après 18 h", id=kept.pk), need(text="Garde d’enfants")],
        indicators=[],
        by=people.vienne_agent,
        now=now,
    )

    rows = list(Row.objects.order_by("rank"))
    assert [row.text for row in rows] == ["Aucun atelier après 18 h", "Garde d’enfants"]
    assert rows[0].pk == kept.pk
    assert Section.objects.get(pk=first.pk).version == 2


def test_a_stale_save_writes_nothing_and_shows_what_is_there(people: People, now: datetime) -> None:
    diagnostic = begun(people, now)
    written(diagnostic, people.poitiers_agent, now)

    with pytest.raises(StaleSection) as refusal:
        written(diagnostic, people.vienne_agent, now, expected_version=0, text="Autre texte")

    assert refusal.value.version == 1
    assert refusal.value.content["text"] == "<p>Les ateliers affichent complet depuis deux ans.</p>"
    assert Section.objects.get(version=1).text == "<p>Les ateliers affichent complet depuis deux ans.</p>"
    assert SectionVersion.objects.count() == 1


def test_a_row_of_another_section_is_refused(people: People, now: datetime) -> None:
    diagnostic = begun(people, now)
    written(diagnostic, people.poitiers_agent, now)
    foreign = Row.objects.first()
    assert foreign is not None

    with pytest.raises(InvalidContent):
        written(diagnostic, people.poitiers_agent, now, key="axe-emploi", rows=[need(id=foreign.pk)])

    assert section(diagnostic, "axe-emploi").version == 0


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Une virgule, en plus."},
        {"rows": [offer(capacity="61 personnes"), need()]},
        {"rows": [need(), offer()]},
        {"indicators": [figure(value=Decimal(214))]},
        {"indicators": []},
    ],
)
def test_any_change_voids_both_approvals(people: People, now: datetime, change: dict[str, Any]) -> None:
    diagnostic = begun(people, now)
    first = written(diagnostic, people.poitiers_agent, now)
    for actor in (people.poitiers_agent, people.vienne_agent):
        approve(section=first, version=1, by=actor, now=now)
    assert approved_by(first) == {Side.LOCAL, Side.STATE}

    changed = written(diagnostic, people.poitiers_agent, now, **change)

    assert changed.version == 2
    assert approved_by(first) == set()
    assert {mark.lapsed.version for mark in marks_of(changed) if mark.lapsed} == {1}


def test_approve_is_of_one_version_for_one_side(people: People, now: datetime) -> None:
    diagnostic = begun(people, now)
    empty = section(diagnostic, "axe-emploi")
    with pytest.raises(Refused):
        approve(section=empty, version=0, by=people.vienne_agent, now=now)
    target = written(diagnostic, people.poitiers_agent, now)
    with pytest.raises(StaleSection):
        approve(section=target, version=0, by=people.vienne_agent, now=now)
    with pytest.raises(Refused):
        approve(section=target, version=1, by=people.diair, now=now)

    approve(section=target, version=1, by=people.vienne_agent, now=now)
    approve(section=target, version=1, by=people.vienne_prefet, now=now)

    assert SectionApproval.objects.get().approved_by == people.vienne_agent.user
    assert approved_by(target) == {Side.STATE}


def test_an_approval_is_withdrawn_and_given_again(people: People, now: datetime) -> None:
    target = written(begun(people, now), people.poitiers_agent, now)
    approve(section=target, version=1, by=people.poitiers_agent, now=now)
    approve(section=target, version=1, by=people.vienne_agent, now=now)

    withdraw_approval(section=target, by=people.vienne_agent, now=now)
    assert approved_by(target) == {Side.LOCAL}

    approve(section=target, version=1, by=people.vienne_agent, now=now)
    assert approved_by(target) == {Side.LOCAL, Side.STATE}
    assert SectionApproval.objects.count() == 3


def test_a_concluded_diagnostic_is_closed_until_reopened(people: People, now: datetime) -> None:
    diagnostic = begun(people, now)
    target = written(diagnostic, people.poitiers_agent, now)
    approve(section=target, version=1, by=people.vienne_agent, now=now)
    conclude(contract_id=diagnostic.contract_id, now=now)

    with pytest.raises(Refused):
        written(diagnostic, people.poitiers_agent, now, text="Trop tard")
    with pytest.raises(Refused):
        approve(section=target, version=1, by=people.poitiers_agent, now=now)

    reopen(contract_id=diagnostic.contract_id, now=now)
    assert approved_by(target) == {Side.STATE}
    assert written(diagnostic, people.poitiers_agent, now, text="À temps").version == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": Decimal(1)},
        {"value": Decimal(4)},
        {"value": Decimal(-1)},
        {"value": Decimal("12.5")},
        {"value": None},
        {"value": Decimal(12), "below_five": True},
        {"value": Decimal(101), "unit": Unit.SHARE},
        {"value": Decimal(12), "unit": Unit.OTHER},
        {"value": None, "below_five": True, "unit": Unit.PLACES},
        {"source": "agent@ofii.example.org"},
        {"comment": "joindre le 06 12 34 56 78"},
        {"label": "1 84 12 76 451 089 46"},
        {"territory": "2840976451089"},
    ],
)
def test_a_figure_that_cannot_be_kept_is_refused(people: People, now: datetime, wrong: dict[str, object]) -> None:
    diagnostic = begun(people, now)

    with pytest.raises(InvalidContent):
        written(diagnostic, people.poitiers_agent, now, indicators=[figure(**wrong)])

    assert section(diagnostic).version == 0


@pytest.mark.parametrize(
    "right",
    [
        {"value": Decimal(0)},
        {"value": Decimal(5)},
        {"value": None, "below_five": True},
        {"value": Decimal("3.5"), "unit": Unit.SHARE},
        {"value": Decimal(3), "unit": Unit.PLACES},
        {"value": Decimal(3), "unit": Unit.OTHER, "unit_label": "ateliers"},
        {"source": "Insee, RP 2021, 2 845 places pour 89 916 habitants"},
    ],
)
def test_a_figure_that_names_nobody_is_kept(people: People, now: datetime, right: dict[str, object]) -> None:
    diagnostic = begun(people, now)

    saved = written(diagnostic, people.poitiers_agent, now, indicators=[figure(**right)])

    assert saved.indicators.count() == 1


def test_a_lock_is_a_courtesy_that_times_out(people: People, now: datetime) -> None:
    target = section(begun(people, now))

    assert take_lock(section=target, by=people.poitiers_agent, now=now) is None
    assert take_lock(section=target, by=people.vienne_agent, now=now) == people.poitiers_agent.membership
    assert take_lock(section=target, by=people.poitiers_agent, now=now + timedelta(minutes=5)) is None
    assert take_lock(section=target, by=people.vienne_agent, now=now, force=True) is None
    assert take_lock(section=target, by=people.poitiers_agent, now=now + LOCK_TIME) is None


def test_saving_gives_the_section_back(people: People, now: datetime) -> None:
    diagnostic = begun(people, now)
    target = section(diagnostic)
    take_lock(section=target, by=people.poitiers_agent, now=now)

    written(diagnostic, people.poitiers_agent, now)

    assert take_lock(section=target, by=people.vienne_agent, now=now) is None
