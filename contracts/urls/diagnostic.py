"""The addresses of the third step: the sections, their writing, approval and history."""

from django.urls import path

from contracts.views import diagnostic, figures, glance, section_editing, section_versions

_STEP = "contrats/<str:reference>/diagnostic/"
_SECTION = f"{_STEP}<slug:key>/"

urlpatterns = [
    path(_STEP, diagnostic.DiagnosticView.as_view(), name="diagnostic"),
    # Pages of the whole diagnostic come here, before the key of a section is read.
    path(f"{_STEP}en-un-coup-d-oeil/", glance.GlanceView.as_view(), name="glance"),
    path(f"{_STEP}version-de-travail/", glance.DraftView.as_view(), name="diagnostic_draft"),
    path(f"{_STEP}chiffres/", figures.FiguresView.as_view(), name="figures"),
    path(f"{_STEP}chiffres/<int:pk>/confirmation/", figures.ConfirmFigureView.as_view(), name="confirm_figure"),
    path(f"{_STEP}chiffres/modele/", figures.TemplateView.as_view(), name="figures_template"),
    path(f"{_STEP}chiffres/export/", figures.ExportView.as_view(), name="figures_export"),
    path(_SECTION, diagnostic.SectionView.as_view(), name="section"),
    path(f"{_SECTION}modifier/", section_editing.EditSectionView.as_view(), name="edit_section"),
    path(f"{_SECTION}verrou/", section_editing.LockView.as_view(), name="section_lock"),
    path(f"{_SECTION}approbation/", section_versions.ApprovalView.as_view(), name="section_approval"),
    path(f"{_SECTION}versions/", section_versions.VersionsView.as_view(), name="section_versions"),
    path(
        f"{_SECTION}versions/<int:version>/retablir/",
        section_versions.RestoreView.as_view(),
        name="restore_section",
    ),
]
