"""The logo of a collectivité: who may deposit it, what is kept, what its page shows."""

import base64
from datetime import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.errors import Refused
from accounts.models import OrganisationLogo
from accounts.queries import logo_of, logos_of
from accounts.services import logos
from ctai.pictures import redrawn
from journal.models import Event
from tests.factories.pictures import drawn, encoded, png
from tests.people import People

PAGE, FORM, REMOVE = (reverse(f"accounts:{name}") for name in ("organisation", "logo", "logo_remove"))
WIDE, OTHER = redrawn(png((480, 240))), redrawn(png((300, 300)))


def send(client: Client, name: str, content: bytes) -> tuple[int, str]:
    answer = client.post(FORM, {"picture": SimpleUploadedFile(name, content, "image/png")})
    return answer.status_code, answer.content.decode().replace("\u00a0", " ")


def test_logo_is_deposited_replaced_removed_and_journaled(people: People, now: datetime) -> None:
    town = people.poitiers_agent.organisation

    logos.deposit(picture=WIDE, by=people.poitiers_agent, now=now)
    first = OrganisationLogo.objects.get()
    logos.deposit(picture=OTHER, by=people.poitiers_maire, now=now)
    second = OrganisationLogo.objects.get()
    logos.remove(by=people.poitiers_agent, now=now)
    with pytest.raises(Refused, match="pas de logo"):
        logos.remove(by=people.poitiers_agent, now=now)

    assert (first.organisation, bytes(first.content), first.sha256) == (town, WIDE.content, WIDE.sha256)
    assert (first.width, first.height, first.deposited_by) == (480, 240, people.poitiers_agent.user)
    assert (bytes(second.content), second.deposited_by) == (OTHER.content, people.poitiers_maire.user)
    assert logo_of(town) is None
    told = [(each.kind, each.payload["sha256"]) for each in Event.objects.order_by("sequence")]
    assert told == [
        ("logo_deposited", WIDE.sha256),
        ("logo_replaced", OTHER.sha256),
        ("logo_removed", OTHER.sha256),
    ]


def test_only_collectivites_have_a_logo(people: People, now: datetime) -> None:
    for who in (people.vienne_agent, people.vienne_prefet, people.sgar, people.dgef, people.diair, people.support):
        with pytest.raises(PermissionDenied):
            logos.deposit(picture=WIDE, by=who, now=now)
        with pytest.raises(PermissionDenied):
            logos.remove(by=who, now=now)

    assert not OrganisationLogo.objects.exists()
    assert not Event.objects.exists()


def test_each_acts_on_the_logo_of_their_own_collectivite(people: People, now: datetime) -> None:
    logos.deposit(picture=WIDE, by=people.poitiers_agent, now=now)
    logos.deposit(picture=OTHER, by=people.bordeaux_agent, now=now)

    logos.remove(by=people.bordeaux_agent, now=now)

    towns = [each.organisation.local_authority_id or 0 for each in (people.poitiers_agent, people.bordeaux_agent)]
    assert {key: bytes(each.content) for key, each in logos_of(towns).items()} == {towns[0]: WIDE.content}


def test_database_refuses_a_logo_out_of_bounds(people: People, now: datetime) -> None:
    logos.deposit(picture=WIDE, by=people.poitiers_agent, now=now)

    for size in ({"width": 601}, {"height": 301}, {"width": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OrganisationLogo.objects.update(**size)


def test_page_shows_the_logo_as_it_is_printed_to_every_member(people: People, now: datetime) -> None:
    client = people.client_for(people.poitiers_agent)
    before = client.get(PAGE).content.decode()

    answer = client.post(
        FORM, {"picture": SimpleUploadedFile("logo.JPG", encoded(drawn((900, 300)), "JPEG"))}, follow=True
    )

    shown = answer.content.decode()
    kept = bytes(OrganisationLogo.objects.get().content)
    assert "Aucun logo" in before
    assert "Déposer un logo" in before
    assert "Le logo est enregistré. Les documents déjà émis ne changent pas." in shown
    assert f'src="data:image/png;base64,{base64.b64encode(kept).decode()}" width="600" height="200"' in shown
    assert 'alt="Logo de la commune de Poitiers"' in shown
    assert "Remplacer le logo" in shown
    assert 'alt="Logo de' in people.client_for(people.poitiers_maire).get(PAGE).content.decode()
    assert "Aucun logo" in people.client_for(people.bordeaux_agent).get(PAGE).content.decode()
    assert "logo" not in people.client_for(people.vienne_agent).get(PAGE).content.decode().split("<main")[1]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("logo.png", b"", "Ce fichier est vide"),
        ("logo.svg", b"<svg/>", "pas une image PNG ou JPEG"),
        ("logo.png", b"<svg/>", "pas une image PNG ou JPEG"),
        ("logo.png", b"\x89PNG\r\n\x1a\n" + bytes(3_000_000), "Cette image pèse 2,9 Mo. La limite est de 2 Mo."),
        ("logo.png", png((40, 20)), "trop petite"),
        ("logo.jpg", encoded(drawn((400, 400)), "JPEG")[:900], "endommagée"),
    ],
)
def test_form_says_why_an_image_is_refused(people: People, name: str, content: bytes, reason: str) -> None:
    status, page = send(people.client_for(people.poitiers_agent), name, content)

    assert status == 422
    assert reason in page
    assert not OrganisationLogo.objects.exists()


def test_form_asks_for_an_image(people: People) -> None:
    answer = people.client_for(people.poitiers_agent).post(FORM)

    assert answer.status_code == 422
    assert "Choisissez une image." in answer.content.decode()


def test_removal_is_confirmed_then_told(people: People, now: datetime) -> None:
    logos.deposit(picture=WIDE, by=people.poitiers_agent, now=now)
    client = people.client_for(people.poitiers_maire)

    page = client.get(PAGE).content.decode()
    removed = client.post(REMOVE, follow=True).content.decode()
    again = client.post(REMOVE, follow=True).content.decode()

    assert "Les prochains documents s’imprimeront sans logo. Ceux qui sont émis gardent le leur." in page
    assert f'action="{REMOVE}"' in page
    assert "Le logo est retiré. Les documents déjà émis le gardent." in removed
    assert "Votre collectivité n’a pas de logo." in again
    assert not OrganisationLogo.objects.exists()
