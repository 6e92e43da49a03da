"""The diagnostic at a glance holds on one sheet once printed; a section shows its curve."""

from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from diagnostics.enums import RowKind
from diagnostics.inputs import RowInput
from diagnostics.services import approve
from tests.e2e.browsing import person
from tests.factories.diagnostics import begun, figure, need, offer, written
from tests.people import People

pytestmark = pytest.mark.postgres


def test_twelve_axes_are_printed_on_one_sheet(
    browser: Browser, live_server: LiveServer, transactional_db: None, people: People, now: datetime, tmp_path: Path
) -> None:
    diagnostic = begun(people, now)
    keys = diagnostic.sections.filter(question__axis__isnull=False).values_list("question__key", flat=True)
    for key in keys:
        saved = written(
            diagnostic,
            people.poitiers_agent,
            now,
            key,
            rows=[
                need(text="Les personnes qui travaillent en horaires décalés n’ont accès à aucun cours"),
                offer(),
                RowInput(
                    kind=RowKind.PRIORITY,
                    text="Apprendre en travaillant",
                    objective="Ouvrir des cours le soir et le samedi",
                ),
            ],
            indicators=[
                figure(label=f"Indicateur de {key}"),
                figure(as_of=date(2024, 12, 31)),
            ],
        )
        approve(section=saved, version=saved.version, by=people.vienne_agent, now=now)
    mayor = person(browser, live_server.url, "maire@poitiers.demo")
    mayor.go(f"/contrats/{diagnostic.contract.reference}/diagnostic/en-un-coup-d-oeil/")

    expect(mayor.page.get_by_role("table")).to_contain_text("Besoin majeur")
    mayor.page.emulate_media(media="print")
    sheets = PdfReader(BytesIO(mayor.page.pdf(prefer_css_page_size=True))).pages

    assert len(sheets) == 1
    assert "Apprentissage du français" in sheets[0].extract_text()
