"""The addresses of the review, in the fifth step."""

from django.urls import path

from contracts.views import clauses, opinions, review, wording

_REVIEW = "contrats/<str:reference>/instruction/"

urlpatterns = [
    path(_REVIEW, review.ReviewView.as_view(), name="review"),
    path(f"{_REVIEW}actions/<int:number>/", review.ProposeView.as_view(), name="propose"),
    path(f"{_REVIEW}montants-demandes/", review.AdoptView.as_view(), name="adopt_requested"),
    path(f"{_REVIEW}grille/", opinions.AssessView.as_view(), name="assess"),
    path(f"{_REVIEW}avis/", opinions.AskOpinionView.as_view(), name="ask_opinion"),
    path(f"{_REVIEW}avis/<int:pk>/", opinions.OpinionView.as_view(), name="record_opinion"),
    path(f"{_REVIEW}clauses/", clauses.ClausesView.as_view(), name="clauses"),
    path(f"{_REVIEW}clauses/<int:pk>/", clauses.ClauseView.as_view(), name="clause"),
    path(f"{_REVIEW}clauses/<int:pk>/deplacer/", clauses.MoveClauseView.as_view(), name="move_clause"),
    path(f"{_REVIEW}mentions/", wording.WordingView.as_view(), name="wording"),
    path(f"{_REVIEW}remarques/", review.RemarkView.as_view(), name="review_remark"),
    path(f"{_REVIEW}remarques/<int:pk>/", review.RemarkStateView.as_view(), name="review_remark_state"),
]
