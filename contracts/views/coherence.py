"""What the portal finds to look at in a proposal, and the explanation that either party gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.roles import Permission
from contracts.coherence import Finding
from contracts.forms.proposal import JustificationForm
from contracts.mixins import FileView
from contracts.services.editing import editing
from contracts.views.written import REFUSALS, reasons_of
from contracts.watch import Watched, watch
from exchanges.services.justifications import justify

P = Permission


class CoherenceView(FileView):
    """Lists the findings, those left to explain first; explains one."""

    page = "proposal"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show({})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.REMARK_WRITE)
        wanted = (request.POST.get("rule", ""), request.POST.get("subject", ""))
        found = next((each for each in self.watched if each.key == wanted), None)
        if found is None:
            raise Http404("Ce point de vigilance n’existe plus.")
        form = JustificationForm(request.POST, prefix=found.prefix)
        if form.is_valid():
            try:
                self._justify(found.finding, form.cleaned_data["note"])
            except REFUSALS as refusal:
                form.add_error("note", " ".join(reasons_of(refusal)))
            else:
                messages.success(request, "Justification enregistrée.")
                return self.back("coherence")
        return self._show({found.prefix: form}, status=422)

    @property
    def watched(self) -> list[Watched]:
        return watch(self.contract, now=self.now)

    def _justify(self, finding: Finding, note: str) -> None:
        with editing(
            self.contract.pk,
            P.REMARK_WRITE,
            by=self.actor,
            now=self.now,
            kind="finding_justified",
            payload={"label": str(finding.rule.label), "rule": finding.rule.value, "subject": finding.subject},
        ):
            justify(
                contract_id=self.contract.pk,
                rule=finding.rule.value,
                subject=finding.subject,
                finding=finding.text,
                note=note,
                by=self.actor,
                now=self.now,
            )

    def _show(self, bound: Mapping[str, JustificationForm], status: int = 200) -> HttpResponse:
        may_explain = self.can_edit(P.REMARK_WRITE)
        points = [self._point(each, bound.get(each.prefix), may_explain) for each in self.watched]
        return self.render(
            "contracts/proposal/coherence.html",
            status=status,
            open_points=[each for each in points if each.watched.justification is None],
            explained=[each for each in points if each.watched.justification],
        )

    def _point(self, watched: Watched, bound: JustificationForm | None, may_explain: bool) -> Point:
        finding = watched.finding
        url = self.url("proposal")
        if finding.action is not None:
            where = [finding.action] if finding.year is None else [finding.action, finding.year]
            url = self.url("action" if finding.year is None else "budget", *where)
        form = bound or (JustificationForm(prefix=watched.prefix) if may_explain else None)
        return Point(watched, url, form)


class CoherenceCountView(FileView):
    """Says how many points are left, on the pages that lead to them."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        watched = watch(self.contract, now=self.now)
        left = sum(each.justification is None for each in watched)
        context = {"contract": self.contract, "total": len(watched), "left": left}
        return render(request, "contracts/proposal/_watch.html", context)


@dataclass(frozen=True, slots=True)
class Point:
    """A finding on the page: where it is mended, and the form that explains it."""

    watched: Watched
    url: str
    form: JustificationForm | None
