"""Measures the pages of a large diagnostic, of a large budget and of many files, against an empty signed-in page.

Run by `make bench`, on PostgreSQL. Prints a table and writes bench/results.json. Ratios travel from one machine to
another, milliseconds do not.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ctai.settings.test")
django.setup()

from django.core.management import call_command  # noqa: E402 - Django first
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.actors import Actor  # noqa: E402
from accounts.middleware import SESSION_KEY  # noqa: E402
from accounts.roles import Permission  # noqa: E402
from campaigns.models import Axis  # noqa: E402
from campaigns.services import open_campaign  # noqa: E402
from contracts.enums import State  # noqa: E402
from contracts.models import Contract  # noqa: E402
from contracts.services.editing import editing  # noqa: E402
from ctai.demo_data import files, people  # noqa: E402
from ctai.demo_data.journey import Duo, Journey  # noqa: E402
from ctai.reference import prepare  # noqa: E402
from diagnostics.enums import RowKind  # noqa: E402
from diagnostics.inputs import IndicatorInput, RowInput  # noqa: E402
from diagnostics.models import Indicator, Row, Section  # noqa: E402
from diagnostics.services import save_section  # noqa: E402
from funding.enums import CHARGE_ACCOUNTS, Funder  # noqa: E402
from funding.models import Action, BudgetLine, YearAmount  # noqa: E402
from funding.services.actions import ActionInput, save_action  # noqa: E402
from funding.services.budgets import LineInput, save_budgets  # noqa: E402
from territories.models import LocalAuthority  # noqa: E402

RUNS = int(os.environ.get("BENCH_RUNS", "25"))
CONTRACTS = int(os.environ.get("BENCH_CONTRACTS", "3000"))
AXES, ROWS, FIGURES = 12, 150, 80
ACTIONS, YEARS, LINES, PASTED, REQUESTS = 40, 3, 25, 60, 1000
PAGE_TARGET, SAVE_TARGET, BUDGET_TARGET = 12.0, 4.0, 15.0
RESULTS = ROOT / "bench" / "results.json"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Measure:
    """A page: median server time, times that of the empty page, and queries."""

    name: str
    milliseconds: float
    ratio: float
    queries: int
    target: float | None


def main() -> int:
    """Prepare the data, measure, print, write; return 1 when a target is missed."""
    now = timezone.now()
    say("Préparation des données…")
    call_command("migrate", verbosity=0)
    call_command("import_territories", verbosity=0)
    began = now - timedelta(days=60)
    prepare(began)
    national, vienne = people.national(began), people.vienne(began)
    open_the_year(national["dgef"], now.year, began)
    journey = large_diagnostic(vienne, began)
    budget = large_budget(vienne, began)
    call_command("load_scale", contracts=CONTRACTS, verbosity=0)
    many_requests(vienne.agent, now.year)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    town = journey.local.agent
    results = measure_all(
        {
            "page vide": (signed_in(town), lambda client: client.get(reverse("monitoring:help")), None),
            **diagnostic_pages(journey, town),
            **budget_pages(budget),
            **list_pages(national["dgef"], vienne.agent),
            **request_pages(vienne.agent, now.year),
        }
    )
    show(results)
    RESULTS.parent.mkdir(exist_ok=True)
    content = {
        "at": now.isoformat(),
        "runs": RUNS,
        "contracts": CONTRACTS,
        "pages": [asdict(each) for each in results],
    }
    RESULTS.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    return int(any(each.target is not None and each.ratio > each.target for each in results))


# --- data --------------------------------------------------------------------------------------------------------


def open_the_year(dgef: Actor, year: int, now: datetime) -> None:
    """Open the campaign of this year."""
    open_campaign(
        year=year,
        opens_on=date(year, 1, 15),
        submission_deadline=date(year, 12, 15),
        closes_on=date(year, 12, 31),
        by=dgef,
        now=now,
        mandatory_axes=["FRANCAIS"],
    )


def large_diagnostic(state: Duo, now: datetime) -> Journey:
    """Return a file of Poitiers whose diagnostic holds 12 axes, 150 rows and 80 figures."""
    authority = LocalAuthority.objects.with_places().get(uid="commune:86194")
    local = people.town(authority, now, signs_in=True)
    journey = Journey(local=local, state=state, now=now, starts_on=date(now.year, 9, 1))
    files.diagnostic(journey)
    sections = list(Section.objects.filter(diagnostic__contract=journey.contract, question__axis__isnull=False))
    if len(sections) != AXES:
        raise SystemExit(f"{len(sections)} axes instead of {AXES}")
    for index, section in enumerate(sections):
        with editing(
            journey.contract.pk, Permission.DIAGNOSTIC_WRITE, by=local.agent, now=journey.now, kind="section_saved"
        ):
            save_section(
                section=section,
                expected_version=section.version,
                text="Un constat partagé, écrit par les deux parties.\n\n" * 12,
                rows=rows_of(share(ROWS, index)),
                indicators=figures_of(share(FIGURES, index)),
                by=local.agent,
                now=journey.now,
            )
    rows, figures = Row.objects.count(), Indicator.objects.count()
    say(f"Diagnostic : {len(sections)} axes, {rows} lignes, {figures} chiffres.")
    return journey


def large_budget(state: Duo, now: datetime) -> Journey:
    """Return a file whose proposal holds 40 actions over three years, of 25 lines a year each."""
    authority = LocalAuthority.objects.with_places().get(uid="commune:86066")
    local = people.town(authority, now, signs_in=True)
    journey = Journey(local=local, state=state, now=now, starts_on=date(now.year + 1, 1, 1), months=12 * YEARS)
    files.proposal(journey)
    contract, axis = journey.contract, Axis.objects.order_by("pk")[0]
    with editing(contract.pk, Permission.PROPOSAL_WRITE, by=local.agent, now=journey.now, kind="action_saved"):
        actions = [
            save_action(
                contract_id=contract.pk,
                fields=ActionInput(
                    title=f"Action {number}",
                    axis_id=axis.pk,
                    beneficiary_name=f"Association {number % 8}",
                    starts_on=contract.starts_on,
                    ends_on=contract.ends_on,
                ),
                by=local.agent,
                now=journey.now,
            )
            for number in range(ACTIONS)
        ]
        budgets = {(action.pk, year): budget_lines() for action in actions for year in contract.years}
        save_budgets(actions=actions, budgets=budgets, by=local.agent, now=journey.now)
    say(f"Budget : {len(actions)} actions, {len(contract.years)} années, {BudgetLine.objects.count()} lignes.")
    return journey


def budget_lines() -> list[LineInput]:
    """Return the lines of a year, a third of them produits."""
    charges, funders = list(CHARGE_ACCOUNTS), list(Funder.values)
    lines = [LineInput(side="product", account="74", funder=each, amount=Decimal(1000)) for each in funders]
    for index in range(LINES - len(lines)):
        label = "" if index < len(charges) else f"Poste {index}"
        lines.append(LineInput(side="charge", account=charges[index % len(charges)], label=label, amount=Decimal(500)))
    return lines


def many_requests(agent: Actor, year: int) -> None:
    """Ask for more actions of one département than Django takes fields in a form."""
    axis = Axis.objects.order_by("pk")[0]
    contracts = list(Contract.objects.filter(state=State.UNDER_REVIEW).order_by("-pk")[: REQUESTS // ACTIONS])
    Contract.objects.filter(pk__in=[each.pk for each in contracts]).update(lead_service=agent.organisation)
    actions = Action.objects.bulk_create(
        Action(contract=each, number=1000 + rank, rank=1000 + rank, title=f"Action {rank}", axis=axis)
        for each in contracts
        for rank in range(ACTIONS)
    )
    YearAmount.objects.bulk_create(YearAmount(action=each, year=year, requested=Decimal(9000)) for each in actions)
    say(f"Demandes : {len(actions)} lignes, {len(contracts)} dossiers.")


def share(total: int, index: int) -> int:
    """Return how many of the total go to one axis."""
    return total // AXES + (index < total % AXES)


def rows_of(total: int) -> list[RowInput]:
    """Return rows of every kind in turn."""
    kinds = (RowKind.NEED, RowKind.OFFER, RowKind.PRIORITY, RowKind.FINDING)
    return [row(kinds[index % len(kinds)], index) for index in range(total)]


def row(kind: RowKind, index: int) -> RowInput:
    """Return a row of a kind."""
    text = f"Ligne {index}, assez longue pour tenir sur deux lignes d’un tableau de la page"
    return RowInput(
        kind=kind,
        text=text,
        actor="Centre social" if kind == RowKind.OFFER else "",
        capacity="60 places" if kind == RowKind.OFFER else "",
        objective="Un objectif" if kind == RowKind.PRIORITY else "",
        major=kind == RowKind.NEED and index == 0,
    )


def figures_of(total: int) -> list[IndicatorInput]:
    """Return figures, two of each indicator at two dates."""
    return [
        IndicatorInput(
            label=f"Indicateur {index // 2}",
            territory="Poitiers",
            as_of=date(2024 + index % 2, 12, 31),
            source="OFII",
            value=Decimal(100 + index),
        )
        for index in range(total)
    ]


# --- pages -------------------------------------------------------------------------------------------------------

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


# --- measures ----------------------------------------------------------------------------------------------------


def measure_all(pages: Pages) -> list[Measure]:
    """Measure every page in turn, run after run, so that a slow moment of the machine slows them all."""
    times: dict[str, list[float]] = {name: [] for name in pages}
    queries: dict[str, int] = {}
    for name, (client, visit, _) in pages.items():
        for _ in range(2):
            visit(client)
        with CaptureQueriesContext(connection) as captured:
            response = visit(client)
        if response.status_code not in (200, 302):
            raise SystemExit(f"{name} : {response.status_code} {response.content[:300]!r}")
        queries[name] = len(captured)
    for run in range(RUNS):
        say(f"\rMesure {run + 1}/{RUNS}", end="")
        for name, (client, visit, _) in pages.items():
            start = perf_counter()
            visit(client)
            times[name].append(perf_counter() - start)
    say("")
    empty = median(times["page vide"])
    return [
        Measure(
            name, round(median(times[name]) * 1000, 2), round(median(times[name]) / empty, 2), queries[name], target
        )
        for name, (_, _, target) in pages.items()
    ]


def show(results: list[Measure]) -> None:
    """Print the table of what was measured."""
    print(f"{'page':<36}{'ms':>8}{'× page vide':>13}{'cible':>8}{'requêtes':>10}")
    for each in results:
        target = f"≤ {each.target:.0f}" if each.target is not None else ""
        late = "  dépassé" if each.target is not None and each.ratio > each.target else ""
        print(f"{each.name:<36}{each.milliseconds:>8.1f}{each.ratio:>13.1f}{target:>8}{each.queries:>10}{late}")


def say(text: str, end: str = "\n") -> None:
    """Say how far it is, beside the table."""
    print(text, end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
