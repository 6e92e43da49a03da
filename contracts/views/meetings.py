"""The meetings of the second step: recorded, written up, approved by each side."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse

from accounts.roles import Permission
from contracts.forms.exchange import MeetingForms, ObjectionForm
from contracts.services.minutes import approve_minutes
from contracts.views.exchange import ExchangePage
from exchanges.models import Meeting, MeetingDecision
from exchanges.queries import marks, meetings_of
from exchanges.services.meetings import (
    mark_decision,
    object_to_minutes,
    record_meeting,
    send_minutes,
    update_minutes,
)

P = Permission


class NewMeetingView(ExchangePage):
    """Records a meeting."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.MEETING_RECORD)
        return self._page(MeetingForms())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.MEETING_RECORD)
        forms = MeetingForms(request.POST)
        if not forms.is_valid():
            return self._page(forms, status=422)
        refusal, status = self.write(
            P.MEETING_RECORD,
            "meeting_recorded",
            lambda: record_meeting(contract_id=self.contract.pk, data=forms.input(), by=self.actor, now=self.now),
        )
        if refusal:
            forms.form.add_error(None, refusal)
            return self._page(forms, status=status)
        messages.success(request, "Échange enregistré.")
        self.tell_printing()
        return self.back("exchange", "conversation")

    def _page(self, forms: MeetingForms, status: int = 200) -> HttpResponse:
        return self.render("contracts/exchange/meeting_form.html", status=status, forms=forms, meeting=None)


class MeetingPage(ExchangePage):
    """A page of one meeting of the file."""

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        meeting = meetings_of(self.contract.pk).filter(pk=kwargs["pk"]).first()
        if meeting is None:
            raise Http404("Cet échange n’existe pas.")
        self.meeting: Meeting = meeting


class EditMeetingView(MeetingPage):
    """Changes a meeting; its minutes are then to be sent and approved again."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.MEETING_RECORD)
        return self._page(MeetingForms(meeting=self.meeting))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.MEETING_RECORD)
        forms = MeetingForms(request.POST)
        if not forms.is_valid():
            return self._page(forms, status=422)
        refusal, status = self.write(
            P.MEETING_RECORD,
            "meeting_updated",
            lambda: update_minutes(
                meeting=self.meeting,
                expected_version=forms.version,
                data=forms.input(),
                by=self.actor,
                now=self.now,
            ),
            {"meeting": self.meeting.pk},
        )
        if refusal:
            forms.form.add_error(None, refusal)
            return self._page(forms, status=status)
        self.tell_printing()
        return self.back("exchange", f"rencontre-{self.meeting.pk}")

    def _page(self, forms: MeetingForms, status: int = 200) -> HttpResponse:
        return self.render(
            "contracts/exchange/meeting_form.html",
            status=status,
            forms=forms,
            meeting=self.meeting,
            approved=any(mark.approval for mark in marks(self.meeting)),
        )


class MinutesView(MeetingPage):
    """Sends the minutes, approves them, or takes an observation on them."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.MINUTES_APPROVE)
        return self._page(ObjectionForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.MINUTES_APPROVE)
        act = request.POST.get("act", "")
        version = _number(request.POST.get("version", ""))
        common: dict[str, Any] = {"meeting": self.meeting, "version": version, "by": self.actor, "now": self.now}
        payload = {"meeting": self.meeting.pk, "version": version}
        if act == "object":
            return self._object(common, payload)
        if act not in _ACTS:
            return self.back("exchange")
        permission, kind, service = _ACTS[act]
        self.require(permission)
        refusal, status = self.write(permission, kind, lambda: service(**common), payload)
        if refusal:
            return self.show(status=status, refusal=refusal)
        return self.back("exchange", f"rencontre-{self.meeting.pk}")

    def _object(self, common: dict[str, Any], payload: dict[str, Any]) -> HttpResponse:
        form = ObjectionForm(self.request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        refusal, status = self.write(
            P.MINUTES_APPROVE,
            "minutes_objected",
            lambda: object_to_minutes(reason=form.cleaned_data["reason"], **common),
            payload,
        )
        if refusal:
            form.add_error(None, refusal)
            return self._page(form, status=status)
        return self.back("exchange", "conversation")

    def _page(self, form: ObjectionForm, status: int = 200) -> HttpResponse:
        return self.render("contracts/exchange/objection.html", status=status, form=form, meeting=self.meeting)


_ACTS = {
    "send": (P.MEETING_RECORD, "minutes_sent", send_minutes),
    "approve": (P.MINUTES_APPROVE, "minutes_approved", approve_minutes),
}


class DecisionView(ExchangePage):
    """Marks a decision as carried out, or not."""

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        decisions = MeetingDecision.objects.filter(meeting__contract=self.contract.pk, pk=kwargs["pk"])
        decision = decisions.first()
        if decision is None:
            raise Http404("Cette décision n’existe pas.")
        self.decision: MeetingDecision = decision

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.back("exchange")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        decision = self.decision
        self.require(P.EXCHANGE_TALK)
        done = request.POST.get("done") == "1"
        refusal, status = self.write(
            P.EXCHANGE_TALK,
            "decision_done",
            lambda: mark_decision(decision=decision, done=done, by=self.actor, now=self.now),
            {"decision": decision.pk, "done": done},
        )
        if refusal:
            return self.show(status=status, refusal=refusal)
        return self.back("exchange", f"rencontre-{decision.meeting_id}")


def _number(text: str) -> int:
    """Return the version that a page held; one that is no number matches none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1
