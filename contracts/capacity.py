"""From when a party may sign the version in course: its délibération, the capacity of whoever signs for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from accounts.enums import Side
from contracts.facts import Facts, PartyFacts
from ctai.text import long_date

NO_DELEGATION = (
    "Aucune délégation de signature ne vous permet de signer ce contrat aujourd’hui : ajoutez-la dans « Délégations »,"
    " ou faites déposer par un agent l’exemplaire que la personne en titre a signé."
)


def first_signature_day(party: PartyFacts, *, same_day: bool) -> str:
    """Return, in words, from when a party may sign, given its délibération."""
    first = _first_day(party, same_day=same_day)
    if first is None:
        return "dès que la délibération sera publiée et transmise au préfet"
    return f"à partir du {long_date(first)}"


def deliberation_problems(party: PartyFacts, day: date | None, *, same_day: bool) -> Iterator[str]:
    """Yield why a collectivité may not sign on a day.

    The executive signs only once the délibération that authorises it is enforceable, that is published and
    transmitted to the préfet (CGCT, art. L. 2131-1); the same day is refused unless the campaign allows it.
    """
    if not party.deliberation_recorded:
        yield f"La délibération {party.name} n’est pas enregistrée : la signature ne sera possible qu’ensuite."
        return
    if not party.deliberation_covers:
        yield f"Confirmez d’abord que la délibération {party.name} couvre la version à signer."
    first = _first_day(party, same_day=same_day)
    if day is None or (first is not None and day >= first):
        return
    when = first_signature_day(party, same_day=same_day)
    if day == party.enforceable_on:
        yield (
            f"La délibération {party.name} devient exécutoire le {long_date(day)}, et ne se signe pas le jour même :"
            f" signature possible {when}."
        )
    else:
        yield f"La délibération {party.name} n’est pas exécutoire au {long_date(day)} : signature possible {when}."


def own_party_problems(facts: Facts) -> Iterator[str]:
    """Yield why no signature of the actor’s own party can be filed today, whatever the day that it bears.

    A day that is past remains open to whoever files later what was signed in time: a signature is refused here only
    if no day from the issue of the version to today would do. The day itself is judged by the act.
    """
    party = next((each for each in facts.parties if each.key == facts.actor_party), None)
    if party is None or party.signed:
        return
    if party.side == Side.LOCAL:
        found = list(deliberation_problems(party, facts.today, same_day=facts.same_day_signature))
        yield from found
        if found:
            return
    if facts.sign_delegations is not None and not _some_delegation_holds(facts, party):
        yield NO_DELEGATION


def _first_day(party: PartyFacts, *, same_day: bool) -> date | None:
    if party.enforceable_on is None:
        return None
    return party.enforceable_on if same_day else party.enforceable_on + timedelta(days=1)


def _some_delegation_holds(facts: Facts, party: PartyFacts) -> bool:
    """Tell whether a delegation holds on one of the days on which the party could have signed this version."""
    possible = [facts.document_issued_on or facts.today]
    if party.side == Side.LOCAL:
        possible.append(_first_day(party, same_day=facts.same_day_signature) or facts.today)
    return any(each.holds_between(max(possible), facts.today) for each in facts.sign_delegations or ())
