"""The commands of the containers, started natively, carry a contract to the signature; /sante/ tells the truth."""

import json
import re
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone

from campaigns.models import Campaign
from contracts.models import Contract
from ctai.demo_data.journey import Journey
from documents.canonical import sha256_of
from documents.enums import DocumentKind, DocumentStatus
from documents.models import IssuedDocument
from exchanges.enums import MailStatus
from exchanges.models import Mail
from journal.enums import EffectStatus
from journal.models import Effect
from journal.services import verify_chain
from tests.factories.accounts import PASSWORD
from tests.factories.journeys import Today, journey_of_poitiers
from tests.native.processes import Stack, wait_until
from tests.people import People

pytestmark = pytest.mark.postgres

LISTENING = r"Listening at: (http://127\.0\.0\.1:\d+)"
BEAT = 0.5


class Browser:
    """A person at a browser without pictures: follows links and sends forms with their token."""

    def __init__(self, address: str) -> None:
        self.address, self.url, self.page = address, "", ""
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        return self._open(path)

    def post(self, path: str, **fields: Any) -> str:
        """Send the form of the page being read, with what it already held."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page)
        assert token, f"No form on {self.url}"
        return self._open(path, urlencode({"csrfmiddlewaretoken": token[1]} | fields, doseq=True).encode())

    def hidden(self, name: str) -> str:
        found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', self.page)
        assert found, f"No {name} on {self.url}"
        return found[1]

    def sign_in(self, email: str) -> None:
        self.get("/connexion/")
        self.post("/connexion/", username=email, password=PASSWORD)
        assert self.url == f"{self.address}/tableau-de-bord/"

    def _open(self, path: str, data: bytes | None = None) -> str:
        with self._opener.open(f"{self.address}{path}", data, timeout=20) as answer:
            self.url, self.page = answer.url, answer.read().decode()
        return self.page


def _health(address: str) -> tuple[int, dict[str, str]]:
    try:
        with build_opener().open(f"{address}/sante/", timeout=20) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def _is(address: str, status: int, **engines: str) -> bool:
    answered, states = _health(address)
    return answered == status and engines.items() <= states.items()


def _until_rendered(journey: Journey, kind: DocumentKind) -> IssuedDocument:
    document = IssuedDocument.objects.filter(contract=journey.contract, kind=kind).latest("number")
    wait_until(
        lambda: IssuedDocument.objects.filter(pk=document.pk, status=DocumentStatus.READY).exists(),
        f"the worker rendered {kind}",
        seconds=40,
    )
    return IssuedDocument.objects.get(pk=document.pk)


def _write_and_send_the_letter(address: str) -> str:
    """Carry the letter over real HTTP: the agent writes it, the mayor sends it; return the reference."""
    agent, mayor = Browser(address), Browser(address)
    agent.sign_in("agent@poitiers.demo")
    agent.get("/contrats/nouveau/")
    agent.post("/contrats/nouveau/")
    letter_path = agent.url.removeprefix(address)
    assert re.fullmatch(r"/contrats/BROUILLON-[^/]+/lettre/", letter_path)
    axis = re.search(r'name="axes" value="(\d+)"', agent.page)
    assert axis
    agent.post(
        letter_path,
        version=agent.hidden("version"),
        signatory_name="Claire Dumont",
        signatory_title="maire",
        elected_name="Camille Renaud",
        technical_name="Éloïse Lefèvre",
        motivation="La ville accueille et veut mieux coordonner.",
        axes=axis[1],
        starts_on=f"{timezone.localdate().year}-09-01",
        months="28",
        first_contacts="",
    )
    assert "Enregistré le" in agent.page

    mayor.sign_in("maire@poitiers.demo")
    act = letter_path.replace("/lettre/", "/actes/send_letter/")
    mayor.get(act)
    mayor.post(
        act, mode="portal", name="Claire Dumont", title="maire", basis="in_title", acted_on=timezone.localdate()
    )
    reference = re.fullmatch(rf"{address}/contrats/(CTAI-\d{{4}}-086-\d{{4}})/", mayor.url)
    assert reference, mayor.page
    return reference[1]


@pytest.fixture
def address(stack: Stack, people: People) -> str:
    """The portal as its containers run it, up and healthy."""
    for actor in (people.poitiers_agent, people.poitiers_maire):
        actor.user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1000)  # as in production
        actor.user.save()
    stack.environment["HEARTBEAT_SECONDS"] = str(BEAT)
    web, stack.worker = stack.run("web"), stack.run("worker")
    stack.run("beat")
    found: str = web.says(LISTENING)[1]
    stack.worker.says(r"celery@\S+ ready")
    wait_until(lambda: _is(found, 200), "every engine answers")
    return found


def test_contract_travels_through_real_engines(stack: Stack, people: People, address: str) -> None:
    journey = journey_of_poitiers(people, timezone.now(), Today)
    Campaign.objects.update(same_day_signature=True)
    reference = _write_and_send_the_letter(address)

    journey.contract = Contract.objects.get(reference=reference)
    _until_rendered(journey, DocumentKind.LETTER)
    journey.acknowledge().meet().conclude_exchange().write_diagnostic().approve_sections().conclude_diagnostic()
    journey.propose().submit().adopt().approve()
    contract_document = _until_rendered(journey, DocumentKind.CONTRACT)
    journey.deliberate().sign("local").sign("state")

    assert Contract.objects.get(reference=reference).state == "signed"
    assert sha256_of(contract_document.content.read()) == contract_document.sha256
    wait_until(lambda: not Effect.objects.exclude(status=EffectStatus.DONE).exists(), "every effect is done")
    assert set(IssuedDocument.objects.values_list("status", flat=True)) == {DocumentStatus.READY}
    assert set(Mail.objects.values_list("status", flat=True)) == {MailStatus.SENT}
    sent = "".join(path.read_text() for path in (stack.folder / "mails").iterdir())
    assert sorted(re.findall(r"(?m)^Message-ID: *(<\S+>)", sent)) == sorted(
        Mail.objects.values_list("message_id", flat=True)
    )
    assert verify_chain() == []


def test_people_sign_in_and_write_while_redis_is_gone(stack: Stack, people: People, address: str) -> None:
    journey_of_poitiers(people, timezone.now(), Today)
    agent, mayor = Browser(address), Browser(address)
    agent.sign_in("agent@poitiers.demo")
    stack.broker.stop()

    agent.get("/contrats/nouveau/")
    agent.post("/contrats/nouveau/")
    mayor.sign_in("maire@poitiers.demo")
    mayor.post("/deconnexion/")

    assert re.fullmatch(rf"{address}/contrats/BROUILLON-[^/]+/lettre/", agent.url)
    assert Contract.objects.get().state == "letter_draft"
    assert mayor.url == f"{address}/"


def test_health_tells_which_engine_is_down(stack: Stack, address: str) -> None:
    all_up = {"database": "ok", "cache": "ok", "worker": "ok", "storage": "ok"}
    assert _is(address, 200, **all_up)

    stack.worker.stop()
    wait_until(lambda: _is(address, 503, **(all_up | {"worker": "en panne"})), "the worker is seen down")

    stack.run("worker")
    wait_until(lambda: _is(address, 200, **all_up), "the worker is seen up again")

    stack.broker.stop()
    assert _is(address, 503, database="ok", cache="en panne", worker="en panne", storage="ok")

    stack.start_broker()
    wait_until(lambda: _is(address, 200, **all_up), "all is up again", seconds=40)
