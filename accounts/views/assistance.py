"""The support: find a person, attach them to an organisation, suspend or reactivate their account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.directory import find
from accounts.errors import Refused
from accounts.forms.people import (
    AttachForm,
    OrganisationChoiceForm,
    OrganisationSearchForm,
    PersonSearchForm,
    TargetForm,
)
from accounts.mixins import ActorView
from accounts.models import Membership, User
from accounts.queries import memberships_of, people_named
from accounts.roles import Permission
from accounts.services import assistance

PAGE = 25


class SupportView(ActorView):
    """A page of the support."""

    permission = Permission.ADMINISTER

    @property
    def person(self) -> User:
        return get_object_or_404(User.objects.filter(is_superuser=False), pk=self.kwargs["pk"])

    def back(self) -> HttpResponse:
        return redirect("accounts:assistance_person", pk=self.kwargs["pk"])

    def attempt(self, act: Any, done: str) -> HttpResponse:
        """Do an act that has no form, and return to the person's page."""
        try:
            act()
        except Refused as refusal:
            messages.error(self.request, str(refusal))
        else:
            messages.success(self.request, done)
        return self.back()


class Assistance(SupportView):
    """Find a person."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = PersonSearchForm(request.GET)
        words = form.cleaned_data["q"] if form.is_valid() else ""
        page = Paginator(people_named(words), PAGE).get_page(request.GET.get("page"))
        return self.render("accounts/assistance.html", form=form, words=words, page_obj=page)


class Person(SupportView):
    """A person, the organisations for which they act, and what the support may do."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self.person
        search = OrganisationSearchForm(request.GET) if "q" in request.GET else OrganisationSearchForm()
        words = search.cleaned_data["q"] if search.is_bound and search.is_valid() else ""
        found = find(words) if words else []
        return self.render(
            "accounts/assistance_person.html",
            status=422 if search.is_bound and not search.is_valid() else 200,
            person=person,
            memberships=memberships_of(person),
            search=search,
            words=words,
            choice=OrganisationChoiceForm(found=found) if found else None,
            is_me=person.pk == self.actor.user.pk,
        )


class Attach(SupportView):
    """Attach a person to the organisation that was found."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry = self._entry(request.GET)
        return self._page(AttachForm(target=entry), entry)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry = self._entry(request.POST)
        form = AttachForm(request.POST, target=entry)
        if form.is_valid():
            try:
                assistance.attach(user=self.person, target=entry, by=self.actor, now=self.now, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, f"Le rattachement à {entry.name} est enregistré.")
                return self.back()
        return self._page(form, entry, status=422)

    def _entry(self, data: Any) -> Any:
        target = TargetForm(data)
        if not target.is_valid():
            raise Http404
        return target.cleaned_data["organisation"]

    def _page(self, form: AttachForm, entry: Any, status: int = 200) -> HttpResponse:
        return self.render(
            "accounts/assistance_attach.html", status=status, form=form, entry=entry, person=self.person
        )


class Detach(SupportView):
    """End a person's access to an organisation."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, membership: int) -> HttpResponse:
        rows = Membership.objects.select_related("user", "organisation")
        row = get_object_or_404(rows, pk=membership, user=self.person, ended_at__isnull=True)
        return self.attempt(
            lambda: assistance.detach(membership=row, by=self.actor, now=self.now),
            f"{row.user.full_name} n’agit plus pour «\u00a0{row.organisation.name}\u00a0».",
        )


class Suspend(SupportView):
    """Suspend an account."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self.person
        return self.attempt(
            lambda: assistance.suspend(user=person, by=self.actor, now=self.now), "Le compte est suspendu."
        )


class Reactivate(SupportView):
    """Reactivate an account."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self.person
        return self.attempt(
            lambda: assistance.reactivate(user=person, by=self.actor, now=self.now), "Le compte est réactivé."
        )
