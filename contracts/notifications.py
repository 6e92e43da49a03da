"""The mails of a file: who is told, and in which words; one link, nothing sensitive."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Side
from accounts.models import User
from accounts.queries import users_with
from accounts.roles import Permission
from contracts.case import Case
from contracts.models import Contract, Rectification
from contracts.sentences import WHAT_NEXT, title_of
from ctai.text import euros, long_date
from diagnostics.models import Section
from exchanges.outbox import CONTRACT_HEADER
from funding.models import Expenditure

#: The right by which each side is told of a file: whoever may speak on it may know of it.
TOLD: dict[Side, Permission] = {Side.LOCAL: Permission.DELIBERATION_RECORD, Side.STATE: Permission.LETTER_ACKNOWLEDGE}


def tell(case: Case, *, sides: Iterable[Side]) -> None:
    """Write one mail to each person concerned on these sides, save the one who acted."""
    actor_id = case.by.user.pk if case.by else None
    for side in sides:
        for user in recipients(case.contract, side):
            if user.pk != actor_id:
                _write(case, side, user)


def tell_approvals_void(contract: Contract, section: Section, *, since: int, to: int, by: Actor) -> None:
    """Write to both sides that a section changed after it was approved, with the address of the difference."""
    title = section.question.title
    address = reverse("contracts:section_versions", args=[contract.reference, section.question.key])
    for side in TOLD:
        for user in recipients(contract, side):
            if user.pk != by.user.pk:
                write(
                    contract,
                    user,
                    title="Une section approuvée du diagnostic a changé",
                    next_=f"La section « {title} » a été modifiée par {by.organisation.name}. Les accords "
                    f"donnés à la version {since} ne comptent plus : relisez ce qui a changé, puis approuvez de "
                    "nouveau.",
                    address=f"{address}?de={since}&a={to}",
                )


_RECTIFICATIONS = {
    "proposed": (
        "Rectification d’erreur matérielle à accepter",
        "{organisation} propose de corriger une erreur matérielle du contrat signé ({place}). Chaque partie doit "
        "enregistrer son acceptation.",
    ),
    "complete": (
        "Rectification d’erreur matérielle acceptée par toutes les parties",
        "La rectification ({place}) est jointe au contrat.",
    ),
    "withdrawn": (
        "Rectification d’erreur matérielle retirée",
        "{organisation} a retiré la rectification proposée ({place}). Le contrat reste tel qu’il est signé.",
    ),
}


_TRANCHES = {
    "confirmed": (
        "Tranche {year} confirmée",
        "{organisation} a confirmé la tranche {year} du contrat. Les montants figurent au dossier.",
    ),
    "withdrawn": (
        "Confirmation de la tranche {year} retirée",
        "{organisation} a retiré sa confirmation : les montants de {year} sont de nouveau indicatifs. Le motif figure "
        "au dossier.",
    ),
}


def tell_tranche(contract: Contract, year: int, what: str, *, by: Actor) -> None:
    """Write to the collectivités that the money of a year is confirmed, or no longer is."""
    title, sentence = _TRANCHES[what]
    next_ = sentence.format(organisation=by.organisation.name, year=year)
    address = reverse("contracts:tranches", args=[contract.reference])
    for user in recipients(contract, Side.LOCAL):
        write(contract, user, title=title.format(year=year), next_=next_, address=address)


def tell_payment(contract: Contract, entry: Expenditure, *, by: Actor) -> None:
    """Write to the collectivités that money was paid, to whom and for which year."""
    next_ = (
        f"{by.organisation.name} a enregistré un versement de {euros(entry.amount)} à {entry.beneficiary_name}, "
        f"le {long_date(entry.day)}, pour la tranche {entry.year}."
    )
    address = reverse("contracts:tranches", args=[contract.reference])
    for user in recipients(contract, Side.LOCAL):
        write(contract, user, title=f"Versement pour la tranche {entry.year}", next_=next_, address=address)


def tell_rectification(contract: Contract, rectification: Rectification, what: str, *, by: Actor) -> None:
    """Write to both sides that a rectification waits for them, holds, or was withdrawn."""
    title, sentence = _RECTIFICATIONS[what]
    address = reverse("contracts:rectifications", args=[contract.reference])
    next_ = sentence.format(organisation=by.organisation.name, place=rectification.place)
    for side in TOLD:
        for user in recipients(contract, side):
            if user.pk != by.user.pk:
                write(contract, user, title=title, next_=next_, address=address)


def recipients(contract: Contract, side: Side) -> list[User]:
    """Return the people of a side to tell: the agent in charge and the signatories once there is one, else all."""
    users = list(users_with(TOLD[side], contract))
    if side == Side.STATE and contract.instructor_id is not None:
        chosen = [user for user in users if user.pk == contract.instructor_id]
        return chosen or users
    return users


def _write(case: Case, side: Side, user: User) -> None:
    write(
        case.contract,
        user,
        title=title_of(case.name),
        next_=WHAT_NEXT.get((case.name, side.value), ""),
        address=reverse("contracts:file", args=[case.contract.reference]),
    )


def write(contract: Contract, user: User, *, title: str, next_: str, address: str) -> None:
    """Write one mail about a file to one person: what happened, what is to be done, one address of the portal."""
    context = {
        "user": user,
        "title": title,
        "place": contract.porteur.name,
        "reference": contract.reference,
        "next": next_,
        "link": f"{settings.SITE_URL.rstrip('/')}{address}",
        "demo": settings.DEMO,
    }
    message = EmailMultiAlternatives(
        f"[CTAI] {contract.porteur.name} : {title[0].lower()}{title[1:]}",
        render_to_string("contracts/email/notice.txt", context),
        to=[user.email],
        headers={CONTRACT_HEADER: str(contract.pk)},
    )
    message.attach_alternative(render_to_string("contracts/email/notice.html", context), "text/html")
    message.send()
