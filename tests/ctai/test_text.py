"""How French is written: amounts, dates, counts, names."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from ctai import text


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (Decimal("12345.67"), "12\u00a0345,67\u00a0€"),
        (Decimal(0), "0,00\u00a0€"),
        (Decimal(-1200), "\u22121\u00a0200,00\u00a0€"),
        (Decimal("1234567890.10"), "1\u00a0234\u00a0567\u00a0890,10\u00a0€"),
        (300_000, "300\u00a0000,00\u00a0€"),
        (None, "non disponible"),
    ],
)
def test_euros_groups_thousands_and_keeps_cents(amount: Decimal | int | None, expected: str) -> None:
    assert text.euros(amount) == expected


def test_euros_short_drops_only_empty_cents() -> None:
    assert text.euros_short(Decimal("12345.00")) == "12\u00a0345\u00a0€"
    assert text.euros_short(Decimal("12345.50")) == "12\u00a0345,50\u00a0€"


def test_signed_euros_shows_the_sign_of_a_difference() -> None:
    assert text.signed_euros(Decimal(1200)) == "+\u00a01\u00a0200\u00a0€"
    assert text.signed_euros(Decimal(-1200)) == "\u2212\u00a01\u00a0200\u00a0€"
    assert text.signed_euros(Decimal("0.00")) == "0\u00a0€"


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("12345.67", "douze mille trois cent quarante-cinq euros et soixante-sept centimes"),
        ("1.01", "un euro et un centime"),
        ("0", "zéro euro"),
        ("0.50", "cinquante centimes"),
        ("80000", "quatre-vingt mille euros"),
        ("200", "deux cents euros"),
        ("1000000", "un million d’euros"),
        ("2000000000", "deux milliards d’euros"),
        ("2000100", "deux millions cent euros"),
        ("71.21", "soixante et onze euros et vingt et un centimes"),
    ],
)
def test_euros_in_words_reads_as_a_contract_does(amount: str, expected: str) -> None:
    assert text.euros_in_words(Decimal(amount)) == expected


def test_euros_in_words_refuses_a_negative_amount() -> None:
    with pytest.raises(ValueError, match="negative"):
        text.euros_in_words(Decimal(-1))


def test_dates_are_written_in_full_at_paris() -> None:
    midnight = datetime(2026, 3, 31, 22, 5, tzinfo=UTC)

    assert text.long_date(date(2026, 3, 3)) == "3 mars 2026"
    assert text.long_date(date(2026, 4, 1)) == "1er avril 2026"
    assert text.long_date(midnight) == "1er avril 2026"
    assert text.instant(midnight) == "1er avril 2026 à 0\u00a0h\u00a005"


@pytest.mark.parametrize(
    ("ago", "expected"),
    [
        (timedelta(seconds=20), "moins d’une minute"),
        (timedelta(minutes=1), "1\u00a0minute"),
        (timedelta(hours=2), "2\u00a0heures"),
        (timedelta(days=1), "1\u00a0jour"),
        (timedelta(days=12), "12\u00a0jours"),
        (timedelta(days=90), "3\u00a0mois"),
        (timedelta(days=800), "2\u00a0ans"),
    ],
)
def test_elapsed_chooses_its_unit(ago: timedelta, expected: str) -> None:
    now = datetime(2026, 3, 3, 12, tzinfo=UTC)

    assert text.elapsed(now - ago, now) == expected


def test_count_begins_the_plural_at_two() -> None:
    assert [text.count(n, "dossier", "dossiers") for n in (0, 1, 2, 1200)] == [
        "0\u00a0dossier",
        "1\u00a0dossier",
        "2\u00a0dossiers",
        "1\u00a0200\u00a0dossiers",
    ]


def test_percent_and_file_size() -> None:
    assert text.percent(Decimal("0.456")) == "46\u00a0%"
    assert text.percent(Decimal("0.456"), 1) == "45,6\u00a0%"
    assert text.percent(None) == "non disponible"
    assert text.file_size(500) == "1\u00a0Ko"
    assert text.file_size(20 * 1024 * 1024) == "20\u00a0Mo"
    assert text.file_size(1_500_000) == "1,4\u00a0Mo"


def test_join_and() -> None:
    assert text.join_and([]) == ""
    assert text.join_and(["a"]) == "a"
    assert text.join_and(["a", "b", "c"]) == "a, b et c"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Poitiers", "de Poitiers"),
        ("Aurillac", "d’Aurillac"),
        ("Eurométropole de Metz", "de l’Eurométropole de Metz"),
        ("Évreux", "d’Évreux"),
        ("Hirson", "d’Hirson"),
        ("Haguenau", "de Haguenau"),
        ("Yutz", "de Yutz"),
        ("Yvetot", "d’Yvetot"),
        ("L'Haÿ-les-Roses", "de L'Haÿ-les-Roses"),
        ("Établissement public de l'Aube", "de l’Établissement public de l'Aube"),
        ("Le Mans", "du Mans"),
        ("Le Havre", "du Havre"),
        ("La Flèche", "de La Flèche"),
        ("Les Mureaux", "des Mureaux"),
        ("Ville de Rennes", "de la Ville de Rennes"),
        ("Préfecture de la Vienne", "de la Préfecture de la Vienne"),
        ("Département du Jura", "du Département du Jura"),
    ],
)
def test_de_elides_and_contracts(name: str, expected: str) -> None:
    assert text.de(name) == expected
