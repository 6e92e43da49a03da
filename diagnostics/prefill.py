"""What the portal already knows of a territory: figures written when the diagnostic begins, until someone confirms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from ctai.text import join_and
from diagnostics.contents import content_of
from diagnostics.enums import Unit
from diagnostics.errors import Refused
from diagnostics.models import Diagnostic, Indicator, SectionVersion
from diagnostics.queries import POPULATION
from territories.enums import StatisticalCategory
from territories.models import LocalAuthority
from territories.queries import departements_of

SOURCE = "Insee, liste officielle {vintage}"


@transaction.atomic
def prefill(*, diagnostic: Diagnostic, authority: LocalAuthority, now: datetime) -> None:
    """Write the figures of the official list in the first section of a diagnostic where nothing is written yet."""
    section = diagnostic.sections.order_by("rank", "pk").first()
    if section is None or section.version:
        return
    figures = list(_known(authority))
    for rank, figure in enumerate(figures, start=1):
        figure.section, figure.rank, figure.prefilled = section, rank, True
    if not figures:
        return
    Indicator.objects.bulk_create(figures)
    section.version, section.updated_at = 1, now
    section.save(update_fields=["version", "updated_at"])
    written = section.indicators.order_by("rank", "pk")
    SectionVersion.objects.create(
        section=section, number=1, content=content_of(section.text, [], written), author=None, saved_at=now
    )


@transaction.atomic
def confirm_figure(*, contract_id: int, figure_id: int) -> Indicator:
    """Say that a figure of the official list is right; its section keeps its version and its approvals.

    Raises:
        Refused: the figure is no longer there, or the diagnostic is concluded.
    """
    figures = Indicator.objects.filter(section__diagnostic__contract=contract_id)
    figure = figures.select_related("section__diagnostic").filter(pk=figure_id).first()
    if figure is None:
        raise Refused("Ce chiffre a été retiré entre-temps.")
    if figure.section.diagnostic.concluded_at is not None:
        raise Refused("Le diagnostic est conclu : il n’est plus modifiable.")
    figure.prefilled = False
    figure.save(update_fields=["prefilled"])
    return figure


def _known(authority: LocalAuthority) -> Iterator[Indicator]:
    territory, as_of = authority.name, date(authority.vintage, 1, 1)
    source = SOURCE.format(vintage=authority.vintage)

    def figure(label: str, value: int, unit: Unit, unit_label: str = "", comment: str = "") -> Indicator:
        return Indicator(
            label=label,
            value=Decimal(value),
            unit=unit,
            unit_label=unit_label,
            territory=territory,
            as_of=as_of,
            source=source,
            comment=comment[:500],
        )

    if authority.population:
        yield figure(POPULATION, authority.population, Unit.PERSONS)
    epci = authority if authority.category == StatisticalCategory.EPCI else authority.epci
    if epci is not None:
        members = LocalAuthority.objects.filter(epci=epci, ceased_vintage=None).count()
        if members:
            yield figure("Communes membres de l’intercommunalité", members, Unit.OTHER, "communes", epci.name)
    departements = [each.name for each in departements_of(authority)]
    if departements:
        yield figure(
            "Départements concernés",
            len(departements),
            Unit.OTHER,
            "départements" if len(departements) > 1 else "département",
            join_and(departements),
        )
