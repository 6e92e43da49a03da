"""The bank accounts of those who are paid under a file: an IBAN whose key is right, and the paper that bears it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from stdnum import iban as ibans
from stdnum.exceptions import ValidationError as NumberError

from funding.errors import FundingRefused, InputRefused
from funding.models import Payee
from funding.queries import payees_due

if TYPE_CHECKING:
    from accounts.actors import Actor


def iban_problem(number: str) -> str:
    """Return what is wrong with an IBAN, an empty text when nothing is."""
    try:
        ibans.validate(number)
    except NumberError:
        return "Cet IBAN n’est pas valable : vérifiez chaque caractère sur le relevé d’identité bancaire."
    return ""


def save_payee(
    *, contract_id: int, siret: str, holder: str, iban: str | None, upload_id: int | None, by: Actor, now: datetime
) -> Payee:
    """Write down where a beneficiary of the file is paid.

    Args:
        contract_id: the file, locked by the caller.
        siret: that of the beneficiary of one of its actions.
        holder: the name of the account.
        iban: typed with or without spaces; None keeps the one that is there, which the author may not know.
        upload_id: the paper that bears it; None keeps the one that is there.
        by: who writes.
        now: when.

    Raises:
        InputRefused: the IBAN is wrong, or no paper bears it.
        FundingRefused: nobody is paid under this number.
    """
    if siret not in {each.siret for each in payees_due(contract_id)}:
        raise FundingRefused("Aucune action n’est versée à ce bénéficiaire.")
    known = Payee.objects.filter(contract=contract_id, siret=siret).first()
    number = known.iban if known and iban is None else ibans.compact(iban or "")
    errors = _problems(number, known, told=iban is not None, joined=upload_id is not None)
    if errors:
        raise InputRefused(errors)
    payee = known or Payee(contract_id=contract_id, siret=siret)
    payee.holder, payee.iban, payee.recorded_by, payee.recorded_at = holder, number, by.user, now
    if upload_id is not None:
        payee.upload_id = upload_id
    payee.save()
    return payee


def _problems(number: str, known: Payee | None, *, told: bool, joined: bool) -> dict[str, str]:
    """Return what is wrong, by field; whoever joins a paper tells its IBAN, or they would read the one of another."""
    errors = {}
    if joined and not told:
        errors["iban"] = "Saisissez l’IBAN que porte ce relevé."
    elif iban_problem(number):
        errors["iban"] = iban_problem(number)
    if not joined and (known is None or known.iban != number):
        errors["file"] = "Joignez le relevé d’identité bancaire qui porte cet IBAN."
    return errors
