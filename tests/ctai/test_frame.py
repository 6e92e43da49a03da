"""The frame of the pages: no inline code, radios as the design system draws them, errors linked to fields."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import resolve
from pytest_django import Settings

from ctai import gallery, views
from ctai.context import ENTRIES, navigation
from monitoring.views import public

TEMPLATES = Path(__file__).parents[2] / "templates"
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if not {"pdf", "email"} & set(path.parts))
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


def get(path: str = "/", **query: str) -> HttpRequest:
    request = RequestFactory().get(path, query)
    request.user = AnonymousUser()
    return request


def body(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_template_carries_inline_code(path: Path) -> None:
    assert INLINE.findall(path.read_text()) == []


def test_the_whole_page_carries_no_inline_code() -> None:
    for query in ({}, {"erreurs": "1"}):
        page = body(gallery.show(get("/composants/", **query)))

        assert INLINE.findall(page) == []
        assert page.count("<h1") == 1


def test_gallery_is_closed_outside_the_demonstration(settings: Settings) -> None:
    settings.DEMO = False

    with pytest.raises(Http404):
        gallery.show(get("/composants/"))


@pytest.mark.parametrize(
    ("component", "required"),
    [
        ("action_button", {"label": "Envoyer"}),
        ("alert", {"text": "Texte"}),
        ("badge", {"label": "Nouveau"}),
        ("breadcrumb", {"links": [], "current": "Ici"}),
        ("card", {"title": "Titre"}),
        ("checklist", {"requirements": [{"message": "À faire", "done": False}]}),
        ("confirm", {"label": "Retirer"}),
        ("confirm", {"label": "Retirer", "reason": "Trop tard."}),
        ("definition_list", {"pairs": [("Nom", None)]}),
        ("empty", {"title": "Rien"}),
        ("expected", {"title": "Action attendue de vous"}),
        ("figure", {"value": "45", "label": "contrats"}),
        ("filters", {"form": gallery.ReasonForm()}),
        ("gauge", {"taken": 1, "asked": 2, "text": "Texte"}),
        ("money", {"amount": 5, "label": "demandé"}),
        ("pagination", {"page_obj": Paginator(range(3), 1).page(1)}),
        ("person", {}),
        ("progress", {"label": "Édition", "url": "/x/"}),
        ("progress", {"label": "Édition", "failed": True, "message": "Le disque est plein."}),
        ("sidemenu", {"title": "Dossier", "items": [{"label": "Lettre", "url": "#"}]}),
        ("stepper", {"current": 2, "title": "Échange"}),
        ("table", {"caption": "Liste", "columns": [{"label": "Nom"}], "rows": [["Poitiers"]]}),
        ("tabs", {"label": "Listes", "tabs": [{"label": "À nous", "url": "#"}]}),
        ("tile", {"title": "Titre"}),
        ("timeline", {"events": [{"at": gallery.AT, "sentence": "Fait."}]}),
    ],
)
def test_a_component_needs_only_its_required_variables(component: str, required: dict[str, Any]) -> None:
    assert render_to_string(f"components/{component}.html", required).strip()


def test_radios_and_checkboxes_keep_their_markup() -> None:
    page = body(gallery.show(get()))

    assert re.search(r'<div class="fr-radio-group">\s*<input type="radio"[^>]*id="id_f-mode_0"', page)
    assert re.search(r'<label class="fr-label" for="id_f-mode_1">Électronique<span class="fr-hint-text">', page)
    assert re.search(r'<div class="fr-checkbox-group">\s*<input type="checkbox"[^>]*id="id_f-publics_0"', page)
    assert 'role="radiogroup" aria-labelledby="id_f-mode-legend"' in page
    assert "Date de la réunion (facultatif)" in page


def test_errors_are_summed_up_and_linked_to_their_fields() -> None:
    page = body(gallery.show(get(erreurs="1")))

    assert re.search(r'<div class="fr-alert fr-alert--error[^>]*role="alert"[^>]*data-error-summary', page)
    assert '<a href="#id_f-amount">Montant demandé</a>' in page
    assert '<a href="#id_f-mode_0">Signature</a>' in page
    assert 'value="1.234,56"' in page
    described = re.search(r'aria-describedby="([^"]+)" id="id_f-title"', page)
    assert described is not None
    assert described[1].split() == ["id_f-title_helptext", "id_f-title_error"]
    for anchor in described[1].split():
        assert f'id="{anchor}"' in page


@pytest.mark.parametrize("view", [public.home, public.help_page, public.accessibility, public.legal])
@pytest.mark.django_db
def test_public_pages_need_nobody(view: Callable[[HttpRequest], HttpResponse]) -> None:
    page = body(view(get()))

    assert page.count("<h1") == 1
    assert "Démonstration" in page
    assert view.login_required is False  # type: ignore[attr-defined]  # set by the decorator


def test_the_neutral_brand_shows_no_block_of_the_state(settings: Settings) -> None:
    settings.BRAND = "neutral"
    neutral = body(public.legal(get()))
    settings.BRAND = "state"
    state = body(public.legal(get()))

    assert "République" not in neutral
    assert "République<br>française" in state


def test_error_pages_say_what_to_do() -> None:
    reason = "Seul le porteur envoie la lettre."

    for status, response in (
        (400, views.bad_request(get())),
        (413, views.bad_request(get(), RequestDataTooBig())),
        (403, views.permission_denied(get(), PermissionDenied(reason))),
        (403, views.csrf_failure(get())),
        (404, views.not_found(get())),
        (500, views.server_error(get())),
    ):
        assert response.status_code == status
        assert "Que faire" in body(response)
        assert "Ce qui a été conservé" in body(response)
    assert reason in body(views.permission_denied(get(), PermissionDenied(reason)))


@pytest.mark.parametrize("encoding", ["rot13", "unicode_escape", "undefined", "utf-16"])
def test_form_in_another_encoding_is_a_bad_request(client: Client, encoding: str) -> None:
    body = b'--X\r\nContent-Disposition: form-data; name="username"\r\n\r\n\\ud800\r\n--X--\r\n'
    client.raise_request_exception = False

    answer = client.generic(
        "POST", "/connexion/", body, content_type=f"multipart/form-data; boundary=X; charset={encoding}"
    )

    assert answer.status_code == 400


def test_an_unexpected_error_has_a_reference_that_the_log_knows(caplog: pytest.LogCaptureFixture) -> None:
    page = body(views.server_error(get("/contrats/")))

    reference = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", page)
    assert reference is not None
    assert caplog.records[-1].reference == reference[0]  # type: ignore[attr-defined]  # given as extra


@pytest.mark.parametrize("role", [None, *ENTRIES])
def test_navigation_only_shows_pages_that_exist(role: str | None) -> None:
    for entry in navigation(role, "/aide/"):
        assert resolve(entry.url).route is not None
        assert entry.current == ("page" if entry.url == "/aide/" else "")
