"""Writing a section: reserved as a courtesy, saved as one types, never overwritten in silence."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from accounts.roles import Permission
from contracts.forms.diagnostic import SectionForms
from contracts.services.sections import write_section
from contracts.views.diagnostic import SectionPage
from ctai.http import posted, tell_structure
from ctai.printable import told
from ctai.restructured import restructured
from diagnostics.contents import content_of
from diagnostics.differences import difference
from diagnostics.errors import StaleSection
from diagnostics.locking import release_lock, take_lock
from diagnostics.models import Section
from diagnostics.queries import kinds_of, marks_of, other_writer
from diagnostics.services import save_section

P = Permission
CLOSED = "Le diagnostic n’est plus modifiable à cette étape du dossier."
#: The answer to a draft that another person's reservation stops.
LOCKED = 423


class EditSectionView(SectionPage):
    """Writes a section; if someone else saved it meanwhile, both texts are shown and the person chooses."""

    @property
    def shows_frame(self) -> bool:
        return self.request.method == "GET"

    @property
    def reads_parts(self) -> bool:
        return self.request.method == "GET"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.DIAGNOSTIC_WRITE)
        if not self.can_edit(P.DIAGNOSTIC_WRITE):
            messages.warning(request, CLOSED)
            return self.to_section()
        return self._page(SectionForms(self.section, kinds_of(self.section)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.DIAGNOSTIC_WRITE)
        if request.POST.get("act") == "draft":
            return self._draft()
        forms = SectionForms(self.section, kinds_of(self.section), request.POST)
        if not forms.is_valid():
            return self._page(forms, status=422)
        try:
            refusal = self.attempt(lambda: self._save(forms))
        except StaleSection as stale:
            return self._conflict(forms, stale)
        if refusal:
            forms.form.add_error(None, refusal)
            return self._page(forms, status=422)
        messages.success(request, "Section enregistrée.")
        self.tell_printing()
        tell_structure(request, request.POST.get("text", ""))
        return self.to_section()

    def _draft(self) -> JsonResponse:
        """Save what is being typed; the answer says what the page must know to go on."""
        if other_writer(self.section, self.actor.membership.pk, self.now):
            return JsonResponse({"message": _taken_over(self.section)}, status=LOCKED)
        forms = SectionForms(self.section, kinds_of(self.section), self.request.POST, draft=True)
        if not forms.is_valid():
            return JsonResponse({"message": " ".join(said for _, _, said in forms.problems)}, status=422)
        saved: list[Section] = []
        try:
            refusal = self.attempt(lambda: saved.append(self._save(forms)))
        except StaleSection:
            message = "Cette section a été modifiée pendant que vous l’écriviez. Rien n’a été écrasé."
            return JsonResponse({"message": message}, status=409)
        if refusal:
            return JsonResponse({"message": refusal}, status=422)
        return JsonResponse(
            {
                "message": _saved(self.now, saved[0].version, forms.left_out),
                "printing": _told(self.request),
                "version": saved[0].version,
                "revision": saved[0].revision,
                "ids": forms.identities(saved[0]),
            }
        )

    def _save(self, forms: SectionForms) -> Section:
        return write_section(
            self.contract.pk,
            self.section,
            lambda: save_section(
                section=self.section,
                expected_version=forms.version,
                revision=forms.revision,
                text=forms.text,
                rows=forms.rows(),
                indicators=forms.indicators(),
                by=self.actor,
                now=self.now,
                as_draft=forms.draft,
            ),
            by=self.actor,
            now=self.now,
        )

    def _conflict(self, forms: SectionForms, stale: StaleSection) -> HttpResponse:
        mine = content_of(forms.text, forms.rows(), forms.indicators())
        empty = content_of("", [], [])
        context = {
            "conflict": stale,
            "groups": difference(stale.content, mine),
            "theirs": difference(stale.content, stale.content),
            "mine": difference(mine, mine) if mine != empty else [],
        }
        forms.rebase(stale.version, stale.revision, stale.content)
        return self._page(forms, status=409, **context)

    def _page(self, forms: SectionForms, status: int = 200, **context: Any) -> HttpResponse:
        return self.render(
            "contracts/diagnostic/section_form.html",
            status=status,
            section=self.section,
            forms=forms,
            problems=forms.problems if status == 422 else [],
            taken=other_writer(self.section, self.actor.membership.pk, self.now),
            approvals=[mark for mark in marks_of(self.section) if mark.approval],
            **({"conflict": None, "groups": [], "theirs": [], "mine": []} | context),
        )


class LockView(SectionPage):
    """Reserves a section while one writes, takes it over, or gives it back; a courtesy that the journal ignores."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.to_section()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.DIAGNOSTIC_WRITE)
        act = request.POST.get("act", "take")
        if act == "release":
            release_lock(section=self.section, by=self.actor)
            return self.to_section()
        if act == "beat":
            return self._beat()
        if not self.can_edit(P.DIAGNOSTIC_WRITE):
            messages.warning(request, CLOSED)
            return self.to_section()
        if take_lock(section=self.section, by=self.actor, now=self.now, force=act == "force") is not None:
            return self.to_section()
        return self.back_to("edit_section")

    def _beat(self) -> HttpResponse:
        """Renew the reservation; tell who took it over, and whether the text moved."""
        if not self.can_edit(P.DIAGNOSTIC_WRITE):
            return JsonResponse({"message": CLOSED}, status=409)
        if take_lock(section=self.section, by=self.actor, now=self.now) is not None:
            return JsonResponse({"message": _taken_over(self.section)}, status=LOCKED)
        return JsonResponse({"version": self.section.version, "revision": self.section.revision})


def _told(request: HttpRequest) -> str:
    """Return what the author must know of what was typed: characters that are not printed, a structure changed."""
    return " ".join(filter(None, [told(*posted(request)), restructured(request.POST.get("text", ""))]))


def _taken_over(section: Section) -> str:
    holder = section.lock_holder
    assert holder is not None  # noqa: S101  # the database keeps a reservation whole
    return (
        f"{holder.user.full_name} ({holder.organisation.name}) a pris la main sur cette section. "
        "Ce que vous tapez reste sur votre écran et n’est plus enregistré au fil de la frappe."
    )


def _saved(now: Any, version: int, left_out: list[str]) -> str:
    at = timezone.localtime(now)
    kept = f"Enregistré à {at.hour} h {at:%M} (version {version})"
    return f"{kept}, sauf ce qui reste à compléter : {', '.join(left_out)}" if left_out else kept
