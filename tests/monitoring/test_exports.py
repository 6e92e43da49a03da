"""What leaves the portal as files: in the reader's scope, safe in a spreadsheet, labelled in the demonstration."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings
from django.urls import reverse
from odf import teletype
from odf.opendocument import load
from odf.table import TableRow
from openpyxl import load_workbook

from contracts.enums import State
from monitoring import exports
from monitoring.tables import FILE_HEADER
from tests.monitoring.scale import a_contract, many
from tests.people import People

LABEL = "données de démonstration, montants fictifs"


def export(people: People, who: str, extension: str = "csv", query: str = "") -> Any:
    return people.client_for(people.actors[who]).get(reverse("monitoring:export", args=[extension]) + query)


def rows(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_csv_holds_the_files_of_the_reader(people: People) -> None:
    many(people, 4)

    found = rows(export(people, "vienne_agent"))

    assert {row["référence"] for row in found} == {f"CTAI-2026-086-{number:04}" for number in range(1, 5)}
    signed = next(row for row in found if row["état"] == "Contrat signé")
    assert (signed["collectivité"], signed["demandé"], signed["retenu"]) == ("Poitiers (86)", "1000,10", "800,25")
    assert signed["avertissement"] == LABEL
    assert rows(export(people, "gironde_agent")) == []
    assert export(people, "poitiers_maire").status_code == 403


def test_export_keeps_the_filters_of_the_list(people: People) -> None:
    many(people, 4)

    assert len(rows(export(people, "dgef", query="?etat=signed"))) == 2
    assert export(people, "dgef", query="?etat=invente").status_code == 404
    assert export(people, "dgef", "pdf").status_code == 404


def test_xlsx_and_ods_hold_the_same_numbers(people: People) -> None:
    a_contract(people, 9, State.EXCHANGE).save()
    many(people, 4)

    book: Any = load_workbook(io.BytesIO(export(people, "dgef", "xlsx").content))
    lines = list(book.active.iter_rows(values_only=True))
    document = load(io.BytesIO(export(people, "dgef", "ods").content))

    assert lines[0] == (*FILE_HEADER, "avertissement")
    assert sum(Decimal(str(line[7])) for line in lines[1:] if line[7] is not None) == Decimal("1600.50")
    assert len(document.spreadsheet.getElementsByType(TableRow)) == len(lines) == 6
    assert "CTAI-2026-086-0001" in teletype.extractText(document.spreadsheet)


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@cmd", "\t=1"])
def test_texts_are_never_formulas(text: str) -> None:
    written = "".join(exports.csv_lines(["nom"], [[text]]))
    book: Any = load_workbook(io.BytesIO(exports.xlsx("Essai", ["nom"], [[text]])))

    assert f"'{text}" in written
    assert book.active["A2"].data_type == "s"


def test_amounts_may_be_negative_and_are_not_texts() -> None:
    assert "-12,50" in "".join(exports.csv_lines(["montant"], [[Decimal("-12.50")]]))
    assert "'-12" not in "".join(exports.csv_lines(["montant"], [[Decimal("-12.50")]]))


@override_settings(DEMO=False)
def test_label_is_of_the_demonstration_alone() -> None:
    assert LABEL not in "".join(exports.csv_lines(["nom"], [["Poitiers"]]))
