"""The door of the diagnostic: begin, write a section, approve it for one's side, conclude."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.actors import Actor
from accounts.enums import Side
from accounts.models import Membership
from campaigns.models import QuestionSet
from diagnostics.contents import FIGURE_FIELDS, ROW_FIELDS, Content, content_of, is_empty, same
from diagnostics.enums import RowKind
from diagnostics.errors import InvalidContent, Refused, StaleSection
from diagnostics.inputs import IndicatorInput, RowInput
from diagnostics.models import Diagnostic, Indicator, Row, Section, SectionApproval, SectionVersion
from diagnostics.rules import figure_problems

#: How long a section stays reserved without news of its writer; a courtesy, the version number is the guarantee.
LOCK_TIME = timedelta(minutes=10)


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
) -> Section:
    """Write a section as a whole; a change makes a new version, for which no earlier approval counts.

    Rows and figures keep their identity by ``id``: those that are not given any more are removed. Saving what is
    already there changes nothing.

    Raises:
        StaleSection: the section is no longer at ``expected_version``.
        InvalidContent: a row or a figure cannot be kept.
        Refused: the diagnostic is concluded.
    """
    section = _locked(section)
    current = current_content(section)
    if section.version != expected_version:
        raise StaleSection(version=section.version, content=current)
    wanted_rows = [_clean(row) for row in rows]
    _check_figures(indicators)
    if same(current, content_of(text, wanted_rows, indicators)):
        release_lock(section=section, by=by)
        return section
    _save_rows(section, wanted_rows)
    _save_figures(section, indicators)
    section.text = text
    section.version += 1
    section.updated_at, section.updated_by = now, by.user
    section.lock_holder = section.lock_until = None
    section.save()
    SectionVersion.objects.create(
        section=section,
        number=section.version,
        content=current_content(section),
        author=by.user,
        organisation=by.organisation,
        saved_at=now,
    )
    return section


@transaction.atomic
def approve(*, section: Section, version: int, by: Actor, now: datetime) -> SectionApproval:
    """Approve, for one's side, the version of a section that one has read.

    Raises:
        StaleSection: that version is no longer the current one.
        Refused: the section is empty, the diagnostic concluded, or the actor of neither party.
    """
    side = _party(by)
    section = _locked(section)
    content = current_content(section)
    if section.version != version:
        raise StaleSection(version=section.version, content=content)
    if is_empty(content):
        raise Refused("Cette section est vide : rédigez-la avant de l’approuver.")
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


def conclude(*, contract_id: int, now: datetime) -> None:
    """Close the diagnostic of a file to any change."""
    Diagnostic.objects.filter(contract=contract_id).update(concluded_at=now)
    Section.objects.filter(diagnostic__contract=contract_id).update(lock_holder=None, lock_until=None)


def reopen(*, contract_id: int, now: datetime) -> None:
    """Open the diagnostic of a file again; versions and approvals are kept, and count until a change."""
    Diagnostic.objects.filter(contract=contract_id).update(concluded_at=None)


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


def current_content(section: Section) -> Content:
    """Return what the section holds now: two queries."""
    return content_of(section.text, section.rows.order_by("rank", "pk"), section.indicators.order_by("rank", "pk"))


def _locked(section: Section) -> Section:
    locked = Section.objects.select_for_update(of=("self",), no_key=True).select_related("diagnostic")
    found: Section = locked.get(pk=section.pk)
    if found.diagnostic.concluded_at is not None:
        raise Refused("Le diagnostic est conclu : il n’est plus modifiable.")
    return found


def _party(by: Actor) -> Side:
    if by.side not in (Side.LOCAL, Side.STATE):
        raise Refused("Seules la collectivité et la préfecture approuvent le diagnostic.")
    return by.side


def _clean(row: RowInput) -> RowInput:
    """Keep the columns of the row's kind alone."""
    if row.kind != RowKind.OFFER:
        row = replace(row, actor="", capacity="", funder="")
    if row.kind != RowKind.PRIORITY:
        row = replace(row, objective="", axis_id=None)
    return row


def _check_figures(figures: Iterable[IndicatorInput]) -> None:
    for figure in figures:
        for _, problem in figure_problems(figure):
            raise InvalidContent(f"{figure.label} : {problem}")


def _save_rows(section: Section, rows: Sequence[RowInput]) -> None:
    known = {row.pk: row for row in section.rows.all()}
    _save(section, Row, known, rows, ROW_FIELDS)


def _save_figures(section: Section, figures: Sequence[IndicatorInput]) -> None:
    known = {figure.pk: figure for figure in section.indicators.all()}
    _save(section, Indicator, known, figures, FIGURE_FIELDS)


def _save(
    section: Section,
    model: type[Row] | type[Indicator],
    known: dict[int, Any],
    wanted: Sequence[RowInput | IndicatorInput],
    names: tuple[str, ...],
) -> None:
    if any(each.id is not None and each.id not in known for each in wanted):
        raise InvalidContent("Une ligne n’appartient pas à cette section. Rouvrez la page et recommencez.")
    added: list[Any] = []
    changed: list[Any] = []
    for rank, each in enumerate(wanted, start=1):
        item = known.pop(each.id) if each.id is not None else model(section=section)
        for name in names:
            setattr(item, name, getattr(each, name))
        item.rank = rank
        (changed if item.pk else added).append(item)
    model.objects.filter(pk__in=known).delete()
    model.objects.bulk_create(added)
    model.objects.bulk_update(changed, [name.removesuffix("_id") for name in names] + ["rank"])
