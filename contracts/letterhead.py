"""What the head of a document shows: the office of the State, and the logos of the collectivités."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import cast

from accounts.models import OrganisationLogo
from accounts.queries import logos_of
from contracts.models import Contract
from ctai.pictures import MEDIA_TYPE
from documents import schemas
from territories.models import LocalAuthority


def office_of(contract: Contract) -> str:
    """Return « préfet de la Vienne », as decrees of appointment name the head of the lead service."""
    territory = contract.lead_service.departement or contract.lead_service.region
    return territory.prefecture.holder if territory else "préfet"


def with_logos(
    authorities: Sequence[LocalAuthority], parties: Sequence[schemas.LocalParty]
) -> list[schemas.ShownParty]:
    """Return the parties with the logo that each collectivité has today, if any; one query.

    Args:
        authorities: the collectivités, in the order of the parties.
        parties: what the document says of each.
    """
    logos = logos_of(each.pk for each in authorities)
    shown = []
    for authority, party in zip(authorities, parties, strict=True):
        found = cast(schemas.ShownParty, dict(party))
        if authority.pk in logos:
            found["logo"] = _frozen(logos[authority.pk], authority)
        shown.append(found)
    return shown


def _frozen(logo: OrganisationLogo, authority: LocalAuthority) -> schemas.Logo:
    return {
        "media_type": MEDIA_TYPE,
        "content": base64.b64encode(bytes(logo.content)).decode(),
        "sha256": logo.sha256,
        "alternative": f"Logo {authority.de_full_name}",
    }
