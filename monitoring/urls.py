"""The addresses of the public and national pages."""

from django.urls import path

from monitoring.views import public

app_name = "monitoring"

urlpatterns = [
    path("", public.home, name="home"),
    path("aide/", public.help_page, name="help"),
    path("accessibilite/", public.accessibility, name="accessibility"),
    path("mentions-legales/", public.legal, name="legal"),
]
