"""The addresses of the campaigns."""

from django.urls import path

from campaigns import views

app_name = "campaigns"

urlpatterns = [
    path("campagnes/", views.CampaignListView.as_view(), name="list"),
    path("campagnes/ouvrir/", views.CreateCampaignView.as_view(), name="create"),
    path("campagnes/<int:year>/", views.EditCampaignView.as_view(), name="edit"),
    path("campagnes/<int:year>/cloturer/", views.CloseCampaignView.as_view(), name="close"),
]
