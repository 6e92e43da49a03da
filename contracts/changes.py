"""What changed from one issued version of a contract to another: articles, clauses, actions, amounts, indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ctai.compared import Group, Line, text_lines, whole, words
from documents.merging import Article, merged_articles
from documents.models import IssuedDocument
from documents.preview import differences
from documents.templatetags.printed import day, money

Data = Mapping[str, Any]

_ACTION_TEXTS = {
    "title": "Intitulé",
    "axis": "Axe",
    "need": "Besoin du diagnostic",
    "objectives": "Objectifs",
    "description": "Description",
    "partners": "Partenaires",
    "publics": "Publics",
    "complementarity": "Complémentarité",
    "means": "Moyens",
}


def changes(older: IssuedDocument, newer: IssuedDocument) -> list[tuple[str, list[Group]]]:
    """Return the chapters of the difference, each with its groups of lines; both documents are contracts."""
    before, after = older.data, newer.data
    articles = differences(_articles(older), _articles(newer))
    clauses = (_clauses(before), _clauses(after))
    actions = _paired(_kept(before), _kept(after))
    return [
        ("Parties et durée", [Group("Parties et durée", tuple(_labelled(_identity(before), _identity(after))))]),
        ("Articles", articles),
        ("Clauses particulières", _items(*clauses)),
        ("Actions", _items(*({name: _action(each) for name, each in side.items()} for side in actions))),
        ("Montants", _amounts(before, after, *actions)),
        ("Indicateurs", _items(*({name: _indicators(each) for name, each in side.items()} for side in actions))),
    ]


def _articles(document: IssuedDocument) -> list[Article]:
    version = document.template_version
    return merged_articles([] if version is None else list(version.articles.order_by("rank")), document.data)


def _identity(data: Data) -> dict[str, str]:
    state, period = data["parties"]["state"], data["period"]
    found = {
        "Intitulé": data["title"],
        "Période": f"du {day(period['starts_on'])} au {day(period['ends_on'])} ({period['months']} mois)",
        "État": f"{state['organisation']}, {state['representative']}, {state['capacity']}",
        "Publics": data["public"],
        "Axes": ", ".join(data["axes"]),
    }
    for party in data["parties"]["local"]:
        found[party["full_name"]] = f"{party['representative']}, {party['capacity']}"
        if logo := party.get("logo"):
            found[f"Logo, {party['full_name']}"] = f"image d’empreinte {logo['sha256'][:12]}"
        if act := party["deliberation"]:
            found[f"Délibération, {party['full_name']}"] = (
                f"n° {act['number']} du {day(act['voted_on'])}, publiée le {day(act['published_on'])}, "
                f"transmise le {day(act['transmitted_on'])}"
            )
    return found


def _clauses(data: Data) -> dict[str, dict[str, str]]:
    """Return the text of each clause by its title, which two of them may share."""
    found: dict[str, dict[str, str]] = {}
    for clause in data["special_clauses"]:
        name, number = f"Clause « {clause['title']} »", 1
        while name in found:
            number += 1
            name = f"Clause « {clause['title']} », {number}"
        found[name] = {"": clause["text"]}
    return found


def _kept(data: Data) -> list[Data]:
    """Return the actions of the contract; those rejected are not in it."""
    return [each for each in data["actions"] if each["decision"] != "rejected"]


def _paired(older: Sequence[Data], newer: Sequence[Data]) -> tuple[dict[str, Data], dict[str, Data]]:
    """Name the actions of both versions, the same one by the same name: by its title, else by its number.

    A number alone would compare every action to its neighbour once one of them has left.
    """
    partners: dict[int, Data] = {}
    for label in ("title", "number"):
        free = {
            each[label]: each for each in newer if each["number"] not in {one["number"] for one in partners.values()}
        }
        for each in older:
            if each["number"] not in partners and each[label] in free:
                partners[each["number"]] = free.pop(each[label])
    before = {_named(partners.get(each["number"], each)): each for each in older}
    return before, {_named(each): each for each in newer}


def _named(action: Data) -> str:
    return f"Action {action['number']} – {action['title']}"


def _action(action: Data) -> dict[str, str]:
    found = {"Numéro": str(action["number"])}
    found |= {label: str(action.get(name) or "") for name, label in _ACTION_TEXTS.items()}
    found["Porteur"], found["Bénéficiaire du versement"] = action["holder"]["name"], action["beneficiary"]["name"]
    found["Calendrier"] = f"du {day(action['starts_on'])} au {day(action['ends_on'])}"
    found["Personnes attendues"] = str(action["expected_count"] or "")
    return found


def _indicators(action: Data) -> dict[str, str]:
    return {
        each["label"]: f"{each['nature']}, {each['unit']} : de {each['baseline'] or '–'} à {each['target'] or '–'}"
        for each in action["indicators"]
    }


def _amounts(before: Data, after: Data, older: Mapping[str, Data], newer: Mapping[str, Data]) -> list[Group]:
    total = Group("Ensemble du contrat", tuple(_labelled(_totals(before), _totals(after))))
    return [total, *_items(*({name: _years(each) for name, each in side.items()} for side in (older, newer)))]


def _totals(data: Data) -> dict[str, str]:
    totals = data["totals"]
    found = {"Coût total": money(totals["total_cost"]), "Accordé par l’État": money(totals["granted"])}
    for year in totals["by_year"]:
        found[f"Accordé en {year['year']}"] = money(year["granted"])
    return found


def _years(action: Data) -> dict[str, str]:
    found: dict[str, str] = {}
    for year in action["years"]:
        found[f"Coût {year['year']}"] = money(year["total_charges"])
        found[f"Accordé {year['year']}"] = money(year["granted"])
        for side in ("charges", "products"):
            for line in year[side]:
                funder = f", {line['funder']}" if line.get("funder") else ""
                found[f"{year['year']}, compte {line['account']} {line['label']}{funder}"] = money(line["amount"])
    return found


def _items(older: Mapping[str, dict[str, str]], newer: Mapping[str, dict[str, str]]) -> list[Group]:
    """Compare the clauses or actions that bear the same name, and name those that came and left."""
    found = []
    for name, fields in newer.items():
        title = name if name in older else f"{name} (ajoutée)"
        found.append(Group(title, tuple(_labelled(older.get(name, {}), fields))))
    gone = {name: fields for name, fields in older.items() if name not in newer}
    return found + [Group(f"{name} (retirée)", tuple(_labelled(fields, {}))) for name, fields in gone.items()]


def _labelled(older: Mapping[str, str], newer: Mapping[str, str]) -> list[Line]:
    lines: list[Line] = []
    for label in dict.fromkeys([*newer, *older]):
        before, after = older.get(label, ""), newer.get(label, "")
        if before == after:
            if after:
                lines.append(_said("same", label, after))
        elif not before or not after:
            lines.append(_said("added" if after else "removed", label, after or before))
        elif label and "\n" not in before + after:
            lines.append(words(f"{label} : {before}", f"{label} : {after}"))
        else:
            lines += [words(label, label)] if label else []
            lines += text_lines(before, after)
    return lines


def _said(kind: Any, label: str, value: str) -> Line:
    text = " ".join(value.split()) if label else "\n".join(_plain(value))
    return whole(kind, f"{label} : {text}" if label else text)


def _plain(value: str) -> list[str]:
    return ["".join(part.text for part in line.parts) for line in text_lines("", value)]
