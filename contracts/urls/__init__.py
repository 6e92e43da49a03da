"""The addresses of the files: the list, the ways to begin, and the pages below a reference."""

from django.urls import URLPattern, URLResolver, path

from contracts.urls.diagnostic import urlpatterns as diagnostic
from contracts.urls.exchange import urlpatterns as exchange
from contracts.urls.proposal import urlpatterns as proposal
from contracts.urls.review import urlpatterns as review
from contracts.views import (
    act,
    changes,
    collective,
    delegations,
    documents,
    expenditure,
    file,
    history,
    letter,
    lists,
    opening,
    parties,
    rectifications,
    signature,
    tranches,
)

app_name = "contracts"

_FILE = "contrats/<str:reference>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("contrats/", lists.ContractListView.as_view(), name="list"),
    path("contrats/nouveau/", opening.NewView.as_view(), name="new"),
    path("contrats/enregistrer-une-lettre/", opening.RegisterView.as_view(), name="register"),
    path("contrats/reprendre-un-dossier/", opening.TakeOverView.as_view(), name="take_over"),
    path("contrats/importer/", opening.ImportView.as_view(), name="import"),
    path("demandes/", collective.CollectiveView.as_view(), name="collective"),
    path("delegations/<int:pk>/arrete/", delegations.ActFileView.as_view(), name="delegation_act"),
    path("delegations/<int:pk>/arrete/joindre/", delegations.KeepActView.as_view(), name="keep_delegation_act"),
    path(_FILE, file.OverviewView.as_view(), name="file"),
    path(f"{_FILE}lettre/", letter.LetterView.as_view(), name="letter"),
    path(f"{_FILE}lettre/co-signataires/", parties.CosignatoryView.as_view(), name="add_cosignatory"),
    path(f"{_FILE}lettre/co-signataires/<int:pk>/sortie/", parties.LeaveView.as_view(), name="leave"),
    path(f"{_FILE}prefectures/", parties.ServicesView.as_view(), name="services"),
    path(f"{_FILE}signature/", signature.SignatureView.as_view(), name="signature"),
    path(f"{_FILE}signature/deliberation/", signature.DeliberationView.as_view(), name="deliberation"),
    path(f"{_FILE}signature/deliberation/confirmer/", signature.ConfirmView.as_view(), name="confirm_deliberation"),
    path(f"{_FILE}tranches/", tranches.TranchesView.as_view(), name="tranches"),
    path(f"{_FILE}tranches/<int:year>/", tranches.ConfirmView.as_view(), name="confirm_tranche"),
    path(f"{_FILE}tranches/<int:year>/retirer/", tranches.WithdrawView.as_view(), name="withdraw_tranche"),
    path(f"{_FILE}tranches/<int:year>/engager/", expenditure.CommitView.as_view(), name="record_commitment"),
    path(f"{_FILE}tranches/<int:year>/verser/", expenditure.PayView.as_view(), name="record_payment"),
    path(f"{_FILE}tranches/ecritures/<int:pk>/corriger/", expenditure.CorrectView.as_view(), name="correct_entry"),
    path(f"{_FILE}documents/", documents.DocumentsView.as_view(), name="documents"),
    path(f"{_FILE}documents/dossier.zip", documents.ArchiveView.as_view(), name="archive"),
    path(f"{_FILE}documents/pieces/<int:pk>/", documents.UploadView.as_view(), name="upload"),
    path(f"{_FILE}documents/emis/<int:pk>/", documents.IssuedView.as_view(), name="issued"),
    path(f"{_FILE}documents/emis/<int:pk>/exemplaire-scelle/", documents.SealedView.as_view(), name="sealed"),
    path(f"{_FILE}documents/emis/<int:pk>/avancement/", documents.ProgressView.as_view(), name="progress"),
    path(f"{_FILE}documents/version-de-travail/", documents.DraftView.as_view(), name="draft"),
    path(f"{_FILE}documents/emis/<int:pk>/differences/", changes.DifferencesView.as_view(), name="differences"),
    path(f"{_FILE}documents/rectifications/", rectifications.RectificationsView.as_view(), name="rectifications"),
    path(
        f"{_FILE}documents/rectifications/<int:pk>/accepter/",
        rectifications.AcceptView.as_view(),
        name="accept_rectification",
    ),
    path(
        f"{_FILE}documents/rectifications/<int:pk>/retirer/",
        rectifications.WithdrawView.as_view(),
        name="withdraw_rectification",
    ),
    path(f"{_FILE}historique/", history.HistoryView.as_view(), name="history"),
    path(f"{_FILE}actes/<slug:transition>/", act.ActView.as_view(), name="act"),
    *exchange,
    *diagnostic,
    *proposal,
    *review,
]
