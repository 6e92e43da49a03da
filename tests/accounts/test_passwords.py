"""The rule of passwords."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.passwords import RULE, StrengthValidator, is_strong

TABLE = (
    ("demo-ctai-2026", True),
    ("Abcdefghijk1", True),
    ("Élévation-du-Havre", True),
    ("abcdefghijk1", False),  # two classes
    ("Abcdefghij1", False),  # eleven characters
    ("aB3$", False),
    ("", False),
    ("le chat gris dort sur un vieux fauteuil", True),
    ("le chat gris dort sur un fauteuil rouge", True),
    ("chat chat chat chat chat chat chat chat", False),  # one word
    ("a b c d e f g", False),  # seven words, too short
    ("le chat gris dort encore un", False),  # six words
)


@pytest.mark.parametrize(("password", "expected"), TABLE)
def test_strength(password: str, expected: bool) -> None:
    assert is_strong(password) is expected


def test_validator_says_the_rule_in_french() -> None:
    with pytest.raises(ValidationError, match="trop simple") as refusal:
        StrengthValidator().validate("azerty")

    assert RULE in refusal.value.messages[0]
    assert StrengthValidator().get_help_text() == RULE


def test_password_like_the_address_is_refused() -> None:
    user = User(email="eloise.lefevre@poitiers.demo", first_name="Éloïse", last_name="Lefèvre")

    with pytest.raises(ValidationError, match="semblable"):
        validate_password("Lefevre-2026", user)
