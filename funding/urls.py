"""The addresses of money that belong to no file."""

from django.urls import path

from funding import views

app_name = "funding"

urlpatterns = [path("enveloppes/", views.EnvelopeListView.as_view(), name="envelopes")]
