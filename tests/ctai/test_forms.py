"""What people type: accepted as they type it, refused with a message that helps."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from ctai.forms import (
    DayField,
    DsfrForm,
    EuroField,
    FrenchPhoneField,
    LineField,
    ProseField,
    ReasonField,
    SirenField,
    SiretField,
    UploadField,
)

NNBSP = "\u202f"


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1234,56", "1234.56"),
        ("1234.56", "1234.56"),
        ("1 234,56 €", "1234.56"),
        ("1\u00a0234,56\u00a0€", "1234.56"),
        (f"1{NNBSP}234{NNBSP}567,8", "1234567.80"),
        ("  42  ", "42.00"),
        ("1,5", "1.50"),
        ("0", "0.00"),
        ("007", "7.00"),
        ("300000 EUR", "300000.00"),
        ("999999999999,99", "999999999999.99"),
        ("0" * 50 + "1", "1.00"),
        ("-0", "0.00"),
    ],
)
def test_euro_field_accepts_what_people_type(typed: str, amount: str) -> None:
    assert EuroField().clean(typed) == Decimal(amount)
    assert str(EuroField().clean(typed)) == amount


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"),
        ("   ", "required"),
        ("€", "required"),
        ("1.234,56", "ambiguous"),
        ("1,234.56", "ambiguous"),
        ("1,234,567", "ambiguous"),
        ("1.234", "ambiguous"),
        ("12.345", "ambiguous"),
        ("12,345", "cents"),
        ("12 345.678", "cents"),
        ("0.001", "cents"),
        ("-5", "negative"),
        ("\u22125", "negative"),
        ("1000000000000", "too_large"),
        ("9" * 27, "too_large"),
        ("9" * 400, "too_large"),
        ("1e6", "invalid"),
        ("NaN", "invalid"),
        ("Infinity", "invalid"),
        ("12 34", "invalid"),
        ("1 23 456", "invalid"),
        ("douze", "invalid"),
        ("٣", "invalid"),
        ("1_000", "invalid"),
        (",5", "invalid"),
    ],
)
def test_euro_field_refuses_what_cannot_be_an_amount(typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        EuroField().clean(typed)
    assert refusal.value.code == code


def test_euro_field_accepts_a_difference_where_asked() -> None:
    assert EuroField(negative=True).clean("\u2212 5,20") == Decimal("-5.20")


def test_euro_field_shows_the_amount_as_it_can_be_typed_again() -> None:
    shown = EuroField().prepare_value(Decimal("1234.5"))

    assert shown == "1\u00a0234,50"
    assert EuroField().clean(shown) == Decimal("1234.50")
    assert not EuroField().has_changed(Decimal("1234.50"), shown)


@pytest.mark.parametrize("typed", ["2026-03-03", "03/03/2026", " 3/3/2026 ", "03.03.2026"])
def test_day_field_accepts_the_calendar_and_the_keyboard(typed: str) -> None:
    assert DayField().clean(typed) == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2026-02-30", "invalid"),
        ("03/03/26", "invalid"),
        ("demain", "invalid"),
        ("1989-12-31", "too_early"),
        ("2101-01-01", "too_late"),
    ],
)
def test_day_field_refuses_what_is_not_a_day_of_the_period(typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        DayField().clean(typed)
    assert refusal.value.code == code


def test_day_field_bounds_are_included_and_told() -> None:
    field = DayField()
    field.set_bounds(min_value=date(2026, 3, 3))

    assert field.clean("2026-03-03") == date(2026, 3, 3)
    with pytest.raises(ValidationError, match="le 3 mars 2026 ou après"):
        field.clean("2026-03-02")
    assert field.widget.attrs["min"] == "2026-03-03"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("218601946", "218601946"),
        ("218 601 946", "218601946"),
        ("218\u00a0601\u00a0946", "218601946"),
    ],
)
def test_siren_field_accepts_spaces(typed: str, number: str) -> None:
    assert SirenField().clean(typed) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [("218601947", "key"), ("21860194", "length"), ("2186O1946", "length"), ("٢١٨٦٠١٩٤٦", "length"), ("", "required")],
)
def test_siren_field_refuses_a_wrong_key(typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        SirenField().clean(typed)
    assert refusal.value.code == code


def test_siret_field_knows_the_key_and_the_exception_of_la_poste() -> None:
    assert SiretField().clean("732 829 320 00074") == "73282932000074"
    assert SiretField().clean("356 000 000 00048") == "35600000000048"
    assert SiretField().clean("35600000049837") == "35600000049837"
    for wrong in ("73282932000075", "35600000049838", "00000000000001"):
        with pytest.raises(ValidationError):
            SiretField().clean(wrong)
    with pytest.raises(ValidationError, match="14 chiffres"):
        SiretField().clean("732829320")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0549557000", "05 49 55 70 00"),
        ("05.49.55.70.00", "05 49 55 70 00"),
        ("+33 5 49 55 70 00", "05 49 55 70 00"),
        ("+33 (0)5 49 55 70 00", "05 49 55 70 00"),
        ("0033549557000", "05 49 55 70 00"),
        ("+262 262 40 77 77", "02 62 40 77 77"),
        ("+687 26 63 00", "+687 26 63 00"),
    ],
)
def test_phone_field_writes_numbers_one_way(typed: str, number: str) -> None:
    assert FrenchPhoneField().clean(typed) == number


@pytest.mark.parametrize("typed", ["05 49", "abc", "0049 30 1234567", "00 49 55 70 00", "054955700012"])
def test_phone_field_refuses_other_numbers(typed: str) -> None:
    with pytest.raises(ValidationError, match="10 chiffres"):
        FrenchPhoneField().clean(typed)


def test_line_field_makes_spaces_single_and_removes_what_is_invisible() -> None:
    assert LineField().clean(" Accès\u00a0 au\u200b\tlogement\n ") == "Accès au logement"
    with pytest.raises(ValidationError):
        LineField().clean("\u200b \u00a0")
    with pytest.raises(ValidationError):
        LineField(max_length=5).clean("abcdef")


def test_prose_field_keeps_paragraphs_and_counts_them_once() -> None:
    assert ProseField().clean("Un\r\n\r\n\r\n\r\ndeux  \u2028trois\r\n") == "Un\n\ndeux\ntrois"
    assert ProseField(max_length=3).clean("a\r\nb") == "a\nb"
    assert "maxlength" not in ProseField().widget.attrs
    with pytest.raises(ValidationError):
        ProseField(max_length=3).clean("abcd")


def test_reason_field_asks_for_a_sentence() -> None:
    assert ReasonField().clean("La lettre n’est pas signée.") == "La lettre n’est pas signée."
    for typed in ("", "   ", "non"):
        with pytest.raises(ValidationError):
            ReasonField().clean(typed)


def test_upload_field_refuses_the_empty_the_heavy_and_the_unexpected(settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    field = UploadField(accept=("pdf", "jpg"))

    for upload, code in (
        (SimpleUploadedFile("vide.pdf", b""), "empty"),
        (SimpleUploadedFile("lourd.pdf", b"x" * (1024 * 1024 + 1)), "too_large"),
        (SimpleUploadedFile("macro.docm", b"x"), "extension"),
        (SimpleUploadedFile("a" * 200 + ".pdf", b"x"), "max_length"),
    ):
        with pytest.raises(ValidationError) as refusal:
            field.clean(upload)
        assert refusal.value.code == code
    assert field.clean(SimpleUploadedFile("Délibération.PDF", b"%PDF-")).name == "Délibération.PDF"


def test_a_layout_set_in_the_constructor_is_kept() -> None:
    class Sample(DsfrForm):
        title = LineField()

    form = Sample()
    form.helper.form_error_title = "Attention"

    assert form.helper.form_error_title == "Attention"
    assert form.helper.form_tag is False
