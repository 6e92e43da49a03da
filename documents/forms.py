"""The field by which a file is deposited, refused beside it when its bytes are not what they should be."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File

from ctai.forms import UploadField
from documents.filetypes import EXTENSIONS, UploadRefused, recognise


class DepositField(UploadField):
    """A file to deposit; `documents.uploads.accept` then stores what the form returns."""

    def __init__(
        self, *, accept: tuple[str, ...] = EXTENSIONS, must_be_plain_pdf: bool = False, **kwargs: Any
    ) -> None:
        self.must_be_plain_pdf = must_be_plain_pdf
        super().__init__(accept=("pdf",) if must_be_plain_pdf else accept, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the file once its bytes were recognised."""
        file: File[Any] | None = super().clean(data, initial)
        if file is not None and data:
            try:
                recognise(file, must_be_plain_pdf=self.must_be_plain_pdf)
            except UploadRefused as refusal:
                raise ValidationError(str(refusal), code="refused") from refusal
        return file
