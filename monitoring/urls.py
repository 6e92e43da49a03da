"""The addresses of the public and national pages."""

from django.urls import path

from monitoring.views import national, opendata, public

app_name = "monitoring"

urlpatterns = [
    path("", public.home, name="home"),
    path("aide/", public.help_page, name="help"),
    path("accessibilite/", public.accessibility, name="accessibility"),
    path("mentions-legales/", public.legal, name="legal"),
    path("contrats-signes/", opendata.signed, name="signed"),
    path("donnees/", opendata.data, name="data"),
    path("donnees/contrats.csv", opendata.contracts_csv, name="contracts_csv"),
    path("donnees/subventions.csv", opendata.grants_csv, name="grants_csv"),
    path("donnees/schema/<slug:kind>/<int:version>.json", opendata.schema, name="schema"),
    path("verifier/", opendata.verify_form, name="verify_form"),
    path("verifier/<str:code>/", opendata.verification, name="verify"),
    path("national/", national.NationalView.as_view(), name="national"),
    path("national/export.<str:extension>", national.ExportView.as_view(), name="export"),
    path("national/objectifs.<str:extension>", national.TargetExportView.as_view(), name="targets_export"),
]
