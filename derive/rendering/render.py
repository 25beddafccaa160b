"""A derivation as a page of a format: the document, printed by the templates of that format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from derive.rendering import plots
from derive.rendering.checked import GradientChecks, StepChecks
from derive.rendering.compose import compose
from derive.rendering.compose_cheatsheet import sheet
from derive.rendering.compose_slides import slides
from derive.rendering.document import Document, Plot, pictures_in
from derive.rendering.notebook import notebook
from derive.rendering.pdf import compiled
from derive.rendering.pictures.svg import svg
from derive.rendering.templates import environment, told_by_line
from derive.steps.record import Derivation

TEXTS = (
    "md",
    "tex",
    "typ",
    "html",
    "qmd",
    "myst",
)
COMPOSED: Mapping[str, Callable[[Derivation, StepChecks | None, GradientChecks | None], Document]] = MappingProxyType(
    {"slides": slides, "cheatsheet": sheet}
)  # formats that are PDF too, of another document than the page
FORMATS = (
    *TEXTS,
    "pdf",
    *COMPOSED,
    "ipynb",
)
PICTURES: Mapping[str, plots.Kind] = MappingProxyType(
    {"md": "svg", "qmd": "svg", "myst": "svg", "tex": "pdf"}
)  # the files beside pages


def render(
    derivation: Derivation,
    evidence: StepChecks | None,
    report: GradientChecks | None,
    format: str,
    templates: Path | None = None,
) -> str:
    """The page of a derivation in a format; ``templates`` is a folder whose templates go before the program's own.

    Where ``evidence`` or ``report`` is None, nothing is said of checks.  Raises KeyError for an unknown format.
    """
    return printed(compose(derivation, evidence, report), format, templates)


def printed(document: Document, format: str, templates: Path | None = None, template: str = "document") -> str:
    """A document in a format that is text, by a template for documents.

    Raises KeyError for another format, and LayerError with template and line where a template is wrong.
    """
    if format not in TEXTS:
        raise KeyError(format)
    with told_by_line():
        page = environment(format, templates).get_template(f"{template}.{format}.j2").render(document=document)
    return page.rstrip("\n") + "\n"


def produced(document: Document, format: str, templates: Path | None = None) -> str | bytes:
    """A document as what a file of the format holds.  Raises KeyError for an unknown format."""
    if format == "pdf" or format in COMPOSED:
        return compiled(printed(document, "typ", templates, format if format in COMPOSED else "document"))
    if format == "ipynb":
        return notebook(document, templates)
    return printed(document, format, templates)


def pictures(document: Document, format: str) -> dict[str, bytes]:
    """The pictures that the page of a format refers to, by the names of the files that stand beside it.

    Raises KeyError for an unknown format.
    """
    if format not in FORMATS:
        raise KeyError(format)
    kind = PICTURES.get(format)
    if kind is None:  # the page holds them itself
        return {}
    files: dict[str, bytes] = {}
    for block in pictures_in(document.blocks):
        if isinstance(block, Plot):
            files[f"{block.name}.{kind}"] = plots.drawn(block, kind)
        elif kind == "svg":
            files[f"{block.name}.svg"] = svg(block.picture, block.alt).encode()
    return files
