"""The blank answer file: a line of the language for each gradient to find, its right side empty."""

from __future__ import annotations

from collections.abc import Sequence

from derive.rendering.exercise_points import worth
from derive.rendering.naming import command, stem
from derive.rendering.page import Page
from derive.steps.record import Gradient


def answer(page: Page, gradients: Sequence[Gradient]) -> str:
    """The file; ``derive check`` takes a line without a right side for one that was not answered."""
    system = page.system
    chosen = ", ".join(f"{o} = {v}" for o, v in system.chosen.items())
    lines = [
        f"# {_one_line(system.title)}" + (f", for {chosen}" if chosen else ""),
        "# Write each right side in index form or in matrix form; earlier gradients may be used.",
        f"# {_one_line(command('check', system, f'{stem(system)}-answer.txt'))} marks the file.",
    ]
    for one in gradients:
        lines += ["", f"# {task(one)}: {_shape(one)}, {worth(one, page)}", f"{task(one)} = "]
    return "\n".join(lines) + "\n"


def task(one: Gradient) -> str:
    """How a line of the answer begins: ``dW_h[i,k]``."""
    return str(one.left)


def _shape(one: Gradient) -> str:
    sizes = [str(i.extent) for i in one.indices]
    return f"shape {' x '.join(f'({s})' if ' ' in s and len(sizes) > 1 else s for s in sizes)}" if sizes else "a number"


def _one_line(words: str) -> str:
    return " ".join(words.split())
