"""The addresses of the campaigns."""

from django.urls import path

from campaigns.views import calendar, questions, settings

app_name = "campaigns"

_QUESTIONS = "campagnes/<int:year>/questionnaire/"
_VERSION = f"{_QUESTIONS}<int:number>/"
_SECTION = f"{_VERSION}sections/<slug:key>/"

urlpatterns = [
    path("campagnes/", calendar.CampaignListView.as_view(), name="list"),
    path("campagnes/ouvrir/", calendar.CreateCampaignView.as_view(), name="create"),
    path("campagnes/<int:year>/", calendar.EditCampaignView.as_view(), name="edit"),
    path("campagnes/<int:year>/cloturer/", calendar.CloseCampaignView.as_view(), name="close"),
    path("campagnes/<int:year>/axes/", settings.AxesView.as_view(), name="axes"),
    path("campagnes/<int:year>/grille/", settings.CriteriaView.as_view(), name="criteria"),
    path("campagnes/<int:year>/prolongations/", settings.ExtensionsView.as_view(), name="extensions"),
    path("campagnes/<int:year>/objectifs/", settings.TargetsView.as_view(), name="targets"),
    path("campagnes/<int:year>/coherence/", settings.CoherenceView.as_view(), name="coherence"),
    path(_QUESTIONS, questions.VersionsView.as_view(), name="versions"),
    path(_VERSION, questions.VersionView.as_view(), name="questions"),
    path(f"{_VERSION}dossiers/", questions.VersionFilesView.as_view(), name="version_files"),
    path(f"{_VERSION}nouvelle-section/", questions.QuestionFormView.as_view(), name="add_question"),
    path(_SECTION, questions.QuestionFormView.as_view(), name="edit_question"),
    path(f"{_SECTION}deplacer/", questions.MoveQuestionView.as_view(), name="move_question"),
    path(f"{_SECTION}retirer/", questions.RemoveQuestionView.as_view(), name="remove_question"),
]
