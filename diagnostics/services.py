"""The door of the diagnostic: begin, write a section, approve it for one's side, conclude."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from accounts.actors import Actor
from accounts.enums import Side
from campaigns.models import QuestionSet
from ctai.text import join_and
from diagnostics.contents import Content, content_of, current_content, current_text, is_empty, parts_of, same
from diagnostics.errors import Refused, StaleSection
from diagnostics.inputs import IndicatorInput, RowInput
from diagnostics.locking import LOCK_TIME
from diagnostics.models import Diagnostic, Section, SectionApproval, SectionVersion
from diagnostics.storing import check_figures, kept_rows, kept_text, write_figures, write_rows

#: One author's writing makes one version during this time, unless somebody approves it or writes after.
DRAFT_TIME = timedelta(minutes=10)


@transaction.atomic
def start(*, contract_id: int, question_set: QuestionSet | None, now: datetime) -> Diagnostic:
    """Open the diagnostic of a file with a section for each question; one that exists is kept as it is.

    Raises:
        Refused: no question set is published.
    """
    existing: Diagnostic | None = Diagnostic.objects.filter(contract=contract_id).first()
    if existing is not None:
        return existing
    if question_set is None:
        raise Refused("Aucune campagne ouverte n’a de questionnaire publié.")
    diagnostic = Diagnostic.objects.create(contract_id=contract_id, question_set=question_set, started_at=now)
    Section.objects.bulk_create(
        Section(diagnostic=diagnostic, question=question, rank=question.rank)
        for question in question_set.questions.order_by("rank", "pk")
    )
    return diagnostic


@transaction.atomic
def save_section(
    *,
    section: Section,
    expected_version: int,
    text: str,
    rows: Sequence[RowInput],
    indicators: Sequence[IndicatorInput],
    by: Actor,
    now: datetime,
    revision: int | None = None,
    as_draft: bool = False,
) -> Section:
    """Write a section as a whole; a change makes a new version, for which no earlier approval counts.

    Rows and figures keep their identity by ``id``: those that are not given any more are removed. Saving what is
    already there changes nothing, so that a save whose answer was lost may be sent again. What one author saves
    ``as_draft`` within ten minutes goes into one version, which is closed by a save that is not a draft, by an
    approval, or by whoever writes next.

    Args:
        section: where to write; read again under lock.
        expected_version: the version that the writer has read.
        text: rich or plain; it is cleaned here.
        rows: all the rows.
        indicators: all the figures.
        by: who writes.
        now: when.
        revision: the revision that the writer has read; without it, a version still being written counts as unread.
        as_draft: more is to come: the section is reserved for its writer, unless someone else holds it, and its
            version stays open.

    Raises:
        StaleSection: the section is no longer as the writer has read it.
        InvalidContent: the text, a row or a figure cannot be kept.
        Refused: the diagnostic is concluded.
    """
    section = _locked(section)
    held_rows, held_figures = parts_of(section)
    current = content_of(current_text(section), held_rows, held_figures)
    wanted_text, wanted_rows = kept_text(text), kept_rows(rows)
    check_figures(indicators)
    if not same(current, content_of(wanted_text, wanted_rows, indicators)):
        _check_read(section, current, expected_version, revision)
        if not _goes_on(section, by, now):
            _close(section, current)
            section.version += 1
            section.draft_since, section.draft_organisation = now, by.organisation
        held_rows = write_rows(section, held_rows, wanted_rows)
        held_figures = write_figures(section, held_figures, indicators)
        section.text = wanted_text
        section.revision += 1
        section.updated_at, section.updated_by = now, by.user
        current = content_of(wanted_text, held_rows, held_figures)
    if as_draft:
        _reserve(section, by, now)
    else:
        _close(section, current)
        if section.lock_holder_id == by.membership.pk:
            section.lock_holder = section.lock_until = None
    section.save()
    return section


@transaction.atomic
def approve(
    *, section: Section, version: int, by: Actor, now: datetime, revision: int | None = None
) -> SectionApproval:
    """Approve, for one's side, the version of a section that one has read; it is closed if it was a draft.

    Raises:
        StaleSection: what was read is no longer what the section holds.
        Refused: the section is empty, a figure that the portal wrote is not confirmed yet, the diagnostic is
            concluded, or the actor is of neither party.
    """
    side = _party(by)
    section = _locked(section)
    content = current_content(section)
    _check_read(section, content, version, revision)
    if is_empty(content):
        raise Refused("Cette section est vide : rédigez-la avant de l’approuver.")
    _check_confirmed(section)
    _close(section, content)
    section.save()
    approval, _ = SectionApproval.objects.get_or_create(
        section=section,
        version=version,
        side=side,
        withdrawn_at=None,
        defaults={"approved_by": by.user, "organisation": by.organisation, "approved_at": now},
    )
    return approval


@transaction.atomic
def withdraw_approval(*, section: Section, by: Actor, now: datetime) -> None:
    """Take back the approval that one's side gave to the current version; the row stays, withdrawn."""
    section = _locked(section)
    section.approvals.filter(version=section.version, side=_party(by), withdrawn_at__isnull=True).update(
        withdrawn_at=now
    )


@transaction.atomic
def conclude(*, contract_id: int, now: datetime) -> None:
    """Close the diagnostic of a file to any change, and each version still being written."""
    Diagnostic.objects.filter(contract=contract_id).update(concluded_at=now)
    sections = Section.objects.filter(diagnostic__contract=contract_id)
    for section in sections.filter(draft_since__isnull=False).order_by("pk"):
        _close(section, current_content(section))
        section.save()
    sections.update(lock_holder=None, lock_until=None)


def reopen(*, contract_id: int, now: datetime) -> None:
    """Open the diagnostic of a file again; versions and approvals are kept, and count until a change."""
    Diagnostic.objects.filter(contract=contract_id).update(concluded_at=None)


def _locked(section: Section) -> Section:
    locked = Section.objects.select_for_update(of=("self",), no_key=True).select_related("diagnostic")
    found: Section = locked.get(pk=section.pk)
    if found.diagnostic.concluded_at is not None:
        raise Refused("Le diagnostic est conclu : il n’est plus modifiable.")
    return found


def _check_read(section: Section, content: Content, version: int, revision: int | None) -> None:
    """Go on only if what the section holds is what the person has read.

    Raises:
        StaleSection: otherwise.
    """
    as_read = section.draft_since is None if revision is None else section.revision == revision
    if section.version != version or not as_read:
        raise StaleSection(version=section.version, revision=section.revision, content=content)


def _goes_on(section: Section, by: Actor, now: datetime) -> bool:
    """Tell whether the actor is still writing the version that they opened."""
    return (
        section.draft_since is not None
        and section.updated_by_id == by.user.pk
        and section.draft_organisation_id == by.organisation.pk
        and now - section.draft_since < DRAFT_TIME
    )


def _check_confirmed(section: Section) -> None:
    """Go on only if somebody confirmed, or changed, each figure that the portal wrote.

    Raises:
        Refused: otherwise.
    """
    labels = list(section.indicators.filter(prefilled=True).order_by("rank", "pk").values_list("label", flat=True))
    if labels:
        raise Refused(
            "Avant d’approuver cette section, confirmez ou corrigez les chiffres que le portail a préremplis : "
            f"{join_and(labels)}."
        )


def _reserve(section: Section, by: Actor, now: datetime) -> None:
    """Keep the section for its writer a while longer, if nobody else holds it; the caller saves the section."""
    if section.lock_until is None or section.lock_until <= now or section.lock_holder_id == by.membership.pk:
        section.lock_holder, section.lock_until = by.membership, now + LOCK_TIME


def _close(section: Section, content: Content) -> None:
    """Keep the version being written as it is, for good; the caller saves the section."""
    if section.draft_since is None or section.updated_at is None:
        return
    SectionVersion.objects.create(
        section=section,
        number=section.version,
        content=content,
        author_id=section.updated_by_id,
        organisation_id=section.draft_organisation_id,
        saved_at=section.updated_at,
    )
    section.draft_since = section.draft_organisation = None


def _party(by: Actor) -> Side:
    if by.side not in (Side.LOCAL, Side.STATE):
        raise Refused("Seules la collectivité et la préfecture approuvent le diagnostic.")
    return by.side
