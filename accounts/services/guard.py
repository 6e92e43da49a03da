"""The check that opens every act on people and rights."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import Permission, may


def require(by: Actor, permission: Permission, organisation: Organisation | None = None) -> None:
    """Refuse the act to whoever lacks the permission, or acts for another organisation than the one concerned.

    Raises PermissionDenied.
    """
    if not may(by, permission):
        raise PermissionDenied("Votre rôle ne permet pas cette action.")
    if organisation is not None and organisation.pk != by.organisation.pk:
        raise PermissionDenied("Cette action appartient à une autre organisation.")
