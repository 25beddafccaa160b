"""Marking in Python: what a person derived, and the gradients of a function in the caller's own test suite."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from derive.api import gradients, load
from derive.language.errors import LayerError
from derive.language.memo import once_per_system
from derive.language.system import System
from derive.marking.ground import ground_of
from derive.marking.programs.assertion import assert_right
from derive.marking.programs.functions import mark_function
from derive.marking.programs.given_arrays import mark_arrays
from derive.marking.record import Marking
from derive.marking.submission import Submission
from derive.marking.task import marked, task
from derive.marking.written.statements import begins_equation
from derive.steps.record import Derivation


def check(
    layer: str | Path | System,
    answers: str | Path | Callable[..., Any] | Mapping[str, Any],
    *,
    seed: int = 0,
) -> Marking:
    """Mark gradients that a person derived: which are right, how the others differ, and which mistake it is.

    ``answers`` is what was written, an equation a line; or the path of a file, as ``derive check`` takes it; or a
    function ``backward(x=…, W=…, dy=…) -> {"dx": …}``, which is called here; or by name, written gradients, or arrays:
    inputs and gradients.
    Raises LayerError for a layer or a file that does not exist; what is wrong with an answer is in the marking.
    """
    derivation = _derived(load(layer))
    if callable(answers):
        return mark_function(ground_of(derivation, seed), answers)
    if isinstance(answers, Mapping):
        if not all(isinstance(answer, str) for answer in answers.values()):
            return mark_arrays(ground_of(derivation, seed), answers)
        answers = "\n".join(_line(name, answer) for name, answer in answers.items()) or "\n"
    return marked(task(derivation, seed), _submission(answers))


@once_per_system
def _derived(system: System) -> Derivation:
    """The derivation that answers on a layer are held against: a person tries more than once."""
    return gradients(system).record


def _line(name: str, answer: str) -> str:
    """A line of an answer that was given by name: whole, or its right side."""
    return answer if begins_equation(answer) else f"{name} = {answer}"


def _submission(answers: str | Path) -> Submission:
    """A file, or what was written: text has an equals sign or several lines, and is the name of no file."""
    file = os.path.isfile(answers)
    if isinstance(answers, str) and not file and (not answers.strip() or "=" in answers or "\n" in answers):
        return Submission("", "", data=answers.encode())
    if not file:
        hint = "a line of an answer is like dW[o,i] = …"
        raise LayerError("there is no such file of answers", os.fspath(answers), hint=hint)
    path = Path(answers)
    return Submission(path.stem, str(path), path)


def assert_gradients(
    layer: str | Path | System,
    backward: Callable[..., Any],
    *,
    wrt: str | Sequence[str] | None = None,
    seed: int = 0,
    tensors: Callable[[Any], Any] | None = None,
    dtype: Any = None,
) -> None:
    """Raise AssertionError unless the gradients that ``backward`` gives back are right, at random points of many sizes.

    ``backward(x=…, W=…, dy=…) -> {"dx": …, "dW": …}`` is called with those arguments that it asks for by name: inputs,
    parameters, upstream gradients, sizes, and values of the forward pass.  It gets NumPy arrays in double precision;
    real ones of type ``dtype`` where that is given, and what ``tensors`` makes of them: ``tensors=torch.from_numpy``.
    ``wrt`` names the tensors whose gradients must be there: every parameter where it is not given, or every input where
    the layer has none.  What is given back besides is judged as well.  Raises LayerError for a layer or a tensor that
    does not exist.
    """
    __tracebackhide__ = True
    derivation = gradients(layer)
    required = () if wrt is None else (wrt,) if isinstance(wrt, str) else tuple(dict.fromkeys(wrt))
    for name in required:
        derivation[name]  # or UnknownNameError
    assert_right(derivation.record, backward, required, seed, tensors, dtype)
