"""What a password must be: the CNIL's recommendation, told in plain French."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError

from accounts.models import User

MIN_LENGTH = 12
MIN_CLASSES = 3
PHRASE_WORDS = 7
PHRASE_LENGTH = 20
CLASSES = (
    re.compile(r"[a-zà-öø-ÿœ]"),
    re.compile(r"[A-ZÀ-ÖØ-ÞŒ]"),
    re.compile(r"\d"),
    re.compile(r"[^\w\s]|_"),
)
RULE = (
    "Au moins 12\u00a0caractères avec trois de ces quatre sortes : minuscules, majuscules, chiffres, signes ; "
    "ou une phrase d’au moins 7\u00a0mots."
)


def is_strong(password: str) -> bool:
    """Tell whether the password satisfies the rule, by its variety or as a phrase.

    Source: CNIL, délibération 2022-100 du 21 juillet 2022: 50 bits of entropy where sign-ins are throttled (here by
    the lock-out), a phrase of seven words being worth 80.
    """
    return _is_varied(password) or _is_phrase(password)


def _is_varied(password: str) -> bool:
    return len(password) >= MIN_LENGTH and sum(bool(each.search(password)) for each in CLASSES) >= MIN_CLASSES


def _is_phrase(password: str) -> bool:
    words = {word.lower() for word in re.findall(r"[^\W\d_]+", password)}
    return len(words) >= PHRASE_WORDS and len(password) >= PHRASE_LENGTH


class StrengthValidator:
    """Refuses a password that is neither varied nor a phrase."""

    def validate(self, password: str, user: User | None = None) -> None:
        if not is_strong(password):
            raise ValidationError(f"Ce mot de passe est trop simple. {RULE}", code="password_too_simple")

    def get_help_text(self) -> str:
        return RULE
