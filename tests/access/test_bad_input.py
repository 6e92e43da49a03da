"""Whatever is typed, in a form or in an address, is answered by a page that says why; never by an error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.urls import resolve
from django.utils import timezone

from contracts.acts import CorrectionRequest, Reasoned
from contracts.models import Contract
from contracts.services.advance import advance
from tests.access.forms_found import Form, forms_of
from tests.access.table import ADDRESSES
from tests.access.test_matrix import ROUTES, parsed
from tests.access.world import World, address, ask, pointed, undone

#: What refuses is the form or the address, before any database: once is enough.
pytestmark = pytest.mark.once

EXPECTED = parsed(ADDRESSES)
WRITERS = ("local_signatory", "state_signatory", "national_manager", "administrator", "visitor")
ANSWERS = {"200", "302", "400", "403", "404", "405", "409", "413", "422", "in", "ask"}
REFUSALS = {"400", "403", "404", "405", "409", "413", "422"}
OURS = (
    "accounts",
    "campaigns",
    "contracts",
    "diagnostics",
    "documents",
    "exchanges",
    "funding",
    "journal",
    "territories",
)
BEYOND = 2**63
GARBAGE = {
    "nothing": "",
    "spaces": "   ",
    "nul": "a\x00b",
    "controls": "\x01\x1b[31m\u202e\ufeff",
    "markup": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "quotes": "' OR 1=1; DROP TABLE contracts_contract; --",
    "template": "{{ 7|add:7 }}{% debug %}%s%(x)s${7*7}",
    "beyond bigint": str(BEYOND),
    "negative": "-1",
    "three decimals": "12,345",
    "infinite": "Infinity",
    "not a number": "NaN",
    "exponent": "1e400",
    "impossible day": "2026-02-31",
    "far day": "99999-12-31",
    "emoji": "🇫🇷" * 50,
    "arabic figures": "١٢٣",
    "one more line": "a\r\nX-Injected: 1",
    "path": "../../../../etc/passwd",
    "huge": "é" * 60_000,
}
#: Kinds of garbage between two fields of a form, and between two entries.
SHIFT = 7
PARAMETERS = (
    "a", "act", "annee", "attendu", "categorie", "code", "collectivite", "de", "departement", "dossiers", "etape",
    "etat", "id", "lire", "montant", "next", "organisation", "page", "q", "region", "sur", "texte", "tranche", "tri",
)  # fmt: skip


@contextmanager
def writes_seen() -> Iterator[list[str]]:
    """Collect the statements that write to the tables of the portal."""
    seen: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and any(f'"{app}_' in sql[:60] for app in OURS):
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield seen


def fingerprint() -> dict[str, Any]:
    """Return what the tables of the portal hold."""
    models = [model for app in OURS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in models
        if model._meta.app_label != "territories"
    }


def post(world: World, who: str, url: str, data: dict[str, Any], before: dict[str, Any]) -> str:
    """Post as somebody; return the status, with a word if something was written though the answer refuses."""
    client = world.clients[who]
    client.raise_request_exception = False
    cookies = client.cookies.output(header="", sep=";")
    with undone():
        with writes_seen() as seen:
            response = client.post(url, data)
        code = str(response.status_code)
        if code in REFUSALS and seen and fingerprint() != before:
            code += " but written"
    client.cookies = type(client.cookies)(cookies)
    return code


def at(world: World, state: str) -> dict[str, Any]:
    """Bring the file of Poitiers to a state where other pages can be written; return what is known of it."""
    now, by = timezone.now(), world.people.vienne_agent
    pk = world.own["contract"].pk
    if state == "correction_requested":
        reply_by = timezone.localdate(now) + timedelta(days=20)
        reason = "Préciser deux points."
        advance(pk, "request_correction", by=by, now=now, act=CorrectionRequest(reason=reason, reply_by=reply_by))
    if state == "diagnostic":
        advance(pk, "return_to_diagnostic", by=by, now=now, act=Reasoned(reason="Une section manque encore."))
    return world.draft if state == "letter_draft" else world.own


def forms_shown(world: World, who: str, known: dict[str, Any], step: str) -> dict[str, Form]:
    """Return the forms that the person finds on the pages of a step, by address; « / » is everywhere."""
    found: dict[str, Form] = {}
    for name, params in ROUTES.items():
        url = address(name, params, known | world.around(who))
        if step not in url or EXPECTED[name, "GET"][who] == "405":
            continue
        answer = ask(world, who, "get", url)
        if answer.code == "200" and "text/html" in answer.response["Content-Type"]:
            for form in forms_of(answer.text, url):
                kept = found.setdefault(form.action.partition("#")[0], form)
                kept.fields = form.fields | kept.fields
                kept.hidden |= form.hidden
    return found


# --- forms ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", WRITERS)
def test_every_form_answers_garbage_without_an_error_nor_a_trace(world: World, who: str) -> None:
    _fuzz(world, who, world.own)


@pytest.mark.parametrize(
    ("state", "step"),
    [("letter_draft", "/lettre/"), ("diagnostic", "/diagnostic/"), ("correction_requested", "/proposition/")],
)
def test_forms_of_another_step_answer_garbage_too(world: World, state: str, step: str) -> None:
    _fuzz(world, "local_signatory", at(world, state), step)


def bad_entries(form: Form) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield entries of a form with what to call them; fields take different garbage, so that a few are enough."""
    titles = list(GARBAGE)
    for shift in range(0, len(titles), SHIFT if form.typed else len(titles)):
        mixed = {name: GARBAGE[titles[(rank * SHIFT + shift) % len(titles)]] for rank, name in enumerate(form.typed)}
        yield f"mixed from {titles[shift]}", form.fields | mixed
    for title in ("nul", "beyond bigint"):
        yield f"{title} everywhere", dict.fromkeys(form.fields, GARBAGE[title])


def _fuzz(world: World, who: str, known: dict[str, Any], step: str = "/") -> None:
    every = forms_shown(world, who, known, step)
    shown = {url: every[url] for url in {resolve(url).view_name: url for url in every}.values()}
    before, wrong = fingerprint(), []
    for url, form in shown.items():
        for title, data in bad_entries(form):
            code = post(world, who, url, data, before)
            if code not in ANSWERS:
                wrong.append(f"{url} {title}: {code}")

    assert shown
    assert wrong == []


@pytest.mark.parametrize("who", ["local_signatory", "state_signatory", "national_manager"])
def test_empty_posts_are_refused_without_a_trace(world: World, who: str) -> None:
    known = world.own | world.around(who)
    before, wrong = fingerprint(), []
    for name, params in ROUTES.items():
        if EXPECTED[name, "POST"][who] in {"409", "422"}:
            code = post(world, who, address(name, params, known), {}, before)
            if code != EXPECTED[name, "POST"][who]:
                wrong.append(f"{name}: {code}")

    assert wrong == []


def test_too_many_fields_are_refused(world: World) -> None:
    many = {f"champ{number}": "1" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}

    before = fingerprint()

    assert post(world, "visitor", "/demander-un-acces/", many, before) == "413"
    assert post(world, "instructor", f"/contrats/{world.own['reference']}/echange/messages/", many, before) == "413"


def test_too_long_a_body_is_refused(world: World) -> None:
    heavy = "a" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)

    code = ask(
        world,
        "local_signatory",
        "post",
        f"/contrats/{world.own['reference']}/echange/messages/",
        data=f"message-body={heavy}",
        content_type="application/x-www-form-urlencoded",
    ).code

    assert code == "413"


@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data; boundary=x", "text/xml", "nonsense"]
)
def test_bodies_of_another_kind_are_refused(world: World, content_type: str) -> None:
    wrong = {}
    for name in ("message", "note", "letter", "documents", "act", "services"):
        params = ROUTES[f"contracts:{name}"]
        url = address(f"contracts:{name}", params, world.own)
        for who in ("local_signatory", "state_signatory"):
            code = ask(world, who, "post", url, data=b"\xff\xfe{]", content_type=content_type).code
            if code not in REFUSALS:
                wrong[name, who] = code

    assert wrong == {}


# --- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["local_signatory", "state_signatory", "national_manager"])
def test_parameters_that_mean_nothing_are_no_error(world: World, who: str) -> None:
    known = world.own | world.around(who)
    values = ("%ff%fe", "9" * 25)
    wrong = []
    for name, params in ROUTES.items():
        if EXPECTED[name, "GET"][who] not in ("200", "302"):
            continue
        url = address(name, params, known)
        for value in values:
            query = "&".join(f"{parameter}={value}" for parameter in PARAMETERS)
            code = ask(world, who, "get", f"{url}?{query}").code
            if code not in ANSWERS:
                wrong.append(f"{name} ?…={value[:30]}: {code}")

    assert wrong == []


@pytest.mark.parametrize("who", ["national_manager", "state_signatory"])
def test_each_parameter_of_a_list_alone_is_no_error(world: World, who: str) -> None:
    wrong = []
    for url in ("/contrats/", "/national/export.csv", "/contrats-signes/", "/demander-un-acces/"):
        for parameter in PARAMETERS:
            for value in ("%ff", "9" * 30):
                code = ask(world, who, "get", f"{url}?{parameter}={value}").code
                if code not in ANSWERS:
                    wrong.append(f"{url}?{parameter}={value[:20]}: {code}")

    assert wrong == []


def test_zero_byte_in_an_address_is_a_bad_request(world: World) -> None:
    paths = ("/contrats/?texte=%00", "/contrats/enregistrer-une-lettre/?q=a%00", "/contrats/a%00b/", "/verifier/%00/")

    assert {path: ask(world, "instructor", "get", path).code for path in paths} == dict.fromkeys(paths, "400")
    assert ask(world, "instructor", "get", "/contrats/?texte=%2500").code == "200"


@pytest.mark.parametrize("method", ["get", "post"])
def test_addresses_that_lead_nowhere_do_not_exist(world: World, method: str) -> None:
    numbers = (0, BEYOND, 10**40)
    encoded = ("%00", "a%00b", "%ff", "%F0%9F%98%80", "..%2f..%2fetc%2fpasswd", "CTAI-2026-086-0001%00", "%25")
    turning = cycle((*encoded, "x" * 2000))  # three for each address, all of them in turn
    wrong = []
    for name, params in ROUTES.items():
        who = "administrator" if "assistance" in name else "local_signatory"
        known = world.own | world.around(who)
        allowed = {EXPECTED[name, method.upper()][who], "404", "400"} - {"200", "422"}
        for param in params:
            values = numbers if param in NUMBERS else tuple(islice(turning, 3))
            for value in values:
                code = ask(world, who, method, _bent(name, params, known, param, value)).code
                if code not in allowed and (name, code) not in LENIENT:
                    wrong.append(f"{name} {param}={str(value)[:30]}: {code}")

    assert wrong == []


#: A link of a password that holds nothing shows why, at its own address.
LENIENT = {("accounts:password_confirm", "200")}
MARK = "zzmarkzz"
NUMBERS = ("pk", "number", "year", "membership", "version")


def _bent(name: str, params: tuple[str, ...], known: dict[str, Any], param: str, value: int | str) -> str:
    """Return an address where one part is replaced by a value, percent signs kept as they are."""
    key = pointed(name, param)
    if isinstance(value, int):
        return address(name, params, known | {key: value})
    return address(name, params, known | {key: MARK}).replace(MARK, value)


# --- sentences ------------------------------------------------------------------------------------------------------


def test_amounts_and_numbers_are_refused_beside_their_field(world: World) -> None:
    known = at(world, "correction_requested")
    url = address("contracts:action", ROUTES["contracts:action"], known)
    form = next(each for each in forms_of(ask(world, "contributor", "get", url).text, url) if "title" in each.fields)
    typed = form.fields | {"beneficiary_siret": "12345678901234", "expected_count": "-3", "ends_on": "2026-02-31"}

    answer = ask(world, "contributor", "post", url, data=typed)

    assert answer.code == "422"
    assert "12345678901234" in answer.text
    assert "SIRET" in answer.text


def test_deliberation_refuses_days_in_the_wrong_order_and_keeps_what_was_typed(world: World) -> None:
    url = address("contracts:deliberation", ("reference",), world.own)
    typed = {
        "organ": "assembly",
        "number": "2026-12",
        "purpose": "Approbation",
        "voted_on": "2026-03-10",
        "published_on": "2026-03-01",
        "transmitted_on": "2026-03-12",
        "votes_for": "-1",
    }

    answer = ask(world, "contributor", "post", url, data=typed)

    assert answer.code == "422"
    assert "La délibération ne peut pas avoir été publiée avant d’être votée." in answer.text
    assert "2026-12" in answer.text


def test_unknown_choices_are_refused(world: World) -> None:
    url = address("contracts:propose", ROUTES["contracts:propose"], world.own)
    number = world.own["number"]

    answer = ask(world, "instructor", "post", url, data={f"a{number}-decision": "toujours"})

    assert answer.code == "422"


def test_amounts_of_the_review_are_refused_beside_their_field(world: World) -> None:
    url = address("contracts:propose", ROUTES["contracts:propose"], world.own)
    number = world.own["number"]
    told = {}
    for amount in ("-1", "10,345", "abc", "1e5", "999999999999999"):
        data = {f"a{number}-decision": "retained", f"a{number}-amount-2026": amount}
        answer = ask(world, "instructor", "post", url, data=data)
        told[amount] = (answer.code, amount in answer.text)

    assert set(told.values()) == {("422", True)}, told


def test_letter_refuses_a_duration_and_a_day_out_of_reach(world: World) -> None:
    url = address("contracts:letter", ("reference",), world.draft)
    wrong = {
        "months": "999",
        "starts_on": "1815-06-18",
        "technical_email": "sans-arobase",
        "version": "1",
    }

    answer = ask(world, "contributor", "post", url, data=wrong)

    assert answer.code == "422"
    assert "sans-arobase" in answer.text
    assert Contract.objects.get(pk=world.draft["contract"].pk).letter.months != 999
