"""What an exercise's notebook has more than its page: after each gradient a cell that marks what is written in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.language.system import System
from derive.rendering.document import Block, Document, Heading, Listing, Result
from derive.rendering.exercise_answer import task
from derive.rendering.naming import loaded_by
from derive.steps.record import Gradient


def with_answer_cells(document: Document, system: System, gradients: Sequence[Gradient]) -> Document:
    """The exercise with its cells; ``gradients`` are those that it asks for, in its order."""
    return replace(document, blocks=tuple(_blocks(document.blocks, system, gradients)))


def _blocks(blocks: Sequence[Block], system: System, gradients: Sequence[Gradient]) -> Iterator[Block]:
    asked = iter(gradients)
    first = _begin(blocks)
    for k, block in enumerate(blocks):
        if k == first:
            yield Listing("python", _setup(system), runs=True)
        yield block
        if isinstance(block, Result):
            yield Listing("python", _answer(next(asked)), runs=True)


def _begin(blocks: Sequence[Block]) -> int:
    """Where the first gradient that is asked for begins: at the heading before the first result."""
    result = next((k for k, block in enumerate(blocks) if isinstance(block, Result)), len(blocks))
    return max((k for k, block in enumerate(blocks[:result]) if isinstance(block, Heading)), default=0)


def _setup(system: System) -> str:
    chosen = "".join(f", {o}={v!r}" for o, v in system.chosen.items() if v != system.options[o][0])
    return f"import derive\n\nlayer = derive.load({loaded_by(system)!r}{chosen})\nanswers = {{}}\n"


def _answer(one: Gradient) -> str:
    line = task(one)
    return f'answers["{line}"] = """\n{line} = \n"""\nderive.check(layer, "\\n".join(answers.values()))\n'
