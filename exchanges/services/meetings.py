"""The door of meetings: minutes, their approval by each side, what was decided."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.enums import Side
from ctai.text import long_date
from exchanges.errors import Refused, StaleMinutes
from exchanges.inputs import DecisionInput, MeetingInput
from exchanges.models import Meeting, MeetingDecision, MeetingParticipant, Message, MinutesApproval
from exchanges.services.messages import post_message

FIELDS = ("held_on", "subject", "mode", "place", "agenda", "minutes")
STALE = "Le compte rendu a changé depuis l’ouverture de cette page : relisez-le avant de continuer."


@transaction.atomic
def record_meeting(*, contract_id: int, data: MeetingInput, by: Actor, now: datetime) -> Meeting:
    """Record a meeting with its participants and decisions; written minutes are a first version."""
    meeting = Meeting.objects.create(
        contract_id=contract_id,
        minutes_version=1 if data.minutes else 0,
        created_by=by.user,
        created_at=now,
        **{name: getattr(data, name) for name in FIELDS},
    )
    _replace_participants(meeting, data)
    _save_decisions(meeting, data.decisions)
    return meeting


@transaction.atomic
def update_minutes(
    *, meeting: Meeting, expected_version: int, data: MeetingInput, by: Actor, now: datetime
) -> Meeting:
    """Change a meeting; any change makes a new version of the minutes, to be sent and approved again.

    Raises:
        StaleMinutes: the minutes are no longer those of ``expected_version``.
    """
    meeting = _locked(meeting)
    _require_version(meeting, expected_version)
    if _content(meeting) == _given(data):
        return meeting
    for name in FIELDS:
        setattr(meeting, name, getattr(data, name))
    meeting.minutes_version += 1
    meeting.minutes_sent_at = meeting.objected_at = None
    meeting.save()
    _replace_participants(meeting, data)
    _save_decisions(meeting, data.decisions)
    return meeting


@transaction.atomic
def send_minutes(*, meeting: Meeting, version: int, by: Actor, now: datetime) -> Meeting:
    """Send the minutes to the other side, from which the time to object runs."""
    meeting = _locked(meeting)
    _require_version(meeting, version)
    if not meeting.minutes:
        raise Refused("Rédigez le compte rendu avant de l’envoyer.")
    if meeting.held_on > timezone.localtime(now).date():
        raise Refused("L’échange n’a pas encore eu lieu : son compte rendu ne peut pas être envoyé.")
    if meeting.minutes_sent_at is None:
        meeting.minutes_sent_at = now
        meeting.save(update_fields=["minutes_sent_at"])
    return meeting


@transaction.atomic
def approve_minutes(*, meeting: Meeting, version: int, by: Actor, now: datetime) -> MinutesApproval:
    """Approve, for one's side, the version of the minutes that one has read; an earlier objection falls."""
    meeting = _locked(meeting)
    _require_version(meeting, version)
    _require_sent(meeting)
    if by.side == Side.LOCAL and meeting.objected_at is not None:
        meeting.objected_at = None
        meeting.save(update_fields=["objected_at"])
    approval, _ = MinutesApproval.objects.get_or_create(
        meeting=meeting,
        version=version,
        side=_party(by),
        defaults={"approved_by": by.user, "approved_at": now},
    )
    return approval


@transaction.atomic
def object_to_minutes(*, meeting: Meeting, version: int, reason: str, by: Actor, now: datetime) -> Message:
    """Object to the minutes: they are no longer approved by silence, and the reason becomes a message."""
    meeting = _locked(meeting)
    _require_version(meeting, version)
    _require_sent(meeting)
    meeting.objected_at = now
    meeting.save(update_fields=["objected_at"])
    meeting.approvals.filter(version=version, side=_party(by)).delete()
    return post_message(
        contract_id=meeting.contract_id,
        body=f"Observation sur le compte rendu de l’échange du {long_date(meeting.held_on)} :\n\n{reason}",
        expects_reply=True,
        by=by,
        now=now,
    )


def mark_decision(*, decision: MeetingDecision, done: bool, by: Actor, now: datetime) -> MeetingDecision:
    """Say that a decision was carried out, or that it was not."""
    if done != (decision.done_at is not None):
        decision.done_at = now if done else None
        decision.save(update_fields=["done_at"])
    return decision


def _locked(meeting: Meeting) -> Meeting:
    locked: Meeting = Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=meeting.pk)
    return locked


def _require_version(meeting: Meeting, version: int) -> None:
    if meeting.minutes_version != version:
        raise StaleMinutes(STALE)


def _require_sent(meeting: Meeting) -> None:
    if meeting.minutes_sent_at is None:
        raise Refused("Le compte rendu n’a pas encore été envoyé aux parties.")


def _party(by: Actor) -> Side:
    if by.side not in (Side.LOCAL, Side.STATE):
        raise Refused("Seules la collectivité et la préfecture se prononcent sur un compte rendu.")
    return by.side


def _replace_participants(meeting: Meeting, data: MeetingInput) -> None:
    meeting.participants.all().delete()
    MeetingParticipant.objects.bulk_create(
        MeetingParticipant(meeting=meeting, name=each.name, organisation=each.organisation, title=each.title)
        for each in data.participants
    )


def _save_decisions(meeting: Meeting, decisions: tuple[DecisionInput, ...]) -> None:
    known = {each.pk: each for each in meeting.decisions.all()}
    kept = set()
    for each in decisions:
        decision = known.get(each.id or 0, MeetingDecision(meeting=meeting))
        decision.text, decision.owner, decision.due_on = each.text, each.owner, each.due_on
        decision.save()
        kept.add(decision.pk)
    meeting.decisions.exclude(pk__in=kept).delete()


def _content(meeting: Meeting) -> tuple[object, ...]:
    people = meeting.participants.order_by("pk").values_list("name", "organisation", "title")
    decisions = meeting.decisions.order_by("pk").values_list("text", "owner", "due_on")
    return (*(getattr(meeting, name) for name in FIELDS), tuple(people), tuple(decisions))


def _given(data: MeetingInput) -> tuple[object, ...]:
    people = tuple((each.name, each.organisation, each.title) for each in data.participants)
    decisions = tuple((each.text, each.owner, each.due_on) for each in data.decisions)
    return (*(getattr(data, name) for name in FIELDS), people, decisions)
