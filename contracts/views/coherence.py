"""What the portal finds to look at in a proposal, and the explanation that either party gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.roles import Permission
from campaigns.coherence import CoherenceRule
from contracts.coherence import Finding
from contracts.forms.proposal import JustificationForm
from contracts.mixins import FileView
from contracts.services.editing import editing
from contracts.views.written import REFUSALS, reasons_of
from contracts.watch import Point, Watched, points_of, watch
from exchanges.services.justifications import justify

P = Permission


@dataclass(frozen=True, slots=True)
class Row:
    """A point on the page, and the address where it is mended."""

    point: Point
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """What one rule found, and the form that explains what is left of it."""

    rule: CoherenceRule
    rows: list[Row]
    form: JustificationForm | None

    @property
    def left(self) -> list[Row]:
        return [each for each in self.rows if each.point.is_left]


class CoherenceView(FileView):
    """Lists the findings, rule by rule; explains those of one rule at once."""

    page = "proposal"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(watch(self.contract, now=self.now))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.REMARK_WRITE)
        watched = watch(self.contract, now=self.now)
        of_rule = [each.finding for each in watched if each.finding.rule == request.POST.get("rule")]
        if not of_rule:
            raise Http404("Ce point de vigilance n’existe plus.")
        chosen = {subject for sent in request.POST.getlist("subject") for subject in sent.split(",")}
        wanted = [each for each in of_rule if each.subject in chosen]
        form = JustificationForm(request.POST, prefix=of_rule[0].rule.value)
        if not wanted:
            form.add_error("note", "Cochez au moins un point que votre justification explique.")
        if form.is_valid():
            try:
                self._justify(wanted, form.cleaned_data["note"])
            except REFUSALS as refusal:
                form.add_error("note", " ".join(reasons_of(refusal)))
            else:
                messages.success(request, "Justification enregistrée.")
                return self.back("coherence")
        return self._show(watched, form, status=422)

    def _justify(self, wanted: Sequence[Finding], note: str) -> None:
        rule = wanted[0].rule
        with editing(
            self.contract.pk,
            P.REMARK_WRITE,
            by=self.actor,
            now=self.now,
            kind="finding_justified",
            payload={"label": str(rule.label), "rule": rule.value, "subjects": [each.subject for each in wanted]},
        ):
            for finding in wanted:
                justify(
                    contract_id=self.contract.pk,
                    rule=rule.value,
                    subject=finding.subject,
                    finding=finding.text,
                    note=note,
                    by=self.actor,
                    now=self.now,
                )

    def _show(self, watched: list[Watched], bound: JustificationForm | None = None, status: int = 200) -> HttpResponse:
        may_explain = self.can_edit(P.REMARK_WRITE)
        groups = [
            self._group(rule, list(found), bound, may_explain)
            for rule, found in groupby(points_of(watched), lambda each: each.first.finding.rule)
        ]
        return self.render(
            "contracts/proposal/coherence.html",
            status=status,
            open_groups=[each for each in groups if each.left],
            explained=[each for each in groups if not each.left],
            left=sum(len(each.left) for each in groups),
        )

    def _group(
        self, rule: CoherenceRule, found: list[Point], bound: JustificationForm | None, may_explain: bool
    ) -> Group:
        form = JustificationForm(prefix=rule.value) if may_explain else None
        if bound is not None and bound.prefix == rule.value:
            form = bound
        return Group(rule, [Row(each, self._where(each.first.finding)) for each in found], form)

    def _where(self, finding: Finding) -> str:
        if finding.on_request:
            return self.url("request_summary")
        if finding.action is None:
            return self.url("proposal")
        if finding.year is None:
            return self.url("action", finding.action)
        return self.url("budget", finding.action, finding.year)


class CoherenceCountView(FileView):
    """Says how many points are left, on the pages that lead to them."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        points = points_of(watch(self.contract, now=self.now))
        left = sum(each.is_left for each in points)
        context = {"contract": self.contract, "total": len(points), "left": left}
        return render(request, "contracts/proposal/_watch.html", context)
