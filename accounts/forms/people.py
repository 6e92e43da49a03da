"""The people of an organisation: invitation, role; and those whom the support attaches."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.directory import Entry, read
from accounts.enums import OrganisationKind
from accounts.forms.fields import RoleFormMixin, WorkEmailField
from accounts.models import Organisation
from accounts.roles import ROLES_OF_KIND
from ctai.forms import DsfrForm, Hinted, LineField


class MemberForm(RoleFormMixin, DsfrForm):
    """What a person may do in an organisation."""

    manages_people = forms.BooleanField(
        label="Gère les personnes de l’organisation",
        help_text="Invite, change les rôles et met fin aux accès. Les signataires le peuvent déjà.",
        required=False,
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(ROLES_OF_KIND[OrganisationKind(organisation.kind)])


class InvitationForm(MemberForm):
    """Whom to invite, and to do what."""

    email = WorkEmailField()
    field_order = ["email", "title", "role", "in_title", "manages_people"]


class AttachForm(RoleFormMixin, DsfrForm):
    """To do what the support attaches a person to an organisation."""

    manages_people = forms.BooleanField(label="Gère les personnes de l’organisation", required=False)

    def __init__(self, *args: Any, target: Entry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(target.roles)


class OrganisationSearchForm(DsfrForm):
    """The words by which an organisation is looked for, then the one that was chosen."""

    q = LineField(
        label="Nom de la collectivité ou du service",
        help_text="Par exemple\u00a0: Poitiers, Bordeaux Métropole, préfecture du Jura, ou un code Insee, un SIREN.",
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class OrganisationChoiceForm(DsfrForm):
    """One of the organisations found."""

    organisation = forms.ChoiceField(label="Organisations trouvées", widget=forms.RadioSelect)

    def __init__(self, *args: Any, found: list[Entry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(each.key, Hinted(each.name, each.hint)) for each in found]


class TargetForm(DsfrForm):
    """The organisation that an address names."""

    organisation = forms.CharField(max_length=40)

    def clean_organisation(self) -> Entry:
        entry = read(self.cleaned_data["organisation"])
        if entry is None:
            raise forms.ValidationError("Cette organisation n’est plus dans la liste. Cherchez-la à nouveau.")
        return entry


class PersonSearchForm(DsfrForm):
    """The words by which the support looks for a person."""

    q = LineField(
        label="Nom ou adresse électronique",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
