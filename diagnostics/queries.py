"""What is read of a diagnostic, at a number of queries that does not depend on the number of rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, Max, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.html import escape

from accounts.enums import Side
from accounts.models import Organisation, User
from ctai.richtext import to_print
from ctai.text import number
from diagnostics.contents import Content, content_of, current_content
from diagnostics.enums import RowKind, Unit
from diagnostics.models import Diagnostic, Indicator, Row, Section, SectionApproval
from documents import schemas
from exchanges.enums import Anchor
from exchanges.queries import RemarkCounts, remark_counts

#: How the portal calls the figure that it prefills, which is no public of the contract.
POPULATION = "Population"
PARTIES = (Side.LOCAL, Side.STATE)
SIDE_NAMES = {Side.LOCAL: "Collectivité", Side.STATE: "Préfecture"}
#: Which tables a section offers: all four on an axis, findings and priorities elsewhere.
AXIS_KINDS = (RowKind.FINDING, RowKind.OFFER, RowKind.NEED, RowKind.PRIORITY)
OTHER_KINDS = (RowKind.FINDING, RowKind.PRIORITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A side and its approval of the current version; ``lapsed`` is its last one, of a version since changed."""

    side: Side
    approval: SectionApproval | None = None
    lapsed: SectionApproval | None = None

    @property
    def name(self) -> str:
        return SIDE_NAMES[self.side]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionState:
    """A section as the machine and the side list read it."""

    section: Section
    filled: bool
    marks: tuple[Mark, ...]
    open_remarks: int = 0

    @property
    def key(self) -> str:
        return self.section.question.key

    @property
    def title(self) -> str:
        return self.section.question.title

    @property
    def mandatory(self) -> bool:
        return self.section.question.mandatory

    @property
    def version(self) -> int:
        return self.section.version

    @property
    def approved_by(self) -> frozenset[Side]:
        return frozenset(mark.side for mark in self.marks if mark.approval)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A version of a section in its history; the last may still be open, its author writing."""

    number: int
    author: User | None
    organisation: Organisation | None
    saved_at: datetime
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A need of the diagnostic, as a fiche-action cites it: « B3 »."""

    id: int
    number: str
    text: str
    section_title: str
    axis_id: int | None
    major: bool

    @property
    def label(self) -> str:
        return f"{self.number} – {self.text}"


def diagnostic_of(contract_id: int) -> Diagnostic | None:
    """Return the diagnostic of a file with the version of its questions, None before it begins."""
    return Diagnostic.objects.filter(contract=contract_id).select_related("question_set__campaign").first()


def sections_with_marks(diagnostic: Diagnostic, counts: RemarkCounts | None = None) -> list[SectionState]:
    """Return the sections with both sides' marks and the remarks left, in order: three queries, or four."""
    by_anchor = (counts or remark_counts(diagnostic.contract_id)).by_anchor
    remarks = Counter({key: total for (anchor, key), total in by_anchor.items() if anchor == Anchor.SECTION})
    of_rows = {key: total for (anchor, key), total in by_anchor.items() if anchor == Anchor.ROW and key}
    if of_rows:
        for pk, section_id in Row.objects.filter(pk__in=of_rows).values_list("pk", "section_id"):
            remarks[section_id] += of_rows[pk]
    return _states(Section.objects.filter(diagnostic=diagnostic), remarks)


def section_states(contract_id: int) -> list[SectionState]:
    """Return the sections as the machine reads them: two queries; empty before the diagnostic begins."""
    return _states(Section.objects.filter(diagnostic__contract=contract_id), {})


def section_of(contract_id: int, key: str) -> Section | None:
    """Return a section of a file with its question and who writes it, None if there is no such key: one query."""
    return (
        Section.objects.filter(diagnostic__contract=contract_id, question__key=key)
        .select_related(
            "diagnostic__question_set__campaign",
            "question__axis",
            "updated_by",
            "draft_organisation",
            "lock_holder__user",
            "lock_holder__organisation",
        )
        .first()
    )


def load_parts(section: Section) -> None:
    """Load the rows and figures of a section, in their order: two queries."""
    prefetch_related_objects(
        [section],
        Prefetch("rows", Row.objects.select_related("axis").order_by("rank", "pk")),
        Prefetch("indicators", Indicator.objects.order_by("rank", "pk")),
    )


def marks_of(section: Section) -> tuple[Mark, ...]:
    """Return the two marks of one section: one query."""
    return _marks(section, list(_approvals(Section.objects.filter(pk=section.pk))))


def other_writer(section: Section, membership_id: int, now: datetime) -> bool:
    """Tell whether someone else has reserved the section."""
    return section.lock_until is not None and section.lock_until > now and section.lock_holder_id != membership_id


def kinds_of(section: Section) -> tuple[RowKind, ...]:
    """Return the tables that the section offers."""
    return AXIS_KINDS if section.question.axis_id is not None else OTHER_KINDS


def history_of(section: Section) -> list[Edition]:
    """Return the versions of a section without their content, the latest first: one query."""
    closed = section.versions.select_related("author", "organisation").defer("content").order_by("-number")
    editions = [
        Edition(number=each.number, author=each.author, organisation=each.organisation, saved_at=each.saved_at)
        for each in closed
    ]
    if section.draft_since is not None and section.updated_at is not None:
        being_written = Edition(
            number=section.version,
            author=section.updated_by,
            organisation=section.draft_organisation,
            saved_at=section.updated_at,
            is_open=True,
        )
        editions.insert(0, being_written)
    return editions


def contents_of(section: Section, *numbers: int) -> dict[int, Content]:
    """Return what a section held at these versions, 0 being nothing; those that do not exist are left out."""
    written = [number for number in numbers if 0 < number <= section.version]
    found: dict[int, Content] = dict(section.versions.filter(number__in=written).values_list("number", "content"))
    if 0 in numbers:
        found[0] = content_of("", [], [])
    if section.draft_since is not None and section.version in numbers:
        found[section.version] = current_content(section)
    return found


def needs_of(contract_id: int) -> list[Need]:
    """Return the needs of the diagnostic with the number under which they are cited: one query."""
    rows = (
        Row.objects.filter(section__diagnostic__contract=contract_id, kind=RowKind.NEED)
        .select_related("section__question")
        .order_by("section__rank", "section_id", "rank", "pk")
    )
    return [
        Need(
            id=row.pk,
            number=f"B{index}",
            text=row.text,
            section_title=row.section.question.title,
            axis_id=row.section.question.axis_id,
            major=row.major,
        )
        for index, row in enumerate(rows, start=1)
    ]


def largest_public(contract_id: int) -> int | None:
    """Return the largest public that the diagnostic counts, the whole population left out; None if it counts none."""
    figures = Indicator.objects.filter(section__diagnostic__contract=contract_id, unit=Unit.PERSONS)
    largest = figures.exclude(label__iexact=POPULATION).aggregate(Max("value"))["value__max"]
    return None if largest is None else int(largest)


def axes_written(contract_id: int) -> frozenset[str]:
    """Return the axes on which the diagnostic says something: one query."""
    sections = Section.objects.filter(diagnostic__contract=contract_id, question__axis__isnull=False)
    holds = Exists(Row.objects.filter(section=OuterRef("pk"))) | Exists(
        Indicator.objects.filter(section=OuterRef("pk"))
    )
    return frozenset(sections.filter(~Q(text="") | holds).values_list("question__axis__code", flat=True))


def major_needs(contract_id: int) -> dict[int, str]:
    """Return the needs marked as major, by id: one query."""
    rows = Row.objects.filter(section__diagnostic__contract=contract_id, kind=RowKind.NEED, major=True)
    return dict(rows.order_by("section__rank", "rank", "pk").values_list("pk", "text"))


def content(contract_id: int) -> schemas.DiagnosticContent:
    """Return the diagnostic as documents freeze it, without the sections left empty: five queries."""
    diagnostic = diagnostic_of(contract_id)
    if diagnostic is None:
        return {"questions_version": "", "sections": []}
    sections = (
        Section.objects.filter(diagnostic=diagnostic)
        .select_related("question__axis")
        .prefetch_related(
            Prefetch("rows", Row.objects.select_related("axis").order_by("rank", "pk")),
            Prefetch("indicators", Indicator.objects.order_by("rank", "pk")),
            Prefetch("approvals", _approvals(Section.objects.filter(diagnostic=diagnostic))),
        )
        .order_by("rank", "pk")
    )
    needs = _numbers(sections)
    return {
        "questions_version": str(diagnostic.question_set),
        "sections": [
            _printed(section, needs)
            for section in sections
            if section.text or section.rows.all() or section.indicators.all()
        ],
    }


def written_value(figure: Indicator) -> str:
    """Return the value as it is printed, without its unit: « 355 », « 12,5 », « moins de 5 »."""
    if figure.below_five or figure.value is None:
        return "moins de 5"
    return plain_number(figure.value)


def plain_number(value: Decimal) -> str:
    """Return the number with the decimals that it needs: « 355 », « 12,5 »."""
    return number(value) if value == value.to_integral_value() else number(value, 2).rstrip("0")


def written_unit(figure: Indicator) -> str:
    """Return the unit as it is printed."""
    return figure.unit_label if figure.unit == Unit.OTHER else str(Unit(figure.unit).label)


def _states(sections: QuerySet[Section], remarks: Mapping[int | None, int]) -> list[SectionState]:
    """Build the states of the sections: two queries."""
    found = (
        sections.select_related("question__axis", "updated_by", "lock_holder__user", "lock_holder__organisation")
        .annotate(
            has_rows=Exists(Row.objects.filter(section=OuterRef("pk"))),
            has_figures=Exists(Indicator.objects.filter(section=OuterRef("pk"))),
        )
        .defer("question__guidance", "question__expected_indicators")
        .order_by("rank", "pk")
    )
    approvals: dict[int, list[SectionApproval]] = defaultdict(list)
    for each in _approvals(sections):
        approvals[each.section_id].append(each)
    return [
        SectionState(
            section=section,
            filled=bool(section.text or section.has_rows or section.has_figures),
            marks=_marks(section, approvals[section.pk]),
            open_remarks=remarks.get(section.pk, 0),
        )
        for section in found
    ]


def _approvals(sections: QuerySet[Section]) -> QuerySet[SectionApproval]:
    return (
        SectionApproval.objects.filter(section__in=sections.order_by().values("pk"), withdrawn_at__isnull=True)
        .select_related("approved_by", "organisation")
        .order_by("version", "pk")
    )


def _marks(section: Section, approvals: Iterable[SectionApproval]) -> tuple[Mark, ...]:
    last = {each.side: each for each in approvals}  # in the order of versions: the latest wins
    return tuple(_mark(side, last.get(side), section.version) for side in PARTIES)


def _mark(side: Side, approval: SectionApproval | None, version: int) -> Mark:
    if approval is None or approval.version == version:
        return Mark(side=side, approval=approval)
    return Mark(side=side, lapsed=approval)


def _numbers(sections: Iterable[Section]) -> dict[int, str]:
    return {row.pk: f"B{index}" for index, row in enumerate(_need_rows(sections), start=1)}


def _need_rows(sections: Iterable[Section]) -> Iterator[Row]:
    for section in sections:
        yield from (row for row in section.rows.all() if row.kind == RowKind.NEED)


def _printed(section: Section, needs: Mapping[int, str]) -> schemas.DiagnosticSection:
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in section.rows.all():
        rows[row.kind].append(row)
    return {
        "title": section.question.title,
        "axis": section.question.axis.label if section.question.axis else None,
        "text": _text_with_findings(section.text, rows[RowKind.FINDING]),
        "offers": [
            {"actor": row.actor, "description": row.text, "capacity": row.capacity} for row in rows[RowKind.OFFER]
        ],
        "needs": [{"number": needs[row.pk], "text": row.text} for row in rows[RowKind.NEED]],
        "priorities": [
            {"rank": rank, "axis": _axis_label(section, row), "challenge": row.text, "objective": row.objective}
            for rank, row in enumerate(rows[RowKind.PRIORITY], start=1)
        ],
        "indicators": [_printed_figure(figure) for figure in section.indicators.all()],
        "approvals": [_printed_mark(mark) for mark in _marks(section, section.approvals.all())],
    }


def _text_with_findings(text: str, findings: list[Row]) -> str:
    """Append the findings as a list: printed documents have no table of their own for them."""
    items = "".join(f"<li>{escape(row.text)}</li>" for row in findings)
    return to_print(text) + (f"<h4>Constats</h4><ul>{items}</ul>" if items else "")


def _axis_label(section: Section, row: Row) -> str:
    axis = row.axis or section.question.axis
    return axis.label if axis else ""


def _printed_figure(figure: Indicator) -> schemas.Indicator:
    return {
        "label": figure.label,
        "value": written_value(figure),
        "unit": written_unit(figure),
        "territory": figure.territory,
        "as_of": figure.as_of.isoformat(),
        "source": figure.source,
    }


def _printed_mark(mark: Mark) -> schemas.Approval:
    approval = mark.approval
    return {
        "side": mark.name,
        "organisation": approval.organisation.name if approval else "",
        "approved_on": timezone.localdate(approval.approved_at).isoformat() if approval else None,
    }
