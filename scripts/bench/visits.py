"""The pages that the benchmark visits, each with who visits it and the ratio to an empty page that it may reach."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.middleware import SESSION_KEY
from ctai.demo_data.journey import Journey

PASTED = 60
PAGE_TARGET, SAVE_TARGET, BUDGET_TARGET = 12.0, 4.0, 15.0
BACKEND = "django.contrib.auth.backends.ModelBackend"

Visit = Callable[[Client], Any]
Pages = dict[str, tuple[Client, Visit, float | None]]


def signed_in(actor: Actor) -> Client:
    """Return a browser where someone is signed in and acts for their organisation."""
    client = Client()
    client.force_login(actor.user, backend=BACKEND)
    session = client.session
    session[SESSION_KEY] = actor.membership.pk
    session.save()
    return client


def diagnostic_pages(journey: Journey, actor: Actor) -> Pages:
    """Return the pages of the large diagnostic, and its save."""
    client, reference = signed_in(actor), journey.contract.reference
    pages = {
        "diagnostic : liste des sections": reverse("contracts:diagnostic", args=[reference]),
        "diagnostic : une section": reverse("contracts:section", args=[reference, "axe-francais"]),
        "diagnostic : en un coup d’œil": reverse("contracts:glance", args=[reference]),
        "diagnostic : chiffres": reverse("contracts:figures", args=[reference]),
    }
    found: Pages = {name: (client, getting(address), PAGE_TARGET) for name, address in pages.items()}
    found["diagnostic : enregistrer"] = (
        client,
        Saving(reverse("contracts:edit_section", args=[reference, "axe-francais"])),
        SAVE_TARGET,
    )
    return found


def budget_pages(journey: Journey) -> Pages:
    """Return the pages of the large budget, and the paste of a block."""
    client, reference = signed_in(journey.local.agent), journey.contract.reference
    grid = reverse("contracts:budget_grid", args=[reference, 1])
    return {
        "budget : consolidé": (client, getting(reverse("contracts:budgets", args=[reference])), BUDGET_TARGET),
        "budget : une action, trois ans": (client, getting(grid), BUDGET_TARGET),
        "budget : coller 60 cases": (client, Pasting(grid), BUDGET_TARGET),
        "proposition : 40 actions": (client, getting(reverse("contracts:proposal", args=[reference])), BUDGET_TARGET),
    }


def list_pages(dgef: Actor, agent: Actor) -> Pages:
    """Return the pages that read many files."""
    return {
        "dossiers : liste nationale": (signed_in(dgef), getting(reverse("contracts:list")), PAGE_TARGET),
        "dossiers : liste de la préfecture": (signed_in(agent), getting(reverse("contracts:list")), PAGE_TARGET),
        "tableau de bord de la préfecture": (signed_in(agent), getting(reverse("dashboard")), PAGE_TARGET),
        "chiffres nationaux": (signed_in(dgef), getting(reverse("monitoring:national")), PAGE_TARGET),
    }


def request_pages(agent: Actor, year: int) -> Pages:
    """Return the page of all the requests of a year, and the save of one of its lines."""
    client, address = signed_in(agent), f"{reverse('contracts:collective')}?annee={year}"
    return {
        "demandes : une page sur toutes": (client, getting(address), PAGE_TARGET),
        "demandes : enregistrer une ligne": (client, Comparing(address), PAGE_TARGET),
    }


def getting(address: str) -> Visit:
    """Return the visit of a page."""
    return lambda client: client.get(address)


class Saving:
    """Saves the section as typing does, each time with another word; the form is read once, outside the measure."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.values: dict[str, str] = {}
        self.times = 0

    def __call__(self, client: Client) -> Any:
        if not self.values:
            reader = FormReader()
            reader.feed(client.get(self.address).content.decode())
            self.values = reader.values | {"act": "draft"}
        self.times += 1
        sent = urlencode(self.values | {"text": f"<p>Un constat, version {self.times}.</p>"})
        response = client.post(self.address, sent, content_type="application/x-www-form-urlencoded")
        if response.status_code == 200:
            answer = response.json()
            self.values |= {name: str(answer[name]) for name in ("version", "revision")}
        return response


class Pasting:
    """Pastes a block of 60 cells, each time with another amount; their names are read once, outside the measure."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cells: list[str] = []
        self.times = 0

    def __call__(self, client: Client) -> Any:
        if not self.cells:
            page = client.get(self.address).content.decode()
            self.cells = re.findall(r'name="(amount-[^"]+)" value="[^"]+"', page)[:PASTED]
        self.times += 1
        return client.post(self.address, dict.fromkeys(self.cells, f"{1000 + self.times},00\u00a0€"))


class Comparing:
    """Saves a scenario of every request with one line changed, each time to another amount."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cell = ""
        self.times = 0

    def __call__(self, client: Client) -> Any:
        self.times += 1
        if not self.cell:
            self.cell = re.findall(r'name="(amount-[^"]+)"', client.get(self.address).content.decode())[0]
            self.address = client.post(self.address, {"name": "Mesure"})["Location"]
        return client.post(self.address, {"name": "Mesure", self.cell: str(9000 + self.times)})


class FormReader(HTMLParser):
    """Reads the fields of the form that holds the text of a section, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.inside = self.template = 0
        self.area = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "template":
            self.template += 1
        elif self.template:
            return
        elif tag == "input" and name and (given.get("type") != "checkbox" or "checked" in given):
            self.values[name] = given.get("value", "on")
        elif tag == "textarea":
            self.area, self.values[name] = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and (self.select not in self.values or "selected" in given):
            self.values[self.select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self.template -= 1
        elif tag == "textarea":
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.values[self.area] += data
