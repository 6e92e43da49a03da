"""A file in exchange between Poitiers and its préfecture, and what is said there."""

from datetime import date, datetime
from typing import Any

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from campaigns.models import Campaign
from contracts.enums import State
from contracts.models import Contract
from exchanges.inputs import DecisionInput, MeetingInput, ParticipantInput
from tests.people import People

REFERENCE = "CTAI-2026-086-0001"


def file_of_poitiers(
    people: People, now: datetime, state: State = State.EXCHANGE, campaign: Campaign | None = None, **fields: Any
) -> Contract:
    """Put a file of Poitiers at a step, as if it had come there."""
    organisation = people.poitiers_agent.organisation
    prefecture = Organisation.objects.get(kind=OrganisationKind.PREFECTURE, departement="86")
    authority = organisation.local_authority
    assert authority is not None
    reference = fields.pop("reference", REFERENCE)
    return Contract.objects.create(
        reference=reference,
        draft_reference=f"BROUILLON-{reference}",
        porteur=authority,
        category=authority.category,
        departement=prefecture.departement,
        region=prefecture.region,
        lead_service=prefecture,
        campaign=campaign,
        state=state,
        first_sent_at=now,
        acknowledged_at=now,
        last_event_at=now,
        created_at=now,
        created_by=people.poitiers_agent.user,
        **fields,
    )


def meeting_input(**changes: Any) -> MeetingInput:
    """Return a meeting as people record it."""
    return MeetingInput(
        **{
            "held_on": date(2026, 2, 12),
            "subject": "Cadrage du diagnostic",
            "place": "Hôtel de ville de Poitiers",
            "agenda": "- présentation du dispositif\n- acteurs à associer",
            "minutes": "La ville expose ses attentes.\n\nLa préfecture présente le dispositif.",
            "participants": (
                ParticipantInput(name="Inès Robert", organisation="Préfecture de la Vienne", title="cheffe de bureau"),
                ParticipantInput(name="Éloïse Lefèvre", organisation="Commune de Poitiers"),
            ),
            "decisions": (DecisionInput(text="Réunir les associations", owner="Ville", due_on=date(2026, 3, 15)),),
            **changes,
        }
    )
