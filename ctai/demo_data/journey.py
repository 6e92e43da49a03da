"""A file carried through the machine by the services alone, at past instants; the demonstration and tests use it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.actors import Actor
from accounts.roles import Permission
from campaigns.models import Axis, ReviewCriterion
from contracts.acts import (
    Acknowledgement,
    Approval,
    CorrectionRequest,
    Decision,
    NamedPerson,
    Reasoned,
    Sending,
    Signing,
    Submission,
    Withdrawal,
)
from contracts.enums import ActMode, OpinionVerdict
from contracts.models import Contract, Opinion
from contracts.queries import STATE_PARTY, current_contract_document
from contracts.services.advance import advance
from contracts.services.assessments import assess
from contracts.services.deliberations import save_deliberation
from contracts.services.editing import editing
from contracts.services.minutes import approve_minutes
from contracts.services.opening import open_file
from contracts.services.opinions import ask_opinion, record_opinion
from contracts.services.parties import save_letter
from contracts.services.sections import write_section
from ctai.demo_data import texts
from ctai.demo_data.scan import signed_copy
from ctai.demo_data.texts import THEMES, Theme
from diagnostics import services as diagnostics
from diagnostics.contents import FIGURE_FIELDS, current_content, inputs_of
from diagnostics.enums import RowKind
from diagnostics.inputs import IndicatorInput, RowInput
from diagnostics.models import Indicator, Row, Section
from diagnostics.prefill import confirm_figure
from documents.enums import UploadKind
from documents.models import Upload
from documents.uploads import accept
from exchanges.enums import Anchor
from exchanges.inputs import DecisionInput, MeetingInput, ParticipantInput
from exchanges.models import Remark
from exchanges.services import meetings, messages, remarks
from funding.enums import Account, BudgetSide, Funder, FundingStatus
from funding.queries import payees_due
from funding.services import actions, budgets, payees, renewal, requests, review
from funding.services import files as attached
from funding.services.actions import ActionInput
from funding.services.actions import IndicatorInput as TargetInput
from funding.services.budgets import LineInput


@dataclass(frozen=True, slots=True)
class Duo:
    """The two people of a side: who prepares, who signs."""

    agent: Actor
    signatory: Actor


@dataclass(slots=True)
class Journey:
    """One file under way; each step advances the clock ``now`` and returns the journey itself."""

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

    def go(self, name: str, by: Actor, act: Any = None) -> Journey:
        """Carry out a transition now."""
        self.contract = advance(self.contract.pk, name, by=by, now=self.now, act=act)
        return self

    # --- 1. letter

    def open(self) -> Journey:
        self.contract = open_file(porteur=self.porteur, by=self.local.agent, now=self.now)
        return self

    def write_letter(self) -> Journey:
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

    def send_letter(self) -> Journey:
        self.later()
        return self.go("send_letter", self.local.signatory, Sending(person=self.person(self.local.signatory)))

    def acknowledge(self) -> Journey:
        self.later(4)
        return self.go("acknowledge", self.state.agent, Acknowledgement(agent_id=self.state.agent.user.pk))

    # --- 2. exchange

    def meet(self, *, approve: bool = True) -> Journey:
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

    def conclude_exchange(self) -> Journey:
        self.later(2)
        return self.go("conclude_exchange", self.state.agent)

    # --- 3. diagnostic

    def write_diagnostic(self, *, limit: int | None = None) -> Journey:
        """Write the mandatory sections, all or the first ones."""
        themes = {theme.code: theme for theme in self.themes}
        for section in self._sections()[:limit]:
            self.later()
            theme = themes.get(section.question.axis.code) if section.question.axis else None
            with self._editing(Permission.DIAGNOSTIC_WRITE, self.local.agent, "section_saved", section.question.title):
                diagnostics.save_section(
                    section=section,
                    expected_version=section.version,
                    text=texts.SECTION,
                    rows=_rows(theme, section),
                    indicators=self._figures(section),
                    by=self.local.agent,
                    now=self.now,
                )
        return self.confirm_figures()

    def confirm_figures(self) -> Journey:
        """Confirm the figures that the portal wrote."""
        for figure in Indicator.objects.filter(section__diagnostic__contract=self.contract, prefilled=True):
            with self._editing(Permission.DIAGNOSTIC_WRITE, self.local.agent, "figure_confirmed", figure.label):
                confirm_figure(contract_id=self.contract.pk, figure_id=figure.pk)
        return self

    def approve_sections(self, *, limit: int | None = None, sides: int = 2) -> Journey:
        """Approve the written sections: by the préfecture first, then by the collectivité."""
        for actor in (self.state.agent, self.local.agent)[:sides]:
            self.later()
            for section in self._sections()[:limit]:
                with self._editing(Permission.DIAGNOSTIC_APPROVE, actor, "section_approved", section.question.title):
                    diagnostics.approve(section=section, version=section.version, by=actor, now=self.now)
        return self

    def rework_diagnostic(self) -> Journey:
        """Write the first section again, by turns, after both sides approved it; remark on a row of another."""
        first, *others = self._sections()
        for actor, text in (
            (self.local.agent, texts.SECTION_BY_THE_TOWN),
            (self.state.agent, texts.SECTION_BY_THE_STATE),
            (self.local.agent, texts.SECTION_AGREED),
        ):
            self.later()
            self._rewrite(first, actor, text)
        row = Row.objects.filter(section__in=others, kind=RowKind.OFFER).order_by("section__rank", "pk").first()
        if row is not None:
            self._remark_on(row)
        return self

    def _rewrite(self, section: Section, actor: Actor, text: str) -> None:
        fresh = Section.objects.select_related("question").get(pk=section.pk)
        content = current_content(fresh)
        row_ids, figure_ids = ({each["id"] for each in content[part]} for part in ("rows", "indicators"))
        rows, figures = inputs_of(content, row_ids, figure_ids)
        if actor == self.state.agent:
            rows.append(RowInput(kind=RowKind.FINDING, text=texts.FINDING_ADDED))
        write_section(
            self.contract.pk,
            fresh,
            lambda: diagnostics.save_section(
                section=fresh,
                expected_version=fresh.version,
                text=text,
                rows=rows,
                indicators=figures,
                by=actor,
                now=self.now,
            ),
            by=actor,
            now=self.now,
        )

    def _remark_on(self, row: Row) -> None:
        with self._editing(Permission.REMARK_WRITE, self.state.agent, "remark_added", row.text):
            remarks.add_remark(
                contract_id=self.contract.pk,
                body=texts.REMARK_ON_A_ROW,
                by=self.state.agent,
                now=self.now,
                anchor=Anchor.ROW,
                anchor_id=row.pk,
                anchor_label=row.text,
            )

    def conclude_diagnostic(self) -> Journey:
        self.later(2)
        return self.go("conclude_diagnostic", self.state.agent)

    # --- 4. proposal

    def propose(self, *, unbalanced: bool = False) -> Journey:
        """Describe the actions with their budgets, and prepare the requests."""
        needs = {row.section.question.axis_id: row for row in self._needs()}
        axes = {axis.code: axis for axis in Axis.objects.all()}
        for theme in self.themes:
            self.later()
            axis = axes[theme.code]
            need = needs.get(axis.pk) or (next(iter(needs.values())) if needs else None)
            with self._editing(Permission.PROPOSAL_WRITE, self.local.agent, "action_saved", theme.action):
                action = actions.save_action(
                    contract_id=self.contract.pk,
                    fields=self._fiche(theme, axis, need),
                    by=self.local.agent,
                    now=self.now,
                )
            for year in self.contract.years:
                with self._editing(
                    Permission.PROPOSAL_WRITE, self.local.agent, "budget_saved", f"{theme.action}, {year}"
                ):
                    budgets.save_budget(
                        action=action,
                        year=year,
                        lines=_lines(theme, extra=Decimal("0.01") if unbalanced else Decimal("0.00")),
                        by=self.local.agent,
                        now=self.now,
                    )
        for year in self.contract.years:
            with self._editing(Permission.PROPOSAL_WRITE, self.local.agent, "request_prepared", str(year)):
                requests.prepare_request(
                    contract_id=self.contract.pk, year=year, comment="", by=self.local.agent, now=self.now
                )
        return self

    def renew(self) -> Journey:
        """Carry over an action of the former contract of the collectivité, and look at its indicators."""
        self.later()
        source = renewal.renewable(self.contract.pk, self.local.agent)[0]
        starts_on, ends_on = self.contract.starts_on, self.contract.ends_on
        if starts_on is None or ends_on is None:
            raise AssertionError("A file whose letter was sent has its period.")
        with self._editing(Permission.PROPOSAL_WRITE, self.local.agent, "actions_carried_over", source.title):
            [action] = renewal.carry_over(
                contract_id=self.contract.pk,
                sources=[source],
                period=(starts_on, ends_on),
                by=self.local.agent,
                now=self.now,
            )
        with self._editing(Permission.PROPOSAL_WRITE, self.local.agent, "action_saved", action.title):
            actions.save_action(
                contract_id=self.contract.pk,
                number=action.number,
                fields=actions.as_input(action),
                by=self.local.agent,
                now=self.now,
                reviewed=["indicators"],
            )
        return self

    def complete_request(self) -> Journey:
        """Give the account of each beneficiary, the proofs of the first action's co-fundings, and a file to it."""
        self.later()
        for number, due in zip(texts.IBANS, payees_due(self.contract.pk), strict=False):
            with self._editing(Permission.PROPOSAL_WRITE, self.local.agent, "payee_saved", due.name):
                payees.save_payee(
                    contract_id=self.contract.pk,
                    siret=due.siret,
                    holder=due.name,
                    iban=number,
                    upload_id=self._deposit("releve-identite-bancaire.pdf", due.name, UploadKind.IBAN).pk,
                    by=self.local.agent,
                    now=self.now,
                )
        action = self.contract.actions.order_by("number")[0]
        lines = [each.pk for each in attached.cofundings_of(self.contract.pk) if each.action_id == action.pk]
        with self._editing(Permission.PROPOSAL_WRITE, self.local.agent, "cofunding_proved"):
            attached.prove(
                contract_id=self.contract.pk,
                line_ids=lines,
                upload_id=self._deposit("deliberation-budget.pdf", "Délibération", UploadKind.COFUNDING_PROOF).pk,
                by=self.local.agent,
                now=self.now,
            )
        with self._editing(Permission.PROPOSAL_WRITE, self.local.agent, "action_file_added", str(action)):
            file = self._deposit("programme-des-ateliers.pdf", "Programme", UploadKind.ATTACHMENT)
            attached.join_file(action=action, upload_id=file.pk, by=self.local.agent, now=self.now)
        return self

    def submit(self) -> Journey:
        self.later(2)
        return self.go("submit_proposal", self.local.signatory, self.submission())

    def examine(self) -> Journey:
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

    def request_correction(self) -> Journey:
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

    def correct(self) -> Journey:
        """Answer the remarks and submit again; the préfecture closes them."""
        self.later(5)
        opened = list(Remark.objects.filter(contract=self.contract).exclude(status="resolved").order_by("pk"))
        for remark in opened:
            with self._editing(Permission.REMARK_WRITE, self.local.agent, "remark_answered"):
                remarks.answer_remark(remark=remark, answer=texts.ANSWER, by=self.local.agent, now=self.now)
        self.go("resubmit", self.local.signatory, self.submission())
        self.later(3)
        for remark in opened:
            remark.refresh_from_db()
            with self._editing(Permission.REMARK_WRITE, self.state.agent, "remark_resolved"):
                remarks.resolve_remark(remark=remark, by=self.state.agent, now=self.now)
        return self

    # --- 5. decision and signature

    def adopt(self) -> Journey:
        self.later(4)
        with self._editing(Permission.AMOUNT_PROPOSE, self.state.agent, "requested_adopted"):
            review.adopt_requested(contract_id=self.contract.pk, by=self.state.agent, now=self.now)
        return self

    def approve(self) -> Journey:
        self.later(3)
        return self.go("approve", self.state.signatory, Approval(person=self.person(self.state.signatory)))

    def deliberate(self) -> Journey:
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

    def sign(self, side: str) -> Journey:
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

    # --- ends

    def refuse(self) -> Journey:
        self.later(4)
        reason = "Le projet ne complète pas l’offre existante et double les actions financées par AGIR."
        return self.go(
            "refuse", self.state.signatory, Decision(reason=reason, person=self.person(self.state.signatory))
        )

    def dismiss(self) -> Journey:
        self.later(30)
        reason = "Sans réponse de la collectivité depuis l’échange, le dossier est classé."
        return self.go(
            "dismiss", self.state.signatory, Decision(reason=reason, person=self.person(self.state.signatory))
        )

    def withdraw(self) -> Journey:
        self.later(2)
        reason = "La collectivité préfère rejoindre le contrat de son intercommunalité."
        return self.go(
            "withdraw", self.local.signatory, Withdrawal(reason=reason, person=self.person(self.local.signatory))
        )

    def return_letter(self) -> Journey:
        self.later(2)
        return self.go("return_letter", self.state.agent, Reasoned(reason="Le public visé reste à préciser."))

    # --- parts

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

    def _sections(self) -> list[Section]:
        sections = Section.objects.filter(diagnostic__contract=self.contract, question__mandatory=True)
        return list(sections.select_related("question__axis").order_by("rank", "pk"))

    def _needs(self) -> list[Row]:
        rows = Row.objects.filter(section__diagnostic__contract=self.contract, kind=RowKind.NEED)
        return list(rows.select_related("section__question").order_by("pk"))

    def _figures(self, section: Section) -> list[IndicatorInput]:
        """Return the figures to write: those that are there already, then some, over three years for the publics."""
        kept = [
            IndicatorInput(id=each.pk, **{name: getattr(each, name) for name in FIGURE_FIELDS})
            for each in section.indicators.order_by("rank", "pk")
        ]
        if section.question.key == "publics":
            return kept + [
                self._figure(label, start + step * index, years_ago=3 - index)
                for label, start, step in texts.PUBLICS_OVER_TIME
                for index in range(3)
            ]
        return [
            *kept,
            self._figure("Signataires du contrat d’intégration républicaine", 140 + 7 * section.rank),
            self._figure("Personnes sans solution de garde d’enfants", None, source="Centre social (démonstration)"),
        ]

    def _figure(
        self, label: str, value: int | None, *, years_ago: int = 1, source: str = "OFII (démonstration)"
    ) -> IndicatorInput:
        return IndicatorInput(
            label=label,
            territory=self.porteur.name,
            as_of=date(self.now.year - years_ago, 12, 31),
            source=source,
            value=None if value is None else Decimal(value),
            below_five=value is None,
        )

    def _fiche(self, theme: Theme, axis: Axis, need: Row | None) -> ActionInput:
        name, siret = theme.holder
        return ActionInput(
            title=theme.action,
            axis_id=axis.pk,
            need_id=need.pk if need else None,
            objectives=theme.objectives,
            description=theme.description,
            holder_kind="association",
            holder_name=name,
            holder_siret=siret,
            beneficiary_name=name,
            beneficiary_siret=siret,
            partners="OFII, France Travail, centre social",
            publics=texts.PUBLIC,
            expected_count=theme.persons,
            epa_count=theme.persons,
            bpi_count=theme.persons * 2 // 5,
            women_count=theme.persons * 11 // 20,
            under_26_count=theme.persons // 4,
            starts_on=self.contract.starts_on,
            ends_on=self.contract.ends_on,
            innovative=theme.code == "LOGEMENT",
            complementarity="L’action intervient après l’orientation par AGIR et ne double pas l’offre de l’OFII.",
            means="Un poste à mi-temps, deux bénévoles, une salle municipale.",
            indicators=(
                TargetInput(
                    label=theme.target[0],
                    kind="result",
                    unit="personnes",
                    baseline=Decimal(0),
                    target=Decimal(theme.target[1]),
                ),
            ),
        )


def _rows(theme: Theme | None, section: Section) -> list[RowInput]:
    if theme is None:
        return [RowInput(kind=RowKind.FINDING, text="Les acteurs se connaissent mais n’ont pas d’instance commune.")]
    actor, what, capacity = theme.offer
    stake, objective = theme.priority
    return [
        RowInput(kind=RowKind.OFFER, text=what, actor=actor, capacity=capacity, funder="Ville, CAF"),
        RowInput(kind=RowKind.NEED, text=theme.need, major=True),
        RowInput(kind=RowKind.PRIORITY, text=stake, objective=objective),
    ]


def _lines(theme: Theme, extra: Decimal) -> list[LineInput]:
    """Return a balanced budget of a year: the State pays 60 %, the town the rest; ``extra`` breaks the balance."""
    total = theme.staff + theme.services + theme.supplies
    state = (total * Decimal("0.6")).quantize(Decimal("0.01"))
    charge, product = BudgetSide.CHARGE.value, BudgetSide.PRODUCT.value
    return [
        LineInput(side=charge, account=Account.C60.value, amount=theme.supplies),
        LineInput(side=charge, account=Account.C61.value, amount=theme.services),
        LineInput(side=charge, account=Account.C64.value, amount=theme.staff + extra),
        LineInput(
            side=product,
            account=Account.P74.value,
            funder=Funder.STATE_P104.value,
            status=FundingStatus.REQUESTED.value,
            amount=state,
        ),
        LineInput(
            side=product,
            account=Account.P74.value,
            funder=Funder.COMMUNE.value,
            status=FundingStatus.OBTAINED.value,
            amount=total - state,
        ),
    ]
