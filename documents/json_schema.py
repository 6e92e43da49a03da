"""The published schema of the data embedded in each kind of document: one file by version, never rewritten."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from django.conf import settings

from ctai.settings.env import BASE_DIR
from documents import schemas
from documents.enums import KIND_SLUGS, DocumentKind
from documents.schemas.shapes import Shape
from documents.schemas.words import FIELDS, TYPES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FOLDER: Path = BASE_DIR / "data" / "schemas"
Json = dict[str, Any]

#: What each kind freezes.
DATA_OF: Mapping[DocumentKind, type] = {
    DocumentKind.LETTER: schemas.LetterData,
    DocumentKind.REGISTRATION_RECEIPT: schemas.RegistrationReceiptData,
    DocumentKind.LETTER_ACKNOWLEDGEMENT: schemas.LetterAcknowledgementData,
    DocumentKind.MINUTES: schemas.MinutesData,
    DocumentKind.DIAGNOSTIC: schemas.DiagnosticData,
    DocumentKind.FUNDING_REQUEST: schemas.FundingRequestData,
    DocumentKind.REQUEST_ACKNOWLEDGEMENT: schemas.RequestAcknowledgementData,
    DocumentKind.CONTRACT: schemas.ContractData,
    DocumentKind.REFUSAL: schemas.DecisionData,
    DocumentKind.DISMISSAL: schemas.DecisionData,
    DocumentKind.RECTIFICATION: schemas.RectificationData,
    DocumentKind.PROOF: schemas.ProofData,
}
#: The version of the data that `issue()` freezes; raise it when the shape of a kind changes.
VERSIONS: Mapping[DocumentKind, int] = {
    **dict.fromkeys(DocumentKind, 1),
    DocumentKind.LETTER: 3,
    DocumentKind.REGISTRATION_RECEIPT: 3,
    DocumentKind.LETTER_ACKNOWLEDGEMENT: 2,
    DocumentKind.FUNDING_REQUEST: 4,
    DocumentKind.REQUEST_ACKNOWLEDGEMENT: 3,
    DocumentKind.PROOF: 3,
    DocumentKind.CONTRACT: 3,
    DocumentKind.REFUSAL: 2,
    DocumentKind.DISMISSAL: 2,
}


@dataclass(frozen=True, slots=True)
class Published:
    """A version of the schema of a kind, whose file is `FOLDER / path`."""

    kind: DocumentKind
    version: int

    @property
    def slug(self) -> str:
        return KIND_SLUGS[self.kind]

    @property
    def path(self) -> str:
        return f"{self.slug}/{self.version}.json"

    @property
    def is_current(self) -> bool:
        return self.version == VERSIONS[self.kind]

    def read(self) -> bytes:
        """Return the bytes of the file."""
        return (FOLDER / self.path).read_bytes()


#: Every version ever published, the latest of each kind first.
PUBLISHED = tuple(Published(kind, version) for kind in DocumentKind for version in range(VERSIONS[kind], 0, -1))


def address_of(kind: DocumentKind) -> str:
    """Return the address of the schema that the data issued today follow."""
    return f"{settings.SITE_URL.rstrip('/')}/donnees/schema/{Published(kind, VERSIONS[kind]).path}"


def schema_text(kind: DocumentKind) -> str:
    """Return the current schema of a kind as its file holds it."""
    return json.dumps(schema_of(kind), ensure_ascii=False, indent=2) + "\n"


def schema_of(kind: DocumentKind) -> Json:
    """Return the schema of the data that a document of this kind embeds."""
    version = VERSIONS[kind]
    types: Json = {}
    whole = _object(DATA_OF[kind], types)
    types["DocumentInfo"]["properties"]["kind"]["const"] = kind.value
    link = {
        "type": "string",
        "format": "uri",
        "pattern": rf"/donnees/schema/{KIND_SLUGS[kind]}/{version}\.json$",
        "description": "Adresse de ce schéma ; absente des documents émis avant sa publication",
    }
    return {
        "$schema": DIALECT,
        "title": f"{kind.label}, version {version} des données",
        "description": "Données jointes au document PDF émis par le portail, sous le nom donnees.json. Les montants"
        " et les taux sont des chaînes à deux décimales ; les libellés sont ceux qui sont imprimés.",
        **whole,
        "properties": {"$schema": link, **whole["properties"]},
        "required": sorted({*whole["required"], "document"}),
        "$defs": dict(sorted(types.items())),
    }


def _object(typed: type, types: Json) -> Json:
    """Describe a TypedDict, and whatever it names in `types`."""
    hints = get_type_hints(typed, include_extras=True)
    optional = {name for name, hint in hints.items() if get_origin(hint) is NotRequired}
    properties = {}
    for name, hint in hints.items():
        words = FIELDS.get(f"{typed.__name__}.{name}") or FIELDS[name]
        properties[name] = _described(_of(hint, types), words)
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(hints.keys() - optional),
        "additionalProperties": False,
    }


def _described(schema: Json, words: str) -> Json:
    form = schema.get("description")
    return {**schema, "description": f"{words} ({form})" if form else words}


def _of(hint: Any, types: Json) -> Json:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is NotRequired:
        return _of(arguments[0], types)
    if origin is Annotated:
        shape: Shape = arguments[1]
        return {"type": "string", "pattern": shape.pattern, "description": shape.words}
    if origin is Literal:
        return {"type": "string", "enum": list(arguments)}
    if origin in (Union, UnionType):
        return _or_null(_of(next(each for each in arguments if each is not NoneType), types))
    if origin is list:
        return {"type": "array", "items": _of(arguments[0], types)}
    if is_typeddict(hint):
        return _named(hint, types)
    return {"type": {str: "string", int: "integer", bool: "boolean"}[hint]}


def _or_null(schema: Json) -> Json:
    """Accept null besides; a pattern speaks of strings only, and lets it pass."""
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}


def _named(typed: type, types: Json) -> Json:
    name = typed.__name__
    if name not in types:
        types[name] = {}
        types[name] = {"title": TYPES[name], **_object(typed, types)}
    return {"$ref": f"#/$defs/{name}"}
