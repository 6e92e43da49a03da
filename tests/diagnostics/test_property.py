"""Whatever two people do, a concluded diagnostic holds what both sides approved, word for word."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.enums import Side
from accounts.roles import Permission
from contracts.acts import Reasoned
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.models import Contract
from contracts.services.advance import advance
from contracts.services.editing import editing
from contracts.services.sections import write_section
from ctai.demo_data.journey import Journey
from diagnostics.contents import current_content
from diagnostics.errors import Refused
from diagnostics.models import Section, SectionApproval
from diagnostics.services import approve, save_section, withdraw_approval
from tests.contracts.stage import set_stage, to_diagnostic
from tests.factories.diagnostics import figure, need
from tests.people import People

REFUSALS = (Refused, TransitionRefused)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["write", "draft", "row", "figure", "stale", "approve", "approve", "withdraw", "conclude",
                         "conclude", "return", "wait"]),
        st.sampled_from([Side.LOCAL, Side.STATE]),
        st.integers(0, 1),
        st.integers(0, 3),
    ),
    min_size=4,
    max_size=18,
)  # fmt: skip


class Desk:
    """Two people on the same diagnostic, all but two of its sections approved already."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        self.now = journey.now
        self.sections = [
            section.pk
            for section in Section.objects.filter(
                diagnostic__contract=journey.contract.pk, question__mandatory=True
            ).order_by("rank", "pk")[:2]
        ]

    def do(self, act: str, side: Side, index: int, seed: int) -> None:
        self.now += timedelta(seconds=20)
        self.by = (self.journey.local if side == Side.LOCAL else self.journey.state).agent
        self.section = Section.objects.select_related("question").get(pk=self.sections[index])
        acts: dict[str, Callable[[int], object]] = {
            "write": lambda seed: self.write(f"Texte {seed}"),
            "draft": lambda seed: self.write(f"Texte {seed}", as_draft=True),
            "row": lambda seed: self.write(self.section.text, rows=[need(text=f"Besoin {seed}")]),
            "figure": lambda seed: self.write(self.section.text, figures=[figure(value=Decimal(100 + seed))]),
            "stale": lambda seed: self.write(f"Texte périmé {seed}", revision=self.section.revision - 1),
            "approve": self.approve,
            "withdraw": lambda seed: self.withdraw(),
            "conclude": lambda seed: advance(
                self.journey.contract.pk, "conclude_diagnostic", by=self.journey.state.agent, now=self.now
            ),
            "return": lambda seed: advance(
                self.journey.contract.pk,
                "return_to_diagnostic",
                by=self.journey.state.agent,
                now=self.now,
                act=Reasoned(reason="Un chiffre est à revoir ensemble."),
            ),
            "wait": lambda seed: setattr(self, "now", self.now + timedelta(minutes=11)),
        }
        try:
            with transaction.atomic():
                acts[act](seed)
        except REFUSALS:
            pass

    def write(self, text: str, rows: Any = (), figures: Any = (), **how: Any) -> None:
        options: dict[str, Any] = {"revision": self.section.revision, "as_draft": False} | how
        write_section(
            self.journey.contract.pk,
            self.section,
            lambda: save_section(
                section=self.section,
                expected_version=self.section.version,
                text=text,
                rows=list(rows),
                indicators=list(figures),
                by=self.by,
                now=self.now,
                **options,
            ),
            by=self.by,
            now=self.now,
        )

    def approve(self, seed: int) -> None:
        version = self.section.version - (1 if seed == 3 else 0)
        with editing(
            self.journey.contract.pk, Permission.DIAGNOSTIC_APPROVE, by=self.by, now=self.now, kind="section_approved"
        ):
            approve(section=self.section, version=version, revision=self.section.revision, by=self.by, now=self.now)

    def withdraw(self) -> None:
        with editing(
            self.journey.contract.pk, Permission.DIAGNOSTIC_APPROVE, by=self.by, now=self.now, kind="section_approved"
        ):
            withdraw_approval(section=self.section, by=self.by, now=self.now)

    def check(self) -> bool:
        """Hold the rule; return whether the diagnostic is concluded."""
        contract = Contract.objects.select_related("diagnostic").get(pk=self.journey.contract.pk)
        concluded = contract.diagnostic.concluded_at is not None
        assert concluded == (contract.state != State.DIAGNOSTIC)
        if not concluded:
            return False
        for section in Section.objects.filter(pk__in=self.sections):
            approvals = SectionApproval.objects.filter(
                section=section, version=section.version, withdrawn_at__isnull=True
            )
            assert {each.side for each in approvals} == {Side.LOCAL, Side.STATE}
            assert section.updated_at is not None
            assert all(each.approved_at >= section.updated_at for each in approvals)
            assert section.draft_since is None
            assert section.versions.get(number=section.version).content == current_content(section)
        return True


@pytest.fixture
def desk(people: People, now: datetime) -> Desk:
    journey = to_diagnostic(set_stage(people, now).journey().open())
    return Desk(journey.write_diagnostic().approve_sections())


def test_no_sequence_leaves_a_section_changed_after_its_approvals(desk: Desk) -> None:
    concluded: list[bool] = []
    start = desk.now

    @given(STEPS)
    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def walk(steps: list[tuple[str, Side, int, int]]) -> None:
        savepoint = transaction.savepoint()
        desk.now = start
        for step in steps:
            desk.do(*step)
            concluded.append(desk.check())
        transaction.savepoint_rollback(savepoint)

    walk()

    assert any(concluded)
