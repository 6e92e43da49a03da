"""Tables as files: CSV, ODS and XLSX, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

Value = str | int | Decimal | date | None
Line = Sequence[Value]

BOM = "\ufeff"
#: What a spreadsheet would read as a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
NOTICE_COLUMN = "avertissement"
NOTICE = "données de démonstration, montants fictifs"


def labelled(header: Sequence[str], lines: Iterable[Line]) -> tuple[list[str], Iterator[Line]]:
    """Add, in the demonstration, the column that says so on every line."""
    if not settings.DEMO:
        return list(header), iter(lines)
    return [*header, NOTICE_COLUMN], ([*line, NOTICE] for line in lines)


def safe(text: str) -> str:
    """Return a text that no spreadsheet reads as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_lines(header: Sequence[str], lines: Iterable[Line]) -> Iterator[str]:
    """Return the lines of a CSV: UTF-8 with its mark, semicolons, decimal commas, ISO dates."""
    columns, rows = labelled(header, lines)
    yield BOM + _csv_line(columns)
    for row in rows:
        yield _csv_line([_plain(value) for value in row])


def _csv_line(values: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";", lineterminator="\r\n").writerow(values)
    return buffer.getvalue()


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}".replace(".", ",")
    if isinstance(value, date):
        return _day(value).isoformat()
    return safe(value) if isinstance(value, str) else str(value)


def _day(value: date) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def xlsx(title: str, header: Sequence[str], lines: Iterable[Line]) -> bytes:
    """Return a workbook of one sheet; texts are texts, whatever they begin with."""
    columns, rows = labelled(header, lines)
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title)
    for row in (columns, *rows):
        cells = []
        for value in row:
            held: Any = _day(value) if isinstance(value, date) else value  # the stubs forget Decimal and date
            cell = WriteOnlyCell(sheet, value=held)
            if isinstance(value, str):
                cell.data_type = "s"
            elif isinstance(value, Decimal):
                cell.number_format = "#,##0.00"
            cells.append(cell)
        sheet.append(cells)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def ods(title: str, header: Sequence[str], lines: Iterable[Line]) -> bytes:
    """Return an OpenDocument spreadsheet of one sheet."""
    columns, rows = labelled(header, lines)
    document = OpenDocumentSpreadsheet()
    table = Table(name=title)
    for row in (columns, *rows):
        line = TableRow()
        for value in row:
            line.addElement(_ods_cell(value))
        table.addElement(line)
    document.spreadsheet.addElement(table)
    buffer = io.BytesIO()
    document.write(buffer)
    return buffer.getvalue()


def _ods_cell(value: Value) -> TableCell:
    if value is None:
        return TableCell()
    if isinstance(value, Decimal | int):
        cell = TableCell(valuetype="float", value=str(value))
    elif isinstance(value, date):
        cell = TableCell(valuetype="date", datevalue=_day(value).isoformat())
    else:
        cell = TableCell(valuetype="string")
    cell.addElement(P(text=_plain(value) if not isinstance(value, str) else value))
    return cell
