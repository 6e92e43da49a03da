"""What people bring to a section is whole in the PDF: its words, without what the fonts cannot draw."""

from datetime import datetime
from io import BytesIO

from pypdf import PdfReader

from contracts.services.drafting import issue_diagnostic_draft
from contracts.services.sections import write_section
from diagnostics.models import Section
from diagnostics.services import save_section
from documents.rendering import render
from tests.contracts.stage import set_stage, to_diagnostic
from tests.people import People

BROUGHT = (
    "<h1>Publics</h1><p class=MsoNormal style='mso-x:1'>Des <b>familles</b><o:p></o:p> 👩‍👩‍👧 accueillies</p>"
    "<h3>Sources</h3><h4>Détail</h4><ul><li><p>OFII</p></li><li><p>Ville</p></li></ul>"
    "<table><tr><th>Année</th><th>Personnes</th></tr><tr><td>2024</td></tr></table>"
    "<p>Voir <a href='https://exemple.fr/cir'>le rapport</a>.</p><p>أهلا</p>"
    "<script>alert('script')</script><svg onload='alert(1)'><text>dessin</text></svg>"
    "<p>" + "mot " * 8_000 + "</p>"
)


def test_what_is_brought_prints_whole(people: People, now: datetime) -> None:
    journey = to_diagnostic(set_stage(people, now).journey())
    target = Section.objects.select_related("question").get(question__key="publics")
    agent = people.poitiers_agent
    write_section(
        journey.contract.pk,
        target,
        lambda: save_section(
            section=target,
            expected_version=target.version,
            text=BROUGHT,
            rows=[],
            indicators=[],
            by=agent,
            now=journey.now,
        ),
        by=agent,
        now=journey.now,
    )
    document = issue_diagnostic_draft(journey.contract.pk, by=agent, now=journey.now)

    text = " ".join(
        " ".join(page.extract_text() for page in PdfReader(BytesIO(render(document).content)).pages).split()
    )

    for words in (
        "Publics",
        "Des familles accueillies",
        "Détail",
        "OFII",
        "2024",
        "le rapport (https://exemple.fr/cir)",
    ):
        assert words in text
    for words in ("alert", "dessin", "mso", "<p>", "👩"):
        assert words not in text
    assert text.count("mot") >= 8_000
