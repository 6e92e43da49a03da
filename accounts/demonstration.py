"""The accounts of the demonstration, whose password is public."""

from __future__ import annotations

from accounts.models import Membership

PASSWORD = "demo-ctai-2026"  # noqa: S105 - shown on the sign-in page of the demonstration, and there alone
ADDRESSES = (
    "agent@poitiers.demo",
    "maire@poitiers.demo",
    "agent@vienne.pref.demo",
    "prefet@vienne.pref.demo",
    "agent@gironde.pref.demo",
    "sgar@nouvelle-aquitaine.demo",
    "diair@national.demo",
    "dgef@national.demo",
    "support@national.demo",
)


def demonstration_accounts() -> list[Membership]:
    """List the accounts of the demonstration that exist, in their order, with their first organisation; one query."""
    memberships = Membership.objects.current().filter(user__email__in=ADDRESSES)
    found = memberships.select_related("user", "organisation").order_by("-pk")
    first = {each.user.email: each for each in found}
    return [first[address] for address in ADDRESSES if address in first]
