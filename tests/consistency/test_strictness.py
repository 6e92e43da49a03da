"""The strictness that the other tests count on: undefined variables, skips."""

from pathlib import Path

import pytest
from django.template import Context, Engine, Origin, Template, engines

from tests.conftest import TEMPLATES, refuse_skip


def _render(source: str, origin: str) -> str:
    engine: Engine = engines["django"].engine  # type: ignore[attr-defined]  # the stubs know the base class only
    return Template(source, origin=Origin(name=origin), engine=engine).render(Context({"known": ""}))


def test_undefined_variable_fails_in_our_templates_only() -> None:
    ours, theirs = f"{TEMPLATES}/contracts/page.html", "/site-packages/dsfr/templates/dsfr/tag.html"

    assert _render("a{{ known }}{% if absent %}b{% endif %}{{ absent.name }}", theirs) == "a"
    assert _render("a{{ known }}{% if absent %}b{% endif %}", ours) == "a"
    with pytest.raises(pytest.fail.Exception, match=r"absent\.name in "):
        _render("a{{ absent.name }}", ours)


def _skipped(nodeid: str) -> pytest.TestReport:
    return pytest.TestReport(nodeid, ("test_it.py", 1, ""), {}, "skipped", "no such tool", "call")


def test_skip_fails_in_continuous_integration_unless_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "skips.txt").write_text("# ids\ntest_it.py::test_listed  # no such tool\n")
    monkeypatch.setattr("tests.conftest.SKIPS", tmp_path / "skips.txt")
    reports = {name: _skipped(f"test_it.py::{name}") for name in ("test_other", "test_listed", "test_at_home")}

    monkeypatch.setenv("CI", "true")
    refuse_skip(reports["test_other"])
    refuse_skip(reports["test_listed"])
    monkeypatch.delenv("CI")
    refuse_skip(reports["test_at_home"])

    assert {name: report.outcome for name, report in reports.items()} == {
        "test_other": "failed",
        "test_listed": "skipped",
        "test_at_home": "skipped",
    }
