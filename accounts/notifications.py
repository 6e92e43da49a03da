"""The mails about people and rights: one link each, nothing sensitive but the link itself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import AccessRequest, Invitation, Membership, Organisation, User
from accounts.queries import deciders_of
from ctai.context import SITE_NAME


def send_invitation(invitation: Invitation, token: str) -> None:
    """Invite a person: the link is the only place where the secret is written in full."""
    context = {"invitation": invitation, "inviter": invitation.invited_by.full_name}
    subject = f"Invitation, {invitation.organisation.name}"
    _send("invitation", subject, invitation.email, reverse("accounts:invitation", args=[token]), context)


def send_password_link(user: User) -> None:
    """Send the link by which a person chooses a password."""
    _send("password", "Choisir votre mot de passe", user.email, password_path(user), {"user": user})


def send_access_granted(membership: Membership) -> None:
    """Tell a person for whom they may now act, with the link to choose a password where they have none."""
    user = membership.user
    has_password = user.has_usable_password()
    path = reverse("accounts:login") if has_password else password_path(user)
    context = {"user": user, "membership": membership, "has_password": has_password}
    _send("access_granted", "Votre accès est ouvert", user.email, path, context)


def send_access_refused(request: AccessRequest) -> None:
    """Tell a person why their request was refused."""
    path = reverse("accounts:request_access")
    _send("access_refused", "Votre demande d’accès", request.email, path, {"access": request})


def send_access_to_decide(request: AccessRequest, target: str) -> None:
    """Tell those who answer requests that there is a new one."""
    path = reverse("accounts:requests")
    for user in deciders_of(request.routed_to):
        _send("access_to_decide", "Une demande d’accès à traiter", user.email, path, {"user": user, "target": target})


def send_departure(user: User, organisation: Organisation) -> None:
    """Tell a person that they no longer act for an organisation."""
    context = {"user": user, "organisation": organisation}
    _send("departure", "Fin de votre accès", user.email, reverse("accounts:no_organisation"), context)


def password_path(user: User) -> str:
    """Return the address where the person chooses a password; used once, and for a few days."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("accounts:password_confirm", args=[key, default_token_generator.make_token(user)])


def _send(name: str, subject: str, to: str, path: str, context: dict[str, Any]) -> None:
    context |= {
        "link": f"{settings.SITE_URL.rstrip('/')}{path}",
        "subject": subject,
        "site_name": SITE_NAME,
        "demo": settings.DEMO,
    }
    message = EmailMultiAlternatives(
        f"[CTAI] {subject}", render_to_string(f"accounts/email/{name}.txt", context), to=[to]
    )
    message.attach_alternative(render_to_string(f"accounts/email/{name}.html", context), "text/html")
    message.send()
