"""What each side approves of a section, its history, and what changed between any two of its versions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse

from accounts.roles import Permission
from contracts.services.editing import editing
from contracts.services.sections import write_section
from contracts.views.diagnostic import SectionPage
from ctai.compared import is_same
from diagnostics.contents import Content, inputs_of
from diagnostics.differences import difference
from diagnostics.errors import StaleSection
from diagnostics.models import Section
from diagnostics.queries import contents_of, history_of
from diagnostics.services import approve, save_section, withdraw_approval

P = Permission
SIDE_BY_SIDE = "cote-a-cote"


class ApprovalView(SectionPage):
    """Approves, for one's side, the version that the page showed; or takes the approval back."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.to_section()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.DIAGNOSTIC_APPROVE)
        act = self._withdraw if request.POST.get("act") == "withdraw" else self._approve
        try:
            refusal = self.attempt(act)
        except StaleSection:
            return self.show(
                status=409,
                refusal="La section a changé depuis l’ouverture de votre page : relisez-la avant de l’approuver.",
            )
        if refusal:
            return self.show(status=422, refusal=refusal)
        return self.to_section()

    def _approve(self) -> None:
        version, revision = (number_of(self.request.POST.get(name, "")) for name in ("version", "revision"))
        with self._door("section_approved", version):
            approve(section=self.section, version=version, revision=revision, by=self.actor, now=self.now)

    def _withdraw(self) -> None:
        with self._door("section_approval_withdrawn", self.section.version):
            withdraw_approval(section=self.section, by=self.actor, now=self.now)

    def _door(self, kind: str, version: int) -> Any:
        payload = {"section": self.section.pk, "version": version, "label": self.section.question.title}
        return editing(self.contract.pk, P.DIAGNOSTIC_APPROVE, by=self.actor, now=self.now, kind=kind, payload=payload)


class VersionsView(SectionPage):
    """The history of a section, and what changed from any of its versions to any other."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        versions = history_of(self.section)
        numbers = [each.number for each in versions]
        to = number_of(request.GET.get("a", str(self.section.version)))
        since = number_of(request.GET.get("de", str(max((each for each in numbers if each < to), default=0))))
        contents = contents_of(self.section, since, to)
        if versions and (to not in contents or since not in contents):
            raise Http404("Cette version n’existe pas.")
        groups = difference(contents[since], contents[to]) if versions else []
        return self.render(
            "contracts/diagnostic/versions.html",
            section=self.section,
            versions=versions,
            since=since,
            to=to,
            groups=groups,
            same=is_same(groups),
            before=f"Version {since}" if since else "Le début",
            after=f"Version {to}",
            side_by_side=request.GET.get("vue") == SIDE_BY_SIDE,
            may_restore=self.can_edit(P.DIAGNOSTIC_WRITE),
        )


class RestoreView(SectionPage):
    """Writes an earlier version again, as a new one."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.back_to("section_versions")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.DIAGNOSTIC_WRITE)
        number = kwargs["version"]
        content = contents_of(self.section, number).get(number) if number else None
        if content is None:
            raise Http404("Cette version n’existe pas.")
        try:
            refusal = self.attempt(lambda: self._restore(content))
        except StaleSection:
            refusal = "La section a changé depuis l’ouverture de votre page : relisez-la avant de la rétablir."
        if refusal:
            messages.error(request, refusal)
            return self.back_to("section_versions")
        messages.success(request, f"La version {number} est rétablie, comme une nouvelle version.")
        return self.to_section()

    def _restore(self, content: Content) -> Section:
        version, revision = (number_of(self.request.POST.get(name, "")) for name in ("version", "revision"))
        held = [{each.pk for each in part.all()} for part in (self.section.rows, self.section.indicators)]
        rows, indicators = inputs_of(content, *held)
        return write_section(
            self.contract.pk,
            self.section,
            lambda: save_section(
                section=self.section,
                expected_version=version,
                revision=revision,
                text=content["text"],
                rows=rows,
                indicators=indicators,
                by=self.actor,
                now=self.now,
            ),
            by=self.actor,
            now=self.now,
        )


def number_of(text: str) -> int:
    """Return the number that a page held; what is no number matches none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else -1
