"""What people type, cleaned the same way everywhere: the base forms and the fields of the house."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db.models import Model
from django.utils.functional import cached_property
from dsfr.forms import DsfrBaseForm
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siren, siret

from ctai.text import NBSP, euros, file_size, long_date

M = TypeVar("M", bound=Model)

LINE_LENGTH = 200
PROSE_LENGTH = 5_000
EARLIEST = date(1990, 1, 1)
LATEST = date(2100, 12, 31)
LARGEST_AMOUNT = Decimal("999999999999.99")

_BLANKS = re.compile(r"[ \t\f\v\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f]")
_AMOUNT = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?: \d{3})+(?:[.,]\d+)?")
_OVERSEAS = ("262", "508", "590", "594", "596")
_PACIFIC = ("681", "687", "689")


def clean_line(value: str) -> str:
    """Return the text on one line, its spaces single and its invisible characters removed."""
    return _BLANKS.sub(" ", re.sub(r"[\r\n\u2028\u2029]+", " ", _INVISIBLE.sub("", value))).strip()


def clean_prose(value: str) -> str:
    """Return the text with plain line ends, no trailing space and at most one empty line in a row."""
    text = re.sub(r"\r\n?|\u2028|\u2029|\x0b|\x0c|\x85", "\n", _INVISIBLE.sub("", value))
    lines = [re.sub(r"[ \t]+", " ", line).rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class Hinted(str):
    """The label of a choice with a hint under it."""

    __slots__ = ("hint",)

    hint: str

    def __new__(cls, label: str, hint: str = "") -> Hinted:
        hinted = super().__new__(cls, label)
        hinted.hint = hint
        return hinted


class _House:
    """Gives a form the helper that the ``{% crispy %}`` tag reads; the page writes ``<form>`` and the buttons."""

    @cached_property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.render_unmentioned_fields = False
        return helper


class DsfrForm(_House, DsfrBaseForm):
    """A form of the house."""


class DsfrModelForm(_House, DsfrBaseForm, forms.ModelForm[M]):
    """A form of the house that reads its first values from a row; it validates, and a service saves."""


class LineField(forms.CharField):
    """A line of text."""

    def __init__(self, *, max_length: int = LINE_LENGTH, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str | None:
        return super().to_python(clean_line(value) if isinstance(value, str) else value)


class ProseField(forms.CharField):
    """A text of several lines; a counter shows what remains, and nothing is cut in silence."""

    def __init__(self, *, max_length: int = PROSE_LENGTH, rows: int = 5, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str | None:
        return super().to_python(clean_prose(value) if isinstance(value, str) else value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        attrs.pop("minlength", None)
        return attrs | {"data-counter": str(self.max_length)}


class ReasonField(ProseField):
    """The reason of an act, that the other party will read."""

    default_error_messages = {"required": "Indiquez le motif\u00a0: il sera lu par l’autre partie."}

    def __init__(self, *, min_length: int = 10, max_length: int = 2_000, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Motif")
        super().__init__(min_length=min_length, max_length=max_length, rows=rows, **kwargs)


class EuroField(forms.Field):
    """An amount in euros, typed as people type it: « 1 234,56 », « 1234.56 », « 1 234,56 € »."""

    widget = forms.TextInput
    suffix = "€"
    default_error_messages = {
        "invalid": "Saisissez un montant en euros, par exemple 12\u00a0345,67.",
        "ambiguous": "Ce montant peut se lire de deux façons. Écrivez les milliers sans point ni virgule, "
        "par exemple 1\u00a0234,56.",
        "cents": "Un montant a deux décimales au plus\u00a0: arrondissez au centime.",
        "negative": "Le montant ne peut pas être négatif.",
        "too_large": "Ce montant dépasse ce que le portail accepte\u00a0: vérifiez la saisie.",
    }

    def __init__(self, *, negative: bool = False, **kwargs: Any) -> None:
        self.negative = negative
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off", "maxlength": "30"}

    def prepare_value(self, value: Any) -> Any:
        return euros(value).removesuffix(f"{NBSP}€") if isinstance(value, Decimal | int) else value

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values or isinstance(value, Decimal):
            return None if value in self.empty_values else value
        typed = clean_line(str(value)).replace("\u2212", "-").removesuffix("€").removesuffix("EUR").strip()
        typed = re.sub(r"^([+-]) ", r"\1", typed)
        if not typed:
            return None
        amount = self._read(typed)
        if amount < 0 and not self.negative:
            raise self._error("negative")
        if abs(amount) > LARGEST_AMOUNT:
            raise self._error("too_large")
        return amount.quantize(Decimal("0.01")) or Decimal("0.00")  # and no minus before a zero

    def _read(self, typed: str) -> Decimal:
        if not typed.isascii() or not (_AMOUNT.fullmatch(typed) or _THOUSANDS.fullmatch(typed)):
            several = typed.isascii() and re.fullmatch(r"[+-]?[\d ]+(?:[.,][\d ]+){2,}", typed)
            raise self._error("ambiguous" if several else "invalid")
        whole, _, cents = typed.replace(",", ".").partition(".")
        if len(cents) > 2:
            thousands = "." in typed and len(cents) == 3 and whole.lstrip("+-") != "0" and " " not in whole
            raise self._error("ambiguous" if thousands else "cents")
        return Decimal(typed.replace(" ", "").replace(",", "."))

    def _error(self, code: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code)


class DayField(forms.DateField):
    """A day, by the browser's own calendar; the bounds are included."""

    min_value = EARLIEST
    max_value = LATEST
    default_error_messages = {
        "invalid": "Saisissez une date au format jour/mois/année, par exemple 31/12/2026.",
        "too_early": "Cette date doit être le %(bound)s ou après.",
        "too_late": "Cette date doit être le %(bound)s ou avant.",
    }

    def __init__(self, *, min_value: date = EARLIEST, max_value: date = LATEST, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"], **kwargs)
        self.set_bounds(min_value=min_value, max_value=max_value)

    def set_bounds(self, *, min_value: date | None = None, max_value: date | None = None) -> None:
        """Change the bounds of this form's field, once the file is known."""
        self.min_value = min_value or self.min_value
        self.max_value = max_value or self.max_value
        self.widget.attrs |= {"min": self.min_value.isoformat(), "max": self.max_value.isoformat()}

    def to_python(self, value: Any) -> date | None:
        return super().to_python(clean_line(value) if isinstance(value, str) else value)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        if value < self.min_value:
            self._refuse("too_early", self.min_value)
        if value > self.max_value:
            self._refuse("too_late", self.max_value)

    def _refuse(self, code: str, bound: date) -> None:
        raise ValidationError(self.error_messages[code], code=code, params={"bound": long_date(bound)})


class SirenField(forms.CharField):
    """The nine figures of a legal person, checked by their key."""

    default_error_messages = {
        "length": "Un numéro SIREN compte 9 chiffres.",
        "key": "Ce numéro SIREN n’existe pas\u00a0: vérifiez chaque chiffre.",
    }
    digits = 9
    checker = siren

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"inputmode": "numeric", "autocomplete": "off"}

    def to_python(self, value: Any) -> str | None:
        typed = re.sub(r"[ .\-]", "", clean_line(value)) if isinstance(value, str) else value
        text = super().to_python(typed)
        if not text:
            return text
        if not re.fullmatch(rf"[0-9]{{{self.digits}}}", text):
            raise ValidationError(self.error_messages["length"], code="length")
        try:
            self.checker.validate(text)
        except NumberError as error:
            raise ValidationError(self.error_messages["key"], code="key") from error
        return text


class SiretField(SirenField):
    """The fourteen figures of an establishment, checked by their key (La Poste has its own rule)."""

    default_error_messages = {
        "length": "Un numéro SIRET compte 14 chiffres.",
        "key": "Ce numéro SIRET n’existe pas\u00a0: vérifiez chaque chiffre.",
    }
    digits = 14
    checker = siret


class FrenchPhoneField(forms.CharField):
    """A telephone number of France, kept as « 05 49 55 70 00 » (« +687 26 63 00 » for the Pacific)."""

    default_error_messages = {
        "invalid": "Saisissez un numéro de téléphone à 10 chiffres, par exemple 05 49 55 70 00.",
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Téléphone")
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel"}))
        super().__init__(max_length=30, **kwargs)

    def to_python(self, value: Any) -> str | None:
        typed = super().to_python(clean_line(value) if isinstance(value, str) else value)
        if not typed:
            return typed
        figures = _national(re.sub(r"[ .\-/()]", "", typed))
        if figures is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return figures


def _national(typed: str) -> str | None:
    if not typed.isascii():
        return None
    international = re.fullmatch(r"(?:\+|00)(\d{8,14})", typed)
    if international and international[1].startswith(_PACIFIC):
        local = international[1][3:]
        return f"+{international[1][:3]} " + " ".join(re.findall("..", local)) if len(local) in (6, 8) else None
    if international:
        code = next((each for each in ("33", *_OVERSEAS) if international[1].startswith(each)), None)
        typed = "0" + international[1].removeprefix(code).removeprefix("0") if code else ""
    return " ".join(re.findall("..", typed)) if re.fullmatch(r"0[1-9]\d{8}", typed) else None


class RowsField(forms.ModelMultipleChoiceField[Any]):
    """Several rows among those offered; a key that no database could hold is an unknown choice like another."""

    def clean(self, value: Any) -> Any:
        if self.queryset is not None and isinstance(value, list | tuple):
            offered = {str(key) for key in self.queryset.values_list("pk", flat=True)}
            unknown = next((each for each in value if str(each) not in offered), None)
            if unknown is not None:
                raise ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": unknown}
                )
        return super().clean(value)


class UploadField(forms.FileField):
    """A file; its type is judged by its bytes where it is stored, here only its size and its name."""

    default_error_messages = {
        "required": "Choisissez un fichier.",
        "empty": "Ce fichier est vide. Choisissez-en un autre.",
        "too_large": "Ce fichier pèse %(size)s\u00a0: la limite est de %(limit)s. "
        "Réduisez la résolution de la numérisation, ou déposez-le en plusieurs parties.",
        "extension": "Ce type de fichier n’est pas accepté. Types acceptés\u00a0: %(accepted)s.",
    }

    def __init__(self, *, accept: tuple[str, ...] = ("pdf",), max_bytes: int | None = None, **kwargs: Any) -> None:
        self.accept, self.max_bytes = accept, max_bytes
        kwargs.setdefault("help_text", f"{accepted(accept)}, {file_size(settings.UPLOAD_MAX_BYTES)} au plus.")
        super().__init__(max_length=150, widget=forms.FileInput(attrs={"class": "fr-upload"}), **kwargs)
        self.widget.group_class = "fr-upload-group"

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"accept": ",".join(f".{each}" for each in self.accept)}

    def to_python(self, data: File[Any] | None) -> File[Any] | None:
        upload = super().to_python(data)
        if upload is None:
            return None
        size, limit = upload.size or 0, self.max_bytes or settings.UPLOAD_MAX_BYTES
        if size > limit:
            params = {"size": file_size(size), "limit": file_size(limit)}
            raise ValidationError(self.error_messages["too_large"], code="too_large", params=params)
        if not str(upload.name).lower().endswith(tuple(f".{each}" for each in self.accept)):
            params = {"accepted": accepted(self.accept)}
            raise ValidationError(self.error_messages["extension"], code="extension", params=params)
        return upload


def accepted(extensions: tuple[str, ...]) -> str:
    """Return the list of accepted types as people call them: « PDF, JPG ou PNG »."""
    names = [each.upper() for each in extensions]
    return " ou ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
