"""The form of each transition: what a person must bring, turned into its ``Act``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from accounts.actors import Actor
from accounts.enums import OrganisationKind
from accounts.models import Delegation, User
from contracts.acts import (
    ATTESTATION,
    Acknowledgement,
    Act,
    Approval,
    CorrectionRequest,
    Decision,
    NamedPerson,
    Reasoned,
    Reissue,
    Sending,
    Signing,
    Submission,
    Termination,
    Withdrawal,
)
from contracts.enums import ActMode
from contracts.facts import DelegationFacts
from contracts.powers import delegation_facts, delegations_of
from ctai.forms import DayField, DsfrForm, LineField, ReasonField
from documents.enums import UploadKind, Verdict
from documents.findings import Finding
from documents.forms import DepositField

IN_TITLE = "in_title"

#: What the document deposited is, by transition.
DEPOSITS: dict[str, UploadKind] = {
    "send_letter": UploadKind.SIGNED_LETTER,
    "submit_proposal": UploadKind.SIGNED_REQUEST,
    "resubmit": UploadKind.SIGNED_REQUEST,
    "sign": UploadKind.SIGNED_CONTRACT,
}


class ActForm(DsfrForm):
    """A transition that asks for nothing but a confirmation; ``seen`` is the state that the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def act(self, upload_id: int | None) -> Act:
        return Act()


class ReasonForm(ActForm):
    reason = ReasonField(label="Motif", help_text="L’autre partie lira ce motif.")

    def act(self, upload_id: int | None) -> Act:
        return Reasoned(reason=self.cleaned_data["reason"])


class AcknowledgeForm(ActForm):
    agent = forms.ModelChoiceField(
        label="Agent en charge du dossier", queryset=User.objects.none(), empty_label="Choisir un agent"
    )

    def __init__(self, *args: Any, agents: Sequence[User], initial_agent: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agent"]
        field.queryset = User.objects.filter(pk__in=[each.pk for each in agents]).order_by("last_name", "pk")
        field.initial = initial_agent

    def act(self, upload_id: int | None) -> Act:
        return Acknowledgement(agent_id=self.cleaned_data["agent"].pk)


class CorrectionForm(ReasonForm):
    reply_by = DayField(label="Réponse attendue avant le")

    def act(self, upload_id: int | None) -> Act:
        return CorrectionRequest(reason=self.cleaned_data["reason"], reply_by=self.cleaned_data["reply_by"])


class PersonForm(ActForm):
    """An act of a named person: in person on the portal, or on a document that is deposited."""

    always_on_paper = False
    mode = forms.ChoiceField(
        label="Comment l’acte est-il accompli ?",
        choices=[
            (ActMode.PORTAL.value, "En personne, sur le portail"),
            (ActMode.PAPER.value, "Par un document signé, que je dépose"),
        ],
        widget=forms.RadioSelect,
    )
    name = LineField(label="Nom de la personne qui signe", max_length=160)
    title = LineField(label="Qualité", max_length=160, help_text="Par exemple : maire, préfet, secrétaire général.")
    basis = forms.ChoiceField(label="Au titre de")
    within_territory = forms.BooleanField(
        label="Je déclare que ce dossier relève du territoire de cette délégation",
        help_text="À cocher pour une délégation limitée à un territoire.",
        required=False,
    )
    acted_on = DayField(label="Date de l’acte")
    document = DepositField(
        label="Document signé", required=False, help_text="PDF, 20 Mo au plus.", accept=("pdf", "png", "jpg", "jpeg")
    )

    field_order = [
        "reason",
        "mode",
        "name",
        "title",
        "basis",
        "within_territory",
        "acted_on",
        "effective_on",
        "document",
    ]

    def __init__(
        self, *args: Any, actor: Actor, transition: str, today: date, default_title: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.transition = actor, transition
        self.delegations = delegations_of(actor.organisation.pk)
        self._prepare(today, default_title)

    def _prepare(self, today: date, default_title: str) -> None:
        membership = self.actor.membership
        in_person = self.actor.is_signatory and not self.always_on_paper
        if not in_person:
            self.fields["mode"].choices = self.fields["mode"].choices[1:]
            self.fields["mode"].widget = forms.HiddenInput()
            self.fields["document"].required = True
        self.fields["mode"].initial = ActMode.PORTAL if in_person else ActMode.PAPER
        self.fields["basis"].choices = self._bases()
        if not any(each.territory for each in self.delegations):
            del self.fields["within_territory"]
        self.fields["acted_on"].initial = today
        self.fields["acted_on"].set_bounds(max_value=today)
        if self.actor.is_signatory:
            self.fields["name"].initial = self.actor.user.full_name
            self.fields["title"].initial = membership.title or default_title
        else:
            self.fields["title"].initial = default_title

    def _bases(self) -> list[tuple[str, str]]:
        office = "Maire ou président en titre"
        if self.actor.organisation.kind != OrganisationKind.LOCAL:
            office = "Préfet en titre"
        bases = [(IN_TITLE, office)]
        if self.actor.is_signatory and not self.actor.membership.in_title:
            bases = []
        kinds = [(str(each.pk), _named(each)) for each in self.delegations]
        if not bases and not kinds:
            return [("", "Aucune délégation enregistrée : à ajouter dans « Délégations »")]
        return bases + kinds

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("mode") == ActMode.PAPER and not cleaned.get("document") and "document" not in self.errors:
            self.add_error("document", "Joignez le document signé.")
        return cleaned

    def person(self, upload_id: int | None) -> NamedPerson:
        """Return the named person of the act."""
        data = self.cleaned_data
        return NamedPerson(
            name=data["name"],
            title=data["title"],
            acted_on=data["acted_on"],
            mode=ActMode(data["mode"]),
            in_title=data["basis"] == IN_TITLE,
            delegation=self._delegation(data["basis"]),
            upload_id=upload_id,
            within_territory=data.get("within_territory", False),
        )

    def _delegation(self, basis: str) -> DelegationFacts | None:
        found = next((each for each in self.delegations if str(each.pk) == basis), None)
        return None if found is None else delegation_facts(found, self.transition)


def _named(delegation: Delegation) -> str:
    limit = f", limitée à « {delegation.territory} »" if delegation.territory else ""
    return f"{delegation.get_kind_display()}\u00a0: {delegation}{limit}"


class SendingForm(PersonForm):
    def act(self, upload_id: int | None) -> Act:
        return Sending(person=self.person(upload_id))


class SubmissionForm(SendingForm):
    attested = forms.BooleanField(
        label="J’atteste que ces trois points sont exacts",
        help_text=" ".join(ATTESTATION),
        error_messages={"required": "La demande ne peut être déposée sans cette attestation."},
    )

    def act(self, upload_id: int | None) -> Act:
        return Submission(person=self.person(upload_id), attested=self.cleaned_data["attested"])


class ApprovalForm(PersonForm):
    def act(self, upload_id: int | None) -> Act:
        return Approval(person=self.person(upload_id))


class WithdrawalForm(PersonForm):
    reason = ReasonField(label="Motif", help_text="L’autre partie lira ce motif.")

    def act(self, upload_id: int | None) -> Act:
        return Withdrawal(reason=self.cleaned_data["reason"], person=self.person(upload_id))


class DecisionForm(PersonForm):
    reason = ReasonField(label="Motif", help_text="L’autre partie lira ce motif.")

    def act(self, upload_id: int | None) -> Act:
        return Decision(reason=self.cleaned_data["reason"], person=self.person(upload_id))


class TerminationForm(DecisionForm):
    effective_on = DayField(label="Date d’effet")
    denounced = forms.BooleanField(label="À la demande de la collectivité", required=False)

    def act(self, upload_id: int | None) -> Act:
        return Termination(
            reason=self.cleaned_data["reason"],
            person=self.person(upload_id),
            effective_on=self.cleaned_data["effective_on"],
            denounced_by_authority=self.cleaned_data["denounced"],
        )


class SigningForm(PersonForm):
    """A signature of the contract: always the signed copy of the issued version."""

    always_on_paper = True
    acted_on = DayField(label="Date de la signature")
    document = DepositField(
        label="Exemplaire signé",
        must_be_plain_pdf=True,
        help_text="Le PDF émis par le portail, signé à la main puis numérisé, ou dans un parapheur ; 20 Mo au plus.",
    )
    declared = forms.BooleanField(
        label="Si le code QR de la numérisation est illisible : je déclare qu’elle est celle de la version à signer,"
        " complète et sans modification",
        required=False,
    )
    document_id = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, party: str, document_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.party = party
        self.check: Finding | None = None
        self.fields["document_id"].initial = document_id

    def act(self, upload_id: int | None) -> Act:
        return Signing(
            party=self.party,
            person=self.person(upload_id),
            document_id=self.cleaned_data["document_id"],
            check=self.check,
        )

    def keep(self, finding: Finding | None) -> bool:
        """Take the verdict on the copy; a refusal is said beside the field, and the answer is False."""
        self.check = finding
        if finding is None or finding.verdict != Verdict.REFUSED:
            return True
        for sentence in finding.sentences:
            self.add_error("declared" if finding.asks_declaration else "document", sentence)
        return False


class ReissueForm(ReasonForm):
    document_id = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, document_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document_id"].initial = document_id

    def act(self, upload_id: int | None) -> Act:
        return Reissue(reason=self.cleaned_data["reason"], document_id=self.cleaned_data["document_id"])


FORMS: dict[type[Act], type[ActForm]] = {
    Act: ActForm,
    Reasoned: ReasonForm,
    Acknowledgement: AcknowledgeForm,
    CorrectionRequest: CorrectionForm,
    Sending: SendingForm,
    Submission: SubmissionForm,
    Approval: ApprovalForm,
    Withdrawal: WithdrawalForm,
    Decision: DecisionForm,
    Termination: TerminationForm,
    Signing: SigningForm,
    Reissue: ReissueForm,
}
