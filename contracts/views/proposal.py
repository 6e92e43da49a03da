"""The fourth step as a whole: the actions, their sums, the request of each year, the remarks to answer."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse

from accounts.roles import Permission
from contracts import frame
from contracts.enums import State
from contracts.forms.proposal import AnswerForm, OrderForm, RequestForm
from contracts.gantt import gantt_of
from contracts.mixins import FileView
from contracts.proposal import list_row, total_tables
from contracts.queries import Known
from contracts.services.editing import editing
from contracts.views.written import REFUSALS, answer, reasons_of
from ctai.text import euros, percent
from diagnostics.queries import needs_of
from exchanges.enums import Anchor, RemarkStatus
from exchanges.models import Remark
from exchanges.queries import remarks_of
from exchanges.services.remarks import answer_remark
from funding.figures import Totals, totals_of, year_states
from funding.models import Action, FundingRequest
from funding.queries import action_of, actions_of, requests_of
from funding.services.actions import duplicate_action, move_action, place_action, remove_action
from funding.services.requests import prepare_request

BEFORE_PROPOSAL = frozenset({State.LETTER_DRAFT, State.LETTER_SENT, State.EXCHANGE, State.DIAGNOSTIC})

#: Forms that were sent and are shown again, by their prefix.
Bound = dict[str, Any]


class ProposalPage(FileView):
    """A page of the proposal; those who may not write read it."""

    page = "proposal"

    @cached_property
    def actions(self) -> list[Action]:
        """The actions with all their parts, read once for the list, its sums and the facts of the file."""
        return actions_of(self.contract.pk)

    @cached_property
    def needs_exist(self) -> bool:
        return bool(needs_of(self.contract.pk))

    @cached_property
    def requests(self) -> dict[int, FundingRequest]:
        return requests_of(self.contract.pk)

    def known(self) -> Known:
        return Known(
            actions=self.actions,
            needs_exist=self.needs_exist,
            requested_years=frozenset(self.requests),
            remarks=self.remark_counts,
        )

    def show_list(self, *, status: int = 200, bound: Bound | None = None) -> HttpResponse:
        """Return the list of actions with sums, requests and remarks."""
        contract, actions = self.contract, self.actions
        totals = totals_of(actions, contract.years)
        main, _ = frame.offers(contract, self.actor, self.facts)
        return self.render(
            "contracts/proposal/list.html",
            status=status,
            actions=[list_row(each, contract.years, needs_exist=self.needs_exist) for each in actions],
            tables=total_tables(totals) if actions else [],
            requests=self._requests(totals, bound or {}),
            remarks=self.remarks(bound or {}),
            editable=self.can_edit(Permission.PROPOSAL_WRITE),
            removable=contract.submitted_at is None,
            offer=main if main and main.name in ("submit_proposal", "resubmit") else None,
            gantt=gantt_of(actions, contract.starts_on, contract.ends_on),
            too_early=contract.state in BEFORE_PROPOSAL,
        )

    def _requests(self, totals: Totals, bound: Bound) -> list[dict[str, Any]]:
        known, sums = self.requests, {row.label: row for row in totals.by_year}
        rows = []
        for year in self.contract.years:
            request, asked = known.get(year), sums.get(str(year))
            form = bound.get(f"request-{year}") or RequestForm(
                prefix=f"request-{year}", initial={"comment": request.comment if request else ""}
            )
            rows.append(
                {
                    "year": year,
                    "row": request,
                    "asked": euros(asked.requested) if asked else "",
                    "rate": percent(asked.rate, 1) if asked and asked.cost else "",
                    "form": form,
                }
            )
        return rows

    def remarks(self, bound: Bound) -> list[dict[str, Any]]:
        """Return the remarks on the proposal, each with its answer form where the person may answer."""
        may_answer = self.can_edit(Permission.REMARK_WRITE)
        rows = []
        for each in remarks_of(self.contract.pk).exclude(anchor__in=(Anchor.SECTION, Anchor.ROW)):
            awaits = each.side != self.actor.side.value and each.status != RemarkStatus.RESOLVED
            form = bound.get(f"answer-{each.pk}") or AnswerForm(prefix=f"answer-{each.pk}")
            rows.append({"remark": each, "form": form if may_answer and awaits else None})
        return rows

    def action(self, number: int) -> Action:
        """Return an action of this file.

        Raises:
            Http404: it is not one of them.
        """
        found = action_of(self.contract.pk, number)
        if found is None:
            raise Http404("Cette action n’existe pas dans ce dossier.")
        return found

    def tabs(self, action: Action, current: int | str | None) -> list[dict[str, Any]]:
        """Return the parts of an action: its fiche, a budget for each year, and all of them to those who write."""
        budgets = [
            {
                "label": f"Budget {state.year}",
                "url": self.url("budget", action.number, state.year),
                "current": current == state.year,
                "count": "",
            }
            for state in year_states(action, self.contract.years)
        ]
        if len(budgets) > 1 and self.can_edit(Permission.PROPOSAL_WRITE):
            url = self.url("budget_grid", action.number)
            budgets.append({"label": "Toutes les années", "url": url, "current": current == "all", "count": ""})
        return [
            {"label": "La fiche", "url": self.url("action", action.number), "current": not current, "count": ""},
            *budgets,
        ]


class ProposalView(ProposalPage):
    """Shows the proposal."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show_list()


class ChangeActionView(ProposalPage):
    """A button of an action, on the list."""

    kind = ""
    done = ""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.PROPOSAL_WRITE)
        number = self.action(kwargs["number"]).number
        done, anchor = self.done.format(number=number), self.anchor(number)
        return answer(self, lambda: self._write(number), done=done, anchor=anchor)

    def anchor(self, number: int) -> str:
        """Return the place of the list to go back to."""
        return "actions"

    def _write(self, number: int) -> None:
        with editing(
            self.contract.pk,
            Permission.PROPOSAL_WRITE,
            by=self.actor,
            now=self.now,
            kind=self.kind,
            payload={"number": number},
        ):
            self.change(number)

    def change(self, number: int) -> None:
        """Do it."""
        raise NotImplementedError


class RemoveActionView(ChangeActionView):
    kind = "action_removed"
    done = "Action {number} supprimée."

    def change(self, number: int) -> None:
        remove_action(contract_id=self.contract.pk, number=number, by=self.actor, now=self.now)


class MoveActionView(ChangeActionView):
    kind = "action_moved"
    done = "Action {number} déplacée."

    @property
    def up(self) -> bool:
        return self.request.POST.get("direction") == "up"

    def anchor(self, number: int) -> str:
        """The button that was pressed, so that a key pressed again goes on moving the action."""
        return f"{'up' if self.up else 'down'}-{number}"

    def change(self, number: int) -> None:
        move_action(contract_id=self.contract.pk, number=number, up=self.up, by=self.actor, now=self.now)


class OrderActionsView(ProposalPage):
    """Puts an action where it was dropped with the mouse."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.PROPOSAL_WRITE)
        form = OrderForm(request.POST)
        if not form.is_valid():
            messages.error(request, "L’ordre des actions n’a pas changé : recommencez, ou utilisez les flèches.")
            return self.back(anchor="actions")
        number, before = form.cleaned_data["number"], form.cleaned_data["before"]
        return answer(self, lambda: self._place(number, before), done=f"Action {number} déplacée.", anchor="actions")

    def _place(self, number: int, before: int | None) -> None:
        with editing(
            self.contract.pk,
            Permission.PROPOSAL_WRITE,
            by=self.actor,
            now=self.now,
            kind="action_moved",
            payload={"number": number},
        ):
            place_action(contract_id=self.contract.pk, number=number, before=before, by=self.actor, now=self.now)


class DuplicateActionView(ChangeActionView):
    kind = "action_duplicated"
    done = "Action {number} dupliquée : la copie est placée juste en dessous."

    def change(self, number: int) -> None:
        duplicate_action(contract_id=self.contract.pk, number=number, by=self.actor, now=self.now)


class RequestView(ProposalPage):
    """Prepares the funding request of a year."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.PROPOSAL_WRITE)
        year = kwargs["year"]
        if year not in self.contract.years:
            raise Http404("Cette année n’est pas dans la période du contrat.")
        form = RequestForm(request.POST, prefix=f"request-{year}")
        if not form.is_valid():
            return self.show_list(status=422, bound={f"request-{year}": form})
        comment = form.cleaned_data["comment"]
        return answer(self, lambda: self._prepare(year, comment), done=f"Demande {year} établie.", anchor="demande")

    def _prepare(self, year: int, comment: str) -> None:
        with editing(
            self.contract.pk,
            Permission.PROPOSAL_WRITE,
            by=self.actor,
            now=self.now,
            kind="request_prepared",
            payload={"year": year},
        ):
            prepare_request(contract_id=self.contract.pk, year=year, comment=comment, by=self.actor, now=self.now)


class AnswerView(ProposalPage):
    """Answers a remark of the other side."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.REMARK_WRITE)
        remark = Remark.objects.filter(contract=self.contract, pk=kwargs["pk"]).first()
        if remark is None:
            raise Http404("Cette remarque n’existe pas dans ce dossier.")
        prefix = f"answer-{remark.pk}"
        form = AnswerForm(request.POST, prefix=prefix)
        if form.is_valid():
            try:
                self._answer(remark, form.cleaned_data["answer"])
            except REFUSALS as refusal:
                form.add_error("answer", " ".join(reasons_of(refusal)))
            else:
                return self.back(anchor="remarques")
        return self.show_list(status=422, bound={prefix: form})

    def _answer(self, remark: Remark, text: str) -> None:
        with editing(
            self.contract.pk,
            Permission.REMARK_WRITE,
            by=self.actor,
            now=self.now,
            kind="remark_answered",
            payload={"remark": remark.pk},
        ):
            answer_remark(remark=remark, answer=text, by=self.actor, now=self.now)
