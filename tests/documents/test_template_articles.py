"""The articles of a draft: at their place, printable, and never written over somebody’s text."""

import re
from datetime import datetime

import pytest
from django.urls import reverse

from ctai.restructured import UNROLLED
from documents.articles import (
    ArticleInput,
    Outdated,
    Unprintable,
    add_article,
    change_article,
    move_article,
    remove_article,
)
from documents.defaults import ensure_templates
from documents.enums import DocumentKind
from documents.errors import Refused
from documents.forms import HEAD, ArticleForm
from documents.models import DocumentTemplate, TemplateArticle, TemplateVersion
from documents.preview import citations_of, shown_articles
from documents.queries import articles_of
from documents.templates import discard_template, draft_template, mark_of, problems_of, publish_template
from tests.people import People

pytestmark = pytest.mark.django_db
CONTRACT = DocumentKind.CONTRACT


@pytest.fixture
def draft(people: People, now: datetime) -> TemplateVersion:
    ensure_templates(now)
    return draft_template(template=DocumentTemplate.objects.get(kind=CONTRACT), by=people.dgef)


def the(version: TemplateVersion, key: str) -> TemplateArticle:
    return version.articles.select_related("version__template").get(key=key)


def version(number: int) -> TemplateVersion:
    return TemplateVersion.objects.get(template__kind=CONTRACT, number=number)


def typed(body: str, title: str = "Santé mentale", condition: str = "") -> ArticleInput:
    return ArticleInput(title=title, body=f"<p>{body}</p>", condition=condition)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ("{{ porteur.mot_de_passe }}", "n’existe pas"),
        ("{{ silence.date }}", "n’est pas rempli"),
        ("{{ article.absent }}", "n’existe pas dans cette version"),
        ("{{ porteur.nom|safe }}", "entre doubles accolades"),
        ("{% load static %}", "entre doubles accolades"),
        ("{{ porteur.nom", "ne sont pas fermées"),
    ],
)
def test_text_that_cannot_be_merged_is_refused(
    people: People, draft: TemplateVersion, body: str, refusal: str
) -> None:
    with pytest.raises(Unprintable, match=refusal):
        add_article(version=draft, data=typed(body), by=people.dgef)
    with pytest.raises(Refused, match=refusal):
        change_article(article=the(draft, "objet"), data=typed(body), by=people.dgef)


def test_article_that_the_document_needs_stays_and_applies_always(people: People, draft: TemplateVersion) -> None:
    with pytest.raises(Refused, match="tableau des actions"):
        remove_article(article=the(draft, "axes"), by=people.dgef)
    with pytest.raises(Refused, match="condition"):
        change_article(article=the(draft, "axes"), data=typed("Axes", condition="seuil_agir"), by=people.dgef)
    with pytest.raises(Refused, match="type de document"):
        change_article(article=the(draft, "objet"), data=typed("x", condition="hors_calendrier"), by=people.dgef)
    with pytest.raises(Refused, match="cité par « Objet du contrat »".replace(" ", ".")):
        remove_article(article=the(draft, "publics"), by=people.dgef)


def test_citation_of_an_article_that_may_be_absent_forbids_publication(
    people: People, now: datetime, draft: TemplateVersion
) -> None:
    data = typed("Voir l’article {{ article.articulation_agir }}.", "Renvoi")
    added = add_article(version=draft, data=data, by=people.dgef)

    assert [each.article.key for each in problems_of(draft)] == [added.key]
    with pytest.raises(Refused, match="article est à corriger"):
        publish_template(version=draft, by=people.dgef, now=now)

    change_article(
        article=the(draft, added.key),
        data=ArticleInput(title="Renvoi", body=data.body, condition="seuil_agir"),
        by=people.dgef,
    )
    publish_template(version=draft, by=people.dgef, now=now)


def test_text_of_an_article_is_cleaned_to_what_documents_print() -> None:
    body = (
        "<h3>Titre</h3><p onclick='x()'>Un « mot »<script>x</script> 😀</p><ul><li><p>a</p></li></ul>"
        "<table><tr><td>un</td><td>deux</td></tr></table><p><a href='https://exemple.fr'>lien</a></p>"
    )

    form = ArticleForm({"title": "T", "body": body, "condition": ""}, kind=CONTRACT)

    assert form.is_valid()
    assert form.cleaned_data["body"].replace("\u00a0", " ") == (
        "<p><strong>Titre</strong></p><p>Un « mot » </p><ul><li>a</li></ul><p>un – deux</p>"
        "<p>lien (https://exemple.fr)</p>"
    )
    assert "😀" in form.told()


@pytest.mark.parametrize(
    ("title", "refusal"), [("", "Donnez un titre"), ("Rôle de {{ porteur.nom }}", "en toutes lettres")]
)
def test_title_that_would_be_printed_wrong_is_refused(
    people: People, draft: TemplateVersion, title: str, refusal: str
) -> None:
    data = typed("Texte.", title)

    with pytest.raises(Refused, match=refusal):
        add_article(version=draft, data=data, by=people.dgef)
    with pytest.raises(Refused, match=refusal):
        change_article(article=the(draft, "objet"), data=data, by=people.dgef)
    form = ArticleForm({"title": title, "body": "Texte."}, kind=CONTRACT)

    assert list(form.errors) == ["title"]
    change_article(article=the(draft, "visas"), data=typed("Vu ;", ""), by=people.dgef)  # printed without a heading


def test_hole_left_by_an_older_version_forbids_publication(
    people: People, now: datetime, draft: TemplateVersion
) -> None:
    draft.articles.filter(key="objet").update(title="")
    draft.articles.filter(key="donnees").update(body="<p> </p>")

    assert [each.article.key for each in problems_of(draft)] == ["objet", "donnees"]
    with pytest.raises(Refused, match="2 articles sont à corriger".replace(" ", ".")):
        publish_template(version=draft, by=people.dgef, now=now)


@pytest.mark.parametrize("title", ["Recours", "Présentation", "Parties", "Corps"])
def test_new_article_is_numbered_whatever_its_title(people: People, draft: TemplateVersion, title: str) -> None:
    added = add_article(version=draft, data=typed("Texte.", title), by=people.dgef)

    shown = next(each for each in shown_articles(articles_of(draft), None) if each.key == added.key)
    assert shown.number is not None
    assert added.key != "parties"  # the heading of the parties bears this anchor


def test_articles_of_a_letter_bear_no_number_to_cite(people: People, now: datetime) -> None:
    ensure_templates(now)
    letter = DocumentTemplate.objects.get(kind=DocumentKind.REFUSAL)
    draft = draft_template(template=letter, by=people.dgef)

    assert citations_of(DocumentKind.REFUSAL, articles_of(draft)) == []
    with pytest.raises(Refused, match="ne porte pas de numéro".replace(" ", ".")):
        add_article(version=draft, data=typed("Article {{ article.recours }}.", ""), by=people.dgef)


def test_article_stands_where_it_is_asked(people: People, draft: TemplateVersion) -> None:
    def place(key: str) -> str:
        keys = [each.key for each in articles_of(draft)]
        return keys[keys.index(key) - 1]

    added = add_article(
        version=draft, data=ArticleInput(title="Santé", body="<p>Texte.</p>", after="objet"), by=people.dgef
    )
    assert place(added.key) == "objet"
    moved = ArticleInput(title="Santé", body="<p>Texte.</p>", after="donnees")
    change_article(article=the(draft, added.key), data=moved, by=people.dgef)
    assert place(added.key) == "donnees"
    gone = ArticleInput(title="Santé", body="<p>Texte.</p>", after="retiré")
    change_article(article=the(draft, added.key), data=gone, by=people.dgef)
    assert place(added.key) == "donnees"

    choices = dict(ArticleForm(kind=CONTRACT, rows=articles_of(draft)).fields["after"].choices)
    assert {HEAD, "signatures"}.isdisjoint(choices)
    first = ArticleForm(
        {"title": "T", "body": "x", "after": HEAD}, kind=DocumentKind.REFUSAL, rows=articles_of(draft)[1:3]
    )
    assert (first.is_valid(), first.article().after) == (True, "")
    assert ArticleForm(kind=CONTRACT, rows=articles_of(draft)).initial["after"] == "litiges"
    assert "after" not in ArticleForm(kind=CONTRACT, article=the(draft, "visas"), rows=articles_of(draft)).fields


def test_what_opens_and_closes_the_contract_stays_at_its_place(people: People, draft: TemplateVersion) -> None:
    before = [each.key for each in articles_of(draft)]

    move_article(article=the(draft, "visas"), up=False, by=people.dgef)
    move_article(article=the(draft, "preambule"), up=True, by=people.dgef)
    move_article(article=the(draft, "signatures"), up=True, by=people.dgef)
    move_article(article=the(draft, "litiges"), up=False, by=people.dgef)

    assert [each.key for each in articles_of(draft)] == before


def test_text_of_another_person_is_never_replaced_in_silence(people: People, draft: TemplateVersion) -> None:
    article = the(draft, "donnees")
    seen = article.mark
    change_article(article=article, data=typed("Le sien.", "Données"), by=people.dgef, seen=seen)

    with pytest.raises(Outdated) as refused:
        change_article(article=the(draft, "donnees"), data=typed("Le mien.", "Données"), by=people.dgef, seen=seen)

    assert refused.value.current is not None
    assert the(draft, "donnees").body == refused.value.current.body == "<p>Le sien.</p>"
    remove_article(article=the(draft, "donnees"), by=people.dgef)
    with pytest.raises(Outdated, match="retiré"):
        change_article(article=article, data=typed("Le mien.", "Données"), by=people.dgef, seen=seen)


def test_draft_that_changed_since_it_was_read_is_neither_published_nor_thrown_away(
    people: People, now: datetime, draft: TemplateVersion
) -> None:
    seen = mark_of(articles_of(draft))
    move_article(article=the(draft, "donnees"), up=True, by=people.dgef)

    with pytest.raises(Refused, match="modifié ce brouillon"):
        publish_template(version=draft, by=people.dgef, now=now, seen=seen)
    with pytest.raises(Refused, match="modifié ce brouillon"):
        discard_template(version=draft, by=people.dgef, seen=seen)

    assert version(2).published_at is None
    publish_template(version=draft, by=people.dgef, now=now, seen=mark_of(articles_of(draft)))
    assert version(2).published_at == now


def test_two_managers_on_one_article_each_keep_their_text(people: People, draft: TemplateVersion) -> None:
    client = people.client_for(people.dgef)
    edit = reverse("documents:edit_article", args=["contrat", 2, "donnees"])
    form = client.get(edit).context["form"]
    mine = {"title": "Données", "body": "Le mien.", "condition": "", "after": "avenant", "seen": form["seen"].value()}
    change_article(article=the(draft, "donnees"), data=typed("Le sien.", "Données"), by=people.dgef)

    first = client.post(edit, mine)

    page = first.content.decode()
    assert (first.status_code, the(draft, "donnees").body) == (422, "<p>Le sien.</p>")
    assert [text in page for text in ("Une autre personne a modifié", "Le mien.", 'id="kept-title"')] == [True] * 3
    again = client.post(edit, mine | {"seen": first.context["form"]["seen"].value()})
    assert (again.status_code, the(draft, "donnees").body) == (302, "<p>Le mien.</p>")

    remove_article(article=the(draft, "donnees"), by=people.dgef)
    gone = client.post(edit, mine)
    assert (gone.status_code, "a retiré cet article" in gone.content.decode()) == (422, True)
    add = reverse("documents:add_article", args=["contrat", 2])
    assert f'action="{add}"' in gone.content.decode()
    assert client.post(add, mine | {"seen": ""}).status_code == 302
    assert client.post(edit.replace("donnees", "inconnu"), mine | {"seen": ""}).status_code == 404


def test_author_of_an_article_is_told_of_a_structure_that_was_changed(people: People, draft: TemplateVersion) -> None:
    client = people.client_for(people.dgef)
    edit = reverse("documents:edit_article", args=["contrat", 2, "donnees"])
    sent = {"title": "Données", "condition": "", "after": "avenant"}

    pages = [
        client.post(edit, sent | {"body": body, "seen": the(draft, "donnees").mark}, follow=True).content.decode()
        for body in ("<ul><li><p>a</p></li></ul>", "<table><tr><td>a</td><td>b</td></tr></table>")
    ]

    assert the(draft, "donnees").body == "<p>a – b</p>"
    assert [UNROLLED in page for page in pages] == [False, True]


def test_text_typed_while_the_draft_was_published_stays_on_the_page(
    people: People, now: datetime, draft: TemplateVersion
) -> None:
    client = people.client_for(people.dgef)
    publish_template(version=draft, by=people.dgef, now=now)

    late = client.post(
        reverse("documents:edit_article", args=["contrat", 2, "donnees"]),
        {"title": "Données", "body": "Un long texte.", "after": "communication", "seen": the(draft, "donnees").mark},
    )

    page = late.content.decode()
    assert (late.status_code, "elle ne change plus" in page, "Un long texte." in page) == (422, True, True)


def test_lists_where_a_choice_always_holds_are_not_said_to_be_optional(people: People, draft: TemplateVersion) -> None:
    page = people.client_for(people.dgef).get(reverse("documents:edit_article", args=["contrat", 2, "donnees"])).text

    labels = re.findall(r'<label for="id_(?:title|condition|after)" class="fr-label">([^<]+)', page)
    assert sorted(labels) == ["Paraît", "Place", "Titre"]
