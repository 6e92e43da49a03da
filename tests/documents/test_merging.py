"""Merge fields, conditions and numbers of the articles of templates."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from documents.defaults import TEMPLATES, typographic
from documents.enums import DocumentKind
from documents.merging import (
    CONDITIONS,
    FIELD_NAMES,
    MISSING,
    UNNUMBERED,
    BodyRefused,
    check_body,
    merged_articles,
    values,
)
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


def test_first_contract_has_the_articles_of_a_contract_in_their_order() -> None:
    numbered = [text.title for text in TEMPLATES[DocumentKind.CONTRACT] if text.key not in UNNUMBERED]
    always = [text.title for text in TEMPLATES[DocumentKind.CONTRACT] if not text.condition]

    assert always == [
        "", "Préambule", "Objet du contrat", "Publics", "Territoire", "Axes stratégiques et actions",
        "Engagements de l’État", "Engagements de la collectivité", "Gouvernance",
        "Articulation avec les autres dispositifs", "Durée et prise d’effet", "Financement",
        "Modalités de versement", "Suivi, évaluation et compte rendu", "Contrôle et reversement", "Communication",
        "Données personnelles et confidentialité", "Avenant", "Renouvellement", "Résiliation", "Litiges",
        "Annexes et signatures",
    ]  # fmt: skip
    assert len(numbered) == 20 + 3
    conditions = [text.condition for text in TEMPLATES[DocumentKind.CONTRACT] if text.condition]
    assert conditions == ["plusieurs_collectivites", "seuil_agir", "annees_indicatives"]


@pytest.mark.parametrize("kind", TEMPLATES)
def test_first_texts_follow_french_typography(kind: DocumentKind) -> None:
    for text in TEMPLATES[kind]:
        words = re.sub(r"<[^>]+>|\{\{.*?\}\}", "x", f"{text.title} {typographic(text.body)}")
        assert re.findall(r"['\"]|  |\.\.\.| [;:?!»%€]|« |n° |\d \d{3}\b|[^\u00a0][;?!]", words) == [], text.key


def test_first_contract_asks_an_agreement_for_grants_to_private_bodies_alone() -> None:
    bodies = {text.key: typographic(text.body) for text in TEMPLATES[DocumentKind.CONTRACT]}

    assert (
        "organisme de droit privé et que le montant annuel de sa subvention dépasse 23\u00a0000\u00a0€"
        in (bodies["versement"])
    )
    assert [key for key, body in bodies.items() if "23\u00a0000" in body] == ["versement"]


@pytest.mark.parametrize("count", [1, 3])
def test_first_contract_agrees_with_one_action_as_with_several(count: int) -> None:
    rows = [SimpleNamespace(**vars_of(text)) for text in TEMPLATES[DocumentKind.CONTRACT]]
    data = contract_data(actions=[action(number) for number in range(1, count + 1)])

    axes = next(each.body for each in merged_articles(rows, data) if each.key == "axes")

    assert f"comprend {count} action{'s' if count > 1 else ''}, selon la liste" in axes.replace("&nbsp;", " ")


@pytest.mark.parametrize("filed", [True, False])
def test_dismissal_of_a_request_states_the_appeals(filed: bool) -> None:
    rows = [SimpleNamespace(**vars_of(text)) for text in TEMPLATES[DocumentKind.DISMISSAL]]
    data = SAMPLES[DocumentKind.DISMISSAL]() | {"request_received_on": "2026-05-18" if filed else ""}

    assert ("recours" in [each.key for each in merged_articles(rows, data)]) == filed


@pytest.mark.parametrize(
    ("name", "of", "named"),
    [
        ("Commune de L'Haÿ-les-Roses", "de la Commune de L'Haÿ-les-Roses", "la Commune de L'Haÿ-les-Roses"),
        ("Eurométropole de Metz", "de l’Eurométropole de Metz", "l’Eurométropole de Metz"),
        ("Orléans Métropole", "d’Orléans Métropole", "Orléans Métropole"),
        ("Le Mans Métropole", "du Mans Métropole", "Le Mans Métropole"),
        ("Département de l'Aube", "du Département de l'Aube", "le Département de l'Aube"),
    ],
)
def test_name_of_a_collectivite_takes_its_article(name: str, of: str, named: str) -> None:
    fields = values(contract_data(porteur=porteur(full_name=name)))

    assert (fields["porteur.de_nom"], fields["porteur.le_nom"]) == (of, named)


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
