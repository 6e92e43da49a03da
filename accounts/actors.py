"""A person acting for one organisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.enums import Side
from accounts.roles import SIDES, Role

if TYPE_CHECKING:
    from accounts.models import Membership, Organisation, User


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and for whom: the ``by=`` of every domain function."""

    membership: Membership

    @property
    def user(self) -> User:
        return self.membership.user

    @property
    def organisation(self) -> Organisation:
        return self.membership.organisation

    @property
    def role(self) -> Role:
        return Role(self.membership.role)

    @property
    def side(self) -> Side:
        return SIDES[self.role]

    @property
    def is_signatory(self) -> bool:
        """True for those whose role is to decide or sign in person."""
        return self.role in (Role.LOCAL_SIGNATORY, Role.STATE_SIGNATORY)
