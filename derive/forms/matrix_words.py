"""What is said about a matrix form in words: why something is transposed, and what a convolution slides over."""

from __future__ import annotations

from collections.abc import Iterator

from derive.forms.matrix_build import nodes
from derive.forms.matrix_tree import Convolution, MatExpr, MatMul, Slide, Tensor, Transpose
from derive.language.expr import (
    Elem,
    Index,
    Mul,
    Reduce,
)
from derive.language.integers import Integer, symbols_of
from derive.language.system import Equation, System
from derive.language.text import integer_text
from derive.language.traverse import (
    bound_at,
    walk,
)
from derive.steps.record import gradient_name

_ORDINAL = ("first", "second")


def why_transposed(system: System, right: MatExpr) -> tuple[str, ...]:
    """A sentence for each transposed tensor in a matrix product; formulas in it stand between backquotes.

    In a gradient it names the index of the tensor that the forward equation sums over, and the one that is summed now.
    """
    sentences = [_why(system, tensor, axis, chain, k) for tensor, axis, chain, k in _transposed_factors(right)]
    return tuple(dict.fromkeys(sentences))


def _transposed_factors(right: MatExpr) -> Iterator[tuple[Tensor, int, MatMul, int]]:
    """(tensor, which of its two axes is summed, the chain, its place there) for each transposed tensor in a chain."""
    for chain in nodes(right):
        if isinstance(chain, MatMul):
            for k, factor in enumerate(chain.factors):
                if isinstance(factor, Transpose) and isinstance(factor.of, Tensor):
                    yield factor.of, 0 if k < len(chain.factors) - 1 else 1, chain, k


def _why(system: System, tensor: Tensor, axis: int, chain: MatMul, k: int) -> str:
    forward = _forward_sum(system, tensor, chain)
    if forward is not None and forward[1] == 1 - axis:
        side = "rows" if axis == 0 else "columns"
        return (
            f"`{forward[0].left}` sums over the {_ORDINAL[1 - axis]} index of `{tensor}`; the gradient sums over the "
            f"{_ORDINAL[axis]}. Reading a matrix against its {side} is multiplying by its transpose."
        )
    other = chain.factors[k + 1] if axis == 0 else chain.factors[k - 1]
    side, which = ("rows", "columns of its left") if axis == 0 else ("columns", "rows of its right")
    what = "entries" if len(other.axes) == 1 else side
    both = f"the {side} of `{tensor}` and the {what} of `{other}`"
    return f"The sum runs over {both}; a matrix product sums over the {which} factor, so `{tensor}` is transposed."


def _forward_sum(system: System, tensor: Tensor, chain: MatMul) -> tuple[Equation, int] | None:
    """The forward equation that a gradient by way of a matrix comes from, and which of its two axes is summed there."""
    names = {n.name for n in nodes(chain) if isinstance(n, Tensor)}
    for equation in system.all_equations:
        if gradient_name(equation.name) not in names:
            continue
        for elem, bound in _in_sums(equation):
            summed = [axis for axis, place in enumerate(elem.index[len(tensor.index) :]) if place in bound]
            if elem.name == tensor.name and len(summed) == 1:
                return equation, summed[0]
    return None


def _in_sums(equation: Equation) -> Iterator[tuple[Elem, frozenset[Integer]]]:
    """The elements in sums of products, each with the symbols that its sum binds."""
    for node in walk(equation.right):
        if isinstance(node, Reduce) and node.op == "sum" and isinstance(node.body, Mul):
            bound = frozenset(i.symbol for i in bound_at(node))
            yield from ((f, bound) for f in node.body.factors if isinstance(f, Elem))


def described(convolution: Convolution) -> str:
    """What a convolution is, in sentences; formulas in them stand between backquotes."""
    sentences = [f"The {convolution.kind} of `{convolution.signal.name}` with `{convolution.kernel.name}`"]
    if convolution.kind == "correlation":
        sentences += map(_window, convolution.slides)
    else:
        sentences[0] += ": the kernel is flipped, read forwards while the signal is read backwards"
        sentences += map(_flipped, convolution.slides)
    if convolution.over:
        sentences.append(f"It is summed over {_listed(convolution.over)} as well")
    return ". ".join(sentences) + "." + _at_stride_one(convolution)


def _window(slide: Slide) -> str:
    start = integer_text(slide.stride * slide.place.symbol - slide.padding)
    taps = f"its taps `{slide.tap.name}` {_apart(slide.dilation)}"
    return f"Along `{slide.place.name}` the window starts at `{start}` and {taps}"


def _flipped(slide: Slide) -> str:
    along = f"Along `{slide.place.name}` the taps {_apart(slide.dilation)}"
    along += f" and the entries of the signal {_apart(slide.stride)}" if slide.stride != 1 else ""
    return along + (f", with padding `{integer_text(slide.padding)}`" if slide.padding != 0 else "")


def _apart(distance: Integer) -> str:
    return "lie side by side" if distance == 1 else f"lie `{integer_text(distance)}` apart"


def _at_stride_one(convolution: Convolution) -> str:
    strides = [s.stride for s in convolution.slides if symbols_of(s.stride)]
    if convolution.kind != "transposed convolution" or not strides:
        return ""
    where = ", ".join(f"`{integer_text(s)} = 1`" for s in dict.fromkeys(strides))
    return f" At {where} it is the convolution with the flipped kernel."


def _listed(indices: tuple[Index, ...]) -> str:
    return ", ".join(f"`{i.name}`" for i in indices)
