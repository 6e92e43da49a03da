"""Signing in and out, passwords, one's own account, and the organisation one acts for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.http import require_POST, require_safe

from accounts.demonstration import PASSWORD, demonstration_accounts
from accounts.forms.sign_in import (
    ChangePasswordForm,
    ForgottenPasswordForm,
    NewPasswordForm,
    ProfileForm,
    SignInForm,
)
from accounts.middleware import SESSION_KEY
from accounts.mixins import actor_of
from accounts.models import User
from accounts.services import account
from ctai.context import SITE_NAME
from ctai.http import safe_next


class InvalidIs422:
    """Answers 422 to a form that does not hold, the entry kept."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]  # a mixin of Django's form views
        response.status_code = 422
        return response


class SignIn(InvalidIs422, auth.LoginView):
    """Open a session; Django renews its key and refuses to return to another site."""

    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        accounts = demonstration_accounts() if settings.DEMO else []
        password = PASSWORD if settings.DEMO else ""
        context = super().get_context_data(demonstration=accounts, demonstration_password=password, **kwargs)
        return context | {"site_name": SITE_NAME}  # Django puts the host in its place

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        self.request.session.pop(SESSION_KEY, None)
        return super().form_valid(form)


@method_decorator(login_not_required, name="dispatch")
class ForgottenPassword(View):
    """Ask for the link to choose a password; the answer is the same whether the account exists."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "accounts/password_reset.html", {"form": ForgottenPasswordForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ForgottenPasswordForm(request.POST)
        if not form.is_valid():
            return render(request, "accounts/password_reset.html", {"form": form}, status=422)
        account.forgot_password(email=form.cleaned_data["email"])
        return redirect("accounts:password_reset_done")


@login_not_required
@require_safe
def password_reset_done(request: HttpRequest) -> HttpResponse:
    """Say that the link is on its way, if there is an account."""
    return render(request, "accounts/password_reset_done.html")


class NewPassword(InvalidIs422, auth.PasswordResetConfirmView):
    """Choose a password by the link received; the link leaves the address bar at once."""

    template_name = "accounts/password_confirm.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("accounts:password_complete")


@login_not_required
@require_safe
def password_complete(request: HttpRequest) -> HttpResponse:
    """Say that the password was chosen."""
    return render(request, "accounts/password_complete.html")


class ChangePassword(InvalidIs422, auth.PasswordChangeView):
    """Change one's password; the other sessions of the person end."""

    template_name = "accounts/password_change.html"
    form_class = ChangePasswordForm
    success_url = reverse_lazy("accounts:account")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, "Votre mot de passe est changé. Vos autres sessions sont fermées.")
        return super().form_valid(form)


class Account(View):
    """One's own name and telephone."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            raise Http404
        self.user = request.user
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        names = ("first_name", "last_name", "phone")
        return self._page(ProfileForm(initial={name: getattr(self.user, name) for name in names}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProfileForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        account.change_profile(user=self.user, by=actor_of(request), now=timezone.now(), **form.cleaned_data)
        messages.success(request, "Vos coordonnées sont enregistrées.")
        return redirect("accounts:account")

    def _page(self, form: ProfileForm, status: int = 200) -> HttpResponse:
        memberships = getattr(self.request, "memberships", [])
        return render(self.request, "accounts/account.html", {"form": form, "memberships": memberships}, status=status)


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act for another of one's organisations."""
    chosen = request.POST.get("membership", "")
    memberships = {str(each.pk): each for each in getattr(request, "memberships", [])}
    if chosen not in memberships:
        raise Http404
    request.session[SESSION_KEY] = memberships[chosen].pk
    messages.info(request, f"Vous agissez maintenant pour «\u00a0{memberships[chosen].organisation.name}\u00a0».")
    return redirect(safe_next(request, resolve_url(settings.LOGIN_REDIRECT_URL)))


@require_safe
def no_organisation(request: HttpRequest) -> HttpResponse:
    """Tell a person who acts for nobody how to ask for access."""
    return render(request, "accounts/no_organisation.html")
