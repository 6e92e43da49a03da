"""Signing in, locking out, choosing a password, switching."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.middleware import SESSION_KEY
from accounts.models import User
from exchanges.models import Mail
from tests.factories.accounts import PASSWORD, MembershipFactory
from tests.people import People

LOGIN = "/connexion/"


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: str) -> int:
    return client.post(LOGIN, {"username": email, "password": password, **extra}).status_code


def test_sign_in_opens_a_new_session_and_goes_home(people: People) -> None:
    client = Client()
    client.get("/demander-un-acces/")
    client.session.save()

    response = client.post(LOGIN, {"username": " Maire@Poitiers.DEMO ", "password": PASSWORD})

    assert (response.status_code, response["Location"]) == (302, reverse("dashboard"))
    assert int(client.session["_auth_user_id"]) == people.poitiers_maire.user.pk


def test_sign_in_renews_the_session_key(people: People) -> None:
    client = Client()
    session = client.session
    session["before"] = 1
    session.save()
    before = session.session_key

    assert sign_in(client, "maire@poitiers.demo") == 302
    assert client.session.session_key != before


def test_wrong_sign_in_says_the_same_for_all_and_keeps_the_address(people: People) -> None:
    User.objects.filter(pk=people.stranger.pk).update(is_active=False)
    pages = [
        Client().post(LOGIN, {"username": email, "password": password}).content.decode()
        for email, password in (
            ("maire@poitiers.demo", "faux"),
            ("personne@example.org", PASSWORD),
            (people.stranger.email, PASSWORD),
        )
    ]

    for page, email in zip(pages, ("maire@poitiers.demo", "personne@example.org", people.stranger.email), strict=True):
        assert "L’adresse ou le mot de passe est inexact." in page
        assert f'value="{email}"' in page
    assert sign_in(Client(), "maire@poitiers.demo", "faux") == 422
    assert sign_in(Client(), "pas une adresse") == 422


def test_next_is_followed_at_home_only(people: People) -> None:
    ours = Client().post(LOGIN, {"username": "maire@poitiers.demo", "password": PASSWORD, "next": "/organisation/"})
    theirs = Client().post(
        LOGIN, {"username": "maire@poitiers.demo", "password": PASSWORD, "next": "https://evil.example/"}
    )

    assert ours["Location"] == "/organisation/"
    assert theirs["Location"] == reverse("dashboard")


def test_five_failures_lock_the_address_whatever_its_case(people: People) -> None:
    client = Client()
    statuses = [
        sign_in(client, email, "faux")
        for email in ("maire@poitiers.demo", "MAIRE@poitiers.demo", "maire@poitiers.demo", "Maire@Poitiers.demo")
    ]
    locked = client.post(LOGIN, {"username": "maire@poitiers.demo", "password": "faux"})

    assert statuses == [422] * 4
    assert locked.status_code == 429
    assert "un quart d’heure" in locked.content.decode()
    assert sign_in(client, "maire@poitiers.demo") == 429
    assert sign_in(client, "agent@poitiers.demo") == 302


def test_sign_in_page_shows_the_demonstration_only_there(people: People) -> None:
    with_demo = Client().get(LOGIN).content.decode()

    assert "Entrer comme prefet@vienne.pref.demo" in with_demo
    assert "bordeaux" not in with_demo


def test_sign_in_page_hides_the_demonstration_elsewhere(people: People, settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]  # pytest-django's wrapper

    page = Client().get(LOGIN).content.decode()

    assert PASSWORD not in page
    assert "poitiers.demo" not in page


def test_sign_out_is_a_post(people: People) -> None:
    client = people.client_for(people.poitiers_maire)

    assert client.get("/deconnexion/").status_code == 405
    assert client.post("/deconnexion/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_part_of_a_page_asked_once_the_session_is_over_has_the_whole_page_asked_again() -> None:
    address = "/contrats/CTAI-2026-086-0001/documents/emis/1/avancement/"

    part = Client().get(address, headers={"hx-request": "true"})

    assert (part.status_code, part["HX-Refresh"], part.content) == (204, "true", b"")
    assert Client().get(address).status_code == 302


def test_every_write_asks_for_the_token_of_the_page(people: People) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.poitiers_maire.user, backend="django.contrib.auth.backends.ModelBackend")

    for path in ("/deconnexion/", "/organisation/modifier/", "/organisation/choisir/", "/compte/"):
        assert client.post(path).status_code == 403


# --- passwords ------------------------------------------------------------------------------------


def test_forgotten_password_answers_the_same_for_all(people: People) -> None:
    answers = [
        Client().post("/mot-de-passe/oublie/", {"email": email})["Location"]
        for email in ("maire@poitiers.demo", "personne@example.org")
    ]

    assert answers == ["/mot-de-passe/oublie/envoye/"] * 2
    assert Client().get(answers[0]).status_code == 200
    assert Client().get("/mot-de-passe/oublie/").status_code == 200
    assert Client().post("/mot-de-passe/oublie/", {"email": "zut"}).status_code == 422
    assert Mail.objects.get().to == "maire@poitiers.demo"


def test_link_chooses_a_password_once(people: People) -> None:
    Client().post("/mot-de-passe/oublie/", {"email": "maire@poitiers.demo"})
    found = re.search(r"https?://[^/]+(/mot-de-passe/choisir/\S+)", Mail.objects.get().text)
    assert found is not None
    client = Client()

    page = client.get(found[1], follow=True)
    form = page.redirect_chain[-1][0]
    weak = client.post(form, {"new_password1": "azerty", "new_password2": "azerty"})
    apart = client.post(form, {"new_password1": "Nouveau-2026-clair", "new_password2": "autre"})
    done = client.post(
        form, {"new_password1": "Nouveau-2026-clair", "new_password2": "Nouveau-2026-clair"}, follow=True
    )

    assert (weak.status_code, apart.status_code, done.status_code) == (422, 422, 200)
    assert "trop simple" in weak.content.decode()
    assert User.objects.get(email="maire@poitiers.demo").check_password("Nouveau-2026-clair")
    assert "n’est plus valable" in Client().get(found[1], follow=True).content.decode()


def test_password_is_changed_by_whoever_knows_the_former(people: People) -> None:
    client = people.client_for(people.poitiers_maire)
    new = {"new_password1": "Nouveau-2026-clair", "new_password2": "Nouveau-2026-clair"}

    assert client.get("/compte/mot-de-passe/").status_code == 200
    assert client.post("/compte/mot-de-passe/", {"old_password": "faux", **new}).status_code == 422
    assert client.post("/compte/mot-de-passe/", {"old_password": PASSWORD, **new}).status_code == 302
    assert client.get("/compte/").status_code == 200
    assert User.objects.get(email="maire@poitiers.demo").check_password("Nouveau-2026-clair")


# --- account and organisation ---------------------------------------------------------------------


def test_account_is_changed_or_refused_with_the_entry_kept(people: People) -> None:
    client = people.client_for(people.stranger)

    refused = client.post("/compte/", {"first_name": "Jeanne", "last_name": "", "phone": "12"})
    accepted = client.post("/compte/", {"first_name": "Jeanne", "last_name": "Roy", "phone": "0549000000"})

    assert refused.status_code == 422
    assert 'value="Jeanne"' in refused.content.decode()
    assert accepted.status_code == 302
    user = User.objects.get(pk=people.stranger.pk)
    assert (user.full_name, user.phone) == ("Jeanne Roy", "05 49 00 00 00")


def test_switch_to_one_s_own_organisations_only(people: People) -> None:
    second = MembershipFactory.create(user=people.poitiers_maire.user, organisation=people.bordeaux_agent.organisation)
    client = people.client_for(people.poitiers_maire)

    foreign = client.post("/organisation/choisir/", {"membership": people.vienne_agent.membership.pk})
    nonsense = client.post("/organisation/choisir/", {"membership": "x"})
    mine = client.post("/organisation/choisir/", {"membership": second.pk, "next": "https://evil.example/"})

    assert (foreign.status_code, nonsense.status_code) == (404, 404)
    assert (mine.status_code, mine["Location"]) == (302, reverse("dashboard"))
    assert client.session[SESSION_KEY] == second.pk
    assert "Bordeaux Métropole" in client.get("/organisation/").content.decode()
    assert client.get("/organisation/choisir/").status_code == 405


@pytest.mark.parametrize("path", ["/organisation/", "/delegations/", "/assistance/", "/organisation/demandes/"])
def test_person_without_organisation_is_told_how_to_ask(people: People, path: str) -> None:
    client = people.client_for(people.stranger)

    response = client.get(path, follow=True)

    assert response.redirect_chain == [("/sans-organisation/", 302)]
    assert "Demander un accès" in response.content.decode()


def test_suspended_person_is_out_at_once(people: People) -> None:
    client = people.client_for(people.poitiers_maire)
    User.objects.filter(pk=people.poitiers_maire.user.pk).update(is_active=False)

    response = client.get("/organisation/")

    assert response["Location"] == "/connexion/?next=/organisation/"


def test_session_over_while_writing_comes_back_to_the_page_of_the_form(people: People) -> None:
    client, page = Client(), "/contrats/CTAI-2026-086-0001/proposition/"
    button = f"{page}demande/2026/"

    sent = client.post(button, {"comment": "Un texte"}, headers={"referer": f"http://testserver{page}"})
    elsewhere = client.post(button, headers={"referer": "https://evil.example/contrats/"})
    told = client.get("/connexion/").content.decode()

    assert sent["Location"] == f"/connexion/?next={page}"
    assert elsewhere["Location"] == "/connexion/?next=/tableau-de-bord/"
    assert "ce dernier envoi n’a pas été enregistré" in told
    assert client.get(button)["Location"] == f"/connexion/?next={button}"


def test_address_of_a_button_says_where_to_go(people: People) -> None:
    client = people.client_for(people.poitiers_agent)

    answer = client.get("/organisation/choisir/")
    page = answer.content.decode()

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Cette adresse est celle d’un bouton" in page
    assert page.count("<h1") == 1
