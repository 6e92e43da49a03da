"""The logo of a collectivité, judged and drawn again before it is kept."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File

from ctai.forms import DsfrForm, UploadField
from ctai.pictures import LEAST_SIDE, MAX_BYTES, Picture, PictureRefused, redrawn
from ctai.text import NBSP, file_size


class LogoField(UploadField):
    """A PNG or a JPEG, whatever its name says; its value is the picture drawn again."""

    default_error_messages = {
        "required": "Choisissez une image.",
        "too_large": "Cette image pèse %(size)s. La limite est de %(limit)s.",
        "extension": "Ce fichier n’est pas une image PNG ou JPEG. Enregistrez le logo dans l’un de ces formats.",
    }

    def __init__(self, **kwargs: Any) -> None:
        limits = f"{file_size(MAX_BYTES)} au plus, {LEAST_SIDE}{NBSP}pixels au moins pour le plus grand côté."
        super().__init__(
            accept=("png", "jpg", "jpeg"), max_bytes=MAX_BYTES, help_text=f"PNG ou JPEG, {limits}", **kwargs
        )

    def clean(self, data: Any, initial: Any = None) -> Picture:
        file: File[Any] = super().clean(data, initial)
        file.seek(0)
        try:
            return redrawn(file.read())
        except PictureRefused as refusal:
            raise ValidationError(str(refusal), code="refused") from refusal


class LogoForm(DsfrForm):
    """The logo to print on documents."""

    picture = LogoField(label="Image du logo")
