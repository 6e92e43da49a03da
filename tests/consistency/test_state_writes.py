"""The state of a contract is written by the machine, its services, importer and loader of scale, by nothing else."""

import ast

import pytest

from tests.consistency.sources import application_modules

DOORS = (
    "contracts/workflow.py",
    "contracts/services/",
    "contracts/services.py",
    "contracts/importer.py",
    "ctai/demo_data/scale.py",  # rows by the thousand to measure with, never a file that somebody follows
)
WRITING_CALLS = {"update", "create", "get_or_create", "update_or_create", "bulk_update", "Contract", "filter_update"}


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_state(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == "state"


def _of_another_model(call: ast.Call) -> bool:
    """Tell whether the call is visibly on a model other than Contract, such as StateSpan.objects.create()."""
    names = {node.id for node in ast.walk(call.func) if isinstance(node, ast.Name)}
    return any(name[0].isupper() for name in names) and "Contract" not in names


def state_writes(tree: ast.AST) -> list[int]:
    """Return the lines that write a state."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [part for target in targets for part in ast.walk(target)]
            if any(isinstance(part, ast.Attribute) and part.attr == "state" for part in parts):
                lines.append(node.lineno)
        elif isinstance(node, ast.Call) and _writes_state(node):
            lines.append(node.lineno)
    return lines


def _writes_state(call: ast.Call) -> bool:
    name = _called(call)
    if name in {"setattr", "__setattr__"}:
        return any(_is_state(argument) for argument in call.args)
    if name not in WRITING_CALLS or _of_another_model(call):
        return False
    inside = [part for argument in call.args for part in ast.walk(argument)]
    inside += [
        part for keyword in call.keywords if keyword.arg in {"defaults", "fields"} for part in ast.walk(keyword)
    ]
    named = any(keyword.arg == "state" for keyword in call.keywords)
    return named or any(isinstance(part, ast.expr) and _is_state(part) for part in inside)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("contract.state = 'signed'", [1]),
        ("contract.state: str = 'signed'", [1]),
        ("contract.state, other = 'signed', 1", [1]),
        ("setattr(contract, 'state', 'signed')", [1]),
        ("Contract(state='signed')", [1]),
        ("Contract.objects.filter(pk=1).update(state='signed')", [1]),
        ("contracts.update(state='signed')", [1]),
        ("Contract.objects.update_or_create(pk=1, defaults={'state': 'signed'})", [1]),
        ("Contract.objects.bulk_update(rows, ['state'])", [1]),
        ("if contract.state == 'signed': pass", []),
        ("Contract.objects.filter(state='signed')", []),
        ("StateSpan.objects.create(state='signed')", []),
    ],
)
def test_state_writes_are_recognised(code: str, expected: list[int]) -> None:
    assert state_writes(ast.parse(code)) == expected


def test_state_is_written_by_the_machine_alone() -> None:
    found = [
        f"{name}:{line}"
        for name, tree in application_modules()
        if not name.startswith(DOORS)
        for line in state_writes(tree)
    ]

    assert found == []
