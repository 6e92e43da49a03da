"""Messages, notes, remarks and pieces: who may do what, and what each reads."""

from datetime import date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from pytest_django import DjangoAssertNumQueries

from accounts.enums import Side
from documents.enums import UploadKind
from documents.models import Upload
from exchanges.enums import Anchor, RemarkStatus
from exchanges.errors import Refused
from exchanges.models import PieceRequest, Remark
from exchanges.queries import EntryKind, anchor_label, conversation, pieces_of, remark_counts, remarks_of
from exchanges.services.meetings import record_meeting
from exchanges.services.messages import post_message, write_note
from exchanges.services.pieces import provide_piece, request_piece
from exchanges.services.remarks import add_remark, answer_remark, reopen_remark, resolve_remark
from tests.factories.exchanges import file_of_poitiers, meeting_input
from tests.people import People


@pytest.mark.parametrize("total", [1, 3])
def test_conversation_costs_the_same_for_one_or_three(
    people: People, now: datetime, django_assert_num_queries: DjangoAssertNumQueries, total: int
) -> None:
    contract = file_of_poitiers(people, now)
    for index in range(total):
        at = now + timedelta(hours=index)
        record_meeting(contract_id=contract.pk, data=meeting_input(), by=people.vienne_agent, now=at)
        post_message(contract_id=contract.pk, body="Bonjour", by=people.poitiers_agent, now=at)
        write_note(contract_id=contract.pk, body="À rappeler", by=people.vienne_agent, now=at)

    with django_assert_num_queries(6):
        entries = conversation(contract.pk, people.vienne_agent)

    assert len(entries) == 3 * total
    assert [each.at for each in entries] == sorted((each.at for each in entries), reverse=True)


def test_notes_are_read_by_their_organisation_alone(people: People, now: datetime) -> None:
    contract = file_of_poitiers(people, now)
    write_note(contract_id=contract.pk, body="Note de la ville", by=people.poitiers_agent, now=now)
    write_note(contract_id=contract.pk, body="Note de la préfecture", by=people.vienne_agent, now=now)

    read = {
        name: [each.item.body for each in conversation(contract.pk, actor) if each.kind == EntryKind.NOTE]  # type: ignore[union-attr]  # a note
        for name, actor in people.actors.items()
    }

    assert read["poitiers_maire"] == ["Note de la ville"]
    assert read["vienne_prefet"] == ["Note de la préfecture"]
    assert all(not notes for name, notes in read.items() if not name.startswith(("poitiers", "vienne")))


def test_a_remark_goes_from_one_side_to_the_other_and_back(people: People, now: datetime) -> None:
    contract = file_of_poitiers(people, now)
    remark = add_remark(
        contract_id=contract.pk,
        body="Préciser la source",
        anchor=Anchor.SECTION,
        anchor_id=7,
        anchor_label="Publics",
        by=people.vienne_agent,
        now=now,
    )
    assert anchor_label(remark) == "Section du diagnostic «\u00a0Publics\u00a0»"
    with pytest.raises(Refused):
        answer_remark(remark=remark, answer="Voilà", by=people.vienne_prefet, now=now)
    with pytest.raises(Refused):
        resolve_remark(remark=remark, by=people.poitiers_agent, now=now)

    answer_remark(remark=remark, answer="Source\u00a0: OFII.", by=people.poitiers_agent, now=now)
    resolve_remark(remark=remark, by=people.vienne_agent, now=now)
    with pytest.raises(Refused):
        answer_remark(remark=remark, answer="Encore", by=people.poitiers_agent, now=now)
    reopen_remark(remark=remark, by=people.vienne_agent, now=now)
    answer_remark(remark=remark, answer="OFII, au 31 décembre.", by=people.poitiers_agent, now=now)

    stored = Remark.objects.get()
    assert (stored.status, stored.resolved_at) == (RemarkStatus.ANSWERED, None)
    assert stored.answer == "Source\u00a0: OFII.\n\nOFII, au 31 décembre."


def test_remarks_are_counted_by_side_and_place(
    people: People, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    contract = file_of_poitiers(people, now)

    def raised(actor_name: str, anchor_id: int) -> Remark:
        return add_remark(
            contract_id=contract.pk,
            body="…",
            anchor=Anchor.ACTION,
            anchor_id=anchor_id,
            by=people.actors[actor_name],
            now=now,
        )

    answer_remark(remark=raised("vienne_agent", 1), answer="Oui", by=people.poitiers_agent, now=now)
    raised("vienne_agent", 1)
    resolve_remark(remark=raised("vienne_agent", 2), by=people.vienne_agent, now=now)
    answer_remark(remark=raised("poitiers_agent", 2), answer="Oui", by=people.vienne_agent, now=now)
    raised("poitiers_agent", 3)

    with django_assert_num_queries(1):
        counts = remark_counts(contract.pk)

    assert (counts.open_from_state, counts.open_from_local, counts.unresolved) == (1, 1, 3)
    assert [counts.at(Anchor.ACTION, number) for number in (1, 2, 3, 4)] == [2, 1, 1, 0]
    assert len(remarks_of(contract.pk)) == 5
    assert {each.side for each in remarks_of(contract.pk, Anchor.ACTION, 2)} == {Side.LOCAL, Side.STATE}


def test_a_piece_is_asked_then_provided_once(people: People, now: datetime) -> None:
    contract = file_of_poitiers(people, now)
    late = request_piece(contract_id=contract.pk, label="RIB", by=people.vienne_agent, now=now)
    request_piece(contract_id=contract.pk, label="Statuts", due_on=date(2026, 4, 1), by=people.vienne_agent, now=now)
    upload = Upload.objects.create(
        file=ContentFile(b"%PDF-1.7", name="rib.pdf"),
        original_name="rib.pdf",
        content_type="application/pdf",
        size=8,
        sha256="0" * 64,
        kind=UploadKind.IBAN,
        contract=contract,
        organisation=people.poitiers_agent.organisation,
        uploaded_by=people.poitiers_agent.user,
        uploaded_at=now,
    )

    provide_piece(request=late, upload_id=upload.pk, by=people.poitiers_agent, now=now)
    with pytest.raises(Refused):
        provide_piece(request=late, upload_id=upload.pk, by=people.poitiers_agent, now=now)

    assert PieceRequest.objects.get(label="RIB").provided_at == now
    assert [each.label for each in pieces_of(contract.pk)] == ["Statuts", "RIB"]
