"""A system as a Python function: NumPy source that stands by itself, vectorised, with a loop only over a recurrence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

import sympy

from derive.forms.fused.group import Block, Fused, arrays_of, equations_of, fuse
from derive.forms.fused.kernel import write_kernel
from derive.forms.layout import laid_out
from derive.forms.numpy_guards import without_impossible
from derive.forms.numpy_helpers import helper_sources
from derive.forms.numpy_hoist import Body, Single, plan
from derive.forms.numpy_places import slice_text, subscripted
from derive.forms.numpy_scope import Scope, Writer, scope_of
from derive.forms.numpy_shared import shared
from derive.forms.numpy_sizes import arguments, header, sizes_of
from derive.forms.numpy_statements import write
from derive.forms.numpy_text import Piece
from derive.language.expr import (
    Bracket,
    Call,
    Delta,
    Index,
)
from derive.language.functions import TABLE
from derive.language.integers import expand, is_size
from derive.language.schedule import schedule
from derive.language.system import Equation, System
from derive.language.text import integer_text, text
from derive.language.traverse import (
    free_symbols,
    names_read,
    walk,
)
from derive.steps.record import gradient_name, upstream_name


@dataclass(frozen=True)
class Code:
    """A generated function.

    source     the module: imports, helpers and the function, which gives back a dict by name of the language; a
               statement is a line, however long
    name       of the function
    tensors    Python names of the arguments by the names of the tensors, in order
    sizes      Python names of the sizes that no shape tells
    functions  Python names of the abstract functions, and of their derivatives: ``f'`` is ``f_prime``
    kernels    of fused code: the source of the kernels that it calls, by name
    """

    source: str
    name: str
    tensors: Mapping[str, str]
    sizes: Mapping[str, str]
    functions: Mapping[str, str]
    kernels: Mapping[str, str] | None = None


def source(backward: System, returns: Sequence[str], name: str = "backward") -> str:
    """The source of a function that computes tensors of a system; equations they do not need are left out.

    The function takes the inputs, parameters and upstream gradients as arrays (axes in the order of their indices),
    then by name the sizes that no shape tells and the abstract functions.  It gives back a dict of the tensors
    ``returns``, as arrays over their declared ranges.
    """
    return laid_out(code(backward, returns, name).source)


def code(backward: System, returns: Sequence[str], name: str = "backward", fused: bool = False) -> Code:
    """The function of ``source``, with the names of its arguments; ``fused`` lets it call kernels."""
    if not name.isidentifier():
        raise ValueError(f"not a name: {name!r}")
    unknown = [r for r in returns if r not in backward.tensors]
    if unknown:
        raise ValueError(f"no tensor named {unknown[0]}")
    needed = _needed(backward, returns)
    whole, needed = shared(backward, needed)
    system, planned = plan(whole, schedule(whole, needed))
    writer = Writer(system, fused)
    sizes = sizes_of(backward)
    given = {t.name: writer.tensor(t.name) for t in arguments(backward)}
    keywords = {n: writer.names.of("size", n) for n in sizes.named}
    functions = {f: writer.function(f) for f in _abstract(needed)}
    _write_all(fuse(planned, writer, returns) if fused else planned, writer)
    writer.release(t for t in system.tensors if t not in backward.tensors)
    _write_return(returns, writer)
    outer = {t: _outer_name(t, backward, writer) for t in given}
    renamed = [f"    {given[t]} = {o}" for t, o in outer.items() if o != given[t]]
    named = [*keywords.values(), *functions.values()]
    signature = ", ".join([*outer.values(), *(["*"] if named else []), *named])
    about = f'    """{_about(backward, outer, returns)}"""'
    lines = [f"def {name}({signature}):", about, *renamed, *header(writer, sizes), *writer.lines]
    helpers = helper_sources(writer.helpers)
    imports = "import math\n\nimport numpy as np" if any("math." in h for h in helpers) else "import numpy as np"
    modules = [imports, *helpers, "\n".join(lines)]
    return Code("\n\n\n".join(modules) + "\n", name, outer, keywords, functions, writer.kernels if fused else None)


def _write_return(returns: Sequence[str], writer: Writer) -> None:
    pairs = [f'"{r}": {_declared(r, writer)}' for r in returns]
    if sum(map(len, pairs)) + 2 * len(pairs) <= 90:
        writer.line(f"return {{{', '.join(pairs)}}}")
        return
    writer.line("return {")
    writer.lines += [f"        {pair}," for pair in pairs]
    writer.line("}")


def _outer_name(name: str, system: System, writer: Writer) -> str:
    """What a caller calls an argument: the upstream gradient of ``y`` is ``dy``, whatever its name inside."""
    output = next((o for o in system.outputs if name == upstream_name(o)), None)
    return writer.tensor(name if output is None else gradient_name(output))


def _about(system: System, outer: Mapping[str, str], returns: Sequence[str]) -> str:
    shapes = []
    for tensor in arguments(system):
        extents = ", ".join(integer_text(expand(a.extent)) for a in tensor.axes)
        shapes.append(f"{outer[tensor.name]} ({extents})" if tensor.axes else outer[tensor.name])
    lines = wrap(f"{', '.join(shapes)} -> {', '.join(returns)}", 110)
    return lines[0] if len(lines) == 1 else "\n    ".join(lines) + "\n    "


def _needed(system: System, returns: Sequence[str]) -> tuple[Equation, ...]:
    """The equations that the tensors need, directly or not."""
    wanted, pending = set(returns), list(returns)
    while pending:
        for equation in system.definitions(pending.pop()):
            for read in names_read(equation.right) - wanted:
                wanted.add(read)
                pending.append(read)
    return tuple(without_impossible(e, system) for e in system.all_equations if e.name in wanted)


def _abstract(equations: Sequence[Equation]) -> list[str]:
    """The functions that are not in the table, in order of their names."""
    calls = {n.function for e in equations for n in walk(e.right) if isinstance(n, Call)}
    return sorted(calls - set(TABLE))


def _write_all(blocks: Sequence[Block], writer: Writer) -> None:
    scope = scope_of(writer)
    masked = _read_under_masks(blocks)
    defined = {t.name for t in arguments(writer.system)}

    def allocate(name: str) -> None:
        if name not in defined:
            _allocate(name, writer, masked)
            defined.add(name)

    for block in blocks:
        if isinstance(block, Single):
            equation = block.equation
            writer.comment(f"{text(equation.left)} = {text(equation.right)}" + (" + ..." if block.part else ""))
            if not _fills(equation, writer):
                allocate(equation.name)
            write(equation, scope, equation.name in defined, block.part)
            defined.add(equation.name)
        elif isinstance(block, Fused):
            write_kernel(block, scope, allocate)
            defined |= {e.name for e in block.equations}
        else:
            for name in arrays_of(block):
                allocate(name)
            _nest(block.over, block.body, scope)


def _read_under_masks(blocks: Sequence[Block]) -> set[str]:
    """The tensors that may be read, beside a guard that is false, before all their elements are there."""
    found: set[str] = set()
    for block in blocks:
        loops = {index.symbol for index, _ in getattr(block, "over", ())}
        for equation in equations_of(block):
            guards = [n for n in walk(equation.right) if isinstance(n, Bracket | Delta)]
            if any(not is_size(s) and s not in loops for g in guards for s in free_symbols(g)):
                found |= names_read(equation.right)
    return found


def _fills(equation: Equation, writer: Writer) -> bool:
    """Whether an equation gives its tensor all the values that it holds."""
    bounds = tuple((i.low, i.high) for i in equation.indices)
    return not equation.is_base and all(
        expand(a - b) == 0
        for mine, whole in zip(bounds, writer.bounds(equation.name), strict=True)
        for a, b in zip(mine, whole, strict=True)
    )


def _allocate(name: str, writer: Writer, masked: set[str]) -> None:
    """A new array for a tensor; if each of its elements is sure to be written before it is read it may start empty."""
    bounds = writer.bounds(name)
    declared = writer.system.tensors[name].axes
    widened = sum(expand(high - low - a.extent + 1) != 0 for (low, high), a in zip(bounds, declared, strict=True))
    scope = scope_of(writer)
    extents = [scope.integer(expand(high - low + 1)).text for low, high in bounds]
    kind = "empty" if name not in masked and widened <= 1 else "zeros"
    writer.line(f"{writer.tensor(name)} = np.{kind}(({', '.join(extents)}{',' * (len(extents) == 1)}), dtype)")


def _nest(over: Sequence[tuple[Index, int]], body: Sequence[Body | Fused], scope: Scope) -> None:
    """The loops, outermost first, around the equations."""
    if not over:
        for item in body:
            if isinstance(item, Fused):
                write_kernel(item, scope, lambda name: None)
                continue
            left, right = text(item.equation.left), item.equation.right
            scope.writer.comment(f"{left} = " + (f"... + {text(item.added)}" if item.added else text(right)))
            write(item.equation, scope, True, added=item.added)
        return
    (index, sign), *inner = over
    low, high = scope.integer(index.low), scope.integer(index.high)
    after = scope.integer(expand(index.high + 1)).text
    start = "" if index.low == 0 else f"{low.text}, "
    before = scope.integer(expand(index.low - 1)).text
    steps = f"range({start}{after})" if sign > 0 else f"range({high.text}, {before}, -1)"
    variable = scope.writer.names.of("index", index.name)
    with scope.writer.block(f"for {variable} in {steps}:"):
        _nest(inner, body, scope.looping([index]))


def _declared(name: str, writer: Writer) -> str:
    """A tensor over its declared range, without its base cases."""
    tensor = writer.system.tensors[name]
    scope = scope_of(writer)
    marks = [
        slice_text(expand(a.low - low), expand(a.high - low), sympy.Integer(1), expand(high - low), scope)
        for a, (low, high) in zip(tensor.axes, writer.bounds(name), strict=True)
    ]
    return subscripted(Piece(writer.tensor(name)), marks)
