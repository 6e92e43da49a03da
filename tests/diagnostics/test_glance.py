"""The pages of figures and the diagnostic on one sheet: what they show, to whom, at what cost; and the PDF."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from contracts.errors import TransitionRefused
from contracts.models import Contract
from contracts.services.drafting import issue_diagnostic_draft
from diagnostics.enums import RowKind
from diagnostics.figures_files import COLUMNS
from diagnostics.glance import glance
from diagnostics.inputs import RowInput
from diagnostics.models import Diagnostic, Indicator, SectionApproval
from diagnostics.prefill import prefill
from diagnostics.services import approve, conclude
from documents.models import IssuedDocument
from documents.rendering import render
from journal.models import Event
from tests.factories.diagnostics import begun, figure, need, offer, section, written
from tests.factories.territories import poitiers
from tests.people import People

#: Figures seen in the press and in délibérations of the towns named.
REAL = (
    "publics;Bénéficiaires d’une protection internationale;146;personnes;Besançon;30/06/2021;Macommune.info;",
    "publics;Signataires du contrat d’intégration républicaine;213;personnes;Besançon;30/06/2021;Macommune.info;",
    "publics;Personnes accueillies;44;personnes;Millau;31/12/2024;Millavois.com;sur 355 dans le département",
    "publics;Personnes accueillies;355;personnes;Aveyron;31/12/2024;Millavois.com;",
)


@pytest.fixture
def diagnostic(people: People, now: datetime) -> Diagnostic:
    return begun(people, now)


def url(diagnostic: Diagnostic, name: str, *args: Any) -> str:
    contract = Contract.objects.get(pk=diagnostic.contract_id)
    return reverse(f"contracts:{name}", args=[contract.reference, *args])


def send(client: Client, diagnostic: Diagnostic, *rows: str, encoding: str = "cp1252", **changes: str) -> Any:
    """Import a CSV as the page does."""
    address = url(diagnostic, "figures")
    versions = ",".join(f"{pk}:{version}" for pk, version in diagnostic.sections.values_list("pk", "version"))
    content = "\r\n".join([";".join(COLUMNS), *rows]).encode(encoding, errors="replace")
    upload = SimpleUploadedFile("chiffres.csv", content, content_type="text/csv")
    return client.post(address, {"file": upload, "versions": versions, **changes})


def text_of(content: bytes) -> str:
    pages = PdfReader(BytesIO(content)).pages
    text = " ".join(page.extract_text() for page in pages)
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def fill(diagnostic: Diagnostic, people: People, now: datetime, keys: tuple[str, ...], total: int) -> None:
    for key in keys:
        rows = [
            *(need(text=f"Besoin {index} de {key}", major=index == 0) for index in range(total)),
            *(offer(text=f"Offre {index} de {key}") for index in range(total)),
            *(
                RowInput(kind=RowKind.PRIORITY, text=f"Enjeu {index}", objective=f"Objectif {index}")
                for index in range(total)
            ),
        ]
        figures = [figure(label=f"Indicateur {index}") for index in range(total)]
        figures += [figure(label=f"Indicateur {index}", as_of=date(2024, 12, 31)) for index in range(total)]
        saved = written(diagnostic, people.poitiers_agent, now, key, rows=rows, indicators=figures)
        approve(section=saved, version=saved.version, by=people.vienne_agent, now=now)


# --- at a glance -----------------------------------------------------------------------------------------------------


def test_glance_says_need_offer_and_priority_of_each_axis(
    people: People, now: datetime, diagnostic: Diagnostic
) -> None:
    fill(diagnostic, people, now, ("axe-francais",), 3)
    emploi = section(diagnostic, "axe-emploi").question.axis_id
    written(
        diagnostic,
        people.poitiers_agent,
        now,
        "priorites",
        rows=[RowInput(kind=RowKind.PRIORITY, text="Reconnaître les diplômes", axis_id=emploi)],
        indicators=[],
    )
    written(diagnostic, people.poitiers_agent, now, "axe-emploi", rows=[need(text="Rien", major=False)], indicators=[])
    written(diagnostic, people.poitiers_agent, now, "publics", rows=[], indicators=[
        figure(label="CIR", value=Decimal(146), as_of=date(2024, 12, 31)), figure(label="CIR", value=Decimal(213))
    ])  # fmt: skip

    shown = glance(diagnostic)

    lines = {each.key: each for each in shown.axes}
    assert set(lines) == {"axe-francais", "axe-emploi"}
    french, employment = lines["axe-francais"], lines["axe-emploi"]
    assert (french.needs.items, french.needs.more) == (("Besoin 0 de axe-francais",), 0)
    assert french.offers.items[0] == "Toit du Monde\u00a0: Offre 0 de axe-francais (60 personnes)"
    assert (french.priorities.items, french.priorities.more) == (("Enjeu 0 → Objectif 0", "Enjeu 1 → Objectif 1"), 1)
    assert [mark.approval is not None for mark in french.marks] == [False, True]
    assert employment.needs.items == ("Rien",)
    assert employment.priorities.items == ("Reconnaître les diplômes",)
    assert (shown.figures[0].value, shown.figures[0].unit) == ("213", "personnes")
    assert "Mobilité" in shown.untouched


@pytest.mark.parametrize("page", ["glance", "figures", "section"])
def test_pages_cost_the_same_for_one_or_many(people: People, now: datetime, diagnostic: Diagnostic, page: str) -> None:
    client = people.client_for(people.poitiers_agent)
    address = url(diagnostic, page, *(["axe-francais"] if page == "section" else []))
    fill(diagnostic, people, now, ("axe-francais",), 1)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)

    fill(diagnostic, people, now, ("axe-francais", "axe-emploi", "axe-sante", "publics"), 7)
    with CaptureQueriesContext(connection) as many:
        response = client.get(address)

    assert response.status_code == 200
    assert len(many) == len(one)


def test_whole_diagnostic_is_read_under_fifteen_queries(people: People, now: datetime, diagnostic: Diagnostic) -> None:
    """Twelve axes, 150 rows, 80 figures: session, person and frame of the file included."""
    client = people.client_for(people.poitiers_agent)
    keys = tuple(diagnostic.sections.filter(question__axis__isnull=False).values_list("question__key", flat=True))
    fill(diagnostic, people, now, keys, 4)
    assert len(keys) == 12
    assert Indicator.objects.count() >= 80
    for page in ("diagnostic", "glance", "section", "figures"):
        address = url(diagnostic, page, *(["axe-francais"] if page == "section" else []))
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        assert len(queries) < 15, page


def test_glance_page_is_read_by_both_sides(people: People, diagnostic: Diagnostic, now: datetime) -> None:
    fill(diagnostic, people, now, ("axe-francais",), 2)
    address = url(diagnostic, "glance")

    for actor in (people.poitiers_maire, people.vienne_prefet):
        page = people.client_for(actor).get(address).content.decode()
        assert "Besoin 0 de axe-francais" in page
        assert "Version de travail" in page
        assert "style=" not in page.partition("<main")[2].partition("</main>")[0]
    assert people.client_for(people.bordeaux_agent).get(address).status_code == 404
    assert address in people.client_for(people.poitiers_maire).get(url(diagnostic, "diagnostic")).content.decode()


def test_section_draws_the_indicator_over_time(people: People, now: datetime, diagnostic: Diagnostic) -> None:
    fill(diagnostic, people, now, ("axe-francais",), 1)

    page = people.client_for(people.vienne_agent).get(url(diagnostic, "section", "axe-francais")).content.decode()

    chart = page.partition("<figure")[2].partition("</figure>")[0]
    assert 'role="img"' in chart
    assert "<title" in chart
    assert "<polyline" in chart
    assert "31 décembre 2024" in chart
    assert "style=" not in chart


# --- import page -----------------------------------------------------------------------------------------------------


def test_import_writes_one_version_for_each_section_and_tells_who_approved(
    people: People, now: datetime, diagnostic: Diagnostic, settings: Any
) -> None:
    saved = written(diagnostic, people.poitiers_agent, now, "publics", rows=[], indicators=[])
    for actor in (people.poitiers_agent, people.vienne_agent):
        approve(section=saved, version=saved.version, by=actor, now=now)

    response = send(people.client_for(people.poitiers_agent), diagnostic, *REAL)

    assert response.status_code == 302
    publics = section(diagnostic, "publics")
    assert (publics.version, publics.indicators.count()) == (2, 4)
    events = Event.objects.filter(contract_id=diagnostic.contract_id)
    imported = events.get(kind="figures_imported")
    assert (imported.payload["added"], imported.payload["label"]) == (4, "Publics")
    assert events.filter(kind="section_approvals_void").count() == 1
    again = send(people.client_for(people.poitiers_agent), diagnostic, *REAL)
    assert again.status_code == 302
    assert section(diagnostic, "publics").version == 2


def test_import_page_tells_line_and_column(people: People, diagnostic: Diagnostic) -> None:
    client = people.client_for(people.poitiers_agent)

    wrong = send(client, diagnostic, REAL[0], "publics;Mineurs;3;personnes;Besançon;30/06/2021;OFII;")
    nothing = client.post(url(diagnostic, "figures"), {})
    stale = send(client, diagnostic, REAL[0], versions=f"{section(diagnostic, 'publics').pk}:9")

    assert wrong.status_code == 422
    assert "Ligne 3, colonne «\u00a0valeur\u00a0»" in wrong.content.decode().replace("&nbsp;", "\u00a0")
    assert (nothing.status_code, stale.status_code) == (422, 422)
    assert "a été modifiée depuis" in stale.content.decode()
    assert not Indicator.objects.exists()
    assert not Event.objects.filter(kind="figures_imported").exists()


def test_import_tells_which_texts_will_not_be_printed(people: People, diagnostic: Diagnostic) -> None:
    client = people.client_for(people.poitiers_agent)

    answer = send(client, diagnostic, REAL[0].replace("Macommune", "Ma commune 🙂"), encoding="utf-8-sig")

    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode().replace("\u00a0", " ")
    assert "« 🙂 » est retiré" in page


def test_import_is_for_those_who_write_while_it_is_open(people: People, now: datetime, diagnostic: Diagnostic) -> None:
    assert send(people.client_for(people.dgef), diagnostic, *REAL).status_code == 403
    assert send(people.client_for(people.bordeaux_agent), diagnostic, *REAL).status_code == 404
    conclude(contract_id=diagnostic.contract_id, now=now)
    response = send(people.client_for(people.poitiers_agent), diagnostic, *REAL)

    assert response.status_code == 422
    assert "n’est plus modifiable" in response.content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_template_and_export_are_downloaded(people: People, diagnostic: Diagnostic, kind: str) -> None:
    client = people.client_for(people.vienne_agent)
    send(client, diagnostic, *REAL)

    for name in ("figures_template", "figures_export"):
        response = client.get(url(diagnostic, name), {"format": kind})
        assert response.status_code == 200
        assert response.headers["Content-Disposition"].endswith(f'.{kind}"')
    assert client.get(url(diagnostic, "figures_export"), {"format": "pdf"}).status_code == 404
    exported = client.get(url(diagnostic, "figures_export")).content.decode("utf-8-sig")
    assert "Publics;Signataires du contrat d’intégration républicaine;213;personnes;Besançon;30/06/2021" in exported


def test_prefilled_section_is_not_approved_until_its_figures_are_confirmed(
    people: People, now: datetime, diagnostic: Diagnostic
) -> None:
    prefill(diagnostic=diagnostic, authority=poitiers(), now=now)
    client = people.client_for(people.vienne_agent)
    figures = list(Indicator.objects.order_by("rank", "pk"))
    key = figures[0].section.question.key
    page = reverse("contracts:section", args=[diagnostic.contract.reference, key])
    approval = reverse("contracts:section_approval", args=[diagnostic.contract.reference, key])
    sent = {"act": "approve", "version": "1", "revision": "0"}

    shown = client.get(page).content.decode()
    refused = client.post(approval, sent)

    assert 'aria-describedby="unconfirmed"' in shown
    assert "chiffres que le portail a préremplis" in refused.content.decode()
    assert "Population" in refused.content.decode()
    assert not SectionApproval.objects.exists()
    for each in figures:
        client.post(reverse("contracts:confirm_figure", args=[diagnostic.contract.reference, each.pk]))
    client.post(approval, sent)
    assert SectionApproval.objects.get().side == "state"


def test_prefilled_figure_is_confirmed_from_the_section(people: People, now: datetime, diagnostic: Diagnostic) -> None:
    prefill(diagnostic=diagnostic, authority=poitiers(), now=now)
    client = people.client_for(people.poitiers_agent)
    first = Indicator.objects.order_by("rank")[0]
    page = client.get(url(diagnostic, "section", "contexte")).content.decode()
    assert "Prérempli" in page

    response = client.post(url(diagnostic, "confirm_figure", first.pk), {"section": "contexte"})

    assert response.headers["Location"] == url(diagnostic, "section", "contexte")
    first.refresh_from_db()
    assert not first.prefilled
    assert Event.objects.filter(kind="figure_confirmed", payload__label=first.label).exists()
    assert section(diagnostic, "contexte").version == 1
    assert people.client_for(people.dgef).post(url(diagnostic, "confirm_figure", first.pk)).status_code == 403
    assert client.post(url(diagnostic, "confirm_figure", 0)).status_code == 404


# --- PDF -------------------------------------------------------------------------------------------------------------


def test_real_figures_are_imported_and_read_back_in_the_draft(
    people: People, now: datetime, diagnostic: Diagnostic
) -> None:
    client = people.client_for(people.poitiers_agent)
    assert send(client, diagnostic, *REAL).status_code == 302
    saved = section(diagnostic, "publics")
    approve(section=saved, version=saved.version, by=people.vienne_agent, now=now)

    assert client.post(url(diagnostic, "diagnostic_draft")).headers["Location"] == url(diagnostic, "documents")

    document = IssuedDocument.objects.get(contract=diagnostic.contract_id)
    assert document.is_draft
    text = text_of(render(document).content).lower()
    for words in (
        "146 personnes besançon 30 juin 2021",
        "213 personnes besançon 30 juin 2021",
        "44 personnes millau",
        "355 personnes aveyron",
        "macommune.info",
        "préfecture de la vienne",
        "version de travail",
    ):
        assert words in text, words


def test_draft_is_prepared_while_the_diagnostic_is_written(
    people: People, now: datetime, diagnostic: Diagnostic
) -> None:
    assert people.client_for(people.dgef).post(url(diagnostic, "diagnostic_draft")).status_code == 403
    document = issue_diagnostic_draft(diagnostic.contract_id, by=people.vienne_agent, now=now)

    again = issue_diagnostic_draft(diagnostic.contract_id, by=people.vienne_agent, now=now)

    document.refresh_from_db()
    assert (document.superseded_at, again.number) == (now, 2)
    Contract.objects.filter(pk=diagnostic.contract_id).update(state="proposal")
    with pytest.raises(TransitionRefused):
        issue_diagnostic_draft(diagnostic.contract_id, by=people.vienne_agent, now=now)
