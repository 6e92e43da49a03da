"""The procedure as a page: states for each side, transitions with what they ask for, and their picture."""

from __future__ import annotations

from django_fsm import Transition

from accounts.roles import GRANTS, RELATIONS, Permission, Role
from contracts.enums import STATE_SIDE_LABELS, STEP_OF_STATE, STEPS, State
from contracts.models import Contract
from contracts.sentences import TITLES
from contracts.windows import WINDOWS
from contracts.workflow import FORWARD, SPECS, Spec
from ctai.living_docs.tables import page, table
from ctai.living_docs.words import PERMISSIONS, RELATION_WORDS

SYSTEM = "le portail, après la dernière signature"
#: What a transition asks of the person who does it, by type of act.
INPUTS = {
    "Act": "—",
    "Reasoned": "un motif",
    "Acknowledgement": "l’agent en charge",
    "CorrectionRequest": "un motif, une date de réponse, une remarque ouverte au moins",
    "Sending": "le signataire, sa qualité, la date de l’acte",
    "Submission": "le signataire, sa qualité, la date de l’acte, son attestation",
    "Withdrawal": "un motif, le signataire, sa qualité, la date de l’acte",
    "Approval": "le décideur, sa qualité ou sa délégation, la date de l’acte",
    "Decision": "un motif, le décideur, sa qualité ou sa délégation, la date de l’acte",
    "Termination": "un motif, le décideur, la date de l’acte, la date d’effet",
    "Reissue": "un motif, la version affichée",
    "Signing": "la version affichée, le signataire, la date, la délibération exécutoire",
}


def workflow_page() -> str:
    """Return ``docs/workflow.md``."""
    return page(
        "La procédure",
        "Une seule machine fait avancer un dossier : `contracts/workflow.py`. Un dossier ne change d’état que par "
        "`contracts.services.advance()` ; toute autre écriture passe par `contracts.services.editing()`.",
        "## Les états",
        _states(),
        "Un état final n’est plus quitté, sauf par un rétablissement vers l’état d’avant (refus, classement, "
        "retrait). « Clos » attend la vie du contrat. « En vigueur » et « échu » se lisent dans les dates : "
        "ce ne sont pas des états.",
        "## Les transitions",
        _transitions(),
        "Un agent accomplit les mêmes actes que le signataire de son organisation, en déposant le document signé ; "
        "seul le signataire agit en personne sur le portail. La qualité ou la délégation sont vérifiées au jour de "
        "l’acte.",
        "## Ce que chaque transition exige",
        _requirements(),
        "## Les commencements",
        _beginnings(),
        "## Les écritures permises par état",
        _windows(),
        "## Le dessin",
        "```mermaid\n" + diagram() + "\n```",
        "Non dessinés : refuser et classer sans suite (de « Lettre déposée » à « Contrat à signer »), retirer "
        "(jusqu’à « Contrat à signer »), rétablir (retour à l’état d’avant).",
    )


def _states() -> str:
    rows = []
    for state in State:
        step = STEP_OF_STATE.get(state)
        waits = SPECS[FORWARD[state]].label if state in FORWARD else "—"
        of_step = f"{step}. {STEPS[step]}" if step else "—"
        rows.append([f"`{state.value}`", of_step, state.label, STATE_SIDE_LABELS.get(state, state.label), waits])
    return table(["État", "Étape", "Lu par la collectivité", "Lu par la préfecture", "Acte attendu"], rows)


def transitions() -> dict[str, list[Transition]]:
    """Return the transitions of the machine by name, one for each source, in the order of the specification."""
    found: dict[str, list[Transition]] = {name: [] for name in SPECS}
    for each in Contract._meta.get_field("state").get_all_transitions(Contract):
        found[each.name].append(each)
    order = list(State)
    return {name: sorted(each, key=lambda t: order.index(State(str(t.source)))) for name, each in found.items()}


def _transitions() -> str:
    rows = []
    for name, each in transitions().items():
        spec = SPECS[name]
        sources = ", ".join(State(str(one.source)).label for one in each)
        rows.append([f"`{name}`", spec.label, sources, _target(each[0]), _who(name, spec), INPUTS[spec.act.__name__]])
    return table(["Transition", "Bouton", "Depuis", "Vers", "Par", "Demande"], rows)


def _target(one: Transition) -> str:
    return "là où il était" if hasattr(one.target, "allowed_states") else State(str(one.target)).label


def _who(name: str, spec: Spec) -> str:
    if name == "sign":
        return "chaque partie, pour elle-même"
    if spec.permission is None:
        return SYSTEM
    roles = [role.label for role in Role if spec.permission in GRANTS[role]]
    relations = [RELATION_WORDS[each] for each in sorted(RELATIONS[spec.permission])]
    return f"{' ou '.join(roles)} ({', '.join(relations)})"


def _requirements() -> str:
    rows = [
        [
            f"`{name}`",
            spec.label,
            "<br>".join(each.label for each in spec.requirements) or "—",
            spec.consequence or "—",
        ]
        for name, spec in SPECS.items()
    ]
    return table(["Transition", "Bouton", "Exigences", "Ce qui suit"], rows)


def _beginnings() -> str:
    ways = {
        "open_file": (State.LETTER_DRAFT.label, Permission.FILE_OPEN),
        "register_letter": (State.LETTER_SENT.label, Permission.LETTER_REGISTER),
        "take_over": ("à l’étape réelle", Permission.FILE_TAKE_OVER),
        "import_signed": (State.SIGNED.label, Permission.FILE_IMPORT),
    }
    rows = [
        [f"`{name}`", TITLES[name], target, " ou ".join(role.label for role in Role if permission in GRANTS[role])]
        for name, (target, permission) in ways.items()
    ]
    return table(["Commencement", "Événement", "État", "Par"], rows)


def _windows() -> str:
    rows = [
        [PERMISSIONS[permission], ", ".join(state.label for state in State if state in states)]
        for permission, states in WINDOWS.items()
    ]
    return table(["Écriture", "États"], rows)


def diagram() -> str:
    """Return the picture of the machine, without its ends: they start from almost everywhere."""
    lines = ["stateDiagram-v2", "    direction TB", f"    [*] --> {State.LETTER_DRAFT.value}"]
    lines += [
        f"    {state.value}: {state.label}" for state in State if state in STEP_OF_STATE or state == State.SIGNED
    ]
    lines.append(f"    {State.TERMINATED.value}: {State.TERMINATED.label}")
    ends = {State.REFUSED, State.DISMISSED, State.WITHDRAWN}
    for name, each in transitions().items():
        lines += [
            f"    {one.source} --> {one.target}: {SPECS[name].label}"
            for one in each
            if not hasattr(one.target, "allowed_states") and one.target not in ends
        ]
    return "\n".join([*lines, f"    {State.TERMINATED.value} --> [*]"])
