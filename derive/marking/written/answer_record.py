"""What a person's answer says, in index form: frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derive.language.errors import LayerError
from derive.language.expr import Elem, Expr, Index
from derive.language.system import System, Tensor


@dataclass(frozen=True)
class AnswerLine:
    """A line of an answer: ``left = right`` for every value of ``indices``.

    number    of the line in the file, from 1; ``text`` the line as written
    name      the gradient or the person's own tensor on the left; "" where not even that could be read
    left      its element: index symbols, or fixed places (``dh[T,n,i]``); None where the line cannot be read, or
              its value has another shape
    indices   the free indices of the left side, in the order of its axes
    right     over the tensors of the layer, its gradients and the person's own
    error     why the line cannot be read, or what it reads outside a range
    axes      of the person's value where they do not fit the tensor's: ``right`` is over these then, and ``left`` None
    unguarded where ``error`` is a read outside a range: the right side as if nothing were there, with its guard
    remark    what else is to be said
    """

    number: int
    text: str
    name: str
    left: Elem | None = None
    indices: tuple[Index, ...] = ()
    right: Expr | None = None
    error: LayerError | None = None
    axes: tuple[Index, ...] = ()
    unguarded: Expr | None = None
    remark: str = ""


@dataclass(frozen=True)
class Answer:
    """An answer, read.

    lines    in the order of the text
    helpers  the person's own tensors by name, of kind "computed"
    system   the backward pass with these tensors, the equations that define them, and the person's own indices
    """

    lines: tuple[AnswerLine, ...]
    helpers: Mapping[str, Tensor]
    system: System
