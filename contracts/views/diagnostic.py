"""The third step: the sections of the diagnostic, written and approved by both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.roles import Permission
from contracts import frame
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.forms.diagnostic import SectionForms
from contracts.mixins import FileView
from contracts.services.editing import editing
from ctai.text import long_date
from diagnostics.contents import content_of
from diagnostics.differences import difference
from diagnostics.enums import RowKind
from diagnostics.errors import Refused, StaleSection
from diagnostics.models import Diagnostic, Row, Section
from diagnostics.queries import (
    SectionState,
    diagnostic_of,
    history_of,
    kinds_of,
    needs_of,
    other_writer,
    section_of,
    sections_with_marks,
    written_unit,
    written_value,
)
from diagnostics.services import (
    approve,
    release_lock,
    save_section,
    take_lock,
    withdraw_approval,
)
from exchanges.enums import Anchor
from exchanges.queries import remarks_of

P = Permission


class DiagnosticView(FileView):
    """Lists the sections with the mark of each side."""

    page = "diagnostic"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        diagnostic = diagnostic_of(self.contract.pk)
        sections = sections_with_marks(diagnostic) if diagnostic else []
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
    diagnostic: Diagnostic
    section: Section

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        diagnostic = diagnostic_of(self.contract.pk)
        section = section_of(diagnostic, kwargs["key"]) if diagnostic else None
        if diagnostic is None or section is None:
            raise Http404("Cette section n’existe pas.")
        self.diagnostic, self.section = diagnostic, section

    @property
    def key(self) -> str:
        return self.section.question.key

    def to_section(self) -> HttpResponse:
        """Go back to the section after a write."""
        return self.back_to("section")

    def back_to(self, name: str) -> HttpResponse:
        """Go to a page of the section."""
        return redirect(self.url(name, self.key))

    def write(self, permission: Permission, kind: str, act: Callable[[], object], version: int) -> str:
        """Do one write through the door; return why it was refused, or an empty text.

        Raises:
            StaleSection: the section moved meanwhile.
        """
        payload = {"section": self.section.pk, "version": version, "label": self.section.question.title}
        try:
            with editing(self.contract.pk, permission, by=self.actor, now=self.now, kind=kind, payload=payload):
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
        sections = sections_with_marks(self.diagnostic)
        state = next(each for each in sections if each.section.pk == self.section.pk)
        position = sections.index(state)
        own = next((mark for mark in state.marks if mark.side == self.actor.side), None)
        return self.render(
            "contracts/diagnostic/section.html",
            status=status,
            section=self.section,
            state_of_section=state,
            sections=sections,
            tables=self._tables(),
            figures=_figures(self.section),
            own_mark=own,
            refusal=refusal,
            editable=self.can_edit(P.DIAGNOSTIC_WRITE),
            may_approve=self.can_edit(P.DIAGNOSTIC_APPROVE),
            may_remark=self.can_edit(P.REMARK_WRITE),
            taken=other_writer(self.section, self.actor.membership.pk, self.now),
            remarks=remarks_of(self.contract.pk, Anchor.SECTION, self.section.pk),
            previous=_neighbour(sections, position - 1),
            following=_neighbour(sections, position + 1),
        )

    def _tables(self) -> list[dict[str, Any]]:
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in self.section.rows.all():
            rows[row.kind].append(row)
        numbers = {need.id: need.number for need in needs_of(self.contract.pk)} if rows[RowKind.NEED] else {}
        axis = self.section.question.axis.label if self.section.question.axis else "Plusieurs axes"
        return [_table(kind, rows[kind], numbers, axis) for kind in kinds_of(self.section) if rows[kind]]


class SectionView(SectionPage):
    """Shows a section."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show()


class EditSectionView(SectionPage):
    """Writes a section; if someone else saved it meanwhile, both texts are shown and the person chooses."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.DIAGNOSTIC_WRITE)
        if not self.can_edit(P.DIAGNOSTIC_WRITE):
            messages.warning(request, "Le diagnostic n’est plus modifiable à cette étape du dossier.")
            return self.to_section()
        return self._page(SectionForms(self.section, kinds_of(self.section)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.DIAGNOSTIC_WRITE)
        forms = SectionForms(self.section, kinds_of(self.section), request.POST)
        if not forms.is_valid():
            return self._page(forms, status=422)
        try:
            refusal = self.write(P.DIAGNOSTIC_WRITE, "section_saved", lambda: self._save(forms), forms.version)
        except StaleSection as stale:
            return self._conflict(forms, stale)
        if refusal:
            forms.form.add_error(None, refusal)
            return self._page(forms, status=422)
        messages.success(request, "Section enregistrée.")
        return self.to_section()

    def _save(self, forms: SectionForms) -> None:
        save_section(
            section=self.section,
            expected_version=forms.version,
            text=forms.text,
            rows=forms.rows(),
            indicators=forms.indicators(),
            by=self.actor,
            now=self.now,
        )

    def _conflict(self, forms: SectionForms, stale: StaleSection) -> HttpResponse:
        mine = content_of(forms.text, forms.rows(), forms.indicators())
        lines = difference(stale.content, mine)
        forms.rebase(stale.version, stale.content)
        return self._page(forms, status=409, conflict=stale, lines=lines)

    def _page(self, forms: SectionForms, status: int = 200, **context: Any) -> HttpResponse:
        return self.render(
            "contracts/diagnostic/section_form.html",
            status=status,
            section=self.section,
            forms=forms,
            problems=forms.problems if status == 422 else [],
            taken=other_writer(self.section, self.actor.membership.pk, self.now),
            approvals=[mark for mark in _own_state(self).marks if mark.approval],
            **({"conflict": None, "lines": []} | context),
        )


class LockView(SectionPage):
    """Reserves a section while one writes, takes it over, or gives it back; a courtesy that the journal ignores."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.to_section()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.DIAGNOSTIC_WRITE)
        if not self.can_edit(P.DIAGNOSTIC_WRITE):
            messages.warning(request, "Le diagnostic n’est plus modifiable à cette étape du dossier.")
            return self.to_section()
        act = request.POST.get("act", "take")
        if act == "release":
            release_lock(section=self.section, by=self.actor)
            return self.to_section()
        if take_lock(section=self.section, by=self.actor, now=self.now, force=act == "force") is not None:
            return self.to_section()
        return self.back_to("edit_section")


class ApprovalView(SectionPage):
    """Approves, for one's side, the version that the page showed; or takes the approval back."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.to_section()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.DIAGNOSTIC_APPROVE)
        version = _number(request.POST.get("version", ""))
        kind, act = "section_approved", lambda: self._approve(version)
        if request.POST.get("act") == "withdraw":
            kind, act = "section_approval_withdrawn", self._withdraw
        try:
            refusal = self.write(P.DIAGNOSTIC_APPROVE, kind, act, version)
        except StaleSection:
            return self.show(
                status=409,
                refusal="La section a changé depuis l’ouverture de votre page : relisez-la avant de l’approuver.",
            )
        if refusal:
            return self.show(status=422, refusal=refusal)
        return self.to_section()

    def _approve(self, version: int) -> None:
        approve(section=self.section, version=version, by=self.actor, now=self.now)

    def _withdraw(self) -> None:
        withdraw_approval(section=self.section, by=self.actor, now=self.now)


class VersionsView(SectionPage):
    """The history of a section, and what changed between two of its versions."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        versions = list(history_of(self.section))
        newest = self.section.version
        to = _number(request.GET.get("a", str(newest)))
        since = _number(request.GET.get("de", str(max(to - 1, 0))))
        contents = {each.number: each.content for each in self.section.versions.filter(number__in=(since, to))}
        empty = content_of("", [], [])
        if versions and (to not in contents or since >= to or (since and since not in contents)):
            raise Http404("Cette version n’existe pas.")
        return self.render(
            "contracts/diagnostic/versions.html",
            section=self.section,
            versions=versions,
            since=since,
            to=to,
            lines=difference(contents.get(since, empty), contents[to]) if versions else [],
        )


def _own_state(view: SectionPage) -> SectionState:
    return next(each for each in sections_with_marks(view.diagnostic) if each.section.pk == view.section.pk)


def _neighbour(sections: list[SectionState], position: int) -> SectionState | None:
    return sections[position] if 0 <= position < len(sections) else None


_COLUMNS: dict[RowKind, tuple[str, tuple[str, ...]]] = {
    RowKind.FINDING: ("Constats", ("Constat",)),
    RowKind.OFFER: ("Offre existante", ("Acteur", "Offre", "Capacité", "Financeur")),
    RowKind.NEED: ("Besoins non couverts", ("N°", "Besoin", "Importance")),
    RowKind.PRIORITY: ("Priorités", ("Rang", "Axe", "Enjeu", "Objectif")),
}


def _table(kind: RowKind, rows: list[Row], numbers: dict[int, str], axis: str) -> dict[str, Any]:
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
        "rows": [cells[kind](rank, row) for rank, row in enumerate(rows, start=1)],
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


def _number(text: str) -> int:
    """Return the version that a page held; one that is no number matches none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else -1
