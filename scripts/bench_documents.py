"""Measures the making of contracts: documents a second, ratio to bare WeasyPrint, memory of a worker.

Run by `make bench`, after the pages. Ratios travel from one machine to another, seconds do not.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from types import SimpleNamespace
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ctai.settings.test")
django.setup()

import weasyprint  # noqa: E402 - Django first
from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from ctai import pdf  # noqa: E402
from documents.defaults import TEMPLATES, typographic  # noqa: E402
from documents.enums import DocumentKind  # noqa: E402
from documents.rendering import attached, html_of  # noqa: E402
from documents.text import normalise_all  # noqa: E402
from tests.factories.documents import action, contract_data  # noqa: E402

DOCUMENTS = int(os.environ.get("BENCH_DOCUMENTS", "200"))
RUNS = 7
TARGET = 1.15
RESULTS = ROOT / "bench" / "documents.json"
AT = datetime(2026, 6, 2, 8, 0, tzinfo=UTC)


class Articles(list[SimpleNamespace]):
    """The articles of the first template, without a database."""

    def order_by(self, _field: str) -> Articles:
        return self


def contract(actions: int) -> Any:
    """Return what `render` reads of an issued contract."""
    data = normalise_all(contract_data(actions=[action(number) for number in range(1, actions + 1)]))
    code = "K7QX-4BDF-GH2J-KLMN"
    data["document"] = {
        "kind": "contract",
        "kind_label": DocumentKind.CONTRACT.label,
        "number": 1,
        "is_draft": False,
        "issued_at": AT.isoformat(),
        "verification_code": code,
        "verification_url": f"https://ctai.example/verifier/{code}/",
    }
    texts = TEMPLATES[DocumentKind.CONTRACT]
    articles = Articles(
        SimpleNamespace(key=each.key, title=each.title, body=typographic(each.body), condition=each.condition)
        for each in texts
    )
    return SimpleNamespace(kind="contract", data=data, template_version=SimpleNamespace(articles=articles))


def task(document: Any) -> int:
    """Make a document as the worker does; return its pages."""
    made = pdf.make(html_of(document), brand=settings.BRAND, at=AT, attachments=attached(document.data))
    return made.page_count


def bare(html: str) -> None:
    """Render the same HTML and styles with WeasyPrint alone."""
    sheets, fonts = pdf._appearance(settings.BRAND)
    page = weasyprint.HTML(string=html)
    page.write_pdf(stylesheets=sheets, font_config=fonts, pdf_variant="pdf/a-3a", pdf_tags=True)


def ratio(document: Any) -> tuple[float, float]:
    """Return the seconds of the task and how many times those of bare WeasyPrint, run after run."""
    html = html_of(document)
    times: dict[str, list[float]] = {"task": [], "bare": []}
    for _ in range(RUNS):
        for name, make in (("bare", lambda: bare(html)), ("task", lambda: task(document))):
            start = perf_counter()
            make()
            times[name].append(perf_counter() - start)
    return median(times["task"]), median(times["task"]) / median(times["bare"])


def several(total: int) -> tuple[float, float, float]:
    """Make documents one after the other in this process; return seconds, and memory in MB early and at the end."""
    document = contract(3)
    task(document)
    early, start = 0.0, perf_counter()
    for rank in range(total):
        task(document)
        if rank == total // 4:
            early = memory()
    return perf_counter() - start, early, memory()


def memory() -> float:
    """Return the greatest memory of this process so far, in MB."""
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def rate(processes: int, total: int) -> tuple[float, float, float]:
    """Return documents a second with that many processes, and the memory of the first one."""
    with ProcessPoolExecutor(processes) as pool:
        list(pool.map(several, [1] * processes))  # processes started, fonts loaded
        start = perf_counter()
        found = list(pool.map(several, [total // processes] * processes))
        seconds = perf_counter() - start
    return total / seconds, found[0][1], found[0][2]


def main() -> int:
    """Measure, print, write; return 1 when the task is too far from bare WeasyPrint."""
    pdf.warm_up(settings.BRAND)
    small, small_ratio = ratio(contract(3))
    large, large_ratio = ratio(contract(40)) if "--quick" not in sys.argv else (0.0, 0.0)
    one, early, end = rate(1, DOCUMENTS)
    two, _, _ = rate(2, DOCUMENTS)
    lines = [
        ("contrat de 3 actions", f"{small:.2f} s, {small_ratio:.2f} × WeasyPrint nu"),
        ("contrat de 40 actions sur 3 ans", f"{large:.2f} s, {large_ratio:.2f} × WeasyPrint nu"),
        ("documents par seconde", f"{one:.2f} avec un processus, {two:.2f} avec deux"),
        (f"mémoire d’un processus, {DOCUMENTS} documents", f"{early:.0f} Mo au quart, {end:.0f} Mo à la fin"),
    ]
    for name, value in lines:
        print(f"{name:<44}{value}")
    RESULTS.parent.mkdir(exist_ok=True)
    content = {"at": timezone.now().isoformat(), "lines": dict(lines), "ratios": [small_ratio, large_ratio]}
    RESULTS.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    return int(max(small_ratio, large_ratio) > TARGET)


if __name__ == "__main__":
    sys.exit(main())
