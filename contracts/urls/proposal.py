"""The addresses of the fourth step."""

from django.urls import path

from contracts.views import action, budget, coherence, pieces, proposal, renewal, request

_PROPOSAL = "contrats/<str:reference>/proposition/"
_ACTION = f"{_PROPOSAL}actions/<int:number>/"

urlpatterns = [
    path(_PROPOSAL, proposal.ProposalView.as_view(), name="proposal"),
    path(f"{_PROPOSAL}actions/nouvelle/", action.NewActionView.as_view(), name="new_action"),
    path(_ACTION, action.ActionView.as_view(), name="action"),
    path(f"{_ACTION}supprimer/", proposal.RemoveActionView.as_view(), name="remove_action"),
    path(f"{_ACTION}deplacer/", proposal.MoveActionView.as_view(), name="move_action"),
    path(f"{_ACTION}dupliquer/", proposal.DuplicateActionView.as_view(), name="duplicate_action"),
    path(f"{_PROPOSAL}coherence/", coherence.CoherenceView.as_view(), name="coherence"),
    path(f"{_PROPOSAL}coherence/nombre/", coherence.CoherenceCountView.as_view(), name="coherence_count"),
    path(f"{_PROPOSAL}budget/", budget.BudgetsView.as_view(), name="budgets"),
    path(f"{_PROPOSAL}budget/modele/", budget.WorkbookView.as_view(), name="budget_workbook"),
    path(f"{_PROPOSAL}cofinancements/", pieces.CofundingsView.as_view(), name="cofundings"),
    path(f"{_PROPOSAL}cofinancements/<int:pk>/retirer/", pieces.DisproveView.as_view(), name="disprove"),
    path(f"{_PROPOSAL}actions/ordre/", proposal.OrderActionsView.as_view(), name="order_actions"),
    path(f"{_ACTION}pieces/", pieces.ActionFilesView.as_view(), name="action_files"),
    path(f"{_ACTION}pieces/<int:pk>/retirer/", pieces.RemoveActionFileView.as_view(), name="remove_action_file"),
    path(f"{_ACTION}budget/", budget.GridView.as_view(), name="budget_grid"),
    path(f"{_ACTION}budget/<int:year>/", action.BudgetView.as_view(), name="budget"),
    path(f"{_PROPOSAL}reconduction/", renewal.RenewalView.as_view(), name="renewal"),
    path(f"{_PROPOSAL}demande/", request.RequestSummaryView.as_view(), name="request_summary"),
    path(f"{_PROPOSAL}demande/version-de-travail/", request.RequestDraftView.as_view(), name="request_draft"),
    path(f"{_PROPOSAL}demande/versement/<str:siret>/", request.PayeeView.as_view(), name="payee"),
    path(f"{_PROPOSAL}demande/<int:year>/", proposal.RequestView.as_view(), name="request"),
    path(f"{_PROPOSAL}remarques/<int:pk>/reponse/", proposal.AnswerView.as_view(), name="answer_on_proposal"),
]
