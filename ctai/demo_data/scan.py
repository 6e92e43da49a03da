"""A stand-in for the signed copy that a party deposits in the demonstration."""

from __future__ import annotations

from weasyprint import HTML


def signed_copy(reference: str, name: str) -> bytes:
    """Return a one-page PDF that says it stands for the copy signed by a person."""
    page = (
        f"<html lang='fr'><head><title>Exemplaire signé {reference}</title></head><body>"
        f"<h1>Exemplaire signé</h1><p>Contrat {reference}</p><p>Signé par {name}</p>"
        "<p>Document de démonstration, sans valeur.</p></body></html>"
    )
    content: bytes = HTML(string=page).write_pdf()
    return content
