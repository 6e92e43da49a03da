"""The published schema of embedded data: it says what the code says, and what is issued follows it."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from jsonschema import Draft202012Validator

from documents import schemas
from documents.enums import DocumentKind
from documents.issuing import issue
from documents.json_schema import FOLDER, PUBLISHED, address_of, schema_of
from documents.management.commands.write_schemas import stale_schemas
from documents.schemas.words import FIELDS, TYPES
from tests.documents.schema_errors import schema_errors
from tests.factories.documents import SAMPLES, contract_data, sparse_contract_data

VALUES: list[Any] = [None, 12.5, "12,50", "2026-3-1", {}, [1]]


def test_published_schemas_are_current() -> None:
    assert stale_schemas() == []  # otherwise: raise the version in documents/json_schema.py, manage.py write_schemas


def test_every_file_is_a_published_version() -> None:
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.json")}

    assert files == {each.path for each in PUBLISHED}
    for each in PUBLISHED:
        Draft202012Validator.check_schema(json.loads(each.read()))


def test_words_name_nothing_else_than_what_is_published() -> None:
    names = {
        name
        for each in schemas.__all__
        for key in getattr(schemas, each).__annotations__
        for name in (key, f"{each}.{key}")
    }

    assert FIELDS.keys() - names == set()
    assert TYPES.keys() - set(schemas.__all__) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", DocumentKind)
def test_issued_data_name_their_schema_and_follow_it(kind: DocumentKind, now: datetime) -> None:
    document = issue(kind=kind, contract_id=None, data=SAMPLES[kind](), by=None, now=now, event=None)

    document.refresh_from_db()
    assert document.data["$schema"] == address_of(kind)
    assert document.data["$schema"].startswith(f"{settings.SITE_URL}/donnees/schema/")
    assert schema_errors(document) == []


@pytest.mark.django_db
def test_early_draft_follows_its_schema(now: datetime) -> None:
    data = sparse_contract_data()

    document = issue(
        kind=DocumentKind.CONTRACT, contract_id=None, data=data, by=None, now=now, event=None, is_draft=True
    )

    assert schema_errors(document) == []


@pytest.mark.django_db
def test_data_frozen_before_the_schema_follow_it_without_naming_it(now: datetime) -> None:
    data = SAMPLES[DocumentKind.REFUSAL]()
    document = issue(kind=DocumentKind.REFUSAL, contract_id=None, data=data, by=None, now=now, event=None)

    del document.data["$schema"]

    assert schema_errors(document) == []


@pytest.mark.django_db
def test_anything_else_is_refused(now: datetime) -> None:
    validator = Draft202012Validator(schema_of(DocumentKind.CONTRACT))
    document = issue(kind=DocumentKind.CONTRACT, contract_id=None, data=contract_data(), by=None, now=now, event=None)
    amount = document.data["actions"][0]["years"][0]["charges"][0]

    accepted = [value for value in VALUES if validator.is_valid(document.data | {"place": value})]
    unknown = validator.is_valid(document.data | {"nouveau": ""})
    other = validator.is_valid(document.data | {"document": document.data["document"] | {"kind": "letter"}})
    amount["amount"] = "12,50"

    assert (accepted, unknown, other) == (["12,50", "2026-3-1"], False, False)
    assert schema_errors(document) == ["actions/0/years/0/charges/0/amount"]
