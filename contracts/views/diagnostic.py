"""The third step: the sections of the diagnostic, written and approved by both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.roles import Permission
from contracts import frame
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.mixins import FileView
from ctai.compared import Group
from ctai.text import count, long_date
from diagnostics.contents import current_content, current_text
from diagnostics.differences import difference
from diagnostics.enums import RowKind
from diagnostics.errors import Refused, StaleSection
from diagnostics.models import Row, Section
from diagnostics.queries import (
    Mark,
    SectionState,
    contents_of,
    diagnostic_of,
    kinds_of,
    load_parts,
    needs_of,
    other_writer,
    section_of,
    sections_with_marks,
    written_unit,
    written_value,
)
from exchanges.enums import Anchor
from exchanges.queries import remarks_at

P = Permission


class DiagnosticView(FileView):
    """Lists the sections with the mark of each side."""

    page = "diagnostic"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        diagnostic = diagnostic_of(self.contract.pk)
        sections = sections_with_marks(diagnostic, self.remark_counts) if diagnostic else []
        main, _ = frame.offers(self.contract, self.actor, self.facts)
        return self.render(
            "contracts/diagnostic/diagnostic.html",
            diagnostic=diagnostic,
            sections=sections,
            mandatory=sum(each.mandatory for each in sections),
            approved=sum(each.mandatory and len(each.approved_by) == 2 for each in sections),
            editable=self.can_edit(P.DIAGNOSTIC_WRITE),
            offer=main if main and main.name == "conclude_diagnostic" else None,
            is_open=self.contract.state == State.DIAGNOSTIC,
        )


class SectionPage(FileView):
    """A page of one section, of this file's diagnostic."""

    page = "diagnostic"
    section: Section

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        section = section_of(self.contract.pk, kwargs["key"])
        if section is None:
            raise Http404("Cette section n’existe pas.")
        self.section = section
        if self.reads_parts:
            load_parts(section)

    @property
    def reads_parts(self) -> bool:
        """Tell whether the page needs the rows and figures as they are."""
        return True

    @property
    def key(self) -> str:
        return self.section.question.key

    def to_section(self) -> HttpResponse:
        """Go back to the section after a write."""
        return self.back_to("section")

    def back_to(self, name: str) -> HttpResponse:
        """Go to a page of the section."""
        return redirect(self.url(name, self.key))

    def attempt(self, act: Callable[[], object]) -> str:
        """Do one write; return why it was refused, or an empty text.

        Raises:
            StaleSection: the section moved meanwhile.
        """
        try:
            act()
        except StaleSection:
            raise
        except Refused as refusal:
            return str(refusal)
        except TransitionRefused as refusal:
            return " ".join(refusal.reasons)
        return ""

    def show(self, status: int = 200, refusal: str = "") -> HttpResponse:
        """Answer with the section as it is now."""
        sections = sections_with_marks(self.section.diagnostic, self.remark_counts)
        state = next(each for each in sections if each.section.pk == self.section.pk)
        position = sections.index(state)
        own = next((mark for mark in state.marks if mark.side == self.actor.side), None)
        rows = list(self.section.rows.all())
        return self.render(
            "contracts/diagnostic/section.html",
            status=status,
            section=self.section,
            text=current_text(self.section),
            state_of_section=state,
            sections=sections,
            tables=self._tables(rows),
            figures=_figures(self.section),
            own_mark=own,
            since_own_approval=self._since(own),
            unconfirmed=[each.label for each in self.section.indicators.all() if each.prefilled],
            refusal=refusal,
            editable=self.can_edit(P.DIAGNOSTIC_WRITE),
            may_approve=self.can_edit(P.DIAGNOSTIC_APPROVE),
            may_remark=self.can_edit(P.REMARK_WRITE),
            taken=other_writer(self.section, self.actor.membership.pk, self.now),
            remarks=remarks_at(self.contract.pk, places_of(self.section.pk, rows)),
            previous=_neighbour(sections, position - 1),
            following=_neighbour(sections, position + 1),
            menu=self._menu(sections),
        )

    def _menu(self, sections: list[SectionState]) -> list[dict[str, Any]]:
        """Return the side menu of the file with the sections, and where each stands, under the diagnostic."""
        entries = frame.menu(self.contract, self.page, self.actor, self.remark_counts)
        for entry in entries:
            if entry["current"]:
                entry["children"] = [
                    {
                        "label": each.title,
                        "url": self.url("section", each.key),
                        "current": each.section.pk == self.section.pk,
                    }
                    | _standing(each)
                    for each in sections
                ]
        return entries

    def _since(self, own: Mark | None) -> list[Group]:
        """Return what changed since the last approval of one's side, nothing if it holds or there was none."""
        if own is None or own.lapsed is None:
            return []
        read = contents_of(self.section, own.lapsed.version).get(own.lapsed.version)
        return difference(read, current_content(self.section)) if read else []

    def _tables(self, rows: list[Row]) -> list[dict[str, Any]]:
        by_kind: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_kind[row.kind].append(row)
        numbers = {need.id: need.number for need in needs_of(self.contract.pk)} if by_kind[RowKind.NEED] else {}
        axis = self.section.question.axis.label if self.section.question.axis else "Plusieurs axes"
        counts = self.remark_counts.by_anchor if rows else {}
        return [_table(kind, by_kind[kind], numbers, axis, counts) for kind in kinds_of(self.section) if by_kind[kind]]


def places_of(section_id: int, rows: list[Row]) -> list[tuple[Anchor, int]]:
    """Return where a remark on a section may be anchored: the section and each of its rows."""
    return [(Anchor.SECTION, section_id), *((Anchor.ROW, row.pk) for row in rows)]


class SectionView(SectionPage):
    """Shows a section."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show()


def _standing(section: SectionState) -> dict[str, str]:
    """Say in two words where a section stands, for the side menu."""
    if not section.filled:
        return {"mark": "à rédiger" if section.mandatory else "facultative", "tone": ""}
    given = len(section.approved_by)
    mark, tone = {0: ("accords attendus", ""), 1: ("1 accord sur 2", ""), 2: ("approuvée", "success")}[given]
    if any(each.lapsed for each in section.marks):
        mark, tone = "à approuver de nouveau", "warning"
    remarks = f", {count(section.open_remarks, 'remarque', 'remarques')}" if section.open_remarks else ""
    return {"mark": mark + remarks, "tone": tone}


def _neighbour(sections: list[SectionState], position: int) -> SectionState | None:
    return sections[position] if 0 <= position < len(sections) else None


_COLUMNS: dict[RowKind, tuple[str, tuple[str, ...]]] = {
    RowKind.FINDING: ("Constats", ("Constat",)),
    RowKind.OFFER: ("Offre existante", ("Acteur", "Offre", "Capacité", "Financeur")),
    RowKind.NEED: ("Besoins non couverts", ("N°", "Besoin", "Importance")),
    RowKind.PRIORITY: ("Priorités", ("Rang", "Axe", "Enjeu", "Objectif")),
}


def _table(
    kind: RowKind,
    rows: list[Row],
    numbers: dict[int, str],
    axis: str,
    remarks: Mapping[tuple[Anchor, int | None], int],
) -> dict[str, Any]:
    caption, labels = _COLUMNS[kind]
    cells: dict[RowKind, Callable[[int, Row], list[Any]]] = {
        RowKind.FINDING: lambda rank, row: [row.text],
        RowKind.OFFER: lambda rank, row: [row.actor, row.text, row.capacity or "–", row.funder or "–"],
        RowKind.NEED: lambda rank, row: [numbers[row.pk], row.text, "Majeur" if row.major else "–"],
        RowKind.PRIORITY: lambda rank, row: [rank, row.axis.label if row.axis else axis, row.text, row.objective],
    }
    return {
        "caption": caption,
        "columns": [{"label": label} for label in labels],
        "rows": [
            {"pk": row.pk, "cells": cells[kind](rank, row), "remarks": remarks.get((Anchor.ROW, row.pk), 0)}
            for rank, row in enumerate(rows, start=1)
        ],
    }


def _figures(section: Section) -> dict[str, Any] | None:
    found = section.indicators.all()
    if not found:
        return None
    labels = ("Indicateur", "Valeur", "Territoire", "Arrêté au", "Source", "Commentaire")
    return {
        "caption": "Chiffres",
        "columns": [{"label": label, "numeric": label == "Valeur"} for label in labels],
        "rows": [
            [
                each.label,
                f"{written_value(each)}\u00a0{written_unit(each)}",
                each.territory,
                long_date(each.as_of),
                each.source,
                each.comment or "–",
            ]
            for each in found
        ],
    }
