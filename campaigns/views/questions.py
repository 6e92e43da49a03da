"""The versions of the diagnostic's questions: read, prepared as a draft, published, and the files that use them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from accounts.mixins import ActorView
from accounts.roles import Permission
from campaigns.errors import Refused
from campaigns.forms.questions import QuestionForm
from campaigns.models import Campaign, Question, QuestionSet
from campaigns.queries import axes_of, questions_of, versions_of
from campaigns.questions import (
    add_question,
    change_question,
    discard_draft,
    draft_questions,
    move_question,
    publish_draft,
    remove_question,
)
from ctai.http import tell_printing

FILES_PER_PAGE = 25


class VersionsView(ActorView):
    """Lists the versions of a campaign's questions, with how many files use each; opens a draft."""

    permission = Permission.NATIONAL_READ

    def get(self, request: HttpRequest, year: int) -> HttpResponse:
        campaign = get_object_or_404(Campaign, year=year)
        versions = versions_of(campaign)
        return self.render(
            "campaigns/versions.html",
            campaign=campaign,
            versions=versions,
            draft=next((each for each in versions if each.published_at is None), None),
            may_manage=self.may(Permission.CAMPAIGN_MANAGE),
        )

    def post(self, request: HttpRequest, year: int) -> HttpResponse:
        campaign = get_object_or_404(Campaign, year=year)
        draft = draft_questions(campaign=campaign, by=self.actor, now=self.now)
        return redirect("campaigns:questions", year, draft.number)


class VersionPage(ActorView):
    """A page of one version of the questions."""

    permission: Permission | None = Permission.CAMPAIGN_MANAGE
    question_set: QuestionSet

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        versions = QuestionSet.objects.select_related("campaign")
        self.question_set = get_object_or_404(versions, campaign__year=kwargs["year"], number=kwargs["number"])
        return super().dispatch(request, *args, **kwargs)

    @property
    def is_draft(self) -> bool:
        return self.question_set.published_at is None

    def question(self, key: str) -> Question:
        """Return a section of this version, or answer 404."""
        return get_object_or_404(self.question_set.questions.select_related("question_set"), key=key)

    def back(self, anchor: str = "") -> HttpResponse:
        """Go to the version, at a section of it."""
        address = reverse("campaigns:questions", args=[self.question_set.campaign.year, self.question_set.number])
        return redirect(f"{address}#{anchor}" if anchor else address)


class VersionView(VersionPage):
    """Shows the sections of a version; those of a draft can be changed."""

    permission = Permission.NATIONAL_READ

    def get(self, request: HttpRequest, year: int, number: int) -> HttpResponse:
        return self.render(
            "campaigns/questions.html",
            question_set=self.question_set,
            questions=questions_of(self.question_set),
            editable=self.is_draft and self.may(Permission.CAMPAIGN_MANAGE),
        )

    def post(self, request: HttpRequest, year: int, number: int) -> HttpResponse:
        """Publish the draft, or throw it away."""
        try:
            if request.POST.get("act") == "discard":
                discard_draft(question_set=self.question_set, by=self.actor)
                messages.success(request, "Brouillon supprimé. La version publiée reste en vigueur.")
                return redirect("campaigns:versions", year)
            publish_draft(question_set=self.question_set, by=self.actor, now=self.now)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request,
                f"Version {number} publiée. Les prochains diagnostics l’utiliseront ; ceux qui sont commencés "
                "gardent la leur.",
            )
        return self.back()


class QuestionFormView(VersionPage):
    """The form of a section, new or not."""

    def get(self, request: HttpRequest, year: int, number: int, key: str = "") -> HttpResponse:
        self._require_draft()
        question = self.question(key) if key else None
        return self._show(self._form(question=question), question)

    def post(self, request: HttpRequest, year: int, number: int, key: str = "") -> HttpResponse:
        question = self.question(key) if key else None
        form = self._form(request.POST, question=question)
        if not form.is_valid():
            return self._show(form, question, status=422)
        try:
            if question is None:
                question = add_question(question_set=self.question_set, data=form.question(), by=self.actor)
            else:
                question = change_question(question=question, data=form.question(), by=self.actor)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._show(form, question, status=422)
        tell_printing(request)
        return self.back(question.key)

    def _form(self, data: Any = None, question: Question | None = None) -> QuestionForm:
        axes = [(axis.pk, axis.label) for axis in axes_of(self.question_set.campaign)]
        return QuestionForm(data, axes=axes, question=question)

    def _show(self, form: QuestionForm, question: Question | None, status: int = 200) -> HttpResponse:
        return self.render(
            "campaigns/question_form.html",
            status=status,
            form=form,
            question=question,
            question_set=self.question_set,
        )

    def _require_draft(self) -> None:
        if not self.is_draft:
            raise Http404("Cette version est publiée : elle ne change plus.")


class MoveQuestionView(VersionPage):
    """Moves a section of a draft by one place."""

    def post(self, request: HttpRequest, year: int, number: int, key: str) -> HttpResponse:
        try:
            move_question(question=self.question(key), up=request.POST.get("act") == "up", by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return self.back(key)


class RemoveQuestionView(VersionPage):
    """Takes a section out of a draft."""

    def post(self, request: HttpRequest, year: int, number: int, key: str) -> HttpResponse:
        question = self.question(key)
        try:
            remove_question(question=question, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Section « {question.title} » retirée du brouillon.")
        return self.back()


class VersionFilesView(VersionPage):
    """Lists the files whose diagnostic uses a version, among those that the person sees."""

    permission = Permission.NATIONAL_READ

    def get(self, request: HttpRequest, year: int, number: int) -> HttpResponse:
        diagnostics = (
            self.question_set.diagnostics.visible_to(self.actor)
            .select_related("contract__porteur", "contract__departement", "contract__region")
            .order_by("contract__reference", "pk")
        )
        page = Paginator(diagnostics, FILES_PER_PAGE).get_page(request.GET.get("page"))
        return self.render("campaigns/files.html", question_set=self.question_set, page_obj=page)
