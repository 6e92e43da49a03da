"""The addresses of the second step: meetings, messages, notes, remarks, pieces."""

from django.urls import path

from contracts.views import exchange, meetings

_STEP = "contrats/<str:reference>/echange/"

urlpatterns = [
    path(_STEP, exchange.ExchangeView.as_view(), name="exchange"),
    path(f"{_STEP}messages/", exchange.MessageView.as_view(), name="message"),
    path(f"{_STEP}notes/", exchange.NoteView.as_view(), name="note"),
    path(f"{_STEP}rencontres/nouvelle/", meetings.NewMeetingView.as_view(), name="new_meeting"),
    path(f"{_STEP}rencontres/<int:pk>/", meetings.EditMeetingView.as_view(), name="meeting"),
    path(f"{_STEP}rencontres/<int:pk>/compte-rendu/", meetings.MinutesView.as_view(), name="minutes"),
    path(f"{_STEP}decisions/<int:pk>/", meetings.DecisionView.as_view(), name="meeting_decision"),
    path(f"{_STEP}remarques/", exchange.NewRemarkView.as_view(), name="new_remark"),
    path(f"{_STEP}remarques/<int:pk>/", exchange.RemarkView.as_view(), name="remark"),
    path(f"{_STEP}pieces/", exchange.NewPieceView.as_view(), name="new_piece"),
    path(f"{_STEP}pieces/<int:pk>/", exchange.PieceView.as_view(), name="piece"),
]
