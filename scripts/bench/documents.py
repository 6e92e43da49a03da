"""Measures the making of contracts: ratio to bare WeasyPrint, documents a second, memory of a worker.

The task is the whole of what a worker does for a row: reading it,
merging, rendering, rewriting, hashing, storing, telling its progress. Ratios are of processor time, since other people
may share the machine; documents a second are of the clock, beside what the same processes would make undisturbed.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import weasyprint
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from ctai import pdf
from documents.defaults import ensure_templates
from documents.effects import render_document
from documents.enums import DocumentKind, DocumentStatus
from documents.issuing import issue
from documents.models import IssuedDocument
from documents.rendering import html_of
from scripts.bench import RESULTS
from tests.factories.documents import action, contract_data

DOCUMENTS = int(os.environ.get("BENCH_DOCUMENTS", "200"))
RUNS = int(os.environ.get("BENCH_DOCUMENT_RUNS", "9"))
LARGE_RUNS = 3
TARGET = 1.15
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Ratio:
    """A contract: pages, seconds of processor for the task, and times those of bare WeasyPrint."""

    pages: int
    seconds: float
    times: float


@dataclass(frozen=True)
class Stint:
    """Documents that one process made: its seconds of processor, and its memory in MB early and at the end."""

    seconds: float
    early: float
    end: float


def contract(actions: int) -> int:
    """Issue a contract; return the key of its row."""
    data = contract_data(actions=[action(number) for number in range(1, actions + 1)])
    return issue(kind=DocumentKind.CONTRACT, contract_id=None, data=data, by=None, now=timezone.now(), event=None).pk


def task(document: int) -> None:
    """Do what a worker does for this row, as if nobody had."""
    IssuedDocument.objects.filter(pk=document).update(
        status=DocumentStatus.PENDING, content="", sha256="", size=None, page_count=None, ready_at=None, progress=0
    )
    render_document({"document": document})
    made = IssuedDocument.objects.get(pk=document)
    made.content.delete(save=False)


def bare(html: str) -> None:
    """Render the same HTML with the same prepared styles and fonts, by WeasyPrint alone."""
    sheets, fonts = pdf._appearance(settings.BRAND)
    page = weasyprint.HTML(string=html)
    page.write_pdf(stylesheets=sheets, font_config=fonts, pdf_variant="pdf/a-3a", pdf_tags=True)


def ratio(document: int, runs: int) -> Ratio:
    """Run the task and bare WeasyPrint in turn; the ratio is the median of those of each turn."""
    html = html_of(IssuedDocument.objects.select_related("template_version").get(pk=document))
    tasks, ratios = [], []
    for turn in range(runs):
        both: list[tuple[str, Callable[[], None]]] = [("bare", lambda: bare(html)), ("task", lambda: task(document))]
        spent = {name: processor(make) for name, make in (both if turn % 2 else reversed(both))}
        tasks.append(spent["task"])
        ratios.append(spent["task"] / spent["bare"])
    pages = IssuedDocument.objects.get(pk=document).page_count or 0
    return Ratio(pages, median(tasks), median(ratios))


def processor(make: Callable[[], None]) -> float:
    """Return the seconds of processor that this takes, starting with nothing to collect."""
    gc.collect()
    start = process_time()
    make()
    return process_time() - start


def stint(media: str, document: int, total: int) -> Stint:
    """Make documents one after the other in this process, as a worker does."""
    with override_settings(MEDIA_ROOT=media):
        pdf.warm_up(settings.BRAND)
        early, start = 0.0, process_time()
        for rank in range(total):
            task(document)
            if rank == total // 4:
                early = memory()
        return Stint(process_time() - start, early, memory())


def memory() -> float:
    """Return the memory that this process holds now, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1024 / 1024


def rate(media: str, processes: int, total: int) -> tuple[float, float, list[Stint]]:
    """Return documents a second by the clock, documents a second of processor given to all, and each process."""
    documents = [contract(3) for _ in range(processes)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        list(pool.map(stint, [media] * processes, documents, [1] * processes))  # started, fonts loaded
        start = perf_counter()
        found = list(pool.map(stint, [media] * processes, documents, [total // processes] * processes))
        seconds = perf_counter() - start
    made = total // processes * processes
    return made / seconds, made / max(each.seconds for each in found), found


def main() -> int:
    """Measure, print, write; return 1 when a target is missed."""
    call_command("migrate", verbosity=0)
    ensure_templates(timezone.now())
    pdf.warm_up(settings.BRAND)
    with tempfile.TemporaryDirectory() as media, override_settings(MEDIA_ROOT=media):
        small, large = ratio(contract(3), RUNS), ratio(contract(40), LARGE_RUNS)
        one, one_alone, (worker,) = rate(media, 1, DOCUMENTS)
        two, two_alone, _ = rate(media, 2, max(2, DOCUMENTS // 4))
    growth = worker.end / worker.early
    ceiling = settings.CELERY_WORKER_MAX_MEMORY_PER_CHILD / 1024
    lines = {
        f"contrat de 3 actions, {small.pages} pages": said(small),
        f"contrat de 40 actions, {large.pages} pages": said(large),
        "documents par seconde, un processus": f"{one:.2f} ({one_alone:.2f} par seconde de processeur)",
        "documents par seconde, deux processus": f"{two:.2f} ({two_alone:.2f} par seconde de processeur)",
        f"mémoire, {DOCUMENTS} documents": (
            f"{worker.early:.0f} Mo au quart, {worker.end:.0f} Mo à la fin"
            f" ({growth:.2f} ×, un processus est remplacé à {ceiling:.0f} Mo)"
        ),
    }
    for name, value in lines.items():
        print(f"{name:<44}{value}")
    RESULTS.mkdir(exist_ok=True)
    content = {
        "at": timezone.now().isoformat(),
        "lines": lines,
        "ratios": [small.times, large.times],
        "growth": growth,
    }
    (RESULTS / "documents.json").write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    return int(max(small.times, large.times) > TARGET or worker.end > ceiling)


def said(found: Ratio) -> str:
    """Return the line of a ratio."""
    return f"{found.seconds:.2f} s de processeur, {found.times:.2f} × WeasyPrint nu (cible {TARGET:.2f} ×)"


if __name__ == "__main__":
    sys.exit(main())
