"""HTML in, archival and accessible PDF out: PDF/A-3a and PDF/UA-1 at once, the same bytes for the same input."""

import atexit
import io
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pikepdf
from django.contrib.staticfiles import finders

# WeasyPrint writes one variant; this makes the same file PDF/UA-1 too. PDF/A asks that a schema foreign to it be
# described in the metadata (ISO 19005-3, 6.6.2.3).
PDF_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 to which the file conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
END_OF_RDF = b"</rdf:RDF>"
POINTS_OF_PIXEL = 0.75  # 72 points and 96 pixels an inch

# Both families come with the django-dsfr package; Marianne is reserved to services of the State.
FONTS: dict[str, tuple[tuple[str, int, str, str], ...]] = {
    "state": (
        ("Marianne", 400, "normal", "Marianne-Regular"),
        ("Marianne", 400, "italic", "Marianne-Regular_Italic"),
        ("Marianne", 500, "normal", "Marianne-Medium"),
        ("Marianne", 700, "normal", "Marianne-Bold"),
        ("Marianne", 700, "italic", "Marianne-Bold_Italic"),
    ),
    "neutral": (
        ("Spectral", 400, "normal", "Spectral-Regular"),
        ("Spectral", 800, "normal", "Spectral-ExtraBold"),
    ),
}
# Figures of one height in the text, and of one width too in columns of amounts. They are asked of the fonts: asked by
# a style (`font-variant-numeric`), each piece of text would cost WeasyPrint a few bytes that it never gives back.
FEATURES = {"{family}": '"lnum"', "{family} Figures": '"lnum", "tnum"'}
# What the sheets of a brand are, in order. The block of the State is drawn by its own design system, in the package.
STYLESHEETS = {
    "state": ("pdf/document.css", "dsfr/dist/component/logo/logo.min.css", "pdf/state.css"),
    "neutral": ("pdf/document.css", "pdf/neutral.css"),
}

_render_lock = threading.Lock()  # WeasyPrint’s fonts and styles, kept for the life of the process, are not thread-safe


class PdfError(Exception):
    """The PDF could not be made."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file to embed in the PDF."""

    name: str
    description: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Pdf:
    """Finished bytes."""

    content: bytes
    page_count: int


def make(
    html: str,
    *,
    brand: str,
    at: datetime,
    attachments: Sequence[Attached] = (),
    on_layout: Callable[[], None] = lambda: None,
) -> Pdf:
    """Render the HTML as a tagged archival PDF.

    Args:
        html: a whole document with title and language; images as `data:` only, nothing else is fetched.
        brand: `state` or `neutral`, chooses the fonts.
        at: the instant written as date of the attachments; the document’s own comes from `dcterms.created`.
        attachments: files to embed as data.
        on_layout: called once the pages are laid out, before they are written.

    Raises:
        PdfError: WeasyPrint or pikepdf failed.
    """
    try:
        with _render_lock:
            raw, page_count = _layout_and_write(html, brand, at, attachments, on_layout)
        return Pdf(_rewritten(raw), page_count)
    except Exception as error:
        raise PdfError(str(error)) from error


def warm_up(brand: str) -> None:
    """Load fonts and styles now, at the start of a worker, rather than at its first document."""
    with _render_lock:
        _appearance(brand)


def _layout_and_write(
    html: str, brand: str, at: datetime, attachments: Sequence[Attached], on_layout: Callable[[], None]
) -> tuple[bytes, int]:
    import weasyprint  # noqa: PLC0415 (heavy engine, only in processes that make documents)

    stylesheets, font_config = _appearance(brand)
    fetcher = weasyprint.URLFetcher(allowed_protocols=("data",))
    page = weasyprint.HTML(string=html, url_fetcher=fetcher)
    document = page.render(font_config=font_config, stylesheets=stylesheets, pdf_variant="pdf/a-3a", pdf_tags=True)
    on_layout()
    document.metadata.attachments = [
        weasyprint.Attachment(
            file_obj=io.BytesIO(file.content),
            name=file.name,
            description=file.description,
            created=at,
            modified=at,
            relationship="Data",
        )
        for file in attachments
    ]
    content: bytes = document.write_pdf(finisher=_finished, pdf_variant="pdf/a-3a")
    return content, len(document.pages)


@cache
def _appearance(brand: str) -> tuple[list[Any], Any]:
    """Parse the styles and load the fonts once per process: a third of the time of a naive rendering."""
    import weasyprint  # noqa: PLC0415
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    font_config = FontConfiguration()
    fetcher = weasyprint.URLFetcher(allowed_protocols=("file", "data"))
    sheets = [weasyprint.CSS(string=_font_faces(brand), font_config=font_config, url_fetcher=fetcher)]
    for name in STYLESHEETS[brand]:
        path = finders.find(name)
        if path is None:
            raise PdfError(f"The stylesheet {name} is missing.")
        sheets.append(weasyprint.CSS(filename=path, font_config=font_config, url_fetcher=fetcher))
    return sheets, font_config


atexit.register(_appearance.cache_clear)  # fonts must be freed before the interpreter takes their library away


def _font_faces(brand: str) -> str:
    folder = Path(str(files("dsfr"))) / "static" / "dsfr" / "dist" / "fonts"
    return "\n".join(
        f"@font-face {{ font-family: '{called.format(family=family)}'; font-weight: {weight}; font-style: {style};"
        f" font-feature-settings: {features};"
        f" src: url('{(folder / name).with_suffix('.woff2').as_uri()}') format('woff2'); }}"
        for family, weight, style, name in FONTS[brand]
        for called, features in FEATURES.items()
    )


def _finished(document: Any, pdf: Any) -> None:
    """Complete what WeasyPrint made, before it is written."""
    _declare_pdf_ua(pdf)
    _complete_tags(pdf, {page: document.pages[rank].height for rank, page in enumerate(pdf.page_references)})


def _complete_tags(pdf: Any, heights: dict[bytes, float]) -> None:
    """Say which headers lead a column and which a row, and where figures are in the space of their page.

    WeasyPrint links each cell to its headers, without the scope that readers look for first; it leaves figures in
    pixels from the top.

    Args:
        pdf: the objects about to be written.
        heights: the height of each page, in pixels, by its reference.
    """
    for each in pdf.objects:
        kind = each.get("S") if isinstance(each, dict) else None
        if kind == "/TH":
            group = _parent(pdf, _parent(pdf, each))
            each["A"]["Scope"] = "/Column" if group.get("S") == "/THead" else "/Row"
        elif kind == "/Figure":
            left, top, right, bottom = each["A"]["BBox"]
            height = heights[each["Pg"]]
            corners = (left, height - bottom, right, height - top)
            each["A"]["BBox"][:] = [corner * POINTS_OF_PIXEL for corner in corners]


def _parent(pdf: Any, element: Any) -> Any:
    return pdf.objects[int(element["P"].split()[0])]


def _declare_pdf_ua(pdf: Any) -> None:
    """Add the PDF/UA identification to the metadata that WeasyPrint wrote for PDF/A."""
    number = int(pdf.catalog["Metadata"].split()[0])
    metadata = pdf.objects[number]
    (xmp,) = metadata.stream
    if xmp.count(END_OF_RDF) != 1:
        raise PdfError("The metadata of the PDF do not have the expected shape.")
    metadata.stream = [xmp.replace(END_OF_RDF, PDF_UA + END_OF_RDF)]


def _rewritten(raw: bytes) -> bytes:
    """Rewrite the file plainly: checking later signatures is then twenty times quicker."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        # An empty form, to which signatures are added: what they change can then be told from any other change.
        pdf.Root.AcroForm = pdf.make_indirect(pikepdf.Dictionary(Fields=pikepdf.Array([])))
        pdf.save(output, object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True)
    return output.getvalue()
