"""The courtesy by which a section is reserved while one writes; the revision number is the guarantee."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from accounts.actors import Actor
from accounts.models import Membership
from diagnostics.models import Section

#: How long a section stays reserved without news of its writer.
LOCK_TIME = timedelta(minutes=10)


def take_lock(*, section: Section, by: Actor, now: datetime, force: bool = False) -> Membership | None:
    """Reserve a section while one writes; return the other person who holds it, None when it is now ours."""
    free = Q(lock_until__isnull=True) | Q(lock_until__lte=now) | Q(lock_holder=by.membership.pk)
    sections = Section.objects.filter(pk=section.pk)
    taken = sections.filter(Q() if force else free).update(lock_holder=by.membership.pk, lock_until=now + LOCK_TIME)
    if taken:
        return None
    return (
        Membership.objects.select_related("user", "organisation").filter(pk__in=sections.values("lock_holder")).first()
    )


def release_lock(*, section: Section, by: Actor) -> None:
    """Give back a section that one reserved."""
    Section.objects.filter(pk=section.pk, lock_holder=by.membership.pk).update(lock_holder=None, lock_until=None)
