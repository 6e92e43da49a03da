"""What every test relies on: a fixed instant, files of its own, strict templates, no silent skip."""

import os
import sys
from collections.abc import Generator, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.template import Engine, engines
from django.template.base import Node
from django.test import override_settings

TESTS = Path(__file__).parent
TEMPLATES = str(TESTS.parent / "templates")
SKIPS = TESTS / "skips.txt"

pytest_plugins = ("tests.people",)


@pytest.fixture
def now() -> datetime:
    """The instant at which tests happen."""
    return datetime(2026, 3, 3, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture(scope="session", autouse=True)
def _media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite is tested on a file, as the demo uses it; memory would hide its locks."""
    database = django_settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        database.setdefault("TEST", {})["NAME"] = f"{database['NAME']}.{worker}.test"
        database["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20, **database.get("OPTIONS", {})}


# --- an undefined variable fails ------------------------------------------------------------------


class UndefinedVariable(str):
    """What a template shows for a variable it was not given: nothing in a library's, a failure in ours."""

    __slots__ = ()

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    def __mod__(self, variable: object) -> str:
        origin = _template_being_rendered()
        if origin.startswith(TEMPLATES):
            pytest.fail(f"Undefined variable {variable} in {origin}", pytrace=False)
        return ""


def _template_being_rendered() -> str:
    frame = sys._getframe(2)
    while frame.f_back is not None:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None) is not None:
            return str(node.origin.name)
        frame = frame.f_back
    return ""


@pytest.fixture(scope="session", autouse=True)
def _strict_templates() -> None:
    engine: Engine = engines["django"].engine  # type: ignore[attr-defined]  # the stubs know the base class only
    engine.string_if_invalid = UndefinedVariable("undefined")


# --- in continuous integration, a skipped test fails ----------------------------------------------


def _allowed_skips() -> set[str]:
    lines = (line.strip() for line in SKIPS.read_text().splitlines())
    return {line.split("  # ")[0] for line in lines if line and not line.startswith("#")}


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not report.skipped or hasattr(report, "wasxfail") or os.environ.get("CI") != "true":
        return
    if report.nodeid not in _allowed_skips():
        report.outcome = "failed"
        report.longrepr = f"Skipped, and not listed with a reason in tests/skips.txt: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip is a failure in continuous integration."""
    report = yield
    refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole module skipped."""
    report = yield
    refuse_skip(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Recalls, just above the closing line, the earlier stages that failed."""
    if failed := os.environ.get("FAILED_STAGES"):
        terminalreporter.section("étapes précédentes en échec", red=True)
        terminalreporter.line(failed.rstrip(","))
