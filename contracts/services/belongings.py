"""What an act brings must belong to the file and to whoever acts: its document, its delegation, its agent."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.actors import Actor
from accounts.models import Delegation
from contracts.acts import Acknowledgement, Act, NamedPerson
from contracts.models import Contract
from contracts.services.parties import agents_of
from documents.models import Upload


def foreign(contract: Contract, act: Act, by: Actor | None) -> Iterator[str]:
    """Yield why what the act brings cannot be used on this file by this person."""
    if isinstance(act, Acknowledgement) and act.agent_id not in {None, *(each.pk for each in agents_of(contract))}:
        yield "L’agent choisi n’est pas de la préfecture qui suit le dossier."
    person: NamedPerson | None = getattr(act, "person", None)
    if person is not None and by is not None:
        yield from foreign_person(contract, person, by)


def foreign_person(contract: Contract, person: NamedPerson, by: Actor) -> Iterator[str]:
    """Yield why the document or the delegation of a named person cannot be used: neither may be another party’s."""
    organisation = by.organisation.pk
    if person.upload_id is not None:
        own = Upload.objects.filter(pk=person.upload_id, contract=contract, organisation=organisation)
        if not own.exists():
            yield "Le document joint n’a pas été déposé sur ce dossier par votre organisation."
    if person.delegation is not None:
        held = Delegation.objects.filter(pk=person.delegation.id, organisation=organisation)
        if not held.exists():
            yield "La délégation indiquée n’est pas de votre organisation."
