"""The pages of the diagnostic: sections, writing, conflict, approval, history, by each role."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.models import Contract
from diagnostics.locking import take_lock
from diagnostics.models import Diagnostic, Row, Section, SectionApproval
from diagnostics.queries import kinds_of
from diagnostics.services import approve, conclude
from exchanges.enums import Anchor
from exchanges.services.remarks import add_remark
from journal.models import Event
from tests.factories.diagnostics import begun, figure, need, offer, section, written
from tests.factories.exchanges import file_of_poitiers
from tests.people import People

KEY = "axe-francais"


@pytest.fixture
def diagnostic(people: People, now: datetime) -> Diagnostic:
    return begun(people, now)


def url(diagnostic: Diagnostic, name: str, *args: Any) -> str:
    contract = Contract.objects.get(pk=diagnostic.contract_id)
    return reverse(f"contracts:{name}", args=[contract.reference, *args])


def section_data(target: Section, **changes: Any) -> dict[str, Any]:
    """Return a POST that leaves every set of rows empty unless told otherwise."""
    data: dict[str, Any] = {
        "text": "",
        "version": str(target.version),
        "revision": str(target.revision),
    }
    for prefix in [*(kind.value for kind in kinds_of(target)), "figures"]:
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    return data | changes


NEED = {"need-TOTAL_FORMS": "1", "need-0-text": "Pas d’atelier en soirée"}


def figure_data(**changes: str) -> dict[str, str]:
    values = {
        "label": "Signataires du CIR",
        "value": "213",
        "unit": "persons",
        "territory": "Poitiers",
        "as_of": "2025-12-31",
        "source": "OFII",
        **changes,
    }
    return {"figures-TOTAL_FORMS": "1", **{f"figures-0-{name}": value for name, value in values.items()}}


def fill(diagnostic: Diagnostic, people: People, now: datetime, keys: tuple[str, ...], total: int) -> None:
    for key in keys:
        rows = [*(need(text=f"Besoin {index}") for index in range(total)), offer()]
        figures = [figure(label=f"Indicateur {index}") for index in range(total)]
        saved = written(diagnostic, people.poitiers_agent, now, key, rows=rows, indicators=figures)
        for actor in (people.poitiers_agent, people.vienne_agent):
            approve(section=saved, version=saved.version, by=actor, now=now)
        for _ in range(total):
            add_remark(
                contract_id=diagnostic.contract_id,
                body="Préciser",
                anchor=Anchor.SECTION,
                anchor_id=saved.pk,
                by=people.vienne_agent,
                now=now,
            )


@pytest.mark.parametrize(
    ("name", "status", "writes"),
    [
        ("poitiers_agent", 200, True),
        ("poitiers_maire", 200, True),
        ("vienne_agent", 200, True),
        ("vienne_prefet", 200, True),
        ("sgar", 200, False),
        ("diair", 200, False),
        ("dgef", 200, False),
        ("bordeaux_agent", 404, False),
        ("gironde_agent", 404, False),
        ("support", 404, False),
    ],
)
def test_the_diagnostic_exists_for_those_of_the_file(
    people: People, diagnostic: Diagnostic, now: datetime, name: str, status: int, writes: bool
) -> None:
    target = written(diagnostic, people.poitiers_agent, now)
    client = people.client_for(people.actors[name])

    pages = [client.get(url(diagnostic, "diagnostic")), client.get(url(diagnostic, "section", KEY))]
    versions = client.get(url(diagnostic, "section_versions", KEY))
    edit = client.get(url(diagnostic, "edit_section", KEY))
    saved = client.post(url(diagnostic, "edit_section", KEY), section_data(target, text="Autre"))

    assert [page.status_code for page in [*pages, versions]] == [status] * 3
    refused = 404 if status == 404 else 403
    assert (edit.status_code, saved.status_code) == ((200, 302) if writes else (refused, refused))
    if status == 200:
        assert ("Modifier cette section" in pages[1].content.decode()) == writes
        assert ("Approuver cette version" in pages[1].content.decode()) == writes


def test_pages_cost_the_same_for_one_or_three(people: People, diagnostic: Diagnostic, now: datetime) -> None:
    client = people.client_for(people.vienne_agent)
    names: list[tuple[str, tuple[str, ...]]] = [
        ("diagnostic", ()),
        ("section", (KEY,)),
        ("edit_section", (KEY,)),
        ("section_versions", (KEY,)),
    ]
    counts: list[list[int]] = []
    for keys, total in (((KEY,), 1), ((KEY, "axe-emploi", "axe-sante"), 3)):
        fill(diagnostic, people, now, keys, total)
        counts.append([])
        for name, args in names:
            with CaptureQueriesContext(connection) as queries:
                client.get(url(diagnostic, name, *args))
            counts[-1].append(len(queries))

    assert counts[0] == counts[1]


def test_before_the_step_the_page_says_when_it_opens(people: People, now: datetime) -> None:
    contract = file_of_poitiers(people, now)
    client = people.client_for(people.poitiers_agent)

    response = client.get(reverse("contracts:diagnostic", args=[contract.reference]))

    assert "Le diagnostic n’est pas encore ouvert" in response.content.decode()
    assert client.get(reverse("contracts:section", args=[contract.reference, KEY])).status_code == 404


def test_a_section_is_saved_with_rows_and_figures(people: People, diagnostic: Diagnostic) -> None:
    client = people.client_for(people.poitiers_agent)
    data = section_data(section(diagnostic), text="Un texte.", **NEED, **figure_data(value="1 213,5", unit="places"))

    wrong = client.post(url(diagnostic, "edit_section", KEY), data)
    right = client.post(url(diagnostic, "edit_section", KEY), data | {"figures-0-value": "1 213"})

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "1 213,5" in wrong.content.decode()
    stored = section(diagnostic)
    assert (stored.version, stored.text) == (1, "<p>Un texte.</p>")
    assert Row.objects.get().text == "Pas d’atelier en soirée"
    assert stored.indicators.get().value == Decimal(1213)
    assert Event.objects.filter(kind="section_saved", contract_id=diagnostic.contract_id).count() == 1
    page = client.get(url(diagnostic, "section", KEY)).content.decode()
    assert "1\u00a0213" in page
    assert "B1" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": "3"}, "moins de 5"),
        ({"value": ""}, "Indiquez une valeur"),
        ({"value": "beaucoup"}, "Saisissez un nombre"),
        ({"value": "-2"}, "négative"),
        ({"source": "jean.dupont@example.org"}, "donnée personnelle"),
        ({"as_of": ""}, "obligatoire"),
        ({"unit": "other"}, "Précisez l’unité"),
        ({"label": "x" * 201}, "200"),
    ],
)
def test_a_wrong_figure_comes_back_with_its_reason(
    people: People, diagnostic: Diagnostic, changes: dict[str, str], said: str
) -> None:
    client = people.client_for(people.poitiers_agent)
    data = section_data(section(diagnostic), text="Texte à garder", **figure_data(**changes))

    response = client.post(url(diagnostic, "edit_section", KEY), data)

    text = response.content.decode()
    assert response.status_code == 422
    assert "Texte à garder" in text
    assert said in text
    assert "Chiffre 1" in text
    assert section(diagnostic).version == 0


def test_a_row_is_removed_when_struck_out_and_keeps_its_identity_otherwise(
    people: People, diagnostic: Diagnostic, now: datetime
) -> None:
    first = written(diagnostic, people.poitiers_agent, now, rows=[need(), need(text="Garde d’enfants")], indicators=[])
    kept, removed = Row.objects.order_by("rank")
    data = section_data(
        first,
        text=first.text,
        **{
            "need-TOTAL_FORMS": "2",
            "need-INITIAL_FORMS": "2",
            "need-0-id": str(kept.pk),
            "need-0-text": "Aucun atelier le soir",
            "need-1-id": str(removed.pk),
            "need-1-text": removed.text,
            "need-1-DELETE": "on",
        },
    )

    response = people.client_for(people.poitiers_agent).post(url(diagnostic, "edit_section", KEY), data)

    assert response.status_code == 302
    assert list(Row.objects.values_list("pk", "text")) == [(kept.pk, "Aucun atelier le soir")]


def test_two_writers_never_overwrite_in_silence(people: People, diagnostic: Diagnostic, now: datetime) -> None:
    first = written(diagnostic, people.poitiers_agent, now)
    old = Row.objects.get(kind="need")
    stale = section_data(
        first,
        text="Texte de la préfecture",
        **{
            "need-TOTAL_FORMS": "1",
            "need-INITIAL_FORMS": "1",
            "need-0-id": str(old.pk),
            "need-0-text": "Autre besoin",
        },
    )
    written(diagnostic, people.poitiers_agent, now, text="Texte de la ville", rows=[offer()], indicators=[])
    client = people.client_for(people.vienne_agent)

    conflict = client.post(url(diagnostic, "edit_section", KEY), stale)

    text = conflict.content.decode()
    assert conflict.status_code == 409
    assert "Texte de la préfecture" in text
    assert "Texte de la ville" in text
    assert section(diagnostic).text == "<p>Texte de la ville</p>"

    forms = conflict.context["forms"]
    assert forms.form["version"].value() == "2"
    chosen = stale | {"version": "2", "revision": "2", "need-0-id": forms.kinds["need"].formset.forms[0]["id"].value()}
    assert chosen["need-0-id"] == ""
    assert client.post(url(diagnostic, "edit_section", KEY), chosen).status_code == 302
    assert (section(diagnostic).version, section(diagnostic).text) == (3, "<p>Texte de la préfecture</p>")


def test_approval_is_of_the_version_that_was_read(people: People, diagnostic: Diagnostic, now: datetime) -> None:
    written(diagnostic, people.poitiers_agent, now)
    town, service = people.client_for(people.poitiers_maire), people.client_for(people.vienne_agent)
    approval = url(diagnostic, "section_approval", KEY)

    assert people.client_for(people.diair).post(approval, {"version": "1", "revision": "1"}).status_code == 403
    assert town.post(approval, {"version": "0", "revision": "0"}).status_code == 409  # an old tab
    assert town.post(approval, {"version": "chose", "revision": "1"}).status_code == 409
    assert town.post(approval, {"version": "1", "revision": "1"}).status_code == 302
    assert service.post(approval, {"version": "1", "revision": "1"}).status_code == 302
    assert "approuvé par Claire Dumont" in service.get(url(diagnostic, "section", KEY)).content.decode()

    written(diagnostic, people.poitiers_agent, now, text="Une virgule, en plus.")
    page = town.get(url(diagnostic, "section", KEY)).content.decode()
    assert "Votre accord portait sur la version 1" in page
    difference = town.get(url(diagnostic, "section_versions", KEY) + "?de=1&a=2")
    assert "virgule" in difference.content.decode()

    town.post(approval, {"version": "2", "revision": "2"})
    town.post(approval, {"act": "withdraw", "version": "2"})
    assert SectionApproval.objects.filter(version=2, withdrawn_at__isnull=True).count() == 0
    kinds = list(Event.objects.order_by("sequence").values_list("kind", flat=True))
    assert kinds.count("section_approved") == 3
    assert kinds.count("section_approval_withdrawn") == 1


def test_an_empty_section_is_not_approved(people: People, diagnostic: Diagnostic) -> None:
    response = people.client_for(people.vienne_agent).post(
        url(diagnostic, "section_approval", KEY), {"version": "0", "revision": "0"}
    )

    assert response.status_code == 422
    assert "vide" in response.content.decode()


def test_the_lock_tells_who_writes_and_lets_go(people: People, diagnostic: Diagnostic) -> None:
    town, service = people.client_for(people.poitiers_agent), people.client_for(people.vienne_agent)
    lock = url(diagnostic, "section_lock", KEY)

    assert town.post(lock, {"act": "take"}).headers["Location"].endswith("/modifier/")
    assert service.post(lock, {"act": "take"}).headers["Location"].endswith(f"/{KEY}/")
    assert "Éloïse Lefèvre" in service.get(url(diagnostic, "section", KEY)).content.decode()
    assert service.post(lock, {"act": "force"}).headers["Location"].endswith("/modifier/")
    assert service.post(lock, {"act": "release"}).status_code == 302
    assert "rédige cette section" not in town.get(url(diagnostic, "section", KEY)).content.decode()
    assert people.client_for(people.diair).post(lock, {"act": "take"}).status_code == 403


def test_once_the_step_is_over_the_diagnostic_is_read_only(
    people: People, diagnostic: Diagnostic, now: datetime
) -> None:
    target = written(diagnostic, people.poitiers_agent, now)
    take_lock(section=target, by=people.poitiers_agent, now=now)
    conclude(contract_id=diagnostic.contract_id, now=now)
    Contract.objects.filter(pk=diagnostic.contract_id).update(state="proposal")
    client = people.client_for(people.poitiers_agent)

    saved = client.post(url(diagnostic, "edit_section", KEY), section_data(target, text="Trop tard"))

    assert saved.status_code == 422
    assert "Trop tard" in saved.content.decode()
    assert client.get(url(diagnostic, "edit_section", KEY)).status_code == 302
    assert client.post(url(diagnostic, "section_lock", KEY), {"act": "take"}).headers["Location"].endswith(f"/{KEY}/")
    assert client.post(url(diagnostic, "section_approval", KEY), {"version": "1"}).status_code == 422
    page = client.get(url(diagnostic, "section", KEY)).content.decode()
    assert "Modifier cette section" not in page
    assert section(diagnostic).version == 1


def test_a_version_that_does_not_exist_is_not_found(people: People, diagnostic: Diagnostic, now: datetime) -> None:
    client = people.client_for(people.poitiers_agent)
    assert "Aucune version" in client.get(url(diagnostic, "section_versions", KEY)).content.decode()
    written(diagnostic, people.poitiers_agent, now)

    for query in ("?a=7", "?de=5&a=1", "?a=x"):
        assert client.get(url(diagnostic, "section_versions", KEY) + query).status_code == 404
    assert client.get(url(diagnostic, "section", "axe-inconnu")).status_code == 404
