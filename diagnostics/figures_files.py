"""Figures as spreadsheets: a template to fill, what exists, and an import that takes all or nothing."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from ctai.forms import DayField, EuroField, clean_line
from ctai.spreadsheets import Unreadable, opened, rows_of
from diagnostics.enums import Unit
from diagnostics.inputs import IndicatorInput
from diagnostics.models import Indicator, Section
from diagnostics.queries import plain_number, written_unit, written_value
from diagnostics.rules import figure_problems

MAX_BYTES = 1024 * 1024
#: What a workbook may weigh once unzipped, and how many lines are read.
MAX_UNZIPPED, MAX_LINES = 20 * MAX_BYTES, 2_000
COLUMNS = ("section", "indicateur", "valeur", "unité", "territoire", "date d’arrêté", "source", "commentaire")
SECTION, LABEL, VALUE, UNIT, TERRITORY, AS_OF, SOURCE, COMMENT = COLUMNS
_REQUIRED = (SECTION, LABEL, VALUE, UNIT, TERRITORY, AS_OF, SOURCE)
_NAMES = {
    LABEL: "label",
    TERRITORY: "territory",
    SOURCE: "source",
    COMMENT: "comment",
}  # columns kept as they are typed
_COLUMN_OF = {name: column for column, name in _NAMES.items()} | {
    "value": VALUE, "below_five": VALUE, "unit": UNIT, "unit_label": UNIT,
}  # fmt: skip
_UNITS = {
    "personnes": Unit.PERSONS, "personne": Unit.PERSONS, "%": Unit.SHARE, "part": Unit.SHARE,
    "pourcentage": Unit.SHARE, "€": Unit.EUROS, "euros": Unit.EUROS, "euro": Unit.EUROS, "places": Unit.PLACES,
    "place": Unit.PLACES,
}  # fmt: skip
_LENGTHS = {"label": 200, "territory": 160, "source": 200, "comment": 500, "unit_label": 40}
_BELOW_FIVE = re.compile(r"(moins de|<) ?5", re.IGNORECASE)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_A_FORMULA = object()
_NOTICE = "avertissement"
_VALUE = EuroField(
    required=False,
    negative=True,
    error_messages={
        "invalid": "Saisissez un nombre, par exemple 1\u00a0234 ou 12,5, ou « moins de 5 ».",
        "ambiguous": "Ce nombre peut se lire de deux façons. Écrivez les milliers sans point ni virgule.",
        "cents": "Une valeur a deux décimales au plus.",
        "too_large": "Ce nombre dépasse ce que le portail accepte\u00a0: vérifiez la saisie.",
    },
)
_DAY = DayField(required=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where: the line of the spreadsheet (None for the whole file) and its column."""

    line: int | None
    column: str
    text: str


class FileRefused(Exception):
    """Nothing of the file is kept; ``problems`` say why, line by line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0].text)
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file: its number in the spreadsheet, and the text of each column."""

    number: int
    cells: dict[str, Any]


# --- reading -----------------------------------------------------------------------------------------------------


def read(data: bytes, name: str) -> list[Line]:
    """Return the lines of a CSV or XLSX file that hold something.

    Raises:
        FileRefused: the file cannot be read, or is not laid out as the template.
    """
    if len(data) > MAX_BYTES:
        raise _refused("Ce fichier dépasse 1 Mo. Gardez seulement les lignes de chiffres, ou importez en deux fois.")
    if data.startswith(b"PK\x03\x04"):
        rows = _xlsx_rows(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0") or name.lower().endswith((".xlsx", ".xls", ".ods")):
        raise _refused("Ce tableur ne se lit pas. Enregistrez-le au format Excel (.xlsx) ou CSV, puis recommencez.")
    else:
        rows = _csv_rows(data)
    return _laid_out(rows)


def _csv_rows(data: bytes) -> list[list[Any]]:
    text = _decoded(data)
    header = text.partition("\n")[0]
    delimiter = max(";\t,", key=header.count)
    try:
        return [[_csv_cell(cell) for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error as error:
        raise _refused("Ce fichier n’est pas un CSV lisible. Partez du modèle à télécharger.") from error


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _refused("Ce fichier n’est pas un texte lisible. Enregistrez-le en CSV (UTF-8) ou au format .xlsx.")


def _csv_cell(text: str) -> Any:
    if text.startswith("'") and text[1:].startswith(_FORMULA):
        return text[1:]  # how an export keeps a spreadsheet from reading a formula
    if text.startswith(("=", "@")) or re.match(r"[+-]\s*[^\d\s]", text):
        return _A_FORMULA
    return text


def _xlsx_rows(data: bytes) -> list[list[Any]]:
    unreadable = "Ce classeur Excel ne se lit pas. Enregistrez-le de nouveau au format .xlsx, puis recommencez."
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(each.file_size for each in archive.infolist()) > MAX_UNZIPPED:
                raise _refused("Ce classeur est trop volumineux une fois ouvert. Gardez seulement les chiffres.")
        rows = rows_of(opened(data).worksheets[0], max_row=MAX_LINES + 2, max_col=30)
        return [[_xlsx_cell(cell) for cell in row] for row in rows]
    except (zipfile.BadZipFile, Unreadable, IndexError, ValueError, OSError) as error:
        raise _refused(unreadable) from error


def _xlsx_cell(cell: Any) -> Any:
    value = cell.value
    if cell.data_type == "f":
        return _A_FORMULA
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value)
    if isinstance(value, int | float):
        number = Decimal(repr(value))
        if "%" in str(cell.number_format):
            number *= 100
        return f"{number.normalize():f}".replace(".", ",")
    return str(value)


def _laid_out(rows: list[list[Any]]) -> list[Line]:
    if not rows:
        raise _refused("Ce fichier est vide. Partez du modèle à télécharger.")
    known = {slugify(column): column for column in COLUMNS}
    header = [known.get(slugify(clean_line(cell))) if isinstance(cell, str) else None for cell in rows[0]]
    missing = [column for column in _REQUIRED if column not in header]
    if missing:
        names = ", ".join(f"« {column} »" for column in missing)
        raise _refused(f"La première ligne doit nommer les colonnes du modèle. Il manque : {names}.", line=1)
    doubled = next((column for column in header if column and header.count(column) > 1), None)
    if doubled:
        raise FileRefused([Problem(1, doubled, "Cette colonne figure deux fois.")])
    lines = [
        Line(number, {column: _clean(cell) for column, cell in zip(header, row, strict=False) if column})
        for number, row in enumerate(rows[1:], start=2)
    ]
    # A line of the template that nobody filled says nothing.
    filled = [line for line in lines if any(line.cells.get(column) for column in (VALUE, AS_OF, SOURCE, COMMENT))]
    if len(filled) > MAX_LINES:
        raise _refused("Ce fichier compte plus de 2 000 lignes. Importez-le en plusieurs fois.")
    if not filled:
        raise _refused("Aucune ligne de ce fichier ne porte de chiffre : rien n’a été importé.")
    return filled


def _clean(cell: Any) -> Any:
    return clean_line(cell) if isinstance(cell, str) else cell


def _refused(text: str, line: int | None = None) -> FileRefused:
    return FileRefused([Problem(line, "", text)])


# --- understanding -----------------------------------------------------------------------------------------------


def figures_by_section(lines: Iterable[Line], sections: Iterable[Section]) -> dict[int, list[IndicatorInput]]:
    """Return the figures of the file by section, each section being named by its title or its address.

    Raises:
        FileRefused: a line is wrong; every problem of every line is told.
    """
    known: dict[str, Section] = {}
    for section in sections:
        known[slugify(section.question.key)] = known[slugify(section.question.title)] = section
    found: dict[int, list[IndicatorInput]] = {}
    first_line: dict[tuple[Any, ...], int] = {}
    problems: list[Problem] = []
    for line in lines:
        figure, wrong = _figure(line)
        named = known.get(slugify(str(line.cells.get(SECTION, ""))))
        if named is None and not any(each.column == SECTION for each in wrong):
            wrong.append(Problem(line.number, SECTION, "Aucune section de ce diagnostic ne porte ce nom."))
        if figure is None or named is None or wrong:
            problems += wrong
            continue
        key = (named.pk, *identity(figure))
        if key in first_line:
            text = f"Ce chiffre est déjà donné à la ligne {first_line[key]}, à la même date."
            problems.append(Problem(line.number, LABEL, text))
            continue
        first_line[key] = line.number
        found.setdefault(named.pk, []).append(figure)
    if problems:
        raise FileRefused(problems)
    return found


def identity(figure: IndicatorInput | Indicator) -> tuple[Any, ...]:
    """Return what makes two figures the same one: indicator, unit, territory and day."""
    unit_label = figure.unit_label.casefold() if figure.unit == Unit.OTHER else ""
    return (figure.label.casefold(), str(figure.unit), unit_label, figure.territory.casefold(), figure.as_of)


def _figure(line: Line) -> tuple[IndicatorInput | None, list[Problem]]:
    problems = [
        Problem(line.number, column, "Une formule n’est pas acceptée : collez la valeur.")
        for column in COLUMNS
        if line.cells.get(column) is _A_FORMULA
    ]
    if problems:
        return None, problems
    cells = {column: str(line.cells.get(column, "")) for column in COLUMNS}
    problems += [Problem(line.number, column, "À remplir.") for column in _REQUIRED if not cells[column]]
    problems += list(_too_long(line.number, cells))
    unit = _UNITS.get(cells[UNIT].lower(), Unit.OTHER)
    below_five = _BELOW_FIVE.fullmatch(cells[VALUE]) is not None
    value = None if below_five else _parsed(_VALUE, line.number, VALUE, _number(cells[VALUE], unit), problems)
    as_of = _parsed(_DAY, line.number, AS_OF, cells[AS_OF], problems)
    if problems:
        return None, problems
    figure = IndicatorInput(
        value=value,
        below_five=below_five,
        unit=unit,
        unit_label=cells[UNIT] if unit == Unit.OTHER else "",
        as_of=as_of,
        label=cells[LABEL],
        territory=cells[TERRITORY],
        source=cells[SOURCE],
        comment=cells[COMMENT],
    )
    return figure, [Problem(line.number, _COLUMN_OF[name], text) for name, text in figure_problems(figure)]


def _number(text: str, unit: Unit) -> str:
    return text.removesuffix("%").strip() if unit == Unit.SHARE else text


def _parsed(field: Any, line: int, column: str, text: str, problems: list[Problem]) -> Any:
    try:
        return field.clean(text)
    except ValidationError as error:
        problems.append(Problem(line, column, " ".join(error.messages)))
        return None


def _too_long(line: int, cells: dict[str, str]) -> Iterator[Problem]:
    names = _NAMES | ({UNIT: "unit_label"} if cells[UNIT].lower() not in _UNITS else {})
    for column, name in names.items():
        limit = _LENGTHS[name]
        if len(cells[column]) > limit:
            yield Problem(line, column, f"{limit} caractères au plus.")


# --- writing -----------------------------------------------------------------------------------------------------


def template_lines(sections: Iterable[Section]) -> list[list[Any]]:
    """Return a line to fill for each indicator that the questions expect."""
    return [
        [section.question.title, each["label"], "", _unit_to_fill(each.get("unit", "")), "", "", "", ""]
        for section in sections
        for each in section.question.expected_indicators
    ]


def existing_lines(sections: Iterable[Section]) -> list[list[Any]]:
    """Return a line for each figure; sections come with their figures."""
    return [
        [
            section.question.title,
            each.label,
            written_value(each) if each.below_five or each.value is None else each.value,
            written_unit(each),
            each.territory,
            each.as_of,
            each.source,
            each.comment,
        ]
        for section in sections
        for each in sorted(section.indicators.all(), key=lambda figure: (figure.rank, figure.pk))
    ]


def as_csv(lines: Iterable[Sequence[Any]]) -> bytes:
    """Return a CSV that a French spreadsheet opens: UTF-8 with its mark, semicolons, decimal commas."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    for line in _labelled(lines):
        writer.writerow([_csv_text(value) for value in line])
    return ("\ufeff" + buffer.getvalue()).encode()


def as_xlsx(lines: Iterable[Sequence[Any]]) -> bytes:
    """Return a workbook of one sheet; texts are texts, whatever they begin with."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Chiffres")
    for line in _labelled(lines):
        cells = []
        for value in line:
            held: Any = value
            cell = WriteOnlyCell(sheet, value=held)
            if isinstance(value, str):
                cell.data_type = "s"
            elif isinstance(value, date):
                cell.number_format = "DD/MM/YYYY"
            cells.append(cell)
        sheet.append(cells)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _labelled(lines: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Yield the header and the lines, each saying in the demonstration that it is one."""
    if not settings.DEMO:
        yield COLUMNS
        yield from lines
        return
    yield (*COLUMNS, _NOTICE)
    for line in lines:
        yield [*line, "données de démonstration"]


def _csv_text(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain_number(value).replace("\u00a0", "")
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _unit_to_fill(unit: str) -> str:
    return "" if unit in ("", Unit.OTHER) else str(Unit(unit).label)
