"""Asking for a first access, answering the requests, accepting an invitation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.http import require_safe

from accounts.directory import find
from accounts.errors import Refused
from accounts.forms.access import AccessRequestForm, RefusalForm
from accounts.forms.people import OrganisationChoiceForm, OrganisationSearchForm, TargetForm
from accounts.forms.sign_in import NewAccountForm
from accounts.middleware import SESSION_KEY
from accounts.mixins import ActorView, FormView
from accounts.models import AccessRequest, User
from accounts.queries import decided_requests_for, pending_requests_for
from accounts.roles import Permission
from accounts.services import access, people

BACKEND = "django.contrib.auth.backends.ModelBackend"


@method_decorator(login_not_required, name="dispatch")
class RequestAccess(View):
    """Ask for access in two steps: find one's organisation, then say who one is."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if "organisation" in request.GET:
            target = TargetForm(request.GET)
            if not target.is_valid():
                return self._search(request, status=422, error=target.errors["organisation"][0])
            entry = target.cleaned_data["organisation"]
            return self._ask(request, AccessRequestForm(target=entry), entry)
        return self._search(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        target = TargetForm(request.POST)
        if not target.is_valid():
            return self._search(request, status=422, error=target.errors["organisation"][0])
        entry = target.cleaned_data["organisation"]
        form = AccessRequestForm(request.POST, target=entry)
        if not form.is_valid():
            return self._ask(request, form, entry, status=422)
        access.request_access(target=entry, now=timezone.now(), **form.cleaned_data)
        return redirect("accounts:request_sent")

    def _search(self, request: HttpRequest, status: int = 200, error: str = "") -> HttpResponse:
        searched = "q" in request.GET
        search = OrganisationSearchForm(request.GET) if searched else OrganisationSearchForm()
        if searched and not search.is_valid():
            status = 422
        words = search.cleaned_data["q"] if searched and search.is_valid() else ""
        found = find(words) if words else []
        context = {
            "search": search,
            "words": words,
            "choice": OrganisationChoiceForm(found=found) if found else None,
            "error": error,
        }
        return render(request, "accounts/request_search.html", context, status=status)

    def _ask(self, request: HttpRequest, form: AccessRequestForm, entry: Any, status: int = 200) -> HttpResponse:
        return render(request, "accounts/request_access.html", {"form": form, "entry": entry}, status=status)


@login_not_required
@require_safe
def request_sent(request: HttpRequest) -> HttpResponse:
    """Acknowledge a request, the same whether an account exists or not."""
    return render(request, "accounts/request_sent.html")


class Requests(ActorView):
    """The access requests that the préfecture, or the support, must answer."""

    permission = Permission.ACCESS_VALIDATE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            "accounts/requests.html",
            pending=pending_requests_for(self.organisation),
            decided=decided_requests_for(self.organisation),
        )


class AcceptRequest(ActorView):
    """Accept a request."""

    permission = Permission.ACCESS_VALIDATE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        asked = get_object_or_404(AccessRequest, pk=pk, routed_to=self.organisation)
        return self.act(
            lambda: access.accept_request(request=asked, by=self.actor, now=self.now),
            done=f"L’accès de {asked} est ouvert. Un message lui a été envoyé.",
            to="accounts:requests",
        )


class RefuseRequest(FormView):
    """Refuse a request, with a reason."""

    permission = Permission.ACCESS_VALIDATE
    to = "accounts:requests"

    def build(self, data: Any = None) -> RefusalForm:
        self.asked = get_object_or_404(AccessRequest, pk=self.kwargs["pk"], routed_to=self.organisation)
        return RefusalForm(data)

    def frame(self) -> dict[str, Any]:
        return {
            "title": f"Refuser l’accès de {self.asked}",
            "lead": "La personne reçoit un message avec votre motif. Elle pourra faire une nouvelle demande.",
            "submit": "Refuser la demande",
        }

    def save(self, values: dict[str, Any]) -> str:
        access.refuse_request(request=self.asked, by=self.actor, now=self.now, **values)
        return "La demande est refusée. Le motif a été envoyé à la personne."


@method_decorator(login_not_required, name="dispatch")
class AcceptInvitation(View):
    """Accept an invitation: open an account, or join with the one that exists."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now = timezone.now()
        self.token = str(kwargs["token"])
        invitation = people.read_invitation(self.token, self.now)
        if invitation is None:
            return render(request, "accounts/invitation_dead.html", {"reason": people.DEAD_LINK}, status=404)
        self.invitation = invitation
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._page(NewAccountForm(email=self.invitation.email))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if isinstance(request.user, User):
            return self._join(request.user)
        form = NewAccountForm(request.POST, email=self.invitation.email)
        if form.is_valid():
            try:
                actor = people.accept_invitation(token=self.token, now=self.now, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                login(request, actor.user, backend=BACKEND)
                return self._welcome(actor.membership.pk)
        return self._page(form, status=422)

    def _join(self, user: User) -> HttpResponse:
        try:
            actor = people.join(token=self.token, user=user, now=self.now)
        except Refused as refusal:
            return self._page(None, status=422, error=str(refusal))
        return self._welcome(actor.membership.pk)

    def _welcome(self, membership: int) -> HttpResponse:
        self.request.session[SESSION_KEY] = membership
        messages.success(
            self.request, f"Vous agissez maintenant pour «\u00a0{self.invitation.organisation.name}\u00a0»."
        )
        return redirect(settings.LOGIN_REDIRECT_URL)

    def _page(self, form: NewAccountForm | None, status: int = 200, error: str = "") -> HttpResponse:
        user = self.request.user
        has_account = User.objects.filter(email=self.invitation.email).exists()
        context = {
            "invitation": self.invitation,
            "form": form,
            "error": error,
            "has_account": has_account,
            "is_other": user.is_authenticated and getattr(user, "email", "") != self.invitation.email,
            "sign_in": f"{reverse('accounts:login')}?next={reverse('accounts:invitation', args=[self.token])}",
        }
        return render(self.request, "accounts/invitation.html", context, status=status)
