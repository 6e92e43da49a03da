"""Figures: curves, what the portal already knows, files read and written, all or nothing."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from campaigns.enums import Unit
from diagnostics.chart import chart_of
from diagnostics.errors import Refused
from diagnostics.figures import sections_with_figures, series_of
from diagnostics.figures_files import (
    COLUMNS,
    MAX_BYTES,
    FileRefused,
    Line,
    as_csv,
    as_xlsx,
    existing_lines,
    read,
    template_lines,
)
from diagnostics.figures_import import Imported, import_figures
from diagnostics.models import Diagnostic, Indicator
from diagnostics.prefill import confirm_figure, prefill
from diagnostics.services import conclude
from tests.factories.diagnostics import begun, figure, section, written
from tests.factories.territories import bordeaux_metropole, poitiers
from tests.people import People

HEADER = ";".join(COLUMNS)
GOOD = "Publics;Signataires du CIR;213;personnes;Besançon;30/06/2021;OFII;"


@pytest.fixture
def diagnostic(people: People, now: datetime) -> Diagnostic:
    return begun(people, now)


def lines(*rows: str, header: str = HEADER) -> list[Line]:
    return read("\n".join([header, *rows]).encode(), "chiffres.csv")


def load(diagnostic: Diagnostic, people: People, now: datetime, found: list[Line]) -> Imported:
    versions = dict(diagnostic.sections.values_list("pk", "version"))
    return import_figures(diagnostic=diagnostic, lines=found, seen=versions, by=people.poitiers_agent, now=now)


def problems_of(
    diagnostic: Diagnostic, people: People, now: datetime, *rows: str
) -> list[tuple[int | None, str, str]]:
    with pytest.raises(FileRefused) as refused:
        load(diagnostic, people, now, lines(*rows))
    return [(each.line, each.column, each.text) for each in refused.value.problems]


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (list(COLUMNS), *rows):
        sheet.append(row)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


# --- curves ----------------------------------------------------------------------------------------------------------


def dated(value: int | None, day: date, **changes: Any) -> Indicator:
    values = {"label": "CIR", "unit": Unit.PERSONS, "territory": "Poitiers", "source": "OFII", **changes}
    return Indicator(value=None if value is None else Decimal(value), below_five=value is None, as_of=day, **values)


def test_series_gather_the_same_indicator_at_several_dates() -> None:
    first, last = dated(120, date(2023, 12, 31)), dated(213, date(2025, 12, 31), label="cir")
    alone, elsewhere = dated(40, date(2025, 12, 31), label="BPI"), dated(9, date(2024, 1, 1), territory="Vienne")

    found = series_of([last, alone, elsewhere, first])

    assert [each.figures for each in found] == [(first, last)]


def test_chart_is_told_in_words_and_drawn_to_scale() -> None:
    days = [date(2022, 12, 31), date(2023, 12, 31), date(2024, 12, 31), date(2025, 12, 31)]
    [series] = series_of(dated(value, day) for value, day in zip((100, 200, None, 400), days, strict=True))

    chart = chart_of(series)

    assert chart.title == "CIR, Poitiers"
    assert chart.description == (
        "4 mesures : 100\u00a0personnes au 31 décembre 2022, 400\u00a0personnes au 31 décembre 2025."
    )
    assert [point.value for point in chart.points] == ["100", "200", "moins de 5", "400"]
    assert [point.exact for point in chart.points] == [True, True, False, True]
    assert [point.x for point in chart.points] == sorted(point.x for point in chart.points)
    assert chart.points[0].y > chart.points[1].y > chart.points[3].y == chart.grid[-1].y
    assert chart.lines == (" ".join(f"{point.x},{point.y}" for point in chart.points[:2]),)
    assert chart.points[-1].day == "31/12/2025"
    assert len(chart.rows) == 4


@pytest.mark.parametrize("values", [(0, 0), (7, 1_000_000)])
def test_chart_of_extremes_stays_in_its_frame(values: tuple[int, int]) -> None:
    [series] = series_of(dated(value, date(2024, 1, 1 + index)) for index, value in enumerate(values))

    chart = chart_of(series)

    assert all(0 <= point.y <= chart.height and 0 <= point.x <= chart.width for point in chart.points)


# --- prefilled -------------------------------------------------------------------------------------------------------


def test_prefill_writes_what_the_official_list_holds(now: datetime, diagnostic: Diagnostic) -> None:
    authority = poitiers()

    prefill(diagnostic=diagnostic, authority=authority, now=now)
    prefill(diagnostic=diagnostic, authority=authority, now=now)

    target = section(diagnostic, "contexte")
    found = {each.label: each for each in target.indicators.all()}
    assert found["Population"].value == authority.population
    assert found["Départements concernés"].comment == "Vienne"
    assert all(each.prefilled for each in found.values())
    assert (target.version, target.updated_by) == (1, None)
    [kept] = target.versions.all()
    assert (kept.author, len(kept.content["indicators"])) == (None, len(found))


def test_prefill_counts_the_members_of_an_epci(now: datetime, diagnostic: Diagnostic) -> None:
    epci = bordeaux_metropole()
    town = poitiers()
    town.epci = epci
    town.save()

    prefill(diagnostic=diagnostic, authority=town, now=now)

    members = Indicator.objects.get(label="Communes membres de l’intercommunalité")
    assert (members.value, members.unit_label, members.comment) == (Decimal(1), "communes", epci.name)


def test_prefilled_figure_is_confirmed_by_a_person_or_by_a_change(
    people: People, now: datetime, diagnostic: Diagnostic
) -> None:
    prefill(diagnostic=diagnostic, authority=poitiers(), now=now)
    population, departements = Indicator.objects.order_by("rank")[:2]

    confirm_figure(contract_id=diagnostic.contract_id, figure_id=departements.pk)
    load(diagnostic, people, now, lines(f"contexte;Population;90000;personnes;{population.territory};"
        f"{population.as_of};Insee;"))  # fmt: skip

    population.refresh_from_db()
    departements.refresh_from_db()
    assert (population.prefilled, population.value, departements.prefilled) == (False, Decimal(90000), False)
    assert section(diagnostic, "contexte").version == 2
    conclude(contract_id=diagnostic.contract_id, now=now)
    with pytest.raises(Refused, match="conclu"):
        confirm_figure(contract_id=diagnostic.contract_id, figure_id=population.pk)
    with pytest.raises(Refused, match="retiré"):
        confirm_figure(contract_id=diagnostic.contract_id, figure_id=0)


# --- files -----------------------------------------------------------------------------------------------------------


def test_import_adds_changes_and_never_removes(people: People, now: datetime, diagnostic: Diagnostic) -> None:
    written(diagnostic, people.poitiers_agent, now, "publics", rows=[], indicators=[
        figure(label="Signataires du CIR", territory="Besançon", as_of=date(2021, 6, 30), value=Decimal(200)),
        figure(label="Autre"),
    ])  # fmt: skip
    kept = Indicator.objects.get(label="Signataires du CIR").pk

    done = load(
        diagnostic,
        people,
        now,
        lines(
            GOOD,
            "publics;Signataires du CIR;1\u202f234;personnes;Besançon;2022-06-30;OFII;provisoire",
            "Publics;Part des femmes;45,5 %;%;Besançon;30/06/2021;OFII;",
            "Publics;Mineurs;moins de 5;personnes;Besançon;30/06/2021;OFII;",
            "axe-francais;Dépense;1 234,5;€;Besançon;31/12/2025;Ville;",
            "axe-francais;Ateliers;3;ateliers;Besançon;31/12/2025;Ville;",
        ),
    )

    assert (done.added, done.changed, len(done.sections)) == (5, 1, 2)
    publics, french = section(diagnostic, "publics"), section(diagnostic)
    assert (publics.version, french.version) == (2, 1)
    assert publics.versions.count() == 2
    found = {(each.label, each.as_of): each for each in publics.indicators.all()}
    assert len(found) == 5
    changed = found["Signataires du CIR", date(2021, 6, 30)]
    assert (changed.pk, changed.value) == (kept, Decimal(213))
    assert found["Signataires du CIR", date(2022, 6, 30)].value == Decimal(1234)
    assert found["Mineurs", date(2021, 6, 30)].below_five
    money, workshops = french.indicators.order_by("rank")
    assert (money.value, money.unit) == (Decimal("1234.50"), Unit.EUROS)
    assert (workshops.unit, workshops.unit_label) == (Unit.OTHER, "ateliers")
    assert load(diagnostic, people, now, lines(GOOD)) == Imported(0, 0, ("Publics",))
    assert section(diagnostic, "publics").version == 2


def test_import_tells_every_problem_and_keeps_nothing(people: People, now: datetime, diagnostic: Diagnostic) -> None:
    found = problems_of(
        diagnostic,
        people,
        now,
        GOOD,
        "Inconnue;CIR;213;personnes;Besançon;30/06/2021;OFII;",
        "Publics;CIR;3;personnes;Besançon;30/06/2021;OFII;",
        "Publics;CIR;150;%;Besançon;30/02/2021;OFII;",
        "Publics;CIR;12,5;places;Besançon;30/06/2021;OFII;",
        "Publics;=SOMME(A1);12;places;Besançon;30/06/2021;OFII;",
        "Publics;CIR;12;places;;30/06/2021;jean@exemple.fr;",
        "Publics;CIR;douze;places;Besançon;30/06/2021;jean@exemple.fr;",
        "Publics;BPI;12;personnes;Besançon;30/06/2021;jean@exemple.fr;",
        GOOD,
    )

    assert [(line, column) for line, column, _ in found] == [
        (3, "section"),
        (4, "valeur"),
        (5, "date d’arrêté"),
        (6, "valeur"),
        (7, "indicateur"),
        (8, "territoire"),
        (9, "valeur"),
        (10, "source"),
        (11, "indicateur"),
    ]
    texts = [text for *_, text in found]
    assert "reconnaître quelqu’un" in texts[1]
    assert "formule" in texts[4]
    assert texts[5] == "À remplir."
    assert "adresse électronique" in texts[7]
    assert "ligne 2" in texts[8]
    assert not Indicator.objects.exists()
    assert set(diagnostic.sections.values_list("version", flat=True)) == {0}


def test_import_refuses_a_section_that_moved(people: People, now: datetime, diagnostic: Diagnostic) -> None:
    versions = dict(diagnostic.sections.values_list("pk", "version"))
    written(diagnostic, people.vienne_agent, now, "publics", rows=[], indicators=[])

    with pytest.raises(Refused, match="« Publics » a été modifiée"):
        import_figures(
            diagnostic=diagnostic,
            lines=lines(GOOD, "axe-francais;CIR;213;personnes;Besançon;30/06/2021;OFII;"),
            seen=versions,
            by=people.poitiers_agent,
            now=now,
        )

    assert not Indicator.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_is_read_as_spreadsheets_write_it(encoding: str, delimiter: str) -> None:
    text = f"{HEADER.replace('’', chr(39))}\r\n{GOOD}\r\n".replace(";", delimiter)

    [line] = read(text.encode(encoding), "chiffres.csv")

    assert (line.number, line.cells["territoire"], line.cells["date d’arrêté"]) == (2, "Besançon", "30/06/2021")


@pytest.mark.parametrize(
    ("data", "name", "text"),
    [
        (b"", "vide.csv", "est vide"),
        (b"a" * (MAX_BYTES + 1), "gros.csv", "1 Mo"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 50, "ancien.xls", ".xlsx"),
        (b"PK\x03\x04" + b"\x00" * 50, "faux.xlsx", "ne se lit pas"),
        (b"section\x00;valeur", "binaire.csv", "texte lisible"),
        (HEADER.replace("source;", "").encode(), "sans.csv", "« source »"),
        (HEADER.encode(), "entete.csv", "Aucune ligne"),
        (f"{HEADER};valeur\n{GOOD}".encode(), "double.csv", "deux fois"),
    ],
)
def test_file_that_cannot_be_read_is_refused_in_words(data: bytes, name: str, text: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(data, name)

    assert text in str(refused.value)


def test_xlsx_is_read_with_its_dates_numbers_and_shares(people: People, now: datetime, diagnostic: Diagnostic) -> None:
    good = ["Publics", "CIR", 213, "personnes", "Besançon", date(2021, 6, 30), "OFII", None]
    share = ["Publics", "Part des femmes", 45.5, "%", "Besançon", date(2021, 6, 30), "OFII", ""]

    load(diagnostic, people, now, read(workbook(good, share), "chiffres.xlsx"))

    found = {each.label: (each.value, each.as_of) for each in Indicator.objects.all()}
    assert found == {"CIR": (Decimal(213), date(2021, 6, 30)), "Part des femmes": (Decimal("45.5"), date(2021, 6, 30))}
    formula = [*good[:2], "=1+1", *good[3:]]
    with pytest.raises(FileRefused, match="formule"):
        load(diagnostic, people, now, read(workbook(formula), "chiffres.xlsx"))


@pytest.mark.parametrize(("write", "name"), [(as_csv, "chiffres.csv"), (as_xlsx, "chiffres.xlsx")])
def test_export_comes_back_unchanged(
    people: People, now: datetime, diagnostic: Diagnostic, write: Any, name: str
) -> None:
    written(
        diagnostic,
        people.poitiers_agent,
        now,
        "publics",
        rows=[],
        indicators=[
            figure(),
            figure(label="Part", unit=Unit.SHARE, value=Decimal("12.5")),
            figure(label="Mineurs", value=None, below_five=True, comment="=1+1, vérifié"),
            figure(label="Dépense", unit=Unit.EUROS, value=Decimal("12345.67")),
            figure(label="Ateliers", unit=Unit.OTHER, unit_label="ateliers", value=Decimal(1200)),
        ],
    )

    found = read(write(existing_lines(sections_with_figures(diagnostic))), name)

    assert load(diagnostic, people, now, found) == Imported(0, 0, ("Publics",))
    assert len(found) == 5


def test_template_asks_for_what_the_questions_expect(diagnostic: Diagnostic) -> None:
    rows = template_lines(sections_with_figures(diagnostic))

    assert ["Publics", "Part des femmes", "", "%", "", "", "", ""] in rows
    book = load_workbook(BytesIO(as_xlsx(rows)))
    assert book.worksheets[0]["A1"].value == "section"
    with pytest.raises(FileRefused, match="Aucune ligne"):
        read(as_csv(rows), "modele.csv")
