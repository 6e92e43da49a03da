"""What is read of a diagnostic: the same number of queries for one row or three."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.enums import Side
from diagnostics.differences import difference
from diagnostics.models import Diagnostic, SectionVersion
from diagnostics.queries import content, needs_of, section_of, section_states, sections_with_marks
from diagnostics.services import approve
from exchanges.enums import Anchor
from exchanges.services.remarks import add_remark
from tests.factories.diagnostics import begun, figure, need, offer, section, written
from tests.people import People


def fill(diagnostic: Diagnostic, people: People, now: datetime, total: int) -> None:
    for key in ("axe-francais", "axe-emploi", "publics")[:total]:
        rows = [offer(), *(need(text=f"Besoin {index}") for index in range(total))] if key != "publics" else []
        figures = [figure(label=f"Indicateur {index}") for index in range(total)]
        saved = written(diagnostic, people.poitiers_agent, now, key, rows=rows, indicators=figures)
        for actor in (people.poitiers_agent, people.vienne_agent):
            approve(section=saved, version=1, by=actor, now=now)
        add_remark(
            contract_id=diagnostic.contract_id,
            body="Préciser la source",
            anchor=Anchor.SECTION,
            anchor_id=saved.pk,
            by=people.vienne_agent,
            now=now,
        )


@pytest.mark.parametrize("total", [1, 3])
@pytest.mark.parametrize(
    ("read", "queries"),
    [
        (sections_with_marks, 3),
        (lambda diagnostic: section_states(diagnostic.contract_id), 2),
        (lambda diagnostic: section_of(diagnostic.contract_id, "axe-francais"), 1),
        (lambda diagnostic: needs_of(diagnostic.contract_id), 1),
        (lambda diagnostic: content(diagnostic.contract_id), 5),
    ],
)
def test_reading_costs_the_same_for_one_or_three(
    people: People,
    now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
    total: int,
    read: Callable[[Diagnostic], Any],
    queries: int,
) -> None:
    diagnostic = begun(people, now)
    fill(diagnostic, people, now, total)

    with django_assert_num_queries(queries):
        assert read(diagnostic)


def test_states_tell_what_the_machine_asks(people: People, now: datetime) -> None:
    diagnostic = begun(people, now)
    target = written(diagnostic, people.poitiers_agent, now)
    approve(section=target, version=1, by=people.vienne_agent, now=now)
    add_remark(
        contract_id=diagnostic.contract_id,
        body="Préciser",
        anchor=Anchor.SECTION,
        anchor_id=target.pk,
        by=people.vienne_agent,
        now=now,
    )

    states = {each.key: each for each in sections_with_marks(diagnostic)}

    french, employment = states["axe-francais"], states["axe-emploi"]
    assert (french.mandatory, french.filled, french.approved_by, french.open_remarks) == (
        True,
        True,
        frozenset({Side.STATE}),
        1,
    )
    assert (employment.mandatory, employment.filled, employment.approved_by) == (False, False, frozenset())


def test_content_prints_what_was_written_and_leaves_out_the_rest(people: People, now: datetime) -> None:
    diagnostic = begun(people, now)
    target = written(
        diagnostic,
        people.poitiers_agent,
        now,
        indicators=[figure(), figure(label="Mineurs isolés", value=None, below_five=True)],
    )
    approve(section=target, version=1, by=people.vienne_agent, now=now)

    printed = content(diagnostic.contract_id)

    assert printed["questions_version"] == "Campagne 2026, version 1"
    [french] = printed["sections"]
    assert french["axis"] == "Apprentissage du français"
    assert french["needs"] == [{"number": "B1", "text": "Pas d’atelier en soirée"}]
    assert [each["value"] for each in french["indicators"]] == ["213", "moins de 5"]
    assert french["approvals"] == [
        {"side": "Collectivité", "organisation": "", "approved_on": None},
        {"side": "Préfecture", "organisation": "Préfecture de la Vienne", "approved_on": "2026-03-03"},
    ]
    assert needs_of(diagnostic.contract_id)[0].label == "B1 – Pas d’atelier en soirée"


def test_content_of_a_file_without_diagnostic_is_empty(db: None) -> None:
    assert content(1)["sections"] == []
    assert section_states(1) == []


def test_difference_shows_words_rows_and_figures(people: People, now: datetime) -> None:
    diagnostic = begun(people, now)
    written(diagnostic, people.poitiers_agent, now)
    written(
        diagnostic,
        people.vienne_agent,
        now,
        text="Les ateliers affichent complet depuis trois ans.\n\nLa demande croît.",
        rows=[offer()],
        indicators=[figure(value=Decimal(1213))],
    )
    older, newer = SectionVersion.objects.filter(section=section(diagnostic)).order_by("number")

    groups = difference(older.content, newer.content)

    assert [group.title for group in groups] == ["Texte", "Offre existante", "Besoins non couverts", "Chiffres"]
    lines = [line for group in groups for line in group.lines]
    assert [line.kind for line in lines] == ["changed", "added", "same", "removed", "changed"]
    first = [(part.kind, part.text) for part in lines[0].parts]
    assert ("removed", "deux") in first
    assert ("added", "trois") in first
    words = {part.text for line in lines for part in line.parts if part.kind == "added"}
    assert any("1\u00a0213" in each for each in words)
