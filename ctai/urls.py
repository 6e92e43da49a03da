"""The addresses of the portal."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from ctai import demo, gallery, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("monitoring.urls")),
    path("", include("accounts.urls")),
    path("", include("contracts.urls")),
    path("", include("campaigns.urls")),
    path("", include("funding.urls")),
    path("", include("documents.urls")),
    path("tableau-de-bord/", views.dashboard, name="dashboard"),
    path("sante/", views.health, name="health"),
    path("administration-technique/", admin.site.urls),
]

if settings.DEMO:
    urlpatterns += [
        path("demo/courriels/", demo.mails, name="demo_mails"),
        path("demo/courriels/<int:pk>/", demo.mail, name="demo_mail"),
        path("demo/composants/", gallery.show, name="gallery"),
    ]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.not_found
handler500 = views.server_error
