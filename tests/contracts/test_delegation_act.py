"""The published act of a delegation is deposited by its organisation and read by it alone."""

from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Delegation
from ctai.demo_data.scan import signed_copy
from tests.people import People


@pytest.fixture
def delegation(people: People, now: datetime) -> Delegation:
    return Delegation.objects.create(
        organisation=people.vienne_prefet.organisation,
        holder_name="Jean Martin",
        holder_title="secrétaire général",
        covers_sign=True,
        reference="2026-SG-001",
        starts_on=date(2026, 1, 1),
        published_on=date(2026, 1, 1),
        created_by=people.vienne_prefet.user,
        created_at=now,
    )


def test_the_act_is_kept_and_served_to_its_organisation_alone(people: People, delegation: Delegation) -> None:
    # Arrange
    client = people.client_for(people.vienne_agent)
    file = SimpleUploadedFile("arrete.pdf", signed_copy("arrêté", "le préfet"), content_type="application/pdf")

    # Act
    answer = client.post(reverse("contracts:keep_delegation_act", args=[delegation.pk]), {"act": file})

    # Assert
    assert answer.status_code == 302
    address = reverse("contracts:delegation_act", args=[delegation.pk])
    assert client.get(address)["Content-Type"] == "application/pdf"
    assert people.client_for(people.gironde_agent).get(address).status_code == 404
    assert address in client.get(reverse("accounts:delegations")).content.decode()


def test_a_file_that_is_no_pdf_is_refused_beside_the_field(people: People, delegation: Delegation) -> None:
    file = SimpleUploadedFile("arrete.pdf", b"<html></html>", content_type="application/pdf")

    answer = people.client_for(people.vienne_agent).post(
        reverse("contracts:keep_delegation_act", args=[delegation.pk]), {"act": file}
    )

    assert answer.status_code == 422
    assert Delegation.objects.get(pk=delegation.pk).act is None
