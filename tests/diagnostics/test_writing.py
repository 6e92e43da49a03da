"""What one author types goes into one version, until somebody approves it, writes after, or ten minutes pass."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.actors import Actor
from diagnostics.errors import InvalidContent, StaleSection
from diagnostics.models import Row, Section, SectionVersion
from diagnostics.queries import contents_of, history_of
from diagnostics.services import DRAFT_TIME, approve, conclude, save_section
from tests.factories.diagnostics import begun, need, section
from tests.people import People


def typed(
    target: Section, by: Actor, now: datetime, text: str, *, as_draft: bool = True, revision: int | None = None
) -> Section:
    """Save a text as the page of its author does, from what is there unless an older revision is given."""
    fresh = Section.objects.get(pk=target.pk)
    return save_section(
        section=fresh,
        expected_version=fresh.version,
        revision=fresh.revision if revision is None else revision,
        text=text,
        rows=[],
        indicators=[],
        by=by,
        now=now,
        as_draft=as_draft,
    )


def test_what_one_author_types_is_one_version(people: People, now: datetime) -> None:
    target = section(begun(people, now))
    for second in range(5):
        saved = typed(target, people.poitiers_agent, now + timedelta(seconds=second), f"Texte {second}")

    assert (saved.version, saved.revision) == (1, 5)
    assert SectionVersion.objects.count() == 0
    [edition] = history_of(saved)
    assert (edition.number, edition.is_open, edition.author) == (1, True, people.poitiers_agent.user)
    assert contents_of(saved, 0, 1)[1]["text"] == "<p>Texte 4</p>"

    closed = typed(target, people.poitiers_agent, now + timedelta(seconds=9), "Texte 4", as_draft=False)
    assert (closed.version, closed.revision, closed.draft_since) == (1, 5, None)
    assert SectionVersion.objects.get().content["text"] == "<p>Texte 4</p>"


def test_a_version_is_closed_by_another_author_an_approval_or_ten_minutes(people: People, now: datetime) -> None:
    target = section(begun(people, now))
    typed(target, people.poitiers_agent, now, "De la ville")

    other = typed(target, people.vienne_agent, now, "De la préfecture")
    assert other.version == 2
    assert SectionVersion.objects.get().author == people.poitiers_agent.user

    approve(section=other, version=2, revision=other.revision, by=people.poitiers_agent, now=now)
    assert SectionVersion.objects.filter(number=2, author=people.vienne_agent.user).exists()
    after = typed(target, people.vienne_agent, now, "De la préfecture encore")
    assert after.version == 3

    within = typed(target, people.vienne_agent, now + DRAFT_TIME - timedelta(seconds=1), "Un mot")
    beyond = typed(target, people.vienne_agent, now + DRAFT_TIME, "Deux mots")
    assert (within.version, beyond.version) == (3, 4)
    assert list(SectionVersion.objects.order_by("number").values_list("content__text", flat=True)) == [
        "<p>De la ville</p>",
        "<p>De la préfecture</p>",
        "<p>Un mot</p>",
    ]


def test_a_page_opened_before_the_last_words_neither_writes_nor_approves(people: People, now: datetime) -> None:
    target = section(begun(people, now))
    first = typed(target, people.poitiers_agent, now, "Un")
    typed(target, people.poitiers_agent, now, "Deux")

    with pytest.raises(StaleSection) as refusal:
        typed(target, people.vienne_agent, now, "Trois", revision=first.revision)
    assert (refusal.value.version, refusal.value.revision) == (1, 2)
    for revision in (first.revision, None):
        with pytest.raises(StaleSection):
            approve(section=target, version=1, revision=revision, by=people.vienne_agent, now=now)
    with pytest.raises(StaleSection):  # the other tab of the same author
        typed(target, people.poitiers_agent, now, "Quatre", revision=first.revision)

    assert Section.objects.get(pk=target.pk).text == "<p>Deux</p>"


def test_a_save_whose_answer_was_lost_may_be_sent_again(people: People, now: datetime) -> None:
    target = section(begun(people, now))
    typed(target, people.poitiers_agent, now, "Un")

    again = typed(target, people.poitiers_agent, now, "Un", revision=0)

    assert (again.version, again.revision) == (1, 1)


def test_the_end_of_the_step_closes_what_was_being_written(people: People, now: datetime) -> None:
    diagnostic = begun(people, now)
    target = section(diagnostic, "axe-emploi")
    typed(target, people.poitiers_agent, now, "Facultatif")

    conclude(contract_id=diagnostic.contract_id, now=now)

    assert SectionVersion.objects.get().content["text"] == "<p>Facultatif</p>"
    assert Section.objects.get(pk=target.pk).draft_since is None


def test_drafts_keep_the_identity_of_rows(people: People, now: datetime) -> None:
    target = section(begun(people, now))
    kept: dict[str, Any] = {
        "section": target,
        "text": "",
        "indicators": [],
        "by": people.poitiers_agent,
        "now": now,
        "as_draft": True,
    }
    first = save_section(expected_version=0, revision=0, rows=[need(text="Un")], **kept)
    row = Row.objects.get()

    save_section(expected_version=1, revision=first.revision, rows=[need(text="Deux", id=row.pk)], **kept)

    assert list(Row.objects.values_list("pk", "text")) == [(row.pk, "Deux")]


def test_a_text_too_long_is_refused_with_what_exceeds(people: People, now: datetime) -> None:
    target = section(begun(people, now))

    with pytest.raises(InvalidContent, match="dépasse de 12 caractères"):
        typed(target, people.poitiers_agent, now, "<p>" + "a" * 60_012 + "</p>")
    with pytest.raises(InvalidContent, match="trop lourd"):
        typed(target, people.poitiers_agent, now, "<p>" * 600_000)

    assert typed(target, people.poitiers_agent, now, "<p>" + "a" * 60_000 + "</p>").version == 1
