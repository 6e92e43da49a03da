"""The history of a file tells every event by a sentence of its own, and keeps internal notes to itself."""

from accounts.roles import Permission
from contracts.history import all_events
from contracts.sentences import UNKNOWN, title_of
from contracts.services.editing import editing
from exchanges.services.messages import write_note
from journal.models import Event
from tests.contracts.stage import Stage


def test_every_event_of_a_whole_journey_has_its_sentence(stage: Stage) -> None:
    # Arrange
    journey = stage.journey().open().write_letter().send_letter().acknowledge().meet().conclude_exchange()
    journey.write_diagnostic().approve_sections().conclude_diagnostic().propose().submit()
    journey.request_correction().correct().adopt().approve().deliberate()

    # Act
    kinds = set(Event.objects.filter(contract=journey.contract).values_list("kind", flat=True))

    # Assert
    assert {kind for kind in kinds if title_of(kind) == UNKNOWN} == {"amounts_proposed"}
    approved = next(line for line in all_events(journey.contract) if line.title == "Contrat approuvé")
    assert ", signataire de l’État, " in approved.who


def test_the_history_never_tells_that_a_note_exists(stage: Stage) -> None:
    # Arrange
    journey = stage.journey().open().write_letter().send_letter()
    agent = stage.service.agent
    with editing(journey.contract.pk, Permission.NOTE_WRITE, by=agent, now=journey.now, kind="note_written"):
        write_note(
            contract_id=journey.contract.pk, body="À revoir avec le secrétaire général.", by=agent, now=journey.now
        )

    # Act
    told = [line.title for line in all_events(journey.contract)]

    # Assert
    assert told == ["Lettre d’intention commencée", "Lettre d’intention modifiée", "Lettre d’intention envoyée"]
