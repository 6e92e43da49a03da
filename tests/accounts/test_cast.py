"""The cast that the other tests lean on."""

from accounts.enums import OrganisationKind
from accounts.roles import ROLES_OF_KIND
from tests.people import People


def test_every_actor_holds_a_role_of_their_organisation(people: People) -> None:
    assert len(people.actors) == 10
    for actor in people.actors.values():
        assert actor.role in ROLES_OF_KIND[OrganisationKind(actor.organisation.kind)]
