"""The opinions of other services on a request: asked, then recorded as they were given."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.files.base import File
from django.utils import timezone

from accounts.actors import Actor
from accounts.roles import Permission
from contracts.enums import OpinionVerdict
from contracts.errors import TransitionRefused
from contracts.models import Opinion
from contracts.opinion_mails import ask_by_mail
from contracts.services.editing import editing
from documents.enums import UploadKind, Visibility
from documents.uploads import accept


def ask_opinion(contract_id: int, *, service: str, email: str = "", due_on: date, by: Actor, now: datetime) -> Opinion:
    """Write down that an opinion is asked of a service, and write to it when its address is given.

    Raises:
        TransitionRefused: the same service was asked and has not answered, or the day is past.
    """
    payload: dict[str, Any] = {}
    with editing(
        contract_id, Permission.OPINION_RECORD, by=by, now=now, kind="opinion_asked", payload=payload
    ) as contract:
        if due_on < timezone.localdate(now):
            raise TransitionRefused(["La date à laquelle l’avis est attendu doit être à venir."])
        if Opinion.objects.filter(contract=contract, service=service, given_on__isnull=True).exists():
            raise TransitionRefused([f"Un avis est déjà demandé à « {service} »."])
        opinion = Opinion.objects.create(
            contract=contract, service=service, email=email, asked_at=now, due_on=due_on, recorded_by=by.user
        )
        payload |= {"opinion": opinion.pk, "mailed": bool(email), "expected_on": due_on.isoformat()}
        ask_by_mail(opinion)
    return opinion


def record_opinion(
    contract_id: int,
    pk: int,
    *,
    verdict: OpinionVerdict,
    given_on: date,
    text: str,
    file: File[Any] | None = None,
    by: Actor,
    now: datetime,
) -> Opinion:
    """Record an opinion as its service gave it; the last record counts.

    Raises:
        TransitionRefused: the day is to come, or before the request.
    """
    with editing(
        contract_id, Permission.OPINION_RECORD, by=by, now=now, kind="opinion_given", payload={"opinion": pk}
    ) as contract:
        opinion: Opinion = Opinion.objects.get(contract=contract, pk=pk)
        if not timezone.localdate(opinion.asked_at) <= given_on <= timezone.localdate(now):
            raise TransitionRefused(["L’avis est rendu entre le jour où il est demandé et aujourd’hui."])
        opinion.verdict, opinion.given_on, opinion.text = verdict, given_on, text
        opinion.recorded_by = by.user
        if file is not None:
            opinion.upload = accept(
                file,
                kind=UploadKind.OPINION,
                contract_id=contract.pk,
                organisation=by.organisation,
                by=by,
                now=now,
                visibility=Visibility.OWN_SIDE,
            )
        opinion.save(update_fields=["verdict", "given_on", "text", "upload", "recorded_by"])
    return opinion
