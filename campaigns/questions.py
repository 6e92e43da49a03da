"""The door of the question sets: a draft comes from the last version; once published it never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import slugify

from accounts.actors import Actor
from accounts.roles import Permission, may
from campaigns.errors import Refused
from campaigns.models import Campaign, Question, QuestionSet
from journal.services import record

KEY_LENGTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionInput:
    """A section as the manager types it; each indicator is a label and a unit of ``campaigns.enums.Unit``."""

    title: str
    guidance: str = ""
    axis_id: int | None = None
    mandatory: bool = True
    indicators: Sequence[tuple[str, str]] = ()


@transaction.atomic
def draft_questions(*, campaign: Campaign, by: Actor, now: datetime) -> QuestionSet:
    """Prepare the next version as a copy of the last published one; the draft that exists is returned.

    Raises:
        PermissionDenied: the actor does not manage campaigns.
    """
    require_manager(by)
    Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=campaign.pk)
    last = campaign.question_sets.order_by("-number").first()
    if last is not None and last.published_at is None:
        return last
    draft = QuestionSet.objects.create(
        campaign=campaign, number=last.number + 1 if last else 1, created_by=by.user, created_at=now
    )
    copies = list(last.questions.order_by("rank", "pk")) if last else []
    for rank, each in enumerate(copies, start=1):
        each.pk, each.question_set, each.rank = None, draft, rank
    Question.objects.bulk_create(copies)
    return draft


@transaction.atomic
def add_question(*, question_set: QuestionSet, data: QuestionInput, by: Actor) -> Question:
    """Add a section at the end of a draft, under an address of its own.

    Raises:
        PermissionDenied: the actor does not manage campaigns.
        Refused: the version is published.
    """
    question_set = _draft(question_set, by)
    taken = set(question_set.questions.values_list("key", flat=True))
    return Question.objects.create(
        question_set=question_set, key=_new_key(data.title, taken), rank=len(taken) + 1, **_values(data)
    )


@transaction.atomic
def change_question(*, question: Question, data: QuestionInput, by: Actor) -> Question:
    """Change a section of a draft; its address stays.

    Raises:
        PermissionDenied: the actor does not manage campaigns.
        Refused: the version is published.
    """
    _kept(question, _draft(question.question_set, by))
    values = _values(data)
    for name, value in values.items():
        setattr(question, name, value)
    question.save(update_fields=list(values))
    return question


@transaction.atomic
def move_question(*, question: Question, up: bool, by: Actor) -> None:
    """Move a section of a draft by one place; at the edge it stays where it is.

    Raises:
        PermissionDenied: the actor does not manage campaigns.
        Refused: the version is published.
    """
    question_set = _draft(question.question_set, by)
    rows = list(question_set.questions.order_by("rank", "pk"))
    here = rows.index(_kept(question, question_set))
    there = here - 1 if up else here + 1
    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
    _number(rows)


@transaction.atomic
def remove_question(*, question: Question, by: Actor) -> None:
    """Take a section out of a draft; earlier versions keep theirs.

    Raises:
        PermissionDenied: the actor does not manage campaigns.
        Refused: the version is published.
    """
    question_set = _draft(question.question_set, by)
    question.delete()
    _number(list(question_set.questions.order_by("rank", "pk")))


@transaction.atomic
def publish_draft(*, question_set: QuestionSet, by: Actor, now: datetime) -> QuestionSet:
    """Publish a draft: files that begin their diagnostic from now on use it, the others keep theirs.

    Raises:
        PermissionDenied: the actor does not manage campaigns.
        Refused: the version is published already, or asks for nothing that is mandatory.
    """
    question_set = _draft(question_set, by)
    if not question_set.questions.filter(mandatory=True).exists():
        raise Refused(
            "Rendez au moins une section obligatoire avant de publier : un diagnostic ne peut pas être vide."
        )
    question_set.published_at = now
    question_set.save(update_fields=["published_at"])
    record(
        kind="questions_published",
        by=by,
        now=now,
        payload={"campaign": question_set.campaign_id, "question_set": question_set.pk, "number": question_set.number},
    )
    return question_set


@transaction.atomic
def discard_draft(*, question_set: QuestionSet, by: Actor) -> None:
    """Throw a draft away; nothing has begun on it.

    Raises:
        PermissionDenied: the actor does not manage campaigns.
        Refused: the version is published.
    """
    _draft(question_set, by).delete()


def require_manager(by: Actor) -> None:
    """Go on only for whoever manages campaigns.

    Raises:
        PermissionDenied: otherwise.
    """
    if not may(by, Permission.CAMPAIGN_MANAGE):
        raise PermissionDenied


def _draft(question_set: QuestionSet, by: Actor) -> QuestionSet:
    require_manager(by)
    locked: QuestionSet | None = (
        QuestionSet.objects.select_for_update(of=("self",), no_key=True).filter(pk=question_set.pk).first()
    )
    if locked is None:
        raise Refused("Ce brouillon a été supprimé. Rien n’a été modifié.")
    if locked.published_at is not None:
        raise Refused("Cette version est publiée : elle ne change plus. Préparez une nouvelle version.")
    return locked


def _kept(question: Question, question_set: QuestionSet) -> Question:
    """Return the section, if nobody took it out before the draft was locked."""
    found: Question | None = question_set.questions.filter(pk=question.pk).first()
    if found is None:
        raise Refused("Cette section a été retirée du brouillon. Rien n’a été modifié.")
    return found


def _values(data: QuestionInput) -> dict[str, object]:
    return {
        "title": data.title,
        "guidance": data.guidance,
        "axis_id": data.axis_id,
        "mandatory": data.mandatory,
        "expected_indicators": [{"label": label, "unit": unit} for label, unit in data.indicators],
    }


def _number(rows: list[Question]) -> None:
    for rank, each in enumerate(rows, start=1):
        each.rank = rank
    Question.objects.bulk_update(rows, ["rank"])


def _new_key(title: str, taken: set[str]) -> str:
    """Return an address that no page of the diagnostic bears: « section-sante-mentale »."""
    base = f"section-{slugify(title)}"[: KEY_LENGTH - 3].rstrip("-")
    number, key = 1, base
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    return key
