"""The mails about opinions: what is asked of a service, by when, whom to answer; what the préfecture awaits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.enums import Side
from contracts.models import Contract, Opinion
from contracts.notifications import recipients, write
from ctai.text import long_date
from exchanges.outbox import CONTRACT_HEADER


def ask_by_mail(opinion: Opinion) -> None:
    """Write to a service what is asked of it; nothing when its address is not known."""
    _write(opinion, "Avis demandé", f"Merci de rendre cet avis avant le {long_date(opinion.due_on)}.")


def remind_service(opinion: Opinion, *, today: date) -> None:
    """Write again to a service that has not answered; nothing when its address is not known."""
    due = long_date(opinion.due_on)
    if opinion.due_on < today:
        _write(opinion, "Avis en retard", f"Cet avis était attendu avant le {due} et n’est pas encore enregistré.")
    else:
        _write(opinion, "Rappel d’un avis attendu", f"Cet avis est attendu avant le {due}.")


def remind_agents(contract: Contract, opinions: Iterable[Opinion], *, today: date) -> None:
    """Write to the agent in charge of a file, else to the agents of the préfecture, the opinions that it awaits."""
    lines = [_line(each, today) for each in opinions]
    title = "Avis attendu" if len(lines) == 1 else "Avis attendus"
    address = f"{reverse('contracts:review', args=[contract.reference])}#avis"
    for user in recipients(contract, Side.STATE):
        write(contract, user, title=title, next_=" ".join(lines), address=address)


def _line(opinion: Opinion, today: date) -> str:
    due = long_date(opinion.due_on)
    told = " Un rappel est envoyé au service." if opinion.email else ""
    if opinion.due_on < today:
        return f"{opinion.service}\u00a0: avis en retard, attendu avant le {due}.{told}"
    return f"{opinion.service}\u00a0: avis attendu avant le {due}.{told}"


def _write(opinion: Opinion, title: str, when: str) -> None:
    if not opinion.email:
        return
    contract = opinion.contract
    context = {
        "title": title,
        "when": when,
        "service": opinion.service,
        "asker": contract.lead_service.name,
        "place": contract.porteur.label,
        "reference": contract.reference,
        "contact": contract.instructor or opinion.recorded_by,
        "demo": settings.DEMO,
    }
    message = EmailMultiAlternatives(
        f"[CTAI] {title}\u00a0: {contract.porteur.name}",
        render_to_string("contracts/email/opinion.txt", context),
        to=[opinion.email],
        headers={CONTRACT_HEADER: str(contract.pk)},
    )
    message.attach_alternative(render_to_string("contracts/email/opinion.html", context), "text/html")
    message.send()
