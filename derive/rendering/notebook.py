"""A document as a Jupyter notebook: running text in Markdown, a cell for each heading, and cells of code that run.

It is written without outputs, execution counts or dates, and its cells have numbers for names: equal documents give
equal bytes.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from derive.rendering import plots
from derive.rendering.document import Block, Document, Drawing, Heading, Listing, Plot, pictures_in
from derive.rendering.pictures.svg import svg
from derive.rendering.templates import environment, told_by_line

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_PICTURE = re.compile(r"\]\((?P<file>[^()\s]+\.svg)\)")

Cell = dict[str, Any]


def notebook(document: Document, templates: Path | None = None) -> str:
    """The notebook as JSON of format 4.5; ``templates`` is a folder with Markdown templates of one's own."""
    with told_by_line():
        cells = [_titled(document, templates), *_cells(document, templates)]
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"cell-{number}"
    whole = {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _titled(document: Document, templates: Path | None) -> Cell:
    """The first cell: title and subtitle."""
    head = Document(document.title, document.subtitle, ())
    return _text(environment("md", templates).get_template("document.md.j2").render(document=head), {})


def _cells(document: Document, templates: Path | None) -> Iterator[Cell]:
    gathered: list[Block] = []
    for block in document.blocks:
        runs = isinstance(block, Listing) and block.runs
        if gathered and (runs or isinstance(block, Heading)):
            yield _markdown(gathered, templates)
            gathered = []
        if isinstance(block, Listing) and block.runs:
            yield _code(block.source)
        else:
            gathered.append(block)
    if gathered:
        yield _markdown(gathered, templates)


def _markdown(blocks: list[Block], templates: Path | None) -> Cell:
    """Blocks as Markdown; the pictures that they show are attached to the cell."""
    source = environment("md", templates).get_template("blocks.md.j2").render(blocks=tuple(blocks))
    return _text(source, {f"{block.name}.svg": block for block in pictures_in(blocks)})


def _text(source: str, pictures: Mapping[str, Plot | Drawing]) -> Cell:
    def attached(match: re.Match[str]) -> str:
        return f"](attachment:{match['file']})" if match["file"] in pictures else match[0]

    cell: Cell = {"cell_type": "markdown", "metadata": {}, "source": _lines(_PICTURE.sub(attached, source))}
    if pictures:
        cell["attachments"] = {file: {"image/svg+xml": _drawn(block)} for file, block in pictures.items()}
    return cell


def _code(source: str) -> Cell:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": _lines(source),
    }


def _lines(source: str) -> list[str]:
    """Source as notebooks hold it: lines with their ends, but the last."""
    return source.rstrip("\n").splitlines(keepends=True)


def _drawn(block: Plot | Drawing) -> str:
    data = plots.drawn(block, "svg") if isinstance(block, Plot) else svg(block.picture, block.alt).encode()
    return b64encode(data).decode()
