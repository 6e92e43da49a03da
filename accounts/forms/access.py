"""The first access, asked for and answered."""

from __future__ import annotations

from typing import Any

from accounts.directory import Entry
from accounts.forms.fields import FirstNameField, LastNameField, RoleFormMixin, WorkEmailField
from ctai.forms import DsfrForm, FrenchPhoneField, ProseField, ReasonField


class AccessRequestForm(RoleFormMixin, DsfrForm):
    """Who asks, and to do what."""

    first_name = FirstNameField()
    last_name = LastNameField()
    email = WorkEmailField()
    phone = FrenchPhoneField(required=False)
    message = ProseField(
        label="Précisions",
        required=False,
        max_length=2_000,
        rows=3,
        help_text="Ce qui aide à vous reconnaître\u00a0: service, personne qui peut confirmer votre demande.",
    )
    field_order = ["first_name", "last_name", "email", "phone", "title", "role", "in_title", "message"]

    def __init__(self, *args: Any, target: Entry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(target.roles)


class RefusalForm(DsfrForm):
    """Why a request is refused."""

    reason = ReasonField(label="Motif du refus", help_text="La personne le lira dans le message qui lui est envoyé.")
