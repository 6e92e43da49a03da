"""The door of every write to a section of the diagnostic: the file's door, then the approvals that fall are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from accounts.actors import Actor
from accounts.roles import Permission
from contracts.models import Contract
from contracts.notifications import tell_approvals_void
from contracts.services.editing import editing
from diagnostics.models import Section, SectionApproval
from journal.services import record


def write_section(
    contract_id: int, section: Section, act: Callable[[], Section], *, by: Actor, now: datetime
) -> Section:
    """Write a section by ``act``, one call of ``diagnostics.services.save_section``.

    The journal keeps one event for each version, not for each draft of it.

    Raises:
        PermissionDenied: the actor lacks the right on this file.
        TransitionRefused: the file is not in a state that allows it.
        Refused: the diagnostic refuses; ``StaleSection`` when it was changed meanwhile.
    """
    payload: dict[str, Any] = {"section": section.pk, "label": section.question.title}
    with (
        editing(
            contract_id,
            Permission.DIAGNOSTIC_WRITE,
            by=by,
            now=now,
            kind=lambda: "section_saved" if "version" in payload else None,
            payload=payload,
        ) as contract,
        approvals_watched(contract, by=by, now=now) as versions,
    ):
        saved = act()
        if saved.version != versions[section.pk]:
            payload["version"] = saved.version
    return saved


@contextmanager
def approvals_watched(contract: Contract, *, by: Actor, now: datetime) -> Iterator[dict[int, int]]:
    """Tell both sides of the approvals that what is written inside makes void: an event and a mail for each section.

    Gives the version of each section before it. To be used inside ``editing``, around any write to the sections of
    the diagnostic.
    """
    counting = SectionApproval.objects.filter(
        section=OuterRef("pk"), version=OuterRef("version"), withdrawn_at__isnull=True
    )
    sections = Section.objects.filter(diagnostic__contract=contract.pk)
    found = list(sections.values_list("pk", "version", Exists(counting)))
    approved = {pk: version for pk, version, counts in found if counts}
    yield {pk: version for pk, version, _ in found}
    if not approved:
        return
    for section in sections.filter(pk__in=approved).select_related("question").order_by("rank", "pk"):
        since = approved[section.pk]
        if section.version == since:
            continue
        payload = {
            "section": section.pk,
            "label": section.question.title,
            "approved_version": since,
            "version": section.version,
        }
        record(kind="section_approvals_void", by=by, now=now, contract_id=contract.pk, payload=payload)
        tell_approvals_void(contract, section, since=since, to=section.version, by=by)
