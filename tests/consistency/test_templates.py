"""Every template is used, and every template that is named exists."""

import ast
import re

from django.template.loader import get_template

from tests.consistency.sources import ROOT, application_modules

TEMPLATES = ROOT / "templates"
# Found by their name by Django, django-dsfr and crispy forms.
CALLED_BY_LIBRARIES = ("dsfr/", "django/", "crispy_dsfr/", "admin/", "registration/", "errors/", "widget_tweaks/")
NAMED = re.compile(r"""["']([a-z0-9_/]+\.(?:html|txt|css|svg))["']""")
SUFFIXES = (".html", ".txt")


def _all_templates() -> set[str]:
    return {
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*")
        if path.suffix in SUFFIXES and not path.relative_to(TEMPLATES).as_posix().startswith(CALLED_BY_LIBRARIES)
    }


def _named_in_templates() -> set[str]:
    return {name for path in TEMPLATES.rglob("*") if path.is_file() for name in NAMED.findall(path.read_text())}


def _named_in_code() -> tuple[set[str], list[re.Pattern[str]]]:
    """Return the whole names, and patterns for those built around a variable."""
    names: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for _, tree in application_modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(SUFFIXES):
                names.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [str(part.value) if isinstance(part, ast.Constant) else None for part in node.values]
                if parts and (parts[-1] or "").endswith(SUFFIXES) and len(parts) > 1:
                    patterns.append(
                        re.compile("".join("[a-z0-9_/]+" if part is None else re.escape(part) for part in parts))
                    )
    return names, patterns


def test_every_template_is_used() -> None:
    names, patterns = _named_in_code()
    names |= _named_in_templates()

    unused = {name for name in _all_templates() - names if not any(pattern.fullmatch(name) for pattern in patterns)}

    assert unused == set()


def test_every_template_compiles_with_those_it_names() -> None:
    for name in sorted(_all_templates() | {name for name in _named_in_templates() if name.endswith(".html")}):
        get_template(name)
