"""Measures the pages of a large diagnostic, of a large budget and of many files, against an empty signed-in page.

Prints a table and writes bench/results.json. Ratios travel from one machine to another, milliseconds do not.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from dataclasses import asdict, dataclass
from datetime import timedelta
from statistics import median
from time import perf_counter

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ctai.demo_data import people
from ctai.reference import prepare
from scripts.bench import RESULTS, say
from scripts.bench.data import large_budget, large_diagnostic, many_requests, open_the_year
from scripts.bench.visits import Pages, budget_pages, diagnostic_pages, list_pages, request_pages, signed_in

RUNS = int(os.environ.get("BENCH_RUNS", "25"))
CONTRACTS = int(os.environ.get("BENCH_CONTRACTS", "3000"))


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
    RESULTS.mkdir(exist_ok=True)
    content = {
        "at": now.isoformat(),
        "runs": RUNS,
        "contracts": CONTRACTS,
        "pages": [asdict(each) for each in results],
    }
    (RESULTS / "results.json").write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    return int(any(each.target is not None and each.ratio > each.target for each in results))


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
    gc.collect()
    gc.freeze()  # as a server does once it is ready: what preparing the data left is not searched during a page
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


if __name__ == "__main__":
    sys.exit(main())
