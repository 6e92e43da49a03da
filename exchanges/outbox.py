"""The e-mail backend of the portal: a mail is a row first, delivered after commit by an effect."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from exchanges.enums import MailStatus
from exchanges.models import Mail
from journal.effects import handler, plan

DELIVER = "deliver_mail"
CONTRACT_HEADER = "X-Contract"  # read here, never sent


class OutboxBackend(BaseEmailBackend):
    """Writes each mail as one row per recipient; a rolled-back transaction sends nothing."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        with transaction.atomic():
            for message in email_messages:
                for recipient in message.to:
                    self._write(message, recipient)
        return len(email_messages)

    def _write(self, message: EmailMessage, recipient: str) -> None:
        now = timezone.now()
        html = next((each[0] for each in getattr(message, "alternatives", []) if each[1] == "text/html"), "")
        mail = Mail.objects.create(
            message_id=make_msgid(domain=settings.DEFAULT_FROM_EMAIL.partition("@")[2]),
            to=recipient,
            subject=str(message.subject),
            text=str(message.body),
            html=html,
            contract_id=message.extra_headers.get(CONTRACT_HEADER),
            created_at=now,
        )
        plan(DELIVER, payload={"mail": mail.pk}, now=now)


@handler(DELIVER)
def deliver(payload: dict[str, Any]) -> None:
    """Send one mail; sent again after a crash it bears the same Message-ID."""
    mail = Mail.objects.get(pk=payload["mail"])
    if mail.status == MailStatus.SENT:
        return
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        to=[mail.to],
        headers={"Message-ID": mail.message_id},
        connection=get_connection(settings.DELIVERY_EMAIL_BACKEND),
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    message.send()
    Mail.objects.filter(pk=mail.pk).update(status=MailStatus.SENT, sent_at=timezone.now())
