"""The review: request and proposal side by side, envelope, opinions, remarks, and the way to the decision."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accounts.enums import Side
from accounts.roles import Permission
from campaigns.queries import criteria_of, eligible_accounts
from contracts import frame
from contracts.enums import State
from contracts.forms.review import AskOpinionForm, AssessmentForm, OpinionForm, ProposalForm, RemarkForm
from contracts.mixins import FileView
from contracts.models import Assessment, Opinion
from contracts.proposal import year_row
from contracts.review import (
    action_sums,
    envelope_row,
    indicative_years,
    ineligible_charges,
    needed_by_year,
    promised_by_year,
    stage_rows,
    summary_rows,
)
from contracts.services.editing import editing
from contracts.views.written import REFUSALS, answer, reasons_of
from documents.models import Upload
from exchanges.enums import Anchor, RemarkStatus
from exchanges.models import Remark
from exchanges.queries import remarks_of
from exchanges.services.remarks import add_remark, reopen_remark, resolve_remark
from funding.errors import InputRefused
from funding.figures import totals_of, year_states
from funding.holdings import stages_by_action
from funding.models import ZERO, Action
from funding.queries import action_of, actions_of, drawn_by, envelopes_of, envelopes_visible_to
from funding.services.review import adopt_requested, propose

DEFAULT_OPINION_DAYS = 15
BEFORE_REVIEW = frozenset({State.LETTER_DRAFT, State.LETTER_SENT, State.EXCHANGE, State.DIAGNOSTIC, State.PROPOSAL})
UNDER_REVIEW = frozenset({State.UNDER_REVIEW, State.CORRECTION_REQUESTED})
DECISIONS = ("approve", "request_correction", "refuse")

#: Forms that were sent and are shown again, by their prefix.
Bound = dict[str, Any]


class ReviewPage(FileView):
    """The review of a file; the collectivité reads what was told to it, without what is internal to the State."""

    page = "review"

    def show(self, *, status: int = 200, bound: Bound | None = None) -> HttpResponse:
        contract, bound = self.contract, bound or {}
        if contract.state in BEFORE_REVIEW and contract.submitted_at is None:
            return self.render("contracts/review/not_yet.html", status=status)
        actions, internal = actions_of(contract.pk), self.actor.side != Side.LOCAL
        told = internal or contract.state != State.UNDER_REVIEW
        main, others = frame.offers(contract, self.actor, self.facts)
        needed, stages = needed_by_year(actions, contract.years), stages_by_action(contract.pk)
        return self.render(
            "contracts/review/page.html",
            status=status,
            internal=internal,
            told=told,
            editable=self.can_edit(Permission.AMOUNT_PROPOSE),
            actions=[self._action(each, bound, indicative_years(stages, each.pk)) for each in actions],
            stages=stage_rows(actions, stages) if told else [],
            checklist=frame.checklist(contract, self.facts) if internal else [],
            grid=(bound.get("grid") or self.assessment_form()) if internal else None,
            summary=summary_rows(totals_of(actions, contract.years).by_year, needed),
            envelopes=self._envelopes(needed, promised_by_year(stages)) if internal else [],
            weighing=contract.state in UNDER_REVIEW,
            opinions=self._opinions(bound) if internal else [],
            may_ask=self.can_edit(Permission.OPINION_RECORD),
            ask_form=bound.get("opinion") or AskOpinionForm(prefix="opinion", initial={"due_on": self._due_on()}),
            remarks=self._remarks(),
            may_remark=internal and self.can_edit(Permission.REMARK_WRITE),
            remark_form=bound.get("remark") or self.remark_form(actions),
            offers=[each for each in (main, *others) if each and each.name in DECISIONS],
        )

    def action(self, number: int) -> Action:
        """Return an action of this file.

        Raises:
            Http404: it is not one of them.
        """
        found = action_of(self.contract.pk, number)
        if found is None:
            raise Http404("Cette action n’existe pas dans ce dossier.")
        return found

    def form_of(self, action: Action, *data: Any) -> ProposalForm:
        """Return the form of what is proposed for an action."""
        initial = {"decision": action.decision, "rejection_reason": action.rejection_reason}
        states = year_states(action, self.contract.years)
        return ProposalForm(*data, prefix=f"a{action.number}", initial=initial, years=states)

    def assessment_form(self, *data: Any) -> AssessmentForm:
        """Return the grid of the campaign, with what was recorded."""
        criteria = criteria_of(self.contract.campaign).filter(active=True) if self.contract.campaign else ()
        known = {each.criterion_id: each for each in Assessment.objects.filter(contract=self.contract)}
        return AssessmentForm(*data, prefix="grid", criteria=criteria, known=known)

    def remark_form(self, actions: list[Action], *data: Any) -> RemarkForm:
        places = [(each.pk, each.number, each.title) for each in actions]
        return RemarkForm(*data, prefix="remark", actions=places)

    def _action(self, action: Action, bound: Bound, indicative: Collection[int]) -> dict[str, Any]:
        form = bound.get(f"a{action.number}") or self.form_of(action)
        row = {
            "action": action,
            "years": [
                year_row(state) | {"indicative": state.year in indicative}
                for state in year_states(action, self.contract.years)
            ],
            "form": form,
            "rows": [(year_row(row.state), row) for row in form.rows()],
            "open": f"a{action.number}" in bound,
        }
        ineligible = ineligible_charges(action, self._eligible)
        return row | action_sums(action, self.contract.years) | {"ineligible": ineligible}

    @cached_property
    def _eligible(self) -> dict[int, frozenset[str]]:
        return eligible_accounts(self.contract.years)

    def _envelopes(self, needed: dict[int, Decimal], promised: Mapping[int, Decimal]) -> list[dict[str, Any]]:
        """Return the envelopes with what is proposed as long as the file is reviewed, then with what it took."""
        visible = set(envelopes_visible_to(self.actor).values_list("pk", flat=True))
        drawn = drawn_by(self.contract.pk)
        weighing = self.contract.state in UNDER_REVIEW
        return [
            envelope_row(
                each,
                needed.get(each.campaign.year, ZERO) if weighing else drawn.get(each.pk, ZERO),
                taken_already=drawn.get(each.pk, ZERO),
                promised=promised.get(each.campaign.year, ZERO),
            )
            for each in envelopes_of(self.contract, drawn)
            if each.pk in visible
        ]

    def _opinions(self, bound: Bound) -> list[dict[str, Any]]:
        today, may = timezone.localdate(self.now), self.can_edit(Permission.OPINION_RECORD)
        opinions = list(
            Opinion.objects.filter(contract=self.contract).select_related("upload").order_by("asked_at", "pk")
        )
        papers = {each.upload_id for each in opinions if each.upload_id}
        readable = set(Upload.objects.visible_to(self.actor).filter(pk__in=papers).values_list("pk", flat=True))
        return [
            {
                "opinion": each,
                "upload": each.upload if each.upload_id in readable else None,
                "late": each.given_on is None and each.due_on < today,
                "form": bound.get(f"opinion-{each.pk}")
                or OpinionForm(prefix=f"opinion-{each.pk}", initial={"given_on": today})
                if may and each.given_on is None
                else None,
            }
            for each in opinions
        ]

    def _remarks(self) -> list[dict[str, Any]]:
        may = self.can_edit(Permission.REMARK_WRITE)
        return [
            {
                "remark": each,
                "may_resolve": may and each.side == self.actor.side.value and each.status != RemarkStatus.RESOLVED,
                "may_reopen": may and each.side == self.actor.side.value and each.status != RemarkStatus.OPEN,
            }
            for each in remarks_of(self.contract.pk).exclude(anchor__in=(Anchor.SECTION, Anchor.ROW))
        ]

    def _due_on(self) -> Any:
        days = self.contract.campaign.opinion_days if self.contract.campaign else DEFAULT_OPINION_DAYS
        return timezone.localdate(self.now) + timedelta(days=days)


class ReviewView(ReviewPage):
    """Shows the review."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show()


class ProposeView(ReviewPage):
    """Records what is proposed for one action."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.AMOUNT_PROPOSE)
        action = self.action(kwargs["number"])
        form = self.form_of(action, request.POST)
        if form.is_valid():
            try:
                self._write(action, form)
            except InputRefused as refusal:
                form.refuse(refusal.errors)
            except REFUSALS as refusal:
                for reason in reasons_of(refusal):
                    form.add_error(None, reason)
            else:
                messages.success(request, f"Proposition enregistrée pour l’action {action.number}.")
                self.tell_printing()
                return self.back(anchor=str(action.number))
        return self.show(status=422, bound={f"a{action.number}": form})

    def _write(self, action: Action, form: ProposalForm) -> None:
        with editing(
            self.contract.pk,
            Permission.AMOUNT_PROPOSE,
            by=self.actor,
            now=self.now,
            kind="action_reviewed",
            payload={"action": action.pk, "number": action.number, "decision": form.cleaned_data["decision"]},
        ):
            propose(
                action=action,
                decision=form.cleaned_data["decision"],
                rejection_reason=form.cleaned_data["rejection_reason"],
                amounts=form.amounts(),
                by=self.actor,
                now=self.now,
            )


class AdoptView(ReviewPage):
    """Takes over the amounts requested."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.AMOUNT_PROPOSE)
        return answer(self, self._write, done="Les montants demandés sont repris.", anchor="actions")

    def _write(self) -> None:
        with editing(
            self.contract.pk, Permission.AMOUNT_PROPOSE, by=self.actor, now=self.now, kind="requested_adopted"
        ):
            adopt_requested(contract_id=self.contract.pk, by=self.actor, now=self.now)


class RemarkView(ReviewPage):
    """Raises a remark anchored to a place of the request."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.REMARK_WRITE)
        form = self.remark_form(actions_of(self.contract.pk), request.POST)
        if form.is_valid():
            try:
                self._write(form)
            except REFUSALS as refusal:
                form.add_error(None, " ".join(reasons_of(refusal)))
            else:
                return self.back(anchor="remarques")
        return self.show(status=422, bound={"remark": form})

    def _write(self, form: RemarkForm) -> None:
        payload: dict[str, Any] = {}
        with editing(
            self.contract.pk,
            Permission.REMARK_WRITE,
            by=self.actor,
            now=self.now,
            kind="remark_added",
            payload=payload,
        ):
            remark = add_remark(
                contract_id=self.contract.pk,
                body=form.cleaned_data["body"],
                by=self.actor,
                now=self.now,
                **form.anchor(),
            )
            payload |= {"remark": remark.pk, "anchor": remark.anchor}


class RemarkStateView(ReviewPage):
    """Resolves a remark of one's own side, or opens it again."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.REMARK_WRITE)
        remark = Remark.objects.filter(contract=self.contract, pk=kwargs["pk"]).first()
        if remark is None:
            raise Http404("Cette remarque n’existe pas dans ce dossier.")
        again = request.POST.get("act") == "reopen"
        done = "Remarque rouverte." if again else "Remarque close."
        return answer(self, lambda: self._write(remark, again=again), done=done, anchor="remarques")

    def _write(self, remark: Remark, *, again: bool) -> None:
        with editing(
            self.contract.pk,
            Permission.REMARK_WRITE,
            by=self.actor,
            now=self.now,
            kind="remark_reopened" if again else "remark_resolved",
            payload={"remark": remark.pk},
        ):
            change = reopen_remark if again else resolve_remark
            change(remark=remark, by=self.actor, now=self.now)
