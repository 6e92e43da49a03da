"""Writing a section from its page: saved as one types, fallen approvals told, versions compared and restored."""

from datetime import datetime
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ctai.demo_data.files import being_written
from ctai.htmlreader import Change
from ctai.restructured import TOLD
from diagnostics.locking import take_lock
from diagnostics.models import Diagnostic, Row, Section, SectionVersion
from diagnostics.services import approve
from exchanges.models import Remark
from journal.models import Event
from tests.contracts.stage import set_stage
from tests.contracts.test_diagnostic_pages import KEY, NEED, figure_data, section_data, url
from tests.factories.diagnostics import begun, section, written
from tests.people import People

WORD = "<p class=MsoNormal style='mso-x:1'><b>Publics</b><o:p></o:p></p>"
BROUGHT = [
    ("word", WORD, "<p><strong>Publics</strong></p>"),
    ("long", "<p>" + "mot " * 10_000 + "</p>", "<p>mot mot"),
    ("script", "<p>avant</p><script>alert('x')</script><p>après</p>", "<p>avant</p><p>après</p>"),
    ("svg", "<svg onload=alert(1)><circle r=1></svg><p>dessin</p>", "<p>dessin</p>"),
    ("emoji", "<p>Bienvenue 👩‍👩‍👧 🎉</p>", "<p>Bienvenue 👩‍👩‍👧 🎉</p>"),
    ("rtl", "<p>أهلا وسهلا</p>", "<p>أهلا وسهلا</p>"),
]


@pytest.fixture
def diagnostic(people: People, now: datetime) -> Diagnostic:
    return begun(people, now)


def draft(people: People, diagnostic: Diagnostic, **changes: Any) -> Any:
    data = section_data(section(diagnostic), **changes) | {"act": "draft"}
    return people.client_for(people.poitiers_agent).post(url(diagnostic, "edit_section", KEY), data)


def test_a_draft_answers_with_what_the_page_must_know(people: People, diagnostic: Diagnostic) -> None:
    first = draft(people, diagnostic, text="Un texte.", **NEED, **figure_data(source=""))

    answer = first.json()
    assert first.status_code == 200
    assert (answer["version"], answer["revision"]) == (1, 1)
    assert answer["message"].startswith("Enregistré à ")
    assert answer["message"].endswith("sauf ce qui reste à compléter\u00a0: Chiffre 1")
    assert answer["ids"]["need-0-id"] == str(Row.objects.get().pk)
    assert answer["ids"]["figures-0-id"] == ""
    holder = section(diagnostic)
    assert holder.lock_holder_id == people.poitiers_agent.membership.pk
    assert Event.objects.filter(kind="section_saved").count() == 1

    again = draft(people, diagnostic, text="Un texte, encore.")
    assert (again.json()["version"], again.json()["revision"]) == (1, 2)
    assert Event.objects.filter(kind="section_saved").count() == 1
    assert SectionVersion.objects.count() == 0


def test_a_draft_tells_what_will_not_be_printed(people: People, diagnostic: Diagnostic) -> None:
    plain = draft(people, diagnostic, text="<p>Un texte.</p>").json()
    told = draft(people, diagnostic, text="<p>Un texte 🙂.</p>", revision=str(plain["revision"])).json()

    assert plain["printing"] == ""
    assert "« 🙂 » est retiré" in told["printing"].replace("\u00a0", " ")


def test_the_author_of_a_section_is_told_of_a_structure_that_was_changed(
    people: People, diagnostic: Diagnostic
) -> None:
    client, address = people.client_for(people.poitiers_agent), url(diagnostic, "edit_section", KEY)
    edited = "<h3>Titre</h3><ul><li><p>a</p></li></ul>"
    pasted = "<h1>Titre</h1><table><tr><td>a</td><td>b</td></tr><tr><td>c 🙂</td></tr></table>"
    both = f"{TOLD[Change.LEVEL]} {TOLD[Change.UNEVEN]}"

    quiet = draft(people, diagnostic, text=edited).json()
    told = draft(people, diagnostic, text=pasted, revision=str(quiet["revision"])).json()
    saved = client.post(address, section_data(section(diagnostic), text=pasted), follow=True).content.decode()
    again = client.post(address, section_data(section(diagnostic), text=section(diagnostic).text), follow=True)

    assert quiet["printing"] == ""
    assert told["printing"].endswith(f"imprimés tels quels. {both}")
    assert both in saved
    assert section(diagnostic).text.endswith("<tr><td>c 🙂</td><td></td></tr></tbody></table>")
    assert TOLD[Change.LEVEL] not in again.content.decode()


def test_a_draft_is_refused_with_its_reason(people: People, diagnostic: Diagnostic, now: datetime) -> None:
    target = written(diagnostic, people.poitiers_agent, now)
    stale = draft(people, diagnostic, text="Autre", revision="0")
    too_long = draft(people, diagnostic, text="<p>" + "a" * 60_001 + "</p>")
    take_lock(section=target, by=people.vienne_agent, now=timezone.now())
    taken = draft(people, diagnostic, text="Autre")

    assert (stale.status_code, too_long.status_code, taken.status_code) == (409, 422, 423)
    assert "limite est de 60\u202f000" in too_long.json()["message"] or "60\u00a0000" in too_long.json()["message"]
    assert "Inès Robert" in taken.json()["message"]
    assert section(diagnostic).version == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_a_draft_costs_the_same_whatever_the_rows(
    people: People, diagnostic: Diagnostic, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    typed = {f"finding-{index}-text": f"Constat {index}" for index in range(rows)}
    client, page = people.client_for(people.poitiers_agent), url(diagnostic, "edit_section", KEY)
    first = draft(people, diagnostic, text="Un texte.", **typed | {"finding-TOTAL_FORMS": "3"}).json()
    sent = section_data(section(diagnostic), text="Un texte, encore.", **typed | {"finding-TOTAL_FORMS": "3"})
    client.get(page)

    with django_assert_num_queries(17):
        answer = client.post(page, sent | first["ids"] | {"act": "draft"}).json()

    assert (answer["version"], answer["revision"]) == (1, 2)
    assert section(diagnostic).rows.count() == rows


def test_a_beat_tells_who_took_over(people: People, diagnostic: Diagnostic) -> None:
    town, service = people.client_for(people.poitiers_agent), people.client_for(people.vienne_agent)
    lock = url(diagnostic, "section_lock", KEY)

    assert town.post(lock, {"act": "beat"}).json() == {"version": 0, "revision": 0}
    service.post(lock, {"act": "force"})
    told = town.post(lock, {"act": "beat"})

    assert told.status_code == 423
    assert "Inès Robert (Préfecture de la Vienne) a pris la main" in told.json()["message"]


@pytest.mark.parametrize("change", ["text", "row", "figure"])
def test_a_change_after_approval_is_told_once_to_both_sides(
    people: People, diagnostic: Diagnostic, now: datetime, change: str
) -> None:
    target = written(diagnostic, people.poitiers_agent, now, rows=[], indicators=[])
    for actor in (people.poitiers_maire, people.vienne_agent):
        approve(section=target, version=1, by=actor, now=now)
    mail.outbox.clear()
    changes: dict[str, Any] = {
        "text": {"text": "Les ateliers affichent complet, depuis deux ans."},
        "row": {"text": target.text, **NEED},
        "figure": {"text": target.text, **figure_data()},
    }[change]

    draft(people, diagnostic, **changes)
    draft(people, diagnostic, **changes | {"text": "Et encore une virgule,"})

    told = {address for each in mail.outbox for address in each.to}
    assert people.vienne_agent.user.email in told
    assert people.poitiers_maire.user.email in told
    assert people.poitiers_agent.user.email not in told
    assert len(mail.outbox) == len(told)
    assert f"{url(diagnostic, 'section_versions', KEY)}?de=1&a=2" in mail.outbox[0].body
    event = Event.objects.get(kind="section_approvals_void")
    assert event.payload["approved_version"] == 1


def test_versions_are_compared_both_ways_and_restored(people: People, diagnostic: Diagnostic, now: datetime) -> None:
    written(diagnostic, people.poitiers_agent, now)
    written(diagnostic, people.vienne_agent, now, text="Tout autre chose.", rows=[], indicators=[])
    client = people.client_for(people.vienne_agent)
    page = url(diagnostic, "section_versions", KEY)

    backwards = client.get(page + "?de=2&a=1").content.decode()
    side_by_side = client.get(page + "?de=1&a=2&vue=cote-a-cote").content.decode()
    nothing = client.get(page + "?de=2&a=2").content.decode()
    restore = url(diagnostic, "restore_section", KEY, 1)
    stale = client.post(restore, {"version": "1", "revision": "1"}, follow=True).content.decode()
    restored = client.post(restore, {"version": "2", "revision": "2"}, follow=True).content.decode()

    assert "<ins>" in backwards
    assert "Version 2" in side_by_side
    assert "Aucune différence" in nothing
    assert "relisez-la avant de la rétablir" in stale
    assert "La version 1 est rétablie" in restored
    current = section(diagnostic)
    assert (current.version, current.rows.count(), current.indicators.count()) == (3, 2, 1)
    assert current.text == "<p>Les ateliers affichent complet depuis deux ans.</p>"
    diair = people.client_for(people.diair)
    assert diair.post(restore, {"version": "3", "revision": "3"}).status_code == 403
    assert client.post(url(diagnostic, "restore_section", KEY, 9), {}).status_code == 404


def test_a_remark_is_anchored_to_a_row(people: People, diagnostic: Diagnostic, now: datetime) -> None:
    written(diagnostic, people.poitiers_agent, now)
    row = Row.objects.get(kind="need")
    client = people.client_for(people.vienne_agent)

    client.post(
        url(diagnostic, "new_remark"),
        {"remark-anchor": "row", "remark-anchor_id": str(row.pk), "remark-body": "Combien de personnes ?"},
    )

    remark = Remark.objects.get()
    assert (remark.anchor, remark.anchor_id, remark.anchor_label) == ("row", row.pk, row.text)
    page = client.get(url(diagnostic, "section", KEY)).content.decode()
    assert "Combien de personnes ?" in page
    assert "1 remarque" in page
    assert 'data-label="Remarques" class="ctai-num">1<' in client.get(url(diagnostic, "diagnostic")).content.decode()


@pytest.mark.parametrize(("brought", "kept"), [(each[1], each[2]) for each in BROUGHT], ids=[b[0] for b in BROUGHT])
def test_what_is_brought_is_whole_on_the_page_and_in_print(
    people: People, diagnostic: Diagnostic, now: datetime, brought: str, kept: str
) -> None:
    data = section_data(section(diagnostic), text=brought)
    client = people.client_for(people.poitiers_agent)

    assert client.post(url(diagnostic, "edit_section", KEY), data).status_code == 302

    page = client.get(url(diagnostic, "section", KEY)).content.decode()
    assert kept in page
    assert "alert(" not in page
    assert "mso-" not in page
    edit = client.get(url(diagnostic, "edit_section", KEY))
    assert edit.context["forms"].form["text"].value().startswith(kept[:8])
    assert Section.objects.get(pk=section(diagnostic).pk).version == 1


def test_the_demonstration_has_a_history_worth_looking_at(people: People, now: datetime) -> None:
    journey = being_written(set_stage(people, now).journey())

    first = Section.objects.filter(diagnostic__contract=journey.contract.pk).order_by("rank")[0]
    authors = list(first.versions.order_by("-number").values_list("author", flat=True)[:3])
    town, service = people.poitiers_agent.user.pk, people.vienne_agent.user.pk
    assert authors == [town, service, town]
    assert Event.objects.filter(kind="section_approvals_void", contract=journey.contract.pk).count() == 1
    assert Remark.objects.filter(contract=journey.contract.pk, anchor="row").count() == 1
    page = people.client_for(people.vienne_agent).get(
        f"/contrats/{journey.contract.reference}/diagnostic/{first.question.key}/versions/?de=2&a=4"
    )
    assert "OFII" in page.content.decode()
