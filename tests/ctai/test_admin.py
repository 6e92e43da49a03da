"""The technical administration shows business rows to superusers, and changes none."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import User
from contracts.models import Contract
from ctai.admin import ReadOnlyAdmin
from tests.consistency.sources import APPS
from tests.factories.accounts import UserFactory
from tests.factories.funding import a_file
from tests.people import BACKEND, People

OURS = [model for model in admin.site._registry if model._meta.app_label in APPS]
BUSINESS = {"contracts", "journal", "funding", "exchanges", "diagnostics", "documents", "campaigns"}


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_every_business_row_is_read_only() -> None:
    writable = [model.__name__ for model in OURS if not isinstance(admin.site._registry[model], ReadOnlyAdmin)]

    assert writable == []
    assert {model._meta.app_label for model in OURS} >= BUSINESS


def test_internal_notes_are_shown_to_nobody_else() -> None:
    assert apps.get_model("exchanges", "InternalNote") not in admin.site._registry


@pytest.mark.parametrize("name", sorted(model._meta.label_lower for model in OURS))
def test_list_is_shown_to_a_superuser_and_adds_nothing(db: None, name: str) -> None:
    superuser = UserFactory.create(is_staff=True, is_superuser=True)
    page = name.replace(".", "_")

    assert _client(superuser).get(reverse(f"admin:{page}_changelist")).status_code == 200
    assert _client(superuser).get(reverse(f"admin:{page}_add")).status_code == 403


def test_row_is_shown_and_neither_changed_nor_deleted(people: People) -> None:
    contract = a_file(people, "exchange")
    client = _client(UserFactory.create(is_staff=True, is_superuser=True))
    page = reverse("admin:contracts_contract_change", args=[contract.pk])

    assert client.get(page).status_code == 200
    assert client.post(page, {"state": "signed"}).status_code == 403
    assert client.post(reverse("admin:contracts_contract_delete", args=[contract.pk])).status_code == 403
    assert Contract.objects.get().state == "exchange"


def test_staff_without_privilege_reads_nothing(db: None) -> None:
    client = _client(UserFactory.create(is_staff=True))

    assert client.get(reverse("admin:contracts_contract_changelist")).status_code == 403
