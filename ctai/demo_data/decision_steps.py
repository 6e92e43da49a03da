"""Step 5: the examination, the decision, the vote and the signatures."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.roles import Permission
from campaigns.models import ReviewCriterion
from contracts.acts import (
    Approval,
    CorrectionRequest,
    Decision,
    NamedPerson,
    Signing,
)
from contracts.enums import ActMode, OpinionVerdict
from contracts.models import Opinion
from contracts.queries import STATE_PARTY, current_contract_document
from contracts.services.assessments import assess
from contracts.services.deliberations import save_deliberation
from contracts.services.expenditure import record_expenditure
from contracts.services.opinions import ask_opinion, record_opinion
from ctai.demo_data import texts
from ctai.demo_data.scan import signed_copy
from ctai.demo_data.walking import Walk
from documents.enums import UploadKind
from documents.uploads import accept
from exchanges.enums import Anchor
from exchanges.services import remarks
from funding.balances import balances_of
from funding.enums import ExpenditureKind
from funding.services import review
from funding.services.expenditure import Entry

#: The legal commitment of the demonstration, in no accounts of the State.
CHORUS_NUMBER = "2100000042"


class DecisionSteps(Walk):
    """Step 5: the examination, the decision, the vote and the signatures."""

    def examine(self) -> Self:
        """Fill the grid of the campaign, and ask two services for their opinion, of which one answers."""
        self.later(2)
        criteria = ReviewCriterion.objects.filter(campaign=self.contract.campaign, active=True).order_by("rank", "pk")
        grid = {each.pk: (each.points - place % 2, texts.GRADE) for place, each in enumerate(criteria)}
        assess(self.contract.pk, grid=grid, by=self.state.agent, now=self.now)
        asked = [self._ask(service, days) for service, days in (("DDETS", 10), ("OFII", 15))]
        self.later(2)
        record_opinion(
            self.contract.pk,
            asked[0].pk,
            verdict=OpinionVerdict.RESERVED,
            given_on=timezone.localdate(self.now),
            text=texts.OPINION,
            by=self.state.agent,
            now=self.now,
        )
        return self

    def _ask(self, service: str, days: int) -> Opinion:
        due_on = timezone.localdate(self.now) + timedelta(days=days)
        return ask_opinion(self.contract.pk, service=service, due_on=due_on, by=self.state.agent, now=self.now)

    def request_correction(self) -> Self:
        self.later(6)
        action = self.contract.actions.order_by("number")[0]
        with self._editing(Permission.REMARK_WRITE, self.state.agent, "remark_added", str(action)):
            remarks.add_remark(
                contract_id=self.contract.pk,
                body=texts.REMARK,
                by=self.state.agent,
                now=self.now,
                anchor=Anchor.ACTION,
                anchor_id=action.pk,
                anchor_label=str(action),
            )
        return self.go(
            "request_correction",
            self.state.agent,
            CorrectionRequest(
                reason="Une précision est nécessaire avant la décision.",
                reply_by=timezone.localdate(self.now) + timedelta(days=21),
            ),
        )

    def adopt(self) -> Self:
        self.later(4)
        with self._editing(Permission.AMOUNT_PROPOSE, self.state.agent, "requested_adopted"):
            review.adopt_requested(contract_id=self.contract.pk, by=self.state.agent, now=self.now)
        return self

    def approve(self) -> Self:
        self.later(3)
        return self.go("approve", self.state.signatory, Approval(person=self.person(self.state.signatory)))

    def deliberate(self) -> Self:
        """Vote, then publish and transmit two days later."""
        self.later(5)
        voted = timezone.localdate(self.now)
        self.later(2)
        save_deliberation(
            self.contract.pk,
            authority=self.porteur,
            fields={
                "organ": "assembly",
                "number": f"{voted.year}-{voted:%m}12",
                "purpose": "Approbation du contrat territorial et autorisation de le signer",
                "voted_on": voted,
                "votes_for": 41,
                "votes_against": 3,
                "abstentions": 5,
                "published_on": timezone.localdate(self.now),
                "transmitted_on": timezone.localdate(self.now),
            },
            by=self.local.agent,
            now=self.now,
        )
        return self

    def sign(self, side: str) -> Self:
        """Deposit the copy that a party signed."""
        self.later(3)
        actor = self.local.signatory if side == "local" else self.state.signatory
        document = current_contract_document(self.contract)
        upload = accept(
            ContentFile(signed_copy(self.contract.reference, actor.user.full_name), name="contrat-signe.pdf"),
            kind=UploadKind.SIGNED_CONTRACT,
            contract_id=self.contract.pk,
            organisation=actor.organisation,
            by=actor,
            now=self.now,
        )
        person = NamedPerson(
            name=actor.user.full_name,
            title=actor.membership.title,
            acted_on=timezone.localdate(self.now),
            mode=ActMode.PAPER,
            in_title=actor.membership.in_title,
            upload_id=upload.pk,
        )
        party = STATE_PARTY if side == "state" else str(self.porteur.pk)
        return self.go(
            "sign", actor, Signing(party=party, person=person, document_id=document.pk if document else None)
        )

    def pay(self) -> Self:
        """Report from Chorus the commitment of the first year and the advance paid upon it."""
        year = self.contract.years[0]
        for kind, share in ((ExpenditureKind.COMMITMENT, 1), (ExpenditureKind.ADVANCE, 2)):
            self.later(6)
            balance = balances_of(self.contract.pk, year)[0]
            amount = (balance.notified / share).quantize(balance.notified)
            entry = Entry(kind, balance.siret, CHORUS_NUMBER, amount, timezone.localdate(self.now))
            record_expenditure(self.contract.pk, year, entry, by=self.state.agent, now=self.now)
        return self

    # --- ends

    def refuse(self) -> Self:
        self.later(4)
        reason = "Le projet ne complète pas l’offre existante et double les actions financées par AGIR."
        return self.go(
            "refuse", self.state.signatory, Decision(reason=reason, person=self.person(self.state.signatory))
        )
