"""Answers for tests: read, and evaluated at a point at which the true value of every gradient is known."""

from functools import cache

import numpy as np
import pytest

from derive.calculus.sweep import derive
from derive.checking.forward import completed
from derive.checking.points import point
from derive.checking.reference import Interpreter
from derive.checking.sizes import choose_sizes
from derive.checking.truth import interpreter_of
from derive.language.errors import Fragment, LayerError
from derive.language.expr import Expr
from derive.language.load import load
from derive.language.scope import scope_of
from derive.marking.written.answer import Answer, AnswerLine, read
from derive.marking.written.spelling import spelled
from derive.marking.written.vocabulary import Vocabulary, vocabulary
from derive.steps.record import Derivation


@cache
def derivation(layer: str) -> Derivation:
    name, *settings = layer.split()
    return derive(load(name, **dict(s.split("=") for s in settings)))


@cache
def truth(layer: str, steps: int = 5) -> Interpreter:
    """Every tensor and gradient of a layer at a test point, at which what recurs does so for so many steps."""
    derived = derivation(layer)
    return interpreter_of(derived, point(derived.system, choose_sizes(derived.system, steps, 1), 1))


def answer(layer: str, text: str) -> Answer:
    return read(derivation(layer), text, "answer.txt")


def line(layer: str, text: str) -> AnswerLine:
    """The last line of an answer."""
    return answer(layer, text).lines[-1]


def error(layer: str, text: str) -> str:
    """What is said of the last line of an answer, with the place."""
    found = line(layer, text)
    assert found.error is not None, f"read as {found.left} = {found.right}"
    return str(found.error)


def evaluated(layer: str, read: Answer, steps: int = 5) -> Interpreter:
    """The true tensors of a layer, and with them what an answer defines."""
    true = truth(layer, steps)
    return Interpreter(true.sizes, completed(read.system, true.tensors, true.sizes), read.system)


def apart(layer: str, read: Answer, one: AnswerLine, right: Expr | None = None, steps: int = 5) -> float:
    """The largest difference of a line from the true gradient, beside the gradient's largest value."""
    right = one.right if right is None else right
    assert right is not None and one.left is not None, f"{one.text}: {one.error}"
    reader = evaluated(layer, read, steps)
    true = reader.over(one.left, one.indices)
    difference = np.abs(reader.over(right, one.indices) - true)
    assert np.isfinite(true).all()
    return float(difference.max(initial=0.0) / np.abs(true).max(initial=1e-300))


def is_right(layer: str, text: str) -> bool:
    """Whether every line of an answer about a gradient has its true value, for recurrences of one step too."""
    found = answer(layer, text)
    judged = [one for one in found.lines if one.name not in found.helpers]
    assert judged
    return all(apart(layer, found, one, steps=steps) < 1e-9 for one in judged for steps in (5, 1))


def spelling(layer: str, text: str) -> str:
    """A line as the language writes it."""
    words = vocabulary(scope_of(derivation(layer).backward))
    found = spelled(Fragment.of(text, "answer.txt"), words)
    return f"{found.left.text} = {found.right.text}"


def refused(layer: str, text: str) -> LayerError:
    """What is said of a line that cannot be spelled."""
    with pytest.raises(LayerError) as caught:
        spelling(layer, text)
    return caught.value


def names(text: str, *known: str) -> Vocabulary:
    """A vocabulary: tensors, and after a semicolon indices; ``known`` are other names."""
    tensors, _, indices = text.partition(";")
    others = frozenset((*known, *indices.split()))
    return Vocabulary(frozenset(tensors.split()), others, frozenset(indices.split()))
