"""What differs between two versions: the words of the text, the values of rows and figures."""

from datetime import date
from decimal import Decimal
from typing import Any

from ctai.compared import Group, is_same
from diagnostics.contents import content_of, inputs_of
from diagnostics.differences import difference
from tests.factories.diagnostics import figure, need, offer


def content(text: str = "", rows: Any = (), figures: Any = ()) -> dict[str, Any]:
    return content_of(text, rows, figures)


def words(groups: list[Group], kind: str) -> list[str]:
    return [part.text for group in groups for line in group.lines for part in line.parts if part.kind == kind]


def test_words_of_a_text_are_compared_and_its_look_noticed() -> None:
    older = content("<p>Trois ateliers complets.</p><h3>Publics</h3><p>Des <strong>jeunes</strong>.</p>")
    newer = content("<p>Quatre ateliers complets.</p><h3>Publics</h3><p>Des jeunes.</p><ul><li>Neuf</li></ul>")

    groups = difference(older, newer)

    [text] = groups
    assert [line.kind for line in text.lines] == ["changed", "same", "same", "added"]
    assert words(groups, "removed") == ["Trois"]
    assert words(groups, "added") == ["Quatre", "– Neuf"]
    assert text.lines[2].note == "mise en forme changée"
    assert "".join(part.text for part in text.lines[0].before) == "Trois ateliers complets."
    assert "".join(part.text for part in text.lines[0].after) == "Quatre ateliers complets."


def test_rows_are_compared_by_what_they_are() -> None:
    older = content(rows=[offer(id=1), need(id=2), need(id=3, text="Garde d’enfants")])
    newer = content(rows=[offer(id=1, capacity="61 personnes"), need(id=3, text="Garde d’enfants"), need(id=2)])

    groups = {group.title: group for group in difference(older, newer)}

    assert [line.kind for line in groups["Offre existante"].lines] == ["changed"]
    assert words([groups["Offre existante"]], "added") == ["61"]
    assert [(line.kind, line.note) for line in groups["Besoins non couverts"].lines] == [
        ("same", ""),
        ("same", "déplacé"),
    ]


def test_figures_show_the_value_that_changed() -> None:
    older = content(figures=[figure(id=1), figure(id=2, label="Autre", value=None, below_five=True)])
    newer = content(figures=[figure(value=Decimal(214)), figure(id=4, label="Neuf", as_of=date(2024, 12, 31))])

    [figures] = difference(older, newer)

    assert [line.kind for line in figures.lines] == ["changed", "added", "removed"]
    assert words([figures], "removed")[0] == "213"
    assert words([figures], "added")[0] == "214"


def test_a_content_brought_back_under_new_numbers_is_the_same() -> None:
    older = content("<p>a</p>", [offer(id=1), need(id=2)], [figure(id=3)])
    rows, figures = inputs_of(older, {2}, {2})

    assert [row.id for row in rows] == [None, 2]
    assert figures[0].value == Decimal("213.00")
    assert is_same(difference(older, content("<p>a</p>", rows, figures)))


def test_a_plain_text_of_old_compares_with_its_rich_self() -> None:
    assert is_same(difference(content("Un.\n\n- deux"), content("<p>Un.</p><ul><li>deux</li></ul>")))


def test_very_long_paragraphs_are_shown_replaced() -> None:
    older = content("<p>" + " ".join(f"a{index}" for index in range(2_500)) + "</p>")
    newer = content("<p>" + " ".join(f"b{index}" for index in range(2_500)) + "</p>")

    [text] = difference(older, newer)

    assert [part.kind for part in text.lines[0].parts] == ["removed", "added"]
