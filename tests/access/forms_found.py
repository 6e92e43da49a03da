"""The forms that the pages hold, read back from their HTML as a browser would send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin


@dataclass
class Form:
    """A form that is posted: where to, and its fields with what they hold when the page opens."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)

    @property
    def typed(self) -> list[str]:
        """The names of what a person types or chooses."""
        return [name for name in self.fields if name not in self.hidden]


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self.inside: Form | None = None
        self.text = ""  # the name of the text area that is open
        self.select = ""  # the name of the list that is open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.inside = Form(urljoin(self.url, given.get("action") or self.url))
            self.forms.append(self.inside)
        if self.inside is not None:
            self._field(self.inside, tag, given)

    def _field(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "option" and self.select and "selected" in given:
            form.fields[self.select] = value
        if not name or name == "csrfmiddlewaretoken" or tag not in ("input", "select", "textarea", "button"):
            return
        self.text = name if tag == "textarea" else ""
        self.select = name if tag == "select" else self.select
        ticked = given.get("type") not in ("radio", "checkbox") or "checked" in given
        if ticked and tag == "input":
            form.fields[name] = value
        form.fields.setdefault(name, "")
        if given.get("type") == "hidden":
            form.hidden.add(name)

    def handle_data(self, data: str) -> None:
        if self.inside is not None and self.text:
            self.inside.fields[self.text] = data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        self.inside = None if tag == "form" else self.inside
        self.text = "" if tag == "textarea" else self.text
        self.select = "" if tag == "select" else self.select


def forms_of(html: str, url: str) -> list[Form]:
    """Return the forms of a page that write something."""
    reader = _Reader(url)
    reader.feed(html)
    return reader.forms
