"""The overview of a file: what is expected, what remains to be done, who, how much, what happened last."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.enums import Side
from accounts.queries import services_of
from accounts.roles import Permission
from contracts import frame
from contracts.clock import implicit_decision_on
from contracts.enums import IN_PROGRESS, State
from contracts.history import last_events
from contracts.mixins import FileView
from contracts.models import AssociatedService, Letter
from contracts.queries import current_contract_document, parties_of, submission_deadline
from contracts.snapshot import cosigning
from ctai.text import euros
from funding.enums import Stage
from funding.models import Movement
from funding.queries import ledger_totals


class OverviewView(FileView):
    """The first page of a file."""

    page = "file"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        contract = self.contract
        if kwargs["reference"] != contract.reference:
            return self.back("file")
        main, others = frame.offers(contract, self.actor, self.facts)
        document = current_contract_document(contract)
        in_progress = contract.state in IN_PROGRESS
        return self.render(
            "contracts/file.html",
            checklist=frame.checklist(contract, self.facts),
            offer=main,
            others=others,
            events=last_events(contract, limit=5),
            letter=Letter.objects.filter(contract=contract).first(),
            cosigning=cosigning(contract),
            associated=AssociatedService.objects.filter(contract=contract).select_related("organisation"),
            services=services_of(contract.lead_service),
            money=self._money(),
            document=document,
            implicit_on=implicit_decision_on(contract, self.now) if contract.state == State.UNDER_REVIEW else None,
            parties=parties_of(contract, document) if contract.state == State.APPROVED else (),
            early=in_progress and contract.starts_on is not None and contract.starts_on <= self.now.date(),
            late=self._late(),
            manages_services=self.can_edit(Permission.SERVICES_MANAGE),
            may_accept=contract.proposed_lead_service_id == self.actor.organisation.pk
            and self.actor.side == Side.STATE,
        )

    def _money(self) -> list[tuple[str, str]]:
        """Return the stages of money that hold something, formatted."""
        totals = ledger_totals(Movement.objects.filter(contract=self.contract))
        return [(stage.label, euros(totals[stage])) for stage in Stage if totals.get(stage)]

    def _late(self) -> date | None:
        """Return the last day to submit, once it is past."""
        if self.contract.state not in (State.DIAGNOSTIC, State.PROPOSAL):
            return None
        deadline = submission_deadline(self.contract)
        return deadline if deadline is not None and timezone.localdate(self.now) > deadline else None
