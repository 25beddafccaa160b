"""The gallery in ``output/`` is what the program writes now."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import derive
from derive.rendering.catalogue import index
from derive.rendering.document import Document, Drawing, Plot
from derive.rendering.pictures.svg import svg
from derive.rendering.render import printed
from tests.rounding import without_errors

OUTPUT = Path(__file__).parents[1] / "output"


@pytest.mark.parametrize("name", derive.catalogue())
def test_page_is_what_the_program_writes(name: str) -> None:
    kept = (OUTPUT / f"{name}.md").read_text(encoding="utf-8")
    derivation = derive.gradients(name)
    assert without_errors(kept) == without_errors(derivation.render("md")), "run `make output`"
    for plot in plots(derivation.document()):
        assert drawn(OUTPUT / f"{plot.name}.svg") == {c.label: rows(c.points) for c in plot.curves}


@pytest.mark.parametrize("name", derive.catalogue())
def test_drawings_are_what_the_program_draws(name: str) -> None:
    for block in derive.gradients(name).document().blocks:
        if isinstance(block, Drawing):
            kept = (OUTPUT / f"{block.name}.svg").read_text(encoding="utf-8")
            assert without_letters(kept) == without_letters(svg(block.picture, block.alt)), "run `make output`"


def without_letters(picture: str) -> str:
    """A drawing without the outlines of its labels, which may differ from one version of Matplotlib to another."""
    return re.sub(r'd="m[^"]*" transform="[^"]*"', "", picture)


def plots(document: Document) -> list[Plot]:
    return [block for block in document.blocks if isinstance(block, Plot)]


def rows(points: tuple[tuple[float, float], ...]) -> list[object]:
    """Points as a picture bears them: rounded, so that rounding elsewhere may change the last of their four digits."""
    return [pytest.approx(point, rel=2e-3) for point in points]


def drawn(picture: Path) -> dict[str, list[list[float]]]:
    """The data that a picture bears.  How it is drawn may differ from one version of Matplotlib to another."""
    tag = "{http://purl.org/dc/elements/1.1/}description"
    (words,) = (e.text for e in ElementTree.parse(picture).iter(tag))
    found: dict[str, list[list[float]]] = json.loads(words or "")
    return found


def test_the_gallery_has_the_catalogue_and_nothing_else() -> None:
    pages = {f"{name}.md" for name in derive.catalogue()}
    shown = {p for name in pages for p in re.findall(r"]\(([^)\s]+\.svg)\)", (OUTPUT / name).read_text("utf-8"))}
    assert {p.name for p in OUTPUT.iterdir()} == pages | shown | {"index.md"}


def test_the_index_is_what_the_program_writes() -> None:
    systems = [derive.load(name) for name in derive.catalogue()]
    assert (OUTPUT / "index.md").read_text(encoding="utf-8") == printed(index(systems, "md"), "md"), "run `make output`"
