"""How the rich text of a section is shown on a page."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from ctai.richtext import to_page

register = template.Library()


@register.filter
def rich(text: str) -> SafeString:
    """Write a rich text, cleaned once more."""
    return mark_safe(to_page(text))  # noqa: S308
