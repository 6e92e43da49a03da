"""One's own account: name, telephone, password."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.models import User, clean_email
from accounts.notifications import send_password_link
from journal.services import record


@transaction.atomic
def change_profile(
    *, user: User, first_name: str, last_name: str, phone: str, by: Actor | None, now: datetime
) -> None:
    """Change one's own name and telephone."""
    User.objects.filter(pk=user.pk).update(first_name=first_name, last_name=last_name, phone=phone)
    record(kind="profile_changed", by=by, now=now, payload={"user": user.pk})


@transaction.atomic
def forgot_password(*, email: str) -> None:
    """Send the link to choose a password to the active account of this address, if there is one."""
    user = User.objects.filter(email=clean_email(email), is_active=True).first()
    if user is not None:
        send_password_link(user)
