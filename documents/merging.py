"""The merge fields and conditions that articles of templates may use, and how a body takes its values."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import nh3
from django.template import Context, Engine, TemplateSyntaxError
from django.template.base import VariableNode
from django.utils.safestring import SafeString, mark_safe

from ctai.text import count, de, euros, euros_in_words, join_and, long_date, percent

Data = Mapping[str, Any]
Fields = dict[str, str]

BODY_TAGS = {"p", "ul", "ol", "li", "strong", "em", "br"}
MISSING = "[à compléter]"  # seen in drafts only: an act is not decided before its facts are known
UNNUMBERED = frozenset({"visas", "preambule", "presentation", "corps", "portee", "recours"})


class BodyRefused(Exception):
    """The body of an article cannot be used; the message says why, in French."""


@dataclass(frozen=True, slots=True)
class MergeField:
    """One field offered to the editor of a template."""

    name: str
    label: str
    example: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A named condition under which an article applies."""

    label: str
    holds: Callable[[Data], bool]


@dataclass(frozen=True, slots=True)
class Article:
    """An article with its number (None for a preamble) and its merged text."""

    key: str
    number: int | None
    title: str
    body: SafeString


class _BareEngine(Engine):
    """Django’s template language without a single tag, filter or loader: variables only, escaped."""

    default_builtins = []


_engine = _BareEngine(dirs=[], app_dirs=False, libraries={}, autoescape=True, string_if_invalid=MISSING)
_VARIABLE = re.compile(r"[a-z_]+\.[a-z0-9_]+")
_AFTER_POSTAL_CODE = re.compile(r"(?<=^\d{5}) ")
_FIELD = re.compile(r"\{\{.*?\}\}", re.DOTALL)

FIELDS: tuple[MergeField, ...] = (
    MergeField("dossier.reference", "Référence du dossier", "CTAI-2026-086-0001"),
    MergeField("document.date", "Date du document", "3 mars 2026"),
    MergeField("document.numero", "Numéro de version du document", "1"),
    MergeField("porteur.nom", "Collectivité porteuse", "Commune de Poitiers"),
    MergeField("porteur.le_nom", "Collectivité porteuse, avec son article", "la Commune de Poitiers"),
    MergeField("porteur.nom_en_tete", "Collectivité porteuse, en tête de phrase", "La Commune de Poitiers"),
    MergeField("porteur.de_nom", "Collectivité porteuse, après « de »", "de la Commune de Poitiers"),
    MergeField("porteur.siren", "SIREN de la collectivité porteuse", "218601946"),
    MergeField("porteur.representant", "Représentant de la collectivité porteuse", "Mme Claire Dumont"),
    MergeField("porteur.qualite", "Qualité de ce représentant", "maire"),
    MergeField("collectivites.noms", "Collectivités signataires", "la Commune de Poitiers et Grand Poitiers"),
    MergeField("collectivites.nombre", "Nombre de collectivités signataires", "2"),
    MergeField("etat.organisation", "Préfecture", "Préfecture de la Vienne"),
    MergeField("etat.representant", "Représentant de l’État", "M. Paul Martin"),
    MergeField("etat.qualite", "Qualité du représentant de l’État", "préfet de la Vienne"),
    MergeField("contrat.intitule", "Intitulé du contrat", "Accueillir et accompagner à Poitiers"),
    MergeField("contrat.debut", "Premier jour du contrat", "1er septembre 2026"),
    MergeField("contrat.fin", "Dernier jour du contrat", "31 août 2029"),
    MergeField("contrat.duree", "Durée", "36 mois"),
    MergeField("contrat.annees", "Années couvertes", "2026, 2027 et 2028"),
    MergeField("contrat.axes", "Axes retenus", "Accès au logement et Mobilité"),
    MergeField("contrat.public", "Publics visés", "personnes étrangères primo-arrivantes"),
    MergeField("contrat.nombre_actions", "Nombre d’actions", "3 actions"),
    MergeField("montant.total", "Montant total accordé par l’État", "150 000,00 €"),
    MergeField("montant.total_en_lettres", "Ce montant en lettres", "cent cinquante mille euros"),
    MergeField("montant.cout_total", "Coût total des actions", "240 000,00 €"),
    MergeField("montant.taux", "Part de l’État", "62,50 %"),
    MergeField("montant.demande", "Montant demandé", "180 000,00 €"),
    MergeField("montant.demande_en_lettres", "Montant demandé, en lettres", "cent quatre-vingt mille euros"),
    MergeField("montant.ferme", "Montant accordé au titre des années ouvertes", "50 000,00 €"),
    MergeField("montant.ferme_en_lettres", "Ce montant en lettres", "cinquante mille euros"),
    MergeField("montant.annees_fermes", "Années ouvertes", "2026"),
    MergeField("montant.annees_indicatives", "Années indicatives", "2027 et 2028"),
    MergeField("campagne.annee", "Année de la première campagne", "2026"),
    MergeField("lettre.date", "Date de la lettre d’intention", "12 janvier 2026"),
    MergeField("diagnostic.date", "Date d’approbation du diagnostic", "2 avril 2026"),
    MergeField("demande.date", "Date de réception de la demande", "18 mai 2026"),
    MergeField("silence.date", "Date de la décision implicite", "18 juillet 2026"),
    MergeField("silence.sens", "Sens du silence de l’administration", "rejet"),
    MergeField("decision.date", "Date de la décision", "2 juin 2026"),
    MergeField("reception.date", "Date de réception", "14 janvier 2026"),
    MergeField("reception.canal", "Voie de réception", "sur le portail"),
    MergeField("signataire.nom", "Signataire du document", "Mme Claire Dumont"),
    MergeField("signataire.qualite", "Qualité du signataire", "maire"),
    MergeField("agent.nom", "Agent chargé du dossier", "Mme Inès Robert"),
    MergeField("agent.qualite", "Fonction de cet agent", "cheffe du bureau de l’intégration"),
    MergeField("service.organisation", "Administration", "Préfecture de la Vienne"),
    MergeField("service.nom", "Service chargé du dossier", "DDETS de la Vienne"),
    MergeField("service.adresse", "Adresse du service", "7 place Aristide-Briand, 86000 Poitiers"),
    MergeField("service.telephone", "Téléphone du service", "05 49 55 70 00"),
    MergeField("service.courriel", "Courriel du service", "integration@vienne.gouv.fr"),
    MergeField("tribunal.nom", "Tribunal administratif", "tribunal administratif de Poitiers"),
    MergeField(
        "tribunal.nom_et_adresse",
        "Tribunal administratif et son adresse",
        "tribunal administratif de Poitiers (15 rue de Blossac, 86000 Poitiers)",
    ),
    MergeField("tribunal.adresse", "Adresse du tribunal", "15 rue de Blossac, 86000 Poitiers"),
)
FIELD_NAMES = frozenset(field.name for field in FIELDS)


def _yearly_grants(data: Data) -> list[Decimal]:
    return [Decimal(year["granted"] or 0) for year in data.get("totals", {}).get("by_year", ())]


def _reaches_agir_threshold(data: Data) -> bool:
    thresholds = [Decimal(c["agir_threshold"]) for c in data.get("campaigns", ()) if c["agir_threshold"] is not None]
    return bool(thresholds) and max(_yearly_grants(data), default=Decimal(0)) > min(thresholds)


CONDITIONS: dict[str, Condition] = {
    "plusieurs_collectivites": Condition(
        "Plusieurs collectivités signent", lambda data: len(data.get("parties", {}).get("local", ())) > 1
    ),
    "plusieurs_annees": Condition(
        "Le contrat couvre plusieurs années", lambda data: len(data.get("totals", {}).get("by_year", ())) > 1
    ),
    "annees_indicatives": Condition(
        "Des années sont indicatives",
        lambda data: any(year["is_indicative"] for year in data.get("totals", {}).get("by_year", ())),
    ),
    "seuil_agir": Condition("Le seuil d’articulation avec AGIR est dépassé", _reaches_agir_threshold),
    "silence_vaut_rejet": Condition("Le silence vaut rejet", lambda data: data.get("silence_means") == "rejet"),
    "demande_deposee": Condition(
        "Une demande de financement a été déposée", lambda data: bool(data.get("request_received_on"))
    ),
    "hors_calendrier": Condition("La demande est tardive", lambda data: bool(data.get("is_late"))),
}


def merged_articles(articles: Sequence[Any], data: Data) -> list[Article]:
    """Return the articles that apply to this data, numbered, with their fields merged.

    Args:
        articles: rows or objects with `key`, `title`, `body` and `condition`, in order.
        data: the frozen data of a document.
    """
    kept = [article for article in articles if not article.condition or CONDITIONS[article.condition].holds(data)]
    return _merged(kept, values(data))


def example_articles(articles: Sequence[Any]) -> list[Article]:
    """Return every article, numbered, with the example of each field in its place."""
    return _merged(articles, {field.name: field.example for field in FIELDS})


def numbers_of(articles: Sequence[Any]) -> dict[str, int]:
    """Return the number of each article of these, by key; a preamble has none."""
    numbered = [article.key for article in articles if article.key not in UNNUMBERED]
    return {key: rank for rank, key in enumerate(numbered, start=1)}


def check_body(body: str, article_keys: Iterable[str] = (), offered: Collection[str] = FIELD_NAMES) -> None:
    """Accept a body that holds only known fields, or refuse it.

    Args:
        body: the text of the article.
        article_keys: the articles that it may cite: those that bear a number.
        offered: the fields that its kind of document can fill.

    Raises:
        BodyRefused: a tag, a filter, an unknown field, or one that this kind of document cannot fill.
    """
    articles = {f"article.{key}" for key in article_keys}
    for name in used_fields(body):
        if name in articles or name in offered:
            continue
        if name in FIELD_NAMES:
            raise BodyRefused(f"Le champ « {name} » n’est pas rempli dans ce type de document.")
        if name.startswith("article."):
            raise BodyRefused(
                f"L’article cité par « {name} » n’existe pas dans cette version, ou ne porte pas de numéro."
            )
        raise BodyRefused(f"Le champ « {name} » n’existe pas. Choisissez-le dans la liste.")
    rest = _FIELD.sub("", body)
    if "{{" in rest or "}}" in rest:
        raise BodyRefused("Des doubles accolades ne sont pas fermées : réécrivez le champ, ou insérez-le de la liste.")


def used_fields(body: str) -> list[str]:
    """Return the names of the merge fields of a body.

    Raises:
        BodyRefused: the body uses a tag or a filter.
    """
    try:
        template = _engine.from_string(body)
    except TemplateSyntaxError as error:
        raise BodyRefused("Seuls des champs de la liste peuvent être insérés, entre doubles accolades.") from error
    names = [str(node.filter_expression) for node in template.nodelist if isinstance(node, VariableNode)]
    for name in names:
        if not _VARIABLE.fullmatch(name):
            raise BodyRefused(f"L’expression « {name} » n’est pas un champ de la liste.")
    return names


def values(data: Data) -> Fields:
    """Return the value of every field that this data can give; the others are absent."""
    found: Fields = {"dossier.reference": data["reference"], "document.date": _day(data["issued_on"])}
    if "document" in data:
        found["document.numero"] = str(data["document"]["number"])
    for source in (_people, _parties, _contract, _amounts, _acts):
        found |= source(data)
    return found


def nested(fields: Fields) -> dict[str, Fields]:
    """Return `{"a.b": v}` as `{"a": {"b": v}}`, for the template language."""
    tree: dict[str, Fields] = {}
    for name, value in fields.items():
        group, leaf = name.split(".", 1)
        tree.setdefault(group, {})[leaf] = value
    return tree


def _merged(kept: Sequence[Any], fields: Fields) -> list[Article]:
    numbers = numbers_of(kept)
    known = {name: value for name, value in fields.items() if value}
    context = nested(known | {f"article.{key}": str(rank) for key, rank in numbers.items()})
    return [
        Article(article.key, numbers.get(article.key), article.title, _merge(article.body, context))
        for article in kept
    ]


def _merge(body: str, context: dict[str, Fields]) -> SafeString:
    merged = _engine.from_string(body).render(Context(context))
    return mark_safe(nh3.clean(merged, tags=BODY_TAGS, attributes={}))  # noqa: S308 (cleaned just now)


def _people(data: Data) -> Fields:
    found: Fields = {}
    if porteur := _porteur(data):
        named = with_article(porteur["full_name"])
        found |= {
            "porteur.nom": porteur["full_name"],
            "porteur.le_nom": named,
            "porteur.nom_en_tete": named[0].upper() + named[1:],
            "porteur.de_nom": de(porteur["full_name"]),
            "porteur.siren": porteur["siren"],
            "porteur.representant": porteur["representative"],
            "porteur.qualite": porteur["capacity"],
        }
    if service := data.get("service"):
        found |= {
            "service.organisation": service["organisation"],
            "service.nom": service["name"],
            "service.adresse": _on_one_line(service["address"]),
            "service.telephone": service["telephone"],
            "service.courriel": service["email"],
        }
    for group, key in (("signataire", "signatory"), ("agent", "agent")):
        if person := data.get(key):
            found |= {f"{group}.nom": person["full_name"], f"{group}.qualite": person["capacity"]}
    if tribunal := data.get("tribunal"):
        name, address = tribunal["name"], _on_one_line(tribunal["address"])
        found |= {
            "tribunal.nom": name,
            "tribunal.adresse": address,
            "tribunal.nom_et_adresse": f"{name} ({address})" if address else name,
        }
    return found


def _parties(data: Data) -> Fields:
    if "parties" not in data:
        return {}
    state, local = data["parties"]["state"], data["parties"]["local"]
    return {
        "collectivites.noms": join_and([with_article(party["full_name"]) for party in local]),
        "collectivites.nombre": str(len(local)),
        "etat.organisation": state["organisation"],
        "etat.representant": state["representative"],
        "etat.qualite": state["capacity"],
    }


def _contract(data: Data) -> Fields:
    found: Fields = {}
    if period := data.get("period"):
        found |= {
            "contrat.intitule": data["title"],
            "contrat.debut": _day(period["starts_on"]),
            "contrat.fin": _day(period["ends_on"]),
            "contrat.duree": count(period["months"], "mois", "mois") if period["months"] else "",
        }
    if "public" in data:
        found["contrat.public"] = data["public"]
    if "axes" in data:
        found["contrat.axes"] = join_and(data["axes"])
    if "actions" in data:
        kept = [action for action in data["actions"] if action["decision"] != "rejected"]
        found["contrat.nombre_actions"] = count(len(kept), "action", "actions")
    if campaigns := data.get("campaigns"):
        found["campagne.annee"] = str(campaigns[0]["year"])
    return found


def _amounts(data: Data) -> Fields:
    found: Fields = {}
    if (requested := data.get("requested")) is not None:
        found |= _in_figures_and_words("montant.demande", Decimal(requested))
    if not (totals := data.get("totals")):
        return found
    years = totals["by_year"]
    firm = [year for year in years if not year["is_indicative"]]
    found |= _in_figures_and_words("montant.demande", Decimal(totals["requested"]))
    found |= {
        "contrat.annees": join_and([str(year["year"]) for year in years]),
        "montant.cout_total": euros(Decimal(totals["total_cost"])),
        "montant.annees_fermes": join_and([str(year["year"]) for year in firm]),
        "montant.annees_indicatives": join_and([str(year["year"]) for year in years if year["is_indicative"]]),
    }
    if totals["granted"] is not None:
        if totals["state_rate"] is not None:
            found["montant.taux"] = percent(Decimal(totals["state_rate"]) / 100, 2)
        found |= _in_figures_and_words("montant.total", Decimal(totals["granted"]))
        found |= _in_figures_and_words("montant.ferme", sum((Decimal(y["granted"] or 0) for y in firm), Decimal(0)))
    return found


def _acts(data: Data) -> Fields:
    days = {
        "lettre.date": data.get("letter_on"),
        "diagnostic.date": data.get("diagnostic_approved_on"),
        "demande.date": data.get("request_received_on") or data.get("submitted_on"),
        "silence.date": data.get("implicit_decision_on"),
        "decision.date": data.get("decided_on"),
        "reception.date": data.get("received_on") or data.get("received_at"),
    }
    found = {name: _day(value) for name, value in days.items() if value}
    if silence := data.get("silence_means"):
        found["silence.sens"] = silence
    if channel := data.get("channel"):
        found["reception.canal"] = channel
    return found


def _porteur(data: Data) -> Data | None:
    porteur: Data | None = data.get("porteur")
    return porteur or next((party for party in data.get("parties", {}).get("local", ()) if party["is_lead"]), None)


def _in_figures_and_words(name: str, amount: Decimal) -> Fields:
    return {name: euros(amount), f"{name}_en_lettres": euros_in_words(amount)}


def with_article(name: str) -> str:
    """Return the name of a collectivité with its article where it takes one: « la Commune de Poitiers »."""
    contracted = de(name)
    for start, article in (("de la ", "la "), ("du ", "le "), ("de l’", "l’")):
        if contracted == start + name:
            return article + name
    return name


def _on_one_line(address: str) -> str:
    lines = (_AFTER_POSTAL_CODE.sub("\u00a0", line.strip()) for line in address.splitlines() if line.strip())
    return ", ".join(lines)


def _day(value: str) -> str:
    if not value:
        return ""
    return unbroken(long_date(datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)))


def unbroken(day: str) -> str:
    """Return « 3 mars 2026 » with its day and month never apart."""
    return day.replace(" ", "\u00a0", 1)
