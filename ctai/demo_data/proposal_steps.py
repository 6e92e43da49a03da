"""Step 4: the actions, their budgets, the funding request, and last year's carried over."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from accounts.roles import Permission
from campaigns.models import Axis
from ctai.demo_data import texts
from ctai.demo_data.texts import Theme
from ctai.demo_data.walking import Walk
from diagnostics.enums import RowKind
from diagnostics.models import Row
from documents.enums import UploadKind
from exchanges.models import Remark
from exchanges.services import remarks
from funding.enums import Account, BudgetSide, Funder, FundingStatus
from funding.queries import payees_due
from funding.services import actions, budgets, payees, renewal, requests
from funding.services import files as attached
from funding.services.actions import ActionInput
from funding.services.actions import IndicatorInput as TargetInput
from funding.services.budgets import LineInput


class ProposalSteps(Walk):
    """Step 4: the actions, their budgets, the funding request, and last year's carried over."""

    def propose(self, *, unbalanced: bool = False) -> Self:
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
                        lines=_lines(
                            theme,
                            funder=Funder(self.porteur.category),
                            extra=Decimal("0.01") if unbalanced else Decimal("0.00"),
                        ),
                        by=self.local.agent,
                        now=self.now,
                    )
        for year in self.contract.years:
            with self._editing(Permission.PROPOSAL_WRITE, self.local.agent, "request_prepared", str(year)):
                requests.prepare_request(
                    contract_id=self.contract.pk, year=year, comment="", by=self.local.agent, now=self.now
                )
        return self

    def renew(self) -> Self:
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

    def complete_request(self) -> Self:
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

    def submit(self) -> Self:
        self.later(2)
        return self.go("submit_proposal", self.local.signatory, self.submission())

    def correct(self) -> Self:
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

    def _needs(self) -> list[Row]:
        rows = Row.objects.filter(section__diagnostic__contract=self.contract, kind=RowKind.NEED)
        return list(rows.select_related("section__question").order_by("pk"))

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


def _lines(theme: Theme, *, funder: Funder, extra: Decimal) -> list[LineInput]:
    """Return a balanced budget of a year: the State pays 60 %, the porteur the rest; ``extra`` breaks the balance."""
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
            funder=funder.value,
            status=FundingStatus.OBTAINED.value,
            amount=total - state,
        ),
    ]
