"""Merge fields, conditions and numbers of the articles of templates."""

from types import SimpleNamespace
from typing import Any

import pytest

from documents.defaults import TEMPLATES, typographic
from documents.enums import DocumentKind
from documents.merging import CONDITIONS, FIELD_NAMES, MISSING, BodyRefused, check_body, merged_articles, values
from tests.factories.documents import SAMPLES, action, contract_data, porteur


def article(key: str, body: str, condition: str = "") -> Any:
    return SimpleNamespace(key=key, title=key.title(), body=body, condition=condition)


@pytest.mark.parametrize("kind", TEMPLATES)
def test_every_default_article_uses_known_fields_and_is_complete(kind: DocumentKind) -> None:
    texts = TEMPLATES[kind]
    keys = [text.key for text in texts]
    rows = [SimpleNamespace(**vars_of(text)) for text in texts]

    merged = merged_articles(rows, SAMPLES[kind]())

    assert len(set(keys)) == len(keys)
    assert {text.condition for text in texts} - {""} <= CONDITIONS.keys()
    for text in texts:
        check_body(text.body, keys)
    assert [each.key for each in merged if MISSING in each.body or "{{" in each.body] == []


def vars_of(text: Any) -> dict[str, str]:
    return {"key": text.key, "title": text.title, "body": typographic(text.body), "condition": text.condition}


@pytest.mark.parametrize("kind", DocumentKind)
def test_values_are_offered_fields(kind: DocumentKind) -> None:
    assert values(SAMPLES[kind]()).keys() <= FIELD_NAMES


@pytest.mark.parametrize(
    "body",
    [
        "{% load static %}",
        "{% include 'base.html' %}",
        "{{ porteur.nom|safe }}",
        "{{ porteur.mot_de_passe }}",
        "{{ article.absent }}",
        "{{ porteur.nom.__class__ }}",
        "{{ porteur",
        "{{ porteur.nom }}{% if %}",
    ],
)
def test_a_body_with_anything_but_known_fields_is_refused(body: str) -> None:
    try:
        check_body(body, ["objet"])
    except BodyRefused:
        return
    assert body == "{{ porteur"  # plain text for the language: nothing is read


def test_values_are_escaped_and_tags_of_the_body_cleaned() -> None:
    data = contract_data(title="<script>alert(1)</script> & fils")

    (merged,) = merged_articles(
        [article("objet", "<p onclick='x()'>{{ contrat.intitule }}</p><iframe></iframe>")], data
    )

    assert merged.body == "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; fils</p>"


def test_articles_are_numbered_after_conditions_and_cite_each_other() -> None:
    rows = [
        article("visas", "Vu"),
        article("plusieurs_collectivites", "ensemble", "plusieurs_collectivites"),
        article("objet", "voir l’article {{ article.litiges }}"),
        article("litiges", "{{ tribunal.nom }}"),
    ]
    alone = contract_data()
    alone["parties"]["local"] = [porteur()]

    two, one = merged_articles(rows, contract_data()), merged_articles(rows, alone)

    assert [(each.key, each.number) for each in two] == [
        ("visas", None),
        ("plusieurs_collectivites", 1),
        ("objet", 2),
        ("litiges", 3),
    ]
    assert two[2].body == "voir l’article 3"
    assert [(each.key, each.number) for each in one] == [("visas", None), ("objet", 1), ("litiges", 2)]


def test_agir_article_depends_on_the_threshold_of_the_campaign() -> None:
    rows = [article("articulation_agir", "convention", "seuil_agir")]
    without = contract_data()
    without["campaigns"][0]["agir_threshold"] = None

    assert len(merged_articles(rows, contract_data())) == 1
    assert merged_articles(rows, contract_data(actions=[action(1)])) == []
    assert merged_articles(rows, without) == []


def test_a_fact_that_is_not_known_yet_is_shown_as_missing() -> None:
    data = contract_data(actions=[action(1, granted=False)])

    (merged,) = merged_articles(
        [article("financement", "{{ montant.total }}, {{ montant.taux }} de {{ montant.cout_total }}")], data
    )

    assert merged.body == f"{MISSING}, {MISSING} de 67&nbsp;037,01&nbsp;€"
