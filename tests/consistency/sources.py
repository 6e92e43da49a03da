"""Where the files that consistency tests read are found."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = (
    "accounts", "campaigns", "contracts", "ctai", "diagnostics", "documents", "exchanges", "funding", "journal",
    "monitoring", "territories",
)  # fmt: skip
_NOT_OURS = {".git", ".venv", "var", "node_modules", "__pycache__", ".env"}


@cache
def project_files() -> tuple[Path, ...]:
    """Return every file of the project, without what tools and runs leave."""
    return tuple(sorted(_walk(ROOT)))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in _NOT_OURS or path.name.endswith("_cache") or path.name == ".hypothesis":
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def name_of(path: Path) -> str:
    """Return the path from the root, with slashes."""
    return path.relative_to(ROOT).as_posix()


def application_modules() -> list[tuple[str, ast.Module]]:
    """Return the name and syntax tree of every Python module of the apps."""
    return [
        (name_of(path), ast.parse(path.read_text()))
        for path in project_files()
        if path.suffix == ".py" and name_of(path).split("/")[0] in APPS
    ]
