"""The second step: the conversation of both sides, internal notes, remarks and missing pieces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.roles import Permission
from contracts.errors import TransitionRefused
from contracts.forms.exchange import AnswerForm, MessageForm, NoteForm, PieceRequestForm, ProvideForm, RemarkForm
from contracts.mixins import FileView
from contracts.services.editing import editing
from ctai.http import safe_next
from documents.uploads import accept
from exchanges.enums import Anchor, RemarkStatus
from exchanges.errors import Refused, StaleMinutes
from exchanges.models import PieceRequest, Remark
from exchanges.queries import conversation, pieces_of, remarks_of
from exchanges.services.messages import post_message, write_note
from exchanges.services.pieces import provide_piece, request_piece
from exchanges.services.remarks import add_remark, answer_remark, reopen_remark, resolve_remark

P = Permission


class ExchangePage(FileView):
    """What the pages of the exchange share: the conversation around, and the door of every write."""

    page = "exchange"

    def write(
        self, permission: Permission, kind: str, act: Callable[[], object], payload: dict[str, Any] | None = None
    ) -> tuple[str, int]:
        """Do one write through the door; return why it was refused and the status that says so."""
        try:
            with editing(self.contract.pk, permission, by=self.actor, now=self.now, kind=kind, payload=payload):
                act()
        except StaleMinutes as refusal:
            return str(refusal), 409
        except Refused as refusal:
            return str(refusal), 422
        except TransitionRefused as refusal:
            return " ".join(refusal.reasons), 422
        return "", 200

    def show(self, status: int = 200, **given: Any) -> HttpResponse:
        """Answer with the whole conversation, around the form that was typed if any."""
        context: dict[str, Any] = {
            "entries": conversation(self.contract.pk, self.actor),
            "remarks": remarks_of(self.contract.pk),
            "pieces": pieces_of(self.contract.pk),
            "refusal": "",
            "message_form": MessageForm() if self.can_edit(P.EXCHANGE_TALK) else None,
            "note_form": NoteForm() if self.can_edit(P.NOTE_WRITE) else None,
            "remark_form": RemarkForm(contract=self.contract) if self.can_edit(P.REMARK_WRITE) else None,
            "piece_form": PieceRequestForm() if self.can_edit(P.PIECE_REQUEST) else None,
            "may_record": self.can_edit(P.MEETING_RECORD),
            "may_approve": self.can_edit(P.MINUTES_APPROVE),
            "may_talk": self.can_edit(P.EXCHANGE_TALK),
            "may_remark": self.can_edit(P.REMARK_WRITE),
            "may_provide": self.can_edit(P.PIECE_PROVIDE),
            "today": self.facts.today,
        }
        return self.render("contracts/exchange/exchange.html", status=status, **(context | given))


class ExchangeView(ExchangePage):
    """Shows the conversation."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show()


class PostedPage(ExchangePage):
    """An address that one writes to from the conversation; read, it leads back there."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.back("exchange")


class MessageView(PostedPage):
    """Posts a message."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.EXCHANGE_TALK)
        form = MessageForm(request.POST)
        if not form.is_valid():
            return self.show(status=422, message_form=form)
        refusal, status = self.write(
            P.EXCHANGE_TALK,
            "message_posted",
            lambda: post_message(contract_id=self.contract.pk, by=self.actor, now=self.now, **form.cleaned_data),
        )
        if refusal:
            form.add_error(None, refusal)
            return self.show(status=status, message_form=form)
        return self.back("exchange", "conversation")


class NoteView(PostedPage):
    """Keeps a note for one's own organisation."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.NOTE_WRITE)
        form = NoteForm(request.POST)
        if not form.is_valid():
            return self.show(status=422, note_form=form)
        refusal, status = self.write(
            P.NOTE_WRITE,
            "note_written",
            lambda: write_note(contract_id=self.contract.pk, by=self.actor, now=self.now, **form.cleaned_data),
        )
        if refusal:
            form.add_error(None, refusal)
            return self.show(status=status, note_form=form)
        return self.back("exchange", "conversation")


class NewRemarkView(ExchangePage):
    """Raises a remark on a place of the file, then goes back to where it was written."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.REMARK_WRITE)
        initial = {"anchor": request.GET.get("sur", Anchor.FILE), "anchor_id": request.GET.get("id")}
        return self._form_page(RemarkForm(contract=self.contract, initial=initial))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.REMARK_WRITE)
        form = RemarkForm(request.POST, contract=self.contract)
        if not form.is_valid():
            return self._form_page(form, status=422)
        payload: dict[str, Any] = {"anchor": form.cleaned_data["anchor"], "anchor_id": form.cleaned_data["anchor_id"]}
        refusal, status = self.write(
            P.REMARK_WRITE,
            "remark_added",
            lambda: add_remark(contract_id=self.contract.pk, by=self.actor, now=self.now, **form.cleaned_data),
            payload,
        )
        if refusal:
            form.add_error(None, refusal)
            return self._form_page(form, status=status)
        messages.success(request, "Remarque ajoutée.")
        self.tell_printing()
        return redirect(safe_next(request, self.url("exchange") + "#remarques"))

    def _form_page(self, form: RemarkForm, status: int = 200) -> HttpResponse:
        return self.render(
            "contracts/exchange/new_remark.html",
            status=status,
            form=form,
            next=safe_next(self.request, ""),
            editable=self.can_edit(P.REMARK_WRITE),
        )


class RemarkView(ExchangePage):
    """Shows a remark, takes its answer, resolves or reopens it."""

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        remark = remarks_of(self.contract.pk).filter(pk=kwargs["pk"]).first()
        if remark is None:
            raise Http404("Cette remarque n’existe pas.")
        self.remark: Remark = remark

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._page(AnswerForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.REMARK_WRITE)
        act = request.POST.get("act", "answer")
        if act in _SETTLING:
            kind, service = _SETTLING[act]
            return self._settle(kind, lambda: service(remark=self.remark, by=self.actor, now=self.now), AnswerForm())
        form = AnswerForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        answer = form.cleaned_data["answer"]
        return self._settle(
            "remark_answered",
            lambda: answer_remark(remark=self.remark, answer=answer, by=self.actor, now=self.now),
            form,
        )

    def _settle(self, kind: str, act: Callable[[], object], form: AnswerForm) -> HttpResponse:
        refusal, status = self.write(P.REMARK_WRITE, kind, act, {"remark": self.remark.pk})
        if refusal:
            return self._page(form, status=status, refusal=refusal)
        return redirect(safe_next(self.request, self.url("exchange") + "#remarques"))

    def _page(self, form: AnswerForm, status: int = 200, refusal: str = "") -> HttpResponse:
        editable = self.can_edit(P.REMARK_WRITE)
        ours = self.remark.side == self.actor.side
        resolved = self.remark.status == RemarkStatus.RESOLVED
        return self.render(
            "contracts/exchange/remark.html",
            status=status,
            remark=self.remark,
            form=form if editable and not ours and not resolved else None,
            may_settle=editable and ours,
            resolved=resolved,
            refusal=refusal,
            next=safe_next(self.request, ""),
        )


_SETTLING: dict[str, tuple[str, Callable[..., Remark]]] = {
    "resolve": ("remark_resolved", resolve_remark),
    "reopen": ("remark_reopened", reopen_remark),
}


class NewPieceView(PostedPage):
    """Asks the collectivité for a document."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.PIECE_REQUEST)
        form = PieceRequestForm(request.POST)
        if not form.is_valid():
            return self.show(status=422, piece_form=form)
        refusal, status = self.write(
            P.PIECE_REQUEST,
            "piece_requested",
            lambda: request_piece(contract_id=self.contract.pk, by=self.actor, now=self.now, **form.cleaned_data),
            {"label": form.cleaned_data["label"]},
        )
        if refusal:
            form.add_error(None, refusal)
            return self.show(status=status, piece_form=form)
        return self.back("exchange", "pieces")


class PieceView(ExchangePage):
    """Takes the document that was asked for."""

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        piece = pieces_of(self.contract.pk).filter(pk=kwargs["pk"]).first()
        if piece is None:
            raise Http404("Cette demande n’existe pas.")
        self.piece: PieceRequest = piece
        self.require(P.PIECE_PROVIDE)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._page(ProvideForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ProvideForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, status=422)
        refusal, status = self.write(
            P.PIECE_PROVIDE, "piece_provided", lambda: self._store(form), {"label": self.piece.label}
        )
        if refusal:
            form.add_error(None, refusal)
            return self._page(form, status=status)
        messages.success(request, f"« {self.piece.label} » : pièce fournie.")
        self.tell_printing()
        return self.back("exchange", "pieces")

    def _store(self, form: ProvideForm) -> None:
        upload = accept(
            form.cleaned_data["document"],
            kind=form.kind,
            contract_id=self.contract.pk,
            organisation=self.actor.organisation,
            by=self.actor,
            now=self.now,
        )
        provide_piece(request=self.piece, upload_id=upload.pk, by=self.actor, now=self.now)

    def _page(self, form: ProvideForm, status: int = 200) -> HttpResponse:
        waiting = self.piece.upload_id is None and self.can_edit(P.PIECE_PROVIDE)
        return self.render(
            "contracts/exchange/piece.html", status=status, piece=self.piece, form=form if waiting else None
        )
