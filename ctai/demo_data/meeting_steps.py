"""Steps 1 and 2: the letter of intent, its answer, the exchange between the parties."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.utils import timezone

from accounts.roles import Permission
from campaigns.models import Axis
from contracts.acts import (
    Acknowledgement,
    Decision,
    Reasoned,
    Sending,
    Withdrawal,
)
from contracts.services.minutes import approve_minutes
from contracts.services.opening import open_file
from contracts.services.parties import save_letter
from ctai.demo_data import texts
from ctai.demo_data.walking import Walk
from exchanges.inputs import DecisionInput, MeetingInput, ParticipantInput
from exchanges.services import meetings, messages


class MeetingSteps(Walk):
    """Steps 1 and 2: the letter of intent, its answer, the exchange between the parties."""

    def open(self) -> Self:
        self.contract = open_file(porteur=self.porteur, by=self.local.agent, now=self.now)
        return self

    def write_letter(self) -> Self:
        signatory, agent = self.local.signatory, self.local.agent
        save_letter(
            self.contract.pk,
            fields={
                "signatory_name": signatory.user.full_name,
                "signatory_title": signatory.membership.title,
                "elected_name": "Camille Renaud",
                "elected_title": "adjointe aux solidarités",
                "technical_name": agent.user.full_name,
                "technical_title": agent.membership.title or "chargé de mission",
                "technical_email": agent.user.email,
                "technical_phone": "05 49 00 00 00",
                "motivation": texts.MOTIVATION.format(name=self.porteur.full_name),
                "expected_public": texts.PUBLIC,
                "expected_count": 250,
                "starts_on": self.starts_on,
                "months": self.months,
                "first_contacts": "Premier rendez-vous avec la sous-préfecture.",
            },
            axes=Axis.objects.filter(code__in=[theme.code for theme in self.themes]),
            version=1,
            by=agent,
            now=self.now,
        )
        return self

    def send_letter(self) -> Self:
        self.later()
        return self.go("send_letter", self.local.signatory, Sending(person=self.person(self.local.signatory)))

    def return_letter(self) -> Self:
        self.later(2)
        return self.go("return_letter", self.state.agent, Reasoned(reason="Le public visé reste à préciser."))

    # --- parts

    def acknowledge(self) -> Self:
        self.later(4)
        return self.go("acknowledge", self.state.agent, Acknowledgement(agent_id=self.state.agent.user.pk))

    # --- 2. exchange

    def meet(self, *, approve: bool = True) -> Self:
        """Hold a meeting, send its minutes; both sides approve them unless told otherwise."""
        self.later(9)
        data = MeetingInput(
            held_on=timezone.localdate(self.now),
            subject="Premier échange sur le projet de contrat",
            place=f"Mairie de {self.porteur.name}",
            agenda="Situation du territoire\nAttentes de la collectivité\nCalendrier",
            minutes=texts.MINUTES,
            participants=(
                ParticipantInput(
                    name=self.local.agent.user.full_name,
                    organisation=self.porteur.full_name,
                    title=self.local.agent.membership.title,
                ),
                ParticipantInput(
                    name=self.state.agent.user.full_name,
                    organisation=self.state.agent.organisation.name,
                    title=self.state.agent.membership.title,
                ),
            ),
            decisions=(
                DecisionInput(
                    text="Transmettre les chiffres des signataires du CIR",
                    owner="Préfecture",
                    due_on=timezone.localdate(self.now) + timedelta(days=21),
                ),
            ),
        )
        with self._editing(Permission.MEETING_RECORD, self.state.agent, "meeting_recorded"):
            meeting = meetings.record_meeting(
                contract_id=self.contract.pk, data=data, by=self.state.agent, now=self.now
            )
        self.later()
        with self._editing(Permission.MEETING_RECORD, self.state.agent, "minutes_sent"):
            meeting = meetings.send_minutes(meeting=meeting, version=1, by=self.state.agent, now=self.now)
        with self._editing(Permission.EXCHANGE_TALK, self.local.agent, "message_posted"):
            messages.post_message(
                contract_id=self.contract.pk,
                body="Merci pour cet échange. Nous relisons le compte rendu avec l’élue référente.",
                by=self.local.agent,
                now=self.now,
            )
        if approve:
            for actor in (self.state.agent, self.local.agent):
                self.later()
                with self._editing(Permission.MINUTES_APPROVE, actor, "minutes_approved"):
                    approve_minutes(meeting=meeting, version=meeting.minutes_version, by=actor, now=self.now)
        return self

    def conclude_exchange(self) -> Self:
        self.later(2)
        return self.go("conclude_exchange", self.state.agent)

    # --- 3. diagnostic

    def dismiss(self) -> Self:
        self.later(30)
        reason = "Sans réponse de la collectivité depuis l’échange, le dossier est classé."
        return self.go(
            "dismiss", self.state.signatory, Decision(reason=reason, person=self.person(self.state.signatory))
        )

    def withdraw(self) -> Self:
        self.later(2)
        reason = "La collectivité préfère rejoindre le contrat de son intercommunalité."
        return self.go(
            "withdraw", self.local.signatory, Withdrawal(reason=reason, person=self.person(self.local.signatory))
        )
