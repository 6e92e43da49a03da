"""The versions of the diagnostic's questions: prepared, published, never changed after."""

from datetime import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.errors import Refused
from campaigns.models import Campaign, Question, QuestionSet
from campaigns.queries import latest_question_set, questions_of, versions_of
from campaigns.questions import (
    QuestionInput,
    add_question,
    change_question,
    discard_draft,
    draft_questions,
    move_question,
    publish_draft,
    remove_question,
)
from contracts.enums import State
from diagnostics.models import Section
from diagnostics.queries import content, sections_with_marks
from diagnostics.services import approve, start
from journal.models import Event
from tests.factories.campaigns import open_year
from tests.factories.diagnostics import begun, written
from tests.factories.exchanges import file_of_poitiers
from tests.people import People


@pytest.fixture
def campaign(people: People, now: datetime) -> Campaign:
    return open_year(people.dgef, now)


def the(question_set: QuestionSet, key: str) -> Question:
    return question_set.questions.select_related("question_set").get(key=key)


def test_draft_copies_the_last_version_and_is_prepared_once(people: People, now: datetime, campaign: Campaign) -> None:
    published = latest_question_set(campaign)
    assert published is not None

    draft = draft_questions(campaign=campaign, by=people.dgef, now=now)

    assert (draft.number, draft.published_at) == (2, None)
    names = ("key", "title", "guidance", "axis_id", "mandatory", "rank", "expected_indicators")
    assert list(draft.questions.order_by("rank").values(*names)) == list(
        published.questions.order_by("rank").values(*names)
    )
    assert draft_questions(campaign=campaign, by=people.dgef, now=now) == draft
    assert latest_question_set(campaign) == published
    with pytest.raises(PermissionDenied):
        draft_questions(campaign=campaign, by=people.diair, now=now)


def test_draft_is_edited_then_published_for_the_files_to_come(
    people: People, now: datetime, campaign: Campaign
) -> None:
    draft = draft_questions(campaign=campaign, by=people.dgef, now=now)
    data = QuestionInput(title="Santé mentale", guidance="Quelle offre ?", indicators=[("Psychologues", "other")])

    added = add_question(question_set=draft, data=data, by=people.dgef)
    twin = add_question(question_set=draft, data=data, by=people.dgef)
    move_question(question=the(draft, added.key), up=True, by=people.dgef)
    remove_question(question=the(draft, "axe-mobilite"), by=people.dgef)
    remove_question(question=the(draft, twin.key), by=people.dgef)
    change_question(
        question=the(draft, "contexte"), data=QuestionInput(title="Contexte", mandatory=False), by=people.dgef
    )
    publish_draft(question_set=draft, by=people.dgef, now=now)

    assert (added.key, twin.key) == ("section-sante-mentale", "section-sante-mentale-2")
    rows = questions_of(draft)
    assert [each.key for each in rows[-2:]] == ["section-sante-mentale", "priorites"]
    assert [each.rank for each in rows] == list(range(1, len(rows) + 1))
    assert "axe-mobilite" not in {each.key for each in rows}
    assert (rows[0].title, rows[0].mandatory, rows[0].expected_indicators) == ("Contexte", False, [])
    assert rows[-2].expected_indicators == [{"label": "Psychologues", "unit": "other"}]
    assert latest_question_set(campaign) == draft
    assert Event.objects.get(kind="questions_published").payload["number"] == 2


def test_published_version_never_changes(people: People, now: datetime, campaign: Campaign) -> None:
    published = latest_question_set(campaign)
    assert published is not None
    question = the(published, "contexte")
    data = QuestionInput(title="Autre")

    for act in (
        lambda: add_question(question_set=published, data=data, by=people.dgef),
        lambda: change_question(question=question, data=data, by=people.dgef),
        lambda: move_question(question=question, up=False, by=people.dgef),
        lambda: remove_question(question=question, by=people.dgef),
        lambda: publish_draft(question_set=published, by=people.dgef, now=now),
        lambda: discard_draft(question_set=published, by=people.dgef),
    ):
        with pytest.raises(Refused, match="publiée"):
            act()

    assert questions_of(published)[0].title == "Contexte et périmètre"


def test_section_or_draft_that_is_gone_is_refused_in_words(people: People, now: datetime, campaign: Campaign) -> None:
    draft = draft_questions(campaign=campaign, by=people.dgef, now=now)
    question, data = the(draft, "contexte"), QuestionInput(title="Autre")
    remove_question(question=the(draft, "contexte"), by=people.dgef)

    with pytest.raises(Refused, match="retirée du brouillon"):
        change_question(question=question, data=data, by=people.dgef)
    with pytest.raises(Refused, match="retirée du brouillon"):
        move_question(question=question, up=False, by=people.dgef)
    discard_draft(question_set=draft, by=people.dgef)
    with pytest.raises(Refused, match="brouillon a été supprimé"):
        add_question(question_set=QuestionSet(pk=question.question_set_id), data=data, by=people.dgef)


def test_draft_without_mandatory_section_is_not_published(people: People, now: datetime, campaign: Campaign) -> None:
    draft = draft_questions(campaign=campaign, by=people.dgef, now=now)
    draft.questions.update(mandatory=False)

    with pytest.raises(Refused, match="obligatoire"):
        publish_draft(question_set=draft, by=people.dgef, now=now)

    discard_draft(question_set=draft, by=people.dgef)
    assert campaign.question_sets.count() == 1


@pytest.mark.postgres
def test_database_refuses_to_change_a_published_version(people: People, now: datetime, campaign: Campaign) -> None:
    published = latest_question_set(campaign)
    assert published is not None

    for act in (
        lambda: published.questions.update(mandatory=False),
        lambda: Question.objects.create(question_set=published, key="autre", title="Autre"),
        lambda: the(published, "contexte").delete(),
        lambda: QuestionSet.objects.filter(pk=published.pk).update(published_at=None),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_second_draft_is_refused_by_the_database(people: People, now: datetime, campaign: Campaign) -> None:
    draft_questions(campaign=campaign, by=people.dgef, now=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionSet.objects.create(campaign=campaign, number=3)


def test_publication_leaves_diagnostics_in_progress_as_they_are(people: People, now: datetime) -> None:
    diagnostic = begun(people, now)
    saved = written(diagnostic, people.poitiers_agent, now)
    approve(section=saved, version=saved.version, by=people.vienne_agent, now=now)
    before = [(each.key, each.title, each.version, each.approved_by) for each in sections_with_marks(diagnostic)]
    printed = content(diagnostic.contract_id)
    campaign = diagnostic.question_set.campaign

    draft = draft_questions(campaign=campaign, by=people.dgef, now=now)
    change_question(question=the(draft, "axe-francais"), data=QuestionInput(title="Langue"), by=people.dgef)
    remove_question(question=the(draft, "contexte"), by=people.dgef)
    publish_draft(question_set=draft, by=people.dgef, now=now)

    after = [(each.key, each.title, each.version, each.approved_by) for each in sections_with_marks(diagnostic)]
    assert after == before
    assert content(diagnostic.contract_id) == printed
    assert Section.objects.filter(diagnostic=diagnostic, question__question_set=draft).count() == 0
    response = people.client_for(people.poitiers_agent).get(
        reverse("contracts:section", args=[diagnostic.contract.reference, "axe-francais"])
    )
    assert "Apprentissage du français" in response.content.decode()
    assert [(each.number, each.files) for each in versions_of(campaign)] == [(2, 0), (1, 1)]


def test_manager_edits_in_the_portal(people: People, now: datetime, campaign: Campaign) -> None:
    client = people.client_for(people.dgef)
    versions = reverse("campaigns:versions", args=[2026])

    assert "Préparer une nouvelle version" in client.get(versions).content.decode()
    draft_page = reverse("campaigns:questions", args=[2026, 2])
    assert client.post(versions).headers["Location"] == draft_page
    page = reverse("campaigns:add_question", args=[2026, 2])
    assert client.get(page).status_code == 200
    typed = {
        "title": "Santé mentale",
        "guidance": "Quelle offre ?",
        "axis": "",
        "mandatory": "on",
        "indicators-TOTAL_FORMS": "2",
        "indicators-INITIAL_FORMS": "0",
        "indicators-0-label": "Psychologues",
        "indicators-0-unit": "other",
        "indicators-1-unit": "persons",
    }
    wrong = client.post(page, typed | {"title": ""})
    assert (wrong.status_code, "Psychologues" in wrong.content.decode()) == (422, True)
    typed["guidance"] = "Quelle offre 🙂 ?"
    assert client.post(page, typed).headers["Location"] == f"{draft_page}#section-sante-mentale"
    assert "« 🙂 » est retiré" in client.get(draft_page).content.decode().replace("\u00a0", " ")
    edit = reverse("campaigns:edit_question", args=[2026, 2, "section-sante-mentale"])
    assert "Psychologues" in client.get(edit).content.decode()
    client.post(reverse("campaigns:move_question", args=[2026, 2, "section-sante-mentale"]), {"act": "up"})
    client.post(reverse("campaigns:remove_question", args=[2026, 2, "axe-mobilite"]))
    assert client.post(draft_page, {"act": "publish"}).status_code == 302

    keys = [each.key for each in questions_of(QuestionSet.objects.get(campaign=campaign, number=2))]
    assert keys[-2:] == ["section-sante-mentale", "priorites"]
    assert "axe-mobilite" not in keys
    assert client.get(edit).status_code == 404
    assert "ne change plus" in client.post(edit, typed).content.decode()
    assert "ne change plus" in client.get(draft_page).content.decode()
    client.post(versions)
    client.post(reverse("campaigns:questions", args=[2026, 3]), {"act": "discard"})
    assert not QuestionSet.objects.filter(number=3).exists()


@pytest.mark.parametrize(
    ("name", "reads", "writes"), [("dgef", 200, 302), ("diair", 200, 403), ("vienne_prefet", 403, 403)]
)
def test_versions_are_read_by_those_who_steer(
    people: People, now: datetime, campaign: Campaign, name: str, reads: int, writes: int
) -> None:
    client = people.client_for(people.actors[name])
    versions = reverse("campaigns:versions", args=[2026])

    assert client.get(versions).status_code == reads
    assert client.get(reverse("campaigns:questions", args=[2026, 1])).status_code == reads
    assert client.post(versions).status_code == writes
    assert client.get(reverse("campaigns:questions", args=[2026, 9])).status_code == 404


def test_files_of_a_version_are_listed_at_the_same_cost_for_one_or_three(people: People, now: datetime) -> None:
    diagnostic = begun(people, now)
    client = people.client_for(people.dgef)
    address = reverse("campaigns:version_files", args=[2026, 1])

    page = client.get(address).content.decode()
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for number in (2, 3):
        other = file_of_poitiers(
            people, now, State.DIAGNOSTIC, diagnostic.question_set.campaign, reference=f"CTAI-2026-086-900{number}"
        )
        start(contract_id=other.pk, question_set=diagnostic.question_set, now=now)
    with CaptureQueriesContext(connection) as three:
        client.get(address)

    assert diagnostic.contract.reference in page
    assert len(three) == len(one)
