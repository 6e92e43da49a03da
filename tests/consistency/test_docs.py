"""The pages of docs/ say what the code does, and their links lead somewhere."""

import re

from accounts.descriptions import DESCRIPTIONS
from accounts.roles import Permission, Relation, Role
from contracts.workflow import SPECS
from ctai.living_docs.words import PERMISSIONS, RELATION_WORDS
from ctai.living_docs.workflow import INPUTS, diagram
from ctai.management.commands.write_docs import stale_pages
from tests.consistency.sources import ROOT

LINK = re.compile(r"\[[^\]]*\]\((?!https?:|#)([^)#]+)")


def test_generated_pages_are_current() -> None:
    assert stale_pages() == []  # otherwise: manage.py write_docs


def test_every_right_role_and_relation_has_words() -> None:
    assert set(PERMISSIONS) == set(Permission)
    assert set(RELATION_WORDS) == set(Relation)
    assert set(DESCRIPTIONS) == set(Role)
    assert {spec.act.__name__ for spec in SPECS.values()} <= set(INPUTS)


def test_diagram_draws_each_step_forward() -> None:
    drawn = diagram()

    missing = [name for name, spec in SPECS.items() if spec.main and f": {spec.label}" not in drawn]
    assert missing == []


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]

    assert broken == []
