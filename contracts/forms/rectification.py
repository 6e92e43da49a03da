"""The forms of the rectification of a material error: what to correct, and who accepts it."""

from __future__ import annotations

from contracts.forms.acts import PersonForm
from ctai.forms import DayField, DsfrForm, LineField, ProseField, ReasonField


class RectificationForm(DsfrForm):
    place = LineField(label="Où se trouve l’erreur", help_text="Par exemple : article 12, ou action 2, budget 2026.")
    wrong = ProseField(label="Au lieu de", max_length=3_000, rows=3)
    right = ProseField(label="Lire", max_length=3_000, rows=3)
    reason = ReasonField(
        label="Explication",
        help_text="Dites pourquoi il s’agit d’une erreur matérielle. Un changement de fond passe par un avenant.",
    )


class AcceptanceForm(PersonForm):
    """The acceptance of a party: by its signatory on the portal, or on a document deposited."""

    acted_on = DayField(label="Date de l’acceptation")
