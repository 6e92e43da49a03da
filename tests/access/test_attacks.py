"""What a hostile person tries: forged forms, objects of others, old tabs, borrowed sessions, crafted headers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from accounts.middleware import SESSION_KEY
from accounts.models import Membership, User
from accounts.roles import Role
from contracts.models import Contract
from exchanges.models import Mail, Message, Remark
from funding.models import Action
from journal.models import Event
from tests.access.forms_found import forms_of
from tests.access.table import ADDRESSES
from tests.access.test_bad_input import at, fingerprint
from tests.access.test_matrix import FILE_ROUTES, ROUTES, parsed
from tests.access.world import World, address, ask
from tests.documents.test_filetypes import pdf_bytes
from tests.factories.accounts import PASSWORD
from tests.people import BACKEND

EXPECTED = parsed(ADDRESSES)
SCRIPT = "<script>alert(document.cookie)</script>"
EVIL = (
    "https://pirate.example/",
    "//pirate.example/",
    "/\\pirate.example/",
    "http:///pirate.example",
    "javascript:alert(1)",
    "\thttps://pirate.example",
    "FR00",
    "accounts:logout",
    "{}",
)


def url_of(world: World, name: str, **changes: Any) -> str:
    return address(f"contracts:{name}", FILE_ROUTES[f"contracts:{name}"], world.own | changes)


def signed_in(asker: Actor | User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(asker.user if isinstance(asker, Actor) else asker, backend=BACKEND)
    return client


# --- forged forms ---------------------------------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize("who", ["contributor", "state_signatory", "national_manager", "administrator", "visitor"])
def test_every_form_asks_for_the_token_of_its_page(world: World, who: str) -> None:
    client = world.people.client_for(world.askers[who])
    client.handler.enforce_csrf_checks = True
    before, wrong = fingerprint(), []
    for name, params in ROUTES.items():
        if EXPECTED[name, "POST"][who] in ("302", "422"):
            response = client.post(address(name, params, world.own | world.around(who)), {"a": "b"})
            if response.status_code != 403:
                wrong.append(f"{name}: {response.status_code}")

    assert wrong == []
    assert fingerprint() == before


def test_refused_token_is_explained_in_french(world: World) -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post("/connexion/", {"username": "a", "password": "b"})

    assert response.status_code == 403
    assert 'lang="fr"' in response.content.decode()
    assert "Traceback" not in response.content.decode()


# --- objects of others in a form ------------------------------------------------------------------------------------


def test_remark_cannot_be_anchored_to_an_action_of_another_file(world: World) -> None:
    action = Action.objects.filter(contract=world.foreign["contract"]).order_by("pk")[0]
    before = fingerprint()
    forged = {
        url_of(world, "new_remark"): {
            "remark-anchor": "action",
            "remark-anchor_id": str(action.pk),
            "remark-body": "Remarque sur le dossier d’un autre.",
        },
        url_of(world, "review_remark"): {"remark-place": f"action-{action.pk}", "remark-body": "La même."},
    }

    codes = [ask(world, "instructor", "post", url, data=data).code for url, data in forged.items()]

    assert codes == ["422", "422"]
    assert fingerprint() == before


def test_section_of_another_file_bears_no_remark(world: World) -> None:
    data = {"remark-anchor": "section", "remark-anchor_id": world.foreign["section"], "remark-body": "Ailleurs."}

    assert ask(world, "instructor", "post", url_of(world, "new_remark"), data=data).code == "422"


def test_object_of_another_file_is_changed_by_no_post(world: World) -> None:
    before = fingerprint()
    posts = {
        ("contributor", "action"): {"title": "Volée"},
        ("contributor", "remove_action"): {},
        ("contributor", "answer_on_proposal"): {},
        ("contributor", "remark"): {"answer": "Réponse forgée."},
        ("contributor", "piece"): {"document": SimpleUploadedFile("a.pdf", pdf_bytes())},
        ("local_signatory", "leave"): {"reason": "Sortie forgée de toutes pièces."},
        ("instructor", "meeting"): {"subject": "Volé"},
        ("instructor", "minutes"): {"act": "approve", "version": "1"},
        ("instructor", "meeting_decision"): {"done": "1"},
        ("instructor", "review_remark_state"): {"act": "resolve"},
        ("instructor", "record_opinion"): {},
        ("instructor", "propose"): {},
    }
    crossed = world.foreign | {"reference": world.own["reference"]}

    codes = {
        (who, name): ask(
            world, who, "post", address(f"contracts:{name}", FILE_ROUTES[f"contracts:{name}"], crossed), data=data
        ).code
        for (who, name), data in posts.items()
    }

    assert set(codes.values()) == {"404"}, codes
    assert fingerprint() == before


def test_agent_in_charge_is_chosen_among_ones_own(world: World) -> None:
    stranger = world.people.gironde_agent.user.pk

    answer = ask(
        world, "instructor", "post", url_of(world, "services"), data={"act": "agent", "agent-agent": str(stranger)}
    )

    assert answer.code == "422"


def test_holder_of_a_delegation_is_of_the_organisation(world: World) -> None:
    data = {
        "kind": "delegation",
        "holder": str(world.people.vienne_prefet.user.pk),
        "holder_name": "Hélène Marchand",
        "holder_title": "préfète",
        "covered": ["covers_sign"],
        "reference": "2026-1",
        "published_on": "2026-03-01",
        "starts_on": "2026-03-01",
    }

    assert ask(world, "contributor", "post", "/delegations/ajouter/", data=data).code == "422"


def test_delegation_of_another_organisation_signs_nothing(world: World) -> None:
    theirs = world.elsewhere()["delegation"]
    data = {
        "mode": "paper",
        "name": "Quelqu’un",
        "title": "Quelqu’un",
        "basis": str(theirs),
        "acted_on": timezone.localdate().isoformat(),
        "reason": "Une raison assez longue pour passer.",
        "seen": "under_review",
        "document": SimpleUploadedFile("a.pdf", pdf_bytes()),
    }

    answer = ask(world, "state_signatory", "post", url_of(world, "act", transition="refuse"), data=data)

    assert answer.code == "422"


def test_role_of_another_kind_of_organisation_is_never_given(world: World) -> None:
    mine = world.around("local_signatory")
    roles = [role for role in Role if role not in (Role.CONTRIBUTOR, Role.LOCAL_SIGNATORY)]
    codes = set()
    for role in roles:
        data = {"title": "x", "role": role.value, "email": "ami@example.org"}
        codes.add(ask(world, "local_signatory", "post", f"/organisation/personnes/{mine['member']}/", data=data).code)
        codes.add(ask(world, "local_signatory", "post", "/organisation/personnes/inviter/", data=data).code)

    assert codes == {"422"}


# --- twice, and old tabs --------------------------------------------------------------------------------------------


def correction(**changes: str) -> dict[str, str]:
    reply_by = timezone.localdate() + timedelta(days=20)
    return {
        "reason": "Préciser deux points de l’action.",
        "reply_by": reply_by.isoformat(),
        "seen": "under_review",
    } | changes


def test_transition_posted_twice_is_done_once_and_says_so(world: World) -> None:
    client = world.clients["instructor"]
    url = url_of(world, "act", transition="request_correction")

    first, second = client.post(url, correction()), client.post(url, correction())

    events = Event.objects.filter(contract=world.own["contract"].pk, kind="request_correction")
    assert (first.status_code, second.status_code) == (302, 422)
    assert "n’est plus possible" in second.content.decode()
    assert events.count() == 2  # that of the journey, and this one


def test_tab_open_before_a_change_of_state_writes_nothing(world: World) -> None:
    at(world, "correction_requested")
    before = fingerprint()

    told = {
        name: ask(world, "instructor", "post", url_of(world, "act", transition=name), data=data)
        for name, data in {"return_to_diagnostic": correction(), "request_correction": correction()}.items()
    }
    proposed = ask(world, "instructor", "post", url_of(world, "adopt_requested"))

    assert {answer.code for answer in told.values()} == {"422"}
    assert all("Rien n’a été modifié" in answer.text for answer in told.values())
    assert proposed.code == "302"
    assert fingerprint() == before


def test_fiche_of_an_old_tab_is_not_saved(world: World) -> None:
    known = at(world, "correction_requested")
    url = address("contracts:action", FILE_ROUTES["contracts:action"], known)
    old = _fields(ask(world, "contributor", "get", url).text, url)
    client = world.clients["contributor"]

    first, second = client.post(url, old | {"title": "Un"}), client.post(url, old | {"title": "Deux"})

    assert (first.status_code, second.status_code) == (302, 409)
    assert Action.objects.get(contract=known["contract"].pk, number=known["number"]).title == "Un"
    assert "Deux" in second.content.decode()


def test_budget_of_an_old_tab_is_not_saved(world: World) -> None:
    known = at(world, "correction_requested")
    url = address("contracts:budget", FILE_ROUTES["contracts:budget"], known)
    old = _fields(ask(world, "contributor", "get", url).text, url)
    amount = next(name for name, value in old.items() if name.startswith("amount-") and value)
    client = world.clients["contributor"]

    first, second = client.post(url, old | {amount: "1,00"}), client.post(url, old | {amount: "2,00"})

    assert (first.status_code, second.status_code) == (302, 409)
    assert "2,00" in second.content.decode()


def _fields(html: str, url: str) -> dict[str, str]:
    """Return what the largest form of a page holds."""
    return max((form.fields for form in forms_of(html, url)), key=len)


def test_letter_of_an_old_tab_is_not_saved(world: World) -> None:
    url = address("contracts:letter", ("reference",), world.draft)
    contract = Contract.objects.get(pk=world.draft["contract"].pk)
    version = contract.letter.version
    client = world.clients["contributor"]

    first = client.post(url, {"motivation": "Un", "version": version})
    second = client.post(url, {"motivation": "Deux", "version": version})

    contract.letter.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 409)
    assert contract.letter.motivation == "Un"
    assert "Deux" in second.content.decode()


# --- borrowed rights ------------------------------------------------------------------------------------------------


def test_nobody_acts_with_the_membership_of_another(world: World) -> None:
    client = world.people.client_for(world.people.poitiers_agent)
    theirs = world.people.vienne_prefet.membership.pk

    refused = [client.post("/organisation/choisir/", {"membership": each}) for each in (theirs, "", "x", "9" * 30)]
    session = client.session
    session[SESSION_KEY] = theirs
    session.save()

    assert {each.status_code for each in refused} == {404}
    assert client.get("/contrats/nouveau/").status_code == 200  # still the agent of Poitiers
    assert client.post(url_of(world, "act", transition="refuse")).status_code == 403


def test_suspended_person_is_out_at_the_next_page(world: World) -> None:
    agent = world.people.poitiers_agent
    client = world.people.client_for(agent)
    before = client.get("/contrats/").status_code

    User.objects.filter(pk=agent.user.pk).update(is_active=False)
    after = client.get("/contrats/")
    again = Client().post("/connexion/", {"username": agent.user.email, "password": PASSWORD})

    assert before == 200
    assert (after.status_code, after["Location"].partition("?")[0]) == (302, reverse("accounts:login"))
    assert again.status_code == 422


def test_ended_membership_ends_the_rights_in_the_middle_of_a_session(world: World) -> None:
    agent = world.people.vienne_agent
    client = world.people.client_for(agent)
    url = url_of(world, "message")
    before = client.post(url, {"message-body": "Bonjour."}).status_code

    Membership.objects.filter(pk=agent.membership.pk).update(ended_at=timezone.now())
    after = client.post(url, {"message-body": "Encore moi."})

    assert before == 302
    assert after["Location"] == reverse("accounts:no_organisation")
    assert not Message.objects.filter(body="Encore moi.").exists()


def test_role_taken_back_counts_at_the_next_page(world: World) -> None:
    maire = world.people.poitiers_maire
    client = world.people.client_for(maire)
    url = url_of(world, "act", transition="withdraw")
    before = client.get(url).status_code

    Membership.objects.filter(pk=maire.membership.pk).update(role=Role.CONTRIBUTOR, in_title=False)

    assert (before, client.get(url).status_code) == (200, 403)


def test_superuser_without_organisation_has_no_business_right(world: World) -> None:
    root = User.objects.create_superuser("root@example.org", PASSWORD, first_name="R", last_name="T")
    client = signed_in(root)

    codes = {name: client.get(address(name, params, world.own)).status_code for name, params in FILE_ROUTES.items()}

    assert set(codes.values()) == {302}, codes


def test_sign_out_by_a_link_does_nothing(world: World) -> None:
    client = world.people.client_for(world.people.poitiers_agent)

    assert client.get("/deconnexion/").status_code == 405
    assert client.get("/contrats/").status_code == 200


# --- headers and addresses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", EVIL)
def test_nothing_leads_to_another_site(world: World, target: str) -> None:
    agent = world.people.poitiers_agent
    client = world.people.client_for(agent)
    signing_in = {"username": agent.user.email, "password": PASSWORD, "next": target}
    switching = {"membership": agent.membership.pk, "next": target}
    remark = {"remark-anchor": "file", "remark-body": "Une remarque.", "next": target}

    responses = [
        Client().post("/connexion/", signing_in),
        Client().post(f"/connexion/?next={target}", signing_in),
        client.post("/organisation/choisir/", switching),
        client.post(url_of(world, "new_remark"), remark),
    ]

    assert {each.status_code for each in responses} == {302}
    assert [each["Location"] for each in responses if "pirate" in each["Location"]] == []
    assert [each["Location"] for each in responses if "alert" in each["Location"]] == []


def test_page_keeps_no_foreign_address_to_come_back_to(world: World) -> None:
    for target in EVIL:
        text = ask(world, "contributor", "get", f"{url_of(world, 'new_remark')}?next={target}").text
        assert f'value="{target}"' not in text


def test_foreign_host_is_refused(world: World) -> None:
    for host in ("pirate.example", "testserver.pirate.example", "testserver@pirate.example", "[::1", ""):
        assert Client().get("/", headers={"host": host or "x y"}).status_code == 400


def test_mailed_link_ignores_the_host_of_the_request(world: World) -> None:
    agent = world.people.poitiers_agent

    Client().post("/mot-de-passe/oublie/", {"email": agent.user.email}, headers={"x-forwarded-host": "pirate.example"})

    mail = Mail.objects.filter(to=agent.user.email).latest("pk")
    assert settings.SITE_URL in mail.text
    assert "pirate" not in mail.text + mail.html


CRAFTED = ("..%2f..%2fadmin", "%2e%2e%2f", "CTAI-2026-086-0001%2f..%2f..", "%00", "'%20OR%201=1--", "%25", "*")


@pytest.mark.parametrize("reference", CRAFTED)
def test_crafted_reference_leads_nowhere(world: World, reference: str) -> None:
    pages = ("", "documents/", "lettre/", "documents/pieces/1/")

    codes = {ask(world, "contributor", "get", f"/contrats/{reference}/{page}").code for page in pages}

    assert codes <= {"400", "404"}


def test_draft_address_still_leads_to_the_file_of_its_own(world: World) -> None:
    draft = world.own["contract"].draft_reference

    assert ask(world, "contributor", "get", f"/contrats/{draft}/").code == "302"
    assert ask(world, "instructor", "get", f"/contrats/{world.draft['reference']}/").code == "404"
    assert ask(world, "instructor", "get", f"/contrats/{world.foreign['contract'].draft_reference}/").code == "404"


@pytest.mark.parametrize("path", ["/", "/contrats/", "/contrats/INCONNU/", "/assistance/", "/connexion/"])
def test_every_answer_bears_the_headers_of_protection(world: World, path: str) -> None:
    response = world.clients["contributor"].get(path)

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Referrer-Policy"] == "same-origin"


def test_session_cookie_is_out_of_reach_of_scripts(world: World) -> None:
    client = Client()
    client.get("/connexion/")
    client.post("/connexion/", {"username": world.people.poitiers_agent.user.email, "password": PASSWORD})

    session = client.cookies[settings.SESSION_COOKIE_NAME]

    assert session["httponly"]
    assert session["samesite"] == "Lax"


def test_pages_of_people_are_kept_by_no_cache(world: World) -> None:
    response = world.clients["contributor"].get(url_of(world, "file"))

    assert "private" in response.get("Cache-Control", "") or "no-store" in response.get("Cache-Control", "")


# --- what is stored and shown ---------------------------------------------------------------------------------------


def test_script_that_was_typed_is_shown_as_text(world: World) -> None:
    agent = world.clients["contributor"]
    agent.post(url_of(world, "message"), {"message-body": SCRIPT})
    agent.post(url_of(world, "note"), {"note-body": SCRIPT})
    agent.post(url_of(world, "new_remark"), {"remark-anchor": "file", "remark-body": SCRIPT})
    agent.post(url_of(world, "documents"), {"file": SimpleUploadedFile("a<b>&c.pdf", pdf_bytes())})
    agent.post("/compte/", {"first_name": SCRIPT[:70], "last_name": SCRIPT[:70], "phone": ""})
    pages = ("file", "exchange", "review", "proposal", "documents", "history")

    shown = {page: ask(world, "local_signatory", "get", url_of(world, page)).text for page in pages}

    assert Message.objects.latest("pk").body == SCRIPT
    assert Remark.objects.latest("pk").body == SCRIPT
    assert [page for page, text in shown.items() if "<script>alert" in text] == []
    assert "&lt;script&gt;alert" in shown["exchange"]
    assert "<b>&c" not in shown["documents"]


def test_lock_out_follows_the_address_whatever_the_forwarded_one(world: World) -> None:
    email = world.people.poitiers_agent.user.email
    codes = [
        Client()
        .post("/connexion/", {"username": email, "password": "faux"}, headers={"x-forwarded-for": f"10.0.0.{number}"})
        .status_code
        for number in range(settings.AXES_FAILURE_LIMIT + 1)
    ]

    assert codes[-1] in (403, 429)


@override_settings(DEMO=False)
def test_pages_of_the_demonstration_do_not_exist_elsewhere(world: World) -> None:
    mail = Mail.objects.latest("pk")

    codes = {ask(world, "visitor", "get", path).code for path in ("/demo/courriels/", f"/demo/courriels/{mail.pk}/")}

    assert codes == {"404"}
