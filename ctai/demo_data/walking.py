"""A file under way: its people, its clock, and how an act is carried out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Self

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.actors import Actor
from accounts.roles import Permission
from contracts.acts import (
    NamedPerson,
    Submission,
)
from contracts.models import Contract
from contracts.services.advance import advance
from contracts.services.editing import editing
from ctai.demo_data.scan import signed_copy
from ctai.demo_data.texts import THEMES, Theme
from documents.enums import UploadKind
from documents.models import Upload
from documents.uploads import accept


@dataclass(frozen=True, slots=True)
class Duo:
    """The two people of a side: who prepares, who signs."""

    agent: Actor
    signatory: Actor


@dataclass(slots=True)
class Walk:
    """One file under way; each step advances the clock ``now`` and returns the walk itself."""

    local: Duo
    state: Duo
    now: datetime
    starts_on: date
    months: int = 28
    themes: tuple[Theme, ...] = THEMES
    contract: Contract = field(init=False)

    @property
    def porteur(self) -> Any:
        return self.local.agent.organisation.local_authority

    def later(self, days: int = 1) -> datetime:
        """Let days pass; return the new instant."""
        self.now += timedelta(days=days)
        return self.now

    def person(self, actor: Actor) -> NamedPerson:
        """Return the signatory acting in person today."""
        return NamedPerson(
            name=actor.user.full_name,
            title=actor.membership.title,
            acted_on=timezone.localdate(self.now),
            in_title=actor.membership.in_title,
        )

    def submission(self) -> Submission:
        """Return the request that the signatory sends and attests today."""
        return Submission(person=self.person(self.local.signatory), attested=True)

    def go(self, name: str, by: Actor, act: Any = None) -> Self:
        """Carry out a transition now."""
        self.contract = advance(self.contract.pk, name, by=by, now=self.now, act=act)
        return self

    # --- 1. letter

    def _deposit(self, name: str, title: str, kind: UploadKind) -> Upload:
        return accept(
            ContentFile(signed_copy(self.contract.reference, title), name=name),
            kind=kind,
            contract_id=self.contract.pk,
            organisation=self.local.agent.organisation,
            by=self.local.agent,
            now=self.now,
        )

    def _editing(self, permission: Permission, by: Actor, kind: str, label: str = "") -> Any:
        payload = {"label": label} if label else {}
        return editing(self.contract.pk, permission, by=by, now=self.now, kind=kind, payload=payload)
