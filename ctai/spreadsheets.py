"""Workbooks that people send: read cell by cell, or told unreadable, whatever is wrong inside."""

from __future__ import annotations

import io
import zlib
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

#: What openpyxl lets through on a file that is cut, altered or forged; lxml's errors are SyntaxError.
_TROUBLES = (
    ArithmeticError,
    AttributeError,
    BadZipFile,
    EOFError,
    InvalidFileException,
    LookupError,
    NotImplementedError,
    OSError,
    ParseError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zlib.error,
)


class Unreadable(Exception):
    """The file is no workbook, or is damaged."""


def opened(data: bytes) -> Workbook:
    """Return the workbook whose sheets are then read by ``rows_of``.

    Raises:
        Unreadable: it cannot be opened.
    """
    try:
        return load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    except _TROUBLES as error:
        raise Unreadable from error


def rows_of(sheet: Any, *, max_row: int, max_col: int) -> list[list[Any]]:
    """Return the cells of a sheet, row by row: its content is only read now, and may be damaged too.

    Raises:
        Unreadable: a part of it cannot be read.
    """
    try:
        return [list(row) for row in sheet.iter_rows(max_row=max_row, max_col=max_col)]
    except _TROUBLES as error:
        raise Unreadable from error
