"""The addresses of the third step: the sections, their writing, approval and history."""

from django.urls import path

from contracts.views import diagnostic

_STEP = "contrats/<str:reference>/diagnostic/"
_SECTION = f"{_STEP}<slug:key>/"

urlpatterns = [
    path(_STEP, diagnostic.DiagnosticView.as_view(), name="diagnostic"),
    path(_SECTION, diagnostic.SectionView.as_view(), name="section"),
    path(f"{_SECTION}modifier/", diagnostic.EditSectionView.as_view(), name="edit_section"),
    path(f"{_SECTION}verrou/", diagnostic.LockView.as_view(), name="section_lock"),
    path(f"{_SECTION}approbation/", diagnostic.ApprovalView.as_view(), name="section_approval"),
    path(f"{_SECTION}versions/", diagnostic.VersionsView.as_view(), name="section_versions"),
]
