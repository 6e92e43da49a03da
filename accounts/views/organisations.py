"""« Mon organisation »: contacts, services, people and their roles, invitations."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.descriptions import DESCRIPTIONS
from accounts.enums import OrganisationKind
from accounts.forms.organisations import ContactForm, ServiceForm
from accounts.forms.people import InvitationForm, MemberForm
from accounts.mixins import ActorView, FormView
from accounts.models import Invitation, Membership, OrganisationService
from accounts.queries import members_of, open_invitations_of, services_of
from accounts.roles import GRANTS, ROLES_OF_KIND, Permission, Role
from accounts.services import organisations, people
from accounts.views.logos import shown_logo

SERVICE_FIELDS = ("kind", "name", "siret", "contact_name", "telephone", "email", "address", "shown_on_files")


class Organisation(ActorView):
    """The organisation as its people and its partners see it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        organisation = self.organisation
        may_manage = self.may(Permission.PEOPLE_MANAGE)
        roles = ROLES_OF_KIND[OrganisationKind(organisation.kind)]
        contacts = (
            ("SIRET", organisation.siret),
            ("Adresse postale", organisation.address),
            ("Téléphone", organisation.telephone),
            ("Adresse électronique", organisation.email),
        )
        return self.render(
            "accounts/organisation.html",
            organisation=organisation,
            contacts=contacts,
            logo=shown_logo(organisation) if organisation.local_authority_id else None,
            services=services_of(organisation),
            members=[(each, _manages(each)) for each in members_of(organisation)],
            invitations=open_invitations_of(organisation) if may_manage else [],
            roles=[(role.label, DESCRIPTIONS[role]) for role in roles],
            may_edit=self.may(Permission.ORGANISATION_EDIT),
            may_logo=self.may(Permission.LOGO_EDIT),
            may_manage=may_manage,
            may_answer=self.may(Permission.ACCESS_VALIDATE),
            me=self.actor.user.pk,
            now=self.now,
        )


def _manages(membership: Membership) -> bool:
    return membership.manages_people or Permission.PEOPLE_MANAGE in GRANTS[Role(membership.role)]


class EditOrganisation(FormView):
    """How to reach the organisation."""

    permission = Permission.ORGANISATION_EDIT
    is_printed = True

    def build(self, data: Any = None) -> ContactForm:
        names = ("siret", "address", "telephone", "email")
        return ContactForm(data, initial={name: getattr(self.organisation, name) for name in names})

    def frame(self) -> dict[str, Any]:
        lead = "Ces coordonnées sont montrées aux autres parties de vos dossiers."
        return {"title": "Coordonnées de l’organisation", "lead": lead, "submit": "Enregistrer"}

    def save(self, values: dict[str, Any]) -> str:
        organisations.describe(by=self.actor, now=self.now, **values)
        return "Les coordonnées sont enregistrées."


# --- services -------------------------------------------------------------------------------------


class AddService(FormView):
    """A service of the organisation."""

    permission = Permission.ORGANISATION_EDIT
    is_printed = True

    def build(self, data: Any = None) -> ServiceForm:
        return ServiceForm(data, initial={"shown_on_files": True})

    def frame(self) -> dict[str, Any]:
        lead = "Sous-préfecture, DDETS, direction\u00a0: qui appeler pour quel sujet."
        return {"title": "Ajouter un service", "lead": lead, "submit": "Ajouter le service"}

    def save(self, values: dict[str, Any]) -> str:
        organisations.add_service(values=values, by=self.actor, now=self.now)
        return "Le service est ajouté."


class EditService(FormView):
    """The contact of a service."""

    permission = Permission.ORGANISATION_EDIT
    is_printed = True

    def build(self, data: Any = None) -> ServiceForm:
        self.service = _service(self, self.kwargs["pk"])
        return ServiceForm(data, initial={name: getattr(self.service, name) for name in SERVICE_FIELDS})

    def frame(self) -> dict[str, Any]:
        return {"title": f"Modifier {self.service.name}", "lead": "", "submit": "Enregistrer"}

    def save(self, values: dict[str, Any]) -> str:
        organisations.change_service(service=self.service, values=values, by=self.actor, now=self.now)
        return "Le service est modifié."


class RemoveService(ActorView):
    """Remove a service."""

    permission = Permission.ORGANISATION_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        service = _service(self, pk)
        return self.act(
            lambda: organisations.remove_service(service=service, by=self.actor, now=self.now),
            done=f"{service.name} ne figure plus parmi vos services.",
            to="accounts:organisation",
        )


def _service(view: ActorView, pk: int) -> OrganisationService:
    services = OrganisationService.objects.select_related("organisation")
    return get_object_or_404(services, pk=pk, organisation=view.organisation)


# --- people ---------------------------------------------------------------------------------------


class Invite(FormView):
    """Invite a person."""

    permission = Permission.PEOPLE_MANAGE

    def build(self, data: Any = None) -> InvitationForm:
        return InvitationForm(data, organisation=self.organisation)

    def frame(self) -> dict[str, Any]:
        lead = "La personne reçoit un lien, valable 14\u00a0jours, pour agir au nom de votre organisation."
        return {"title": "Inviter une personne", "lead": lead, "submit": "Envoyer l’invitation"}

    def save(self, values: dict[str, Any]) -> str:
        invitation = people.invite(by=self.actor, now=self.now, **values)
        return f"L’invitation est envoyée à {invitation.email}."


class EditMember(FormView):
    """What a person may do."""

    permission = Permission.PEOPLE_MANAGE
    is_printed = True

    def build(self, data: Any = None) -> MemberForm:
        self.membership = _member(self, self.kwargs["pk"])
        names = ("title", "role", "in_title", "manages_people")
        initial = {name: getattr(self.membership, name) for name in names}
        return MemberForm(data, organisation=self.organisation, initial=initial)

    def frame(self) -> dict[str, Any]:
        lead = "Le changement vaut dès maintenant. Ce que la personne a fait jusqu’ici n’est pas modifié."
        return {"title": f"Rôle de {self.membership.user.full_name}", "lead": lead, "submit": "Enregistrer le rôle"}

    def save(self, values: dict[str, Any]) -> str:
        people.change_role(membership=self.membership, by=self.actor, now=self.now, **values)
        return f"Le rôle de {self.membership.user.full_name} est enregistré."


class DelegatePeople(ActorView):
    """Give the management of people, or take it back."""

    permission = Permission.PEOPLE_MANAGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        membership = _member(self, pk)
        gives = request.POST.get("manages_people") == "1"
        name = membership.user.full_name
        return self.act(
            lambda: people.delegate_people(membership=membership, manages_people=gives, by=self.actor, now=self.now),
            done=f"{name} gère maintenant les personnes." if gives else f"{name} ne gère plus les personnes.",
            to="accounts:organisation",
        )


class EndMember(ActorView):
    """End a person's access to the organisation."""

    permission = Permission.PEOPLE_MANAGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        membership = _member(self, pk)
        return self.act(
            lambda: people.end_membership(membership=membership, by=self.actor, now=self.now),
            done=f"{membership.user.full_name} n’agit plus pour votre organisation. Les dossiers restent.",
            to="accounts:organisation",
        )


def _member(view: ActorView, pk: int) -> Membership:
    memberships = Membership.objects.current().select_related("user", "organisation")
    return get_object_or_404(memberships, pk=pk, organisation=view.organisation)


# --- invitations ----------------------------------------------------------------------------------


class ResendInvitation(ActorView):
    """Send an invitation again."""

    permission = Permission.PEOPLE_MANAGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        invitation = _invitation(self, pk)
        return self.act(
            lambda: people.resend_invitation(invitation=invitation, by=self.actor, now=self.now),
            done=f"Un nouveau lien est envoyé à {invitation.email}.",
            to="accounts:organisation",
        )


class RevokeInvitation(ActorView):
    """Cancel an invitation."""

    permission = Permission.PEOPLE_MANAGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        invitation = _invitation(self, pk)
        return self.act(
            lambda: people.revoke_invitation(invitation=invitation, by=self.actor, now=self.now),
            done=f"L’invitation de {invitation.email} est annulée.",
            to="accounts:organisation",
        )


def _invitation(view: ActorView, pk: int) -> Invitation:
    invitations = Invitation.objects.select_related("organisation")
    return get_object_or_404(invitations, pk=pk, organisation=view.organisation)
