"""Markdown tables."""

from collections.abc import Iterable, Sequence

NOTICE = "<!-- Page écrite par `manage.py write_docs` : modifiez le code, puis relancez la commande. -->"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, one line for each row."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def page(title: str, *parts: str) -> str:
    """Return a whole page: title, notice, parts."""
    return "\n\n".join([f"# {title}", NOTICE, *parts]) + "\n"
