"""The templates in the portal: prepared as a draft, looked at on a file, published, never changed after."""

import io
from datetime import datetime
from typing import Any

import pypdf
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from documents.articles import ArticleInput, add_article, change_article, move_article, remove_article
from documents.defaults import ensure_templates
from documents.enums import DocumentKind
from documents.errors import Refused
from documents.issuing import current_template, issue
from documents.merging import CONDITIONS, UNNUMBERED, values
from documents.models import DocumentTemplate, IssuedDocument, TemplateArticle, TemplateVersion
from documents.offers import EDITABLE, RETIRED, SLOTS, SUBJECTS, conditions_of, fields_of
from documents.preview import differences, offers_of, shown_articles
from documents.queries import articles_of, examples_of, templates_with_versions, versions_of
from documents.templates import discard_template, draft_template, mark_of, publish_template
from journal.models import Event
from tests.factories.documents import SAMPLES, contract_data
from tests.factories.exchanges import file_of_poitiers
from tests.people import People

pytestmark = pytest.mark.django_db
CONTRACT = DocumentKind.CONTRACT


@pytest.fixture
def published(now: datetime) -> TemplateVersion:
    ensure_templates(now)
    return TemplateVersion.objects.select_related("template").get(template__kind=CONTRACT)


@pytest.fixture
def draft(people: People, published: TemplateVersion) -> TemplateVersion:
    return draft_template(template=published.template, by=people.dgef)


def the(version: TemplateVersion, key: str) -> TemplateArticle:
    return version.articles.select_related("version__template").get(key=key)


def version(number: int) -> TemplateVersion:
    return TemplateVersion.objects.get(template__kind=CONTRACT, number=number)


def typed(body: str, title: str = "Santé mentale", condition: str = "") -> ArticleInput:
    return ArticleInput(title=title, body=f"<p>{body}</p>", condition=condition)


@pytest.mark.parametrize("kind", EDITABLE)
def test_fields_offered_are_those_that_the_data_fill(kind: DocumentKind) -> None:
    names = {field.name for field in fields_of(kind)} - {"document.numero"}

    assert names == {name for name, value in values(SAMPLES[kind]()).items() if value} - {"document.numero"} - RETIRED
    assert conditions_of(kind).keys() <= CONDITIONS.keys()


def test_fields_are_offered_by_subject_with_their_example() -> None:
    offers = offers_of(CONTRACT, None)

    assert [each.subject for each in offers][:3] == list(dict.fromkeys(SUBJECTS.values()))[:3]
    offered = [field for each in offers for field in each.fields]
    assert {field.code for field in offered} == {f"{{{{ {field.name} }}}}" for field in fields_of(CONTRACT)}
    assert all(field.value for field in offered)
    assert RETIRED.isdisjoint(field.name for field in fields_of(CONTRACT))


def test_articles_that_the_pages_complete_are_in_the_first_templates(now: datetime) -> None:
    ensure_templates(now)

    for kind, slots in SLOTS.items():
        keys = TemplateArticle.objects.filter(version__template__kind=kind).values_list("key", flat=True)
        assert slots.keys() <= set(keys)


def test_draft_copies_the_version_in_force_and_is_prepared_once(people: People, published: TemplateVersion) -> None:
    draft = draft_template(template=published.template, by=people.dgef)

    assert (draft.number, draft.published_at) == (2, None)
    names = ("key", "title", "body", "condition", "rank")
    assert list(draft.articles.order_by("rank").values(*names)) == list(
        published.articles.order_by("rank").values(*names)
    )
    assert draft_template(template=published.template, by=people.dgef) == draft
    assert current_template(CONTRACT) == published
    with pytest.raises(PermissionDenied):
        draft_template(template=published.template, by=people.diair)


def test_draft_is_edited_then_published_for_the_documents_to_come(
    people: People, now: datetime, draft: TemplateVersion
) -> None:
    before = issue(kind=CONTRACT, contract_id=None, data=contract_data(), by=None, now=now, event=None)
    data = typed("{{ porteur.le_nom }} agit, au titre de l’article {{ article.objet }}.")

    added = add_article(version=draft, data=data, by=people.dgef)
    twin = add_article(version=draft, data=data, by=people.dgef)
    move_article(article=the(draft, twin.key), up=True, by=people.dgef)
    remove_article(article=the(draft, twin.key), by=people.dgef)
    remove_article(article=the(draft, "communication"), by=people.dgef)
    change_article(article=the(draft, "donnees"), data=typed("Secret.", "Données"), by=people.dgef)
    publish_template(version=draft, by=people.dgef, now=now)
    after = issue(kind=CONTRACT, contract_id=None, data=contract_data(), by=None, now=now, event=None)

    rows = articles_of(draft)
    assert (added.key, twin.key) == ("sante_mentale", "sante_mentale_2")
    assert [each.key for each in rows[-2:]] == ["sante_mentale", "signatures"]
    assert [each.rank for each in rows] == list(range(1, len(rows) + 1))
    assert "communication" not in {each.key for each in rows}
    assert (the(draft, "donnees").title, the(draft, "donnees").body) == ("Données", "<p>Secret.</p>")
    assert (before.template_version_id, after.template_version_id) == (
        TemplateVersion.objects.get(template__kind=CONTRACT, number=1).pk,
        draft.pk,
    )
    assert Event.objects.get(kind="template_published").payload["number"] == 2


def test_published_version_never_changes(people: People, now: datetime, published: TemplateVersion) -> None:
    article = the(published, "donnees")
    data = typed("Autre")

    for act in (
        lambda: add_article(version=published, data=data, by=people.dgef),
        lambda: change_article(article=article, data=data, by=people.dgef),
        lambda: move_article(article=article, up=False, by=people.dgef),
        lambda: remove_article(article=article, by=people.dgef),
        lambda: publish_template(version=published, by=people.dgef, now=now),
        lambda: discard_template(version=published, by=people.dgef),
    ):
        with pytest.raises(Refused, match="publiée"):
            act()

    assert the(published, "donnees").body == article.body


@pytest.mark.postgres
def test_database_refuses_to_change_a_published_version(published: TemplateVersion) -> None:
    for act in (
        lambda: published.articles.update(title="Autre"),
        lambda: TemplateArticle.objects.create(version=published, key="autre", rank=99, body="x"),
        lambda: the(published, "donnees").delete(),
        lambda: TemplateVersion.objects.filter(pk=published.pk).update(published_at=None),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_second_draft_is_refused_by_the_database(draft: TemplateVersion) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TemplateVersion.objects.create(template=draft.template, number=3)


def test_empty_draft_is_not_published(people: People, now: datetime, draft: TemplateVersion) -> None:
    draft.articles.all().delete()

    with pytest.raises(Refused, match="vide"):
        publish_template(version=draft, by=people.dgef, now=now)

    discard_template(version=draft, by=people.dgef)
    assert DocumentTemplate.objects.get(kind=CONTRACT).versions.count() == 1


def test_preview_shows_each_article_on_a_file_or_with_examples(draft: TemplateVersion) -> None:
    alone = shown_articles(articles_of(draft), SAMPLES[CONTRACT]())
    examples = shown_articles(articles_of(draft), None)

    absent = [each.key for each in alone if each.absent]
    assert set(absent) <= {each.key for each in articles_of(draft) if each.condition}
    assert [each.absent for each in examples if each.absent] == []
    numbered = [each.number for each in examples if each.key not in UNNUMBERED]
    assert numbered == list(range(1, len(numbered) + 1))
    assert "Commune de Poitiers" in next(each.body for each in examples if each.key == "preambule")


@pytest.mark.parametrize("total", [1, 3])
def test_lists_of_templates_and_versions_cost_the_same_for_one_or_three(
    people: People, now: datetime, django_assert_num_queries: DjangoAssertNumQueries, total: int
) -> None:
    for kind in EDITABLE[:total]:
        template = DocumentTemplate.objects.create(kind=kind, title=kind.label)
        for number in range(1, total + 1):
            TemplateVersion.objects.create(template=template, number=number, published_at=now)
        draft_template(template=template, by=people.dgef)

    with django_assert_num_queries(2):
        listed = templates_with_versions()
    with django_assert_num_queries(1):
        versions = versions_of(listed[0])

    marks: list[Any] = list(listed)
    assert [(each.in_force.number, each.draft.number) for each in marks] == [(total, total + 1)] * total
    assert len(versions) == total + 1


@pytest.mark.parametrize("total", [1, 3])
def test_files_to_look_a_template_on_cost_the_same_for_one_or_three(
    people: People, now: datetime, django_assert_num_queries: DjangoAssertNumQueries, total: int
) -> None:
    for number in range(1, total + 1):
        contract = file_of_poitiers(people, now, reference=f"CTAI-2026-086-000{number}")
        issue(kind=CONTRACT, contract_id=contract.pk, data=contract_data(), by=None, now=now, event=None)

    with django_assert_num_queries(1):
        found = [each.contract for each in examples_of(CONTRACT, people.dgef)]
        shown = {f"{each.porteur.name}, {each.reference}" for each in found if each is not None}

    assert len(shown) == total


def test_article_moved_is_a_change(people: People, draft: TemplateVersion) -> None:
    before = articles_of(version(1))
    move_article(article=the(draft, "donnees"), up=True, by=people.dgef)
    move_article(article=the(draft, "donnees"), up=True, by=people.dgef)

    changed = [each for each in differences(before, articles_of(draft)) if each.changed]

    assert [each.title for each in changed] == ["Ordre des articles"]
    assert [line.parts[0].text for line in changed[0].lines] == [
        "« Données personnelles et confidentialité » vient maintenant après « Suivi, évaluation et compte rendu »."
    ]


def test_differences_name_articles_added_removed_and_changed(people: People, draft: TemplateVersion) -> None:
    before = articles_of(TemplateVersion.objects.get(template__kind=CONTRACT, number=1))
    add_article(version=draft, data=typed("Neuf."), by=people.dgef)
    remove_article(article=the(draft, "communication"), by=people.dgef)
    change_article(article=the(draft, "donnees"), data=typed("Secret.", "Données", "seuil_agir"), by=people.dgef)

    groups = [each for each in differences(before, articles_of(draft)) if each.changed]

    assert [each.title for each in groups] == ["Données", "Santé mentale (ajouté)", "Communication (retiré)"]
    assert "Condition" in groups[0].lines[-1].parts[0].text


def test_manager_edits_in_the_portal(people: People, now: datetime, published: TemplateVersion) -> None:
    client = people.client_for(people.dgef)
    versions = reverse("documents:versions", args=["contrat"])
    draft_page = reverse("documents:template", args=["contrat", 2])

    assert "Diagnostic partagé" in client.get(reverse("documents:templates")).content.decode()
    assert "Préparer une nouvelle version" in client.get(versions).content.decode()
    assert client.post(versions).headers["Location"] == draft_page
    add = reverse("documents:add_article", args=["contrat", 2])
    assert "{{ montant.total }}" in client.get(add).content.decode()
    typed = {"title": "Santé mentale", "body": "Action de {{ porteur.nom }} 😀", "condition": ""}
    wrong = client.post(add, typed | {"body": "{{ porteur.nome }}"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["body"])
    assert client.post(add, typed | {"body": ""}).status_code == 422
    looked = client.post(add, typed | {"act": "preview", "dossier": "exemple"}).content.decode()
    assert "Action de Commune de Poitiers" in looked
    fragment = client.post(reverse("documents:preview_article", args=["contrat", 2]), typed | {"dossier": "exemple"})
    assert "Action de Commune de Poitiers" in fragment.content.decode()
    refused = client.post(reverse("documents:preview_article", args=["contrat", 2]), {"body": "{% x %}"})
    assert "entre doubles accolades" in refused.content.decode()
    assert client.post(add, typed).headers["Location"] == f"{draft_page}#sante_mentale"
    page = client.get(draft_page).content.decode()
    assert "😀" in page  # told to the author
    edit = reverse("documents:edit_article", args=["contrat", 2, "sante_mentale"])
    assert "Action de" in client.get(edit).content.decode()
    client.post(reverse("documents:move_article", args=["contrat", 2, "sante_mentale"]), {"act": "up"})
    client.post(reverse("documents:remove_article", args=["contrat", 2, "communication"]))
    assert "Communication (retiré)" in client.get(
        reverse("documents:template_differences", args=["contrat", 2])
    ).content.decode().replace("\u00a0", " ")
    assert client.post(draft_page, {"publish": mark_of(articles_of(version(2)))}).status_code == 302

    keys = [each.key for each in articles_of(TemplateVersion.objects.get(template__kind=CONTRACT, number=2))]
    assert keys[-3:] == ["sante_mentale", "litiges", "signatures"]
    assert "communication" not in keys
    assert client.get(edit).status_code == 404
    assert "ne change plus" in client.get(draft_page).content.decode()


def test_version_is_looked_at_on_a_real_file(people: People, now: datetime, published: TemplateVersion) -> None:
    contract = file_of_poitiers(people, now)
    document = issue(
        kind=CONTRACT,
        contract_id=contract.pk,
        data=contract_data(title="Un titre à voir"),
        by=None,
        now=now,
        event=None,
    )
    client = people.client_for(people.dgef)
    page = reverse("documents:template", args=["contrat", 1])

    shown = client.get(page).content.decode()
    examples = client.get(page, {"dossier": "exemple"}).content.decode()
    pdf = client.get(reverse("documents:preview_pdf", args=["contrat", 1]), {"dossier": document.pk})

    assert ("Un titre à voir" in shown, "Un titre à voir" in examples) == (True, False)
    printed = pypdf.PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    assert ("APERÇU" in printed, document.verification_code in printed) == (True, False)
    assert IssuedDocument.objects.count() == 1
