"""Step 3: the diagnostic is written, its figures confirmed, its sections approved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Self

from django.db.models import Q

from accounts.actors import Actor
from accounts.roles import Permission
from contracts.services.sections import write_section
from ctai.demo_data import texts
from ctai.demo_data.texts import Theme
from ctai.demo_data.walking import Walk
from diagnostics import services as diagnostics
from diagnostics.contents import FIGURE_FIELDS, current_content, inputs_of
from diagnostics.enums import RowKind
from diagnostics.inputs import IndicatorInput, RowInput
from diagnostics.models import Indicator, Row, Section
from diagnostics.prefill import confirm_figure
from exchanges.enums import Anchor
from exchanges.services import remarks


class DiagnosticSteps(Walk):
    """Step 3: the diagnostic is written, its figures confirmed, its sections approved."""

    def write_diagnostic(self, *, limit: int | None = None) -> Self:
        """Write the mandatory sections and those of the axes of the actions, all or the first ones."""
        themes = {theme.code: theme for theme in self.themes}
        for section in self._sections()[:limit]:
            self.later()
            theme = themes.get(section.question.axis.code) if section.question.axis else None
            with self._editing(Permission.DIAGNOSTIC_WRITE, self.local.agent, "section_saved", section.question.title):
                diagnostics.save_section(
                    section=section,
                    expected_version=section.version,
                    text=texts.SECTION,
                    rows=_rows(theme, section),
                    indicators=self._figures(section),
                    by=self.local.agent,
                    now=self.now,
                )
        return self.confirm_figures()

    def confirm_figures(self) -> Self:
        """Confirm the figures that the portal wrote."""
        for figure in Indicator.objects.filter(section__diagnostic__contract=self.contract, prefilled=True):
            with self._editing(Permission.DIAGNOSTIC_WRITE, self.local.agent, "figure_confirmed", figure.label):
                confirm_figure(contract_id=self.contract.pk, figure_id=figure.pk)
        return self

    def approve_sections(self, *, limit: int | None = None, sides: int = 2) -> Self:
        """Approve the written sections: by the préfecture first, then by the collectivité."""
        for actor in (self.state.agent, self.local.agent)[:sides]:
            self.later()
            for section in self._sections()[:limit]:
                with self._editing(Permission.DIAGNOSTIC_APPROVE, actor, "section_approved", section.question.title):
                    diagnostics.approve(section=section, version=section.version, by=actor, now=self.now)
        return self

    def rework_diagnostic(self) -> Self:
        """Write the first section again, by turns, after both sides approved it; remark on a row of another."""
        first, *others = self._sections()
        for actor, text in (
            (self.local.agent, texts.SECTION_BY_THE_TOWN),
            (self.state.agent, texts.SECTION_BY_THE_STATE),
            (self.local.agent, texts.SECTION_AGREED),
        ):
            self.later()
            self._rewrite(first, actor, text)
        row = Row.objects.filter(section__in=others, kind=RowKind.OFFER).order_by("section__rank", "pk").first()
        if row is not None:
            self._remark_on(row)
        return self

    def conclude_diagnostic(self) -> Self:
        self.later(2)
        return self.go("conclude_diagnostic", self.state.agent)

    # --- 4. proposal

    def _rewrite(self, section: Section, actor: Actor, text: str) -> None:
        fresh = Section.objects.select_related("question").get(pk=section.pk)
        content = current_content(fresh)
        row_ids, figure_ids = ({each["id"] for each in content[part]} for part in ("rows", "indicators"))
        rows, figures = inputs_of(content, row_ids, figure_ids)
        if actor == self.state.agent:
            rows.append(RowInput(kind=RowKind.FINDING, text=texts.FINDING_ADDED))
        write_section(
            self.contract.pk,
            fresh,
            lambda: diagnostics.save_section(
                section=fresh,
                expected_version=fresh.version,
                text=text,
                rows=rows,
                indicators=figures,
                by=actor,
                now=self.now,
            ),
            by=actor,
            now=self.now,
        )

    def _remark_on(self, row: Row) -> None:
        with self._editing(Permission.REMARK_WRITE, self.state.agent, "remark_added", row.text):
            remarks.add_remark(
                contract_id=self.contract.pk,
                body=texts.REMARK_ON_A_ROW,
                by=self.state.agent,
                now=self.now,
                anchor=Anchor.ROW,
                anchor_id=row.pk,
                anchor_label=row.text,
            )

    def _sections(self) -> list[Section]:
        sections = Section.objects.filter(
            Q(question__mandatory=True) | Q(question__axis__code__in=[theme.code for theme in self.themes]),
            diagnostic__contract=self.contract,
        )
        return list(sections.select_related("question__axis").order_by("rank", "pk"))

    def _figures(self, section: Section) -> list[IndicatorInput]:
        """Return the figures to write: those that are there already, then some, over three years for the publics."""
        kept = [
            IndicatorInput(id=each.pk, **{name: getattr(each, name) for name in FIGURE_FIELDS})
            for each in section.indicators.order_by("rank", "pk")
        ]
        if section.question.key == "publics":
            return kept + [
                self._figure(label, start + step * index, years_ago=3 - index)
                for label, start, step in texts.PUBLICS_OVER_TIME
                for index in range(3)
            ]
        return [
            *kept,
            self._figure("Signataires du contrat d’intégration républicaine", 140 + 7 * section.rank),
            self._figure("Personnes sans solution de garde d’enfants", None, source="Centre social (démonstration)"),
        ]

    def _figure(
        self, label: str, value: int | None, *, years_ago: int = 1, source: str = "OFII (démonstration)"
    ) -> IndicatorInput:
        return IndicatorInput(
            label=label,
            territory=self.porteur.name,
            as_of=date(self.now.year - years_ago, 12, 31),
            source=source,
            value=None if value is None else Decimal(value),
            below_five=value is None,
        )


def _rows(theme: Theme | None, section: Section) -> list[RowInput]:
    if theme is None:
        return [RowInput(kind=RowKind.FINDING, text="Les acteurs se connaissent mais n’ont pas d’instance commune.")]
    actor, what, capacity = theme.offer
    stake, objective = theme.priority
    return [
        RowInput(kind=RowKind.OFFER, text=what, actor=actor, capacity=capacity, funder="Ville, CAF"),
        RowInput(kind=RowKind.NEED, text=theme.need, major=True),
        RowInput(kind=RowKind.PRIORITY, text=stake, objective=objective),
    ]
