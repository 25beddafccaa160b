"""What a notebook has more than a page: values to call the code with, a check of its gradients, and a plot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from derive.rendering.document import Block, Document, Heading, Listing, Paragraph, text
from derive.rendering.templates import environment, told_by_line


class FoundTrial(Protocol):
    """Arguments of the code; they are chosen elsewhere."""

    @property
    def arrays(self) -> Mapping[str, NDArray[np.float64]]: ...
    @property
    def sizes(self) -> Mapping[str, int]: ...
    @property
    def functions(self) -> Mapping[str, str]: ...
    @property
    def moved(self) -> Sequence[str]: ...
    @property
    def outputs(self) -> Mapping[str, str]: ...


def with_trial(document: Document, trial: FoundTrial, templates: Path | None = None) -> Document:
    """The document with cells that call its code after that."""
    blocks: list[Block] = []
    for block in document.blocks:
        blocks.append(block)
        if isinstance(block, Listing) and block.runs:
            blocks += _tried(trial, templates)
    return replace(document, blocks=tuple(blocks))


def _tried(trial: FoundTrial, templates: Path | None) -> Iterator[Block]:
    yield Heading(1, text("Try it"))
    yield Paragraph(text("Small values of everything that the code takes; change them and run the cells again."))
    yield _cell("values", trial, templates)
    if not trial.moved:
        return
    yield Heading(1, text("Check it"))
    words = "Each entry is moved a little up and a little down: how much the loss changes is what the gradient says."
    yield Paragraph(text(words))
    yield _cell("check", trial, templates)
    seen = "On the left every entry of every gradient beside its difference. On the right why the step is neither "
    yield Paragraph(text(f"{seen}large, where the loss is no straight line, nor tiny, where rounding drowns it."))
    yield _cell("plot", trial, templates)


def _cell(name: str, trial: FoundTrial, templates: Path | None) -> Listing:
    with told_by_line():
        source = environment("ipynb", templates).get_template(f"{name}.py.j2").render(trial=trial)
    return Listing("python", source, runs=True)
