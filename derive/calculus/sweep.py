"""The reverse sweep: the gradient by every tensor, from the loss back to the inputs.

For a tensor ``v`` read by equations ``u[b] = right``, ``dv[a] = sum over u, b of du[b] * D(right, v[a])``.  Nothing here knows
of layers, and nothing is unrolled: where ``u`` reads ``v`` at another time, the deltas turn that into a recurrence of the
gradients, which runs the other way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from derive.calculus.cases import cases
from derive.calculus.closed_form import closed_forms
from derive.calculus.compact import compact
from derive.calculus.contract import CONTRACT, LEFTOVER
from derive.calculus.differentiate import DIFFERENTIATE, named_apart
from derive.calculus.simplify import SIMPLIFY
from derive.language.errors import LayerError
from derive.language.expr import (
    Along, Elem, Expr, Index, Partial, Reduce, add, all_index_names, mul, names_read, size, substitute, sum_, transform, walk,
)  # fmt: skip
from derive.language.expr import Compare
from derive.language.ranges import facts_of, refuted
from derive.language.schedule import reads, schedule
from derive.language.system import Equation, LOSS, System, Tensor
from derive.steps.record import Derivation, Gradient, Reader, Step, gradient_name, upstream_name
from derive.steps.rewrite import gathered, rewrite
from derive.steps.rule import fresh_index, scope_of


def derive(system: System, wrt: Sequence[str] | None = None) -> Derivation:
    """All gradients that ``wrt`` needs, in the order of the backward pass.

    ``wrt`` defaults to every parameter and every real-valued input.
    """
    names = tuple(wrt) if wrt is not None else default_wrt(system)
    needed = _needed(system, names)
    batch = batch_indices(system)
    gradients: dict[str, tuple[Gradient, ...]] = {}
    for name in _backward_order(system, names):
        if name in needed and not is_given(system, name):
            gradients[name] = tuple(
                gradient(system, name, place, batch, needed, gradients) for place in places(system, name)
            )
    backward = backward_system(system, gradients)
    return Derivation(system, names, backward, gradients, closed_forms(backward, gradients))


def default_wrt(system: System) -> tuple[str, ...]:
    """Every parameter and every input that is not an integer."""
    return tuple(t.name for t in (*system.params, *system.inputs) if not t.integer)


def batch_indices(system: System) -> frozenset[str]:
    """Indices that every read passes through unchanged: samples that never meet before the loss adds them up."""
    candidates = {i.name for e in system.equations for i in e.indices}
    for equation in system.equations:
        for read, _ in reads(system, equation):
            if read.name not in system.tensors:
                continue
            axes = system.tensors[read.name].axes
            for axis, place in zip(axes, read.index, strict=True):
                if place != axis.symbol or axis.name not in {i.name for i in equation.indices}:
                    candidates.discard(axis.name)
        candidates -= {i.name for n in walk(equation.right) if isinstance(n, Reduce | Along) for i in n.over}
    return frozenset(candidates)


def is_given(system: System, name: str) -> bool:
    """Whether the gradient by this tensor is handed to the layer from above: an output that nothing else reads."""
    return name in system.outputs and not system.readers(name)


def _alive(system: System) -> frozenset[str]:
    """The tensors from which the loss, or an output, can be reached."""
    alive = {LOSS} if system.loss else set(system.outputs)
    size_before = -1
    while len(alive) != size_before:
        size_before = len(alive)
        for equation in system.all_equations:
            if equation.name in alive:
                alive |= names_read(equation.right)
    return frozenset(alive)


def _needed(system: System, wrt: Iterable[str]) -> frozenset[str]:
    """The tensors whose gradient has to be known: those asked for, and what lies between them and the loss."""
    alive = _alive(system)
    needed, todo = set(wrt), list(wrt)
    while todo:
        for equation in system.readers(todo.pop()):
            if equation.name in alive and equation.name != LOSS and equation.name not in needed:
                needed.add(equation.name)
                todo.append(equation.name)
    return frozenset(needed)


def _backward_order(system: System, wrt: Sequence[str]) -> list[str]:
    """Computed tensors from the loss backwards, then parameters and inputs."""
    forward: list[str] = []
    for block in schedule(system):
        equations = (block,) if isinstance(block, Equation) else block.equations
        forward += [e.name for e in equations if e.name not in forward]
    computed = [n for n in reversed(forward) if n != LOSS]
    return computed + [t.name for t in (*system.params, *system.inputs) if not t.integer]


def places(system: System, name: str) -> tuple[tuple[Elem, tuple[Index, ...]], ...]:
    """The elements by which a gradient is taken: the declared range first, then each base case."""
    axes = system.tensors[name].axes
    if system.tensors[name].kind in ("input", "param"):
        return ((Elem(name, tuple(a.symbol for a in axes)), axes),)
    equations = sorted(system.definitions(name), key=lambda e: e.is_base)
    return tuple((e.left, e.indices) for e in equations)


def gradient(
    system: System,
    name: str,
    place: tuple[Elem, tuple[Index, ...]],
    batch: frozenset[str],
    needed: frozenset[str],
    known: dict[str, tuple[Gradient, ...]],
) -> Gradient:
    """The gradient by one part of a tensor, step by step."""
    of, indices = place
    left = Elem(gradient_name(name), of.index)
    alive = _alive(system)
    readers: list[Reader] = []
    terms: list[Expr] = []
    if name in system.outputs and not any(i.name not in {x.name for x in indices} for i in system.tensors[name].axes):
        terms.append(Elem(upstream_name(name), of.index))
    for equation in system.readers(name):
        if equation.name in alive and _reaches(system, equation, of, indices):
            reader, term = _through(system, equation, of, indices, batch)
            readers.append(reader)
            terms.append(term)
    line = add(*terms)
    steps = [Step("chain rule", chain_sentence(of, readers, system), left, line, left, line, indices)]
    for reader in readers:
        line, step = _with_local_derivative(system, line, reader, indices)
        steps.append(step)
    scope = scope_of(system, indices, line, of)
    line, rewrites = rewrite(line, CONTRACT, scope, indices)
    steps += gathered("delta contraction", rewrites)
    line, rewrites = rewrite(line, LEFTOVER, scope, indices)
    steps += gathered("remaining delta", rewrites)
    line, rewrites = rewrite(line, SIMPLIFY, scope, indices)
    steps += gathered("simplification", rewrites)
    line, more = compact(system, line, known, scope, indices)
    steps += more
    return Gradient(
        name, left, of, indices, tuple(readers), tuple(steps), line, cases(system, left, line, indices)
    )


def _reaches(system: System, equation: Equation, of: Elem, indices: tuple[Index, ...]) -> bool:
    """Whether an equation reads the tensor at these places at all (``z`` never reads ``h[0]``)."""
    apart = {i.symbol: f"{i.name}_of" for i in indices}
    moved = substitute(of, {s: Index(n, s, s).symbol for s, n in apart.items()})
    assert isinstance(moved, Elem)
    held = tuple(i.renamed(apart[i.symbol]) for i in indices)
    for read, facts in reads(system, equation):
        if read.name != of.name:
            continue
        inside = replace(facts, ranges=facts.ranges + facts_of(system, held).ranges)
        pairs = zip(read.index, moved.index, strict=True)
        if not any(refuted(Compare("==", size(a), size(b)), inside) for a, b in pairs):
            return True
    return False


def _through(
    system: System, equation: Equation, of: Elem, indices: tuple[Index, ...], batch: frozenset[str]
) -> tuple[Reader, Expr]:
    """One reader's part of the chain rule: the sum over its elements of upstream times local derivative."""
    mine = {i.name for i in indices}
    taken = frozenset(mine) | all_index_names(of)
    renamed: dict[Index, Index] = {}
    for index in equation.indices:
        if index.name in batch and index.name in mine:
            continue  # the same sample: no sum
        new = fresh_index(index, system, taken)
        taken |= {new.name}
        renamed[index] = new
    values = {i.symbol: r.symbol for i, r in renamed.items()}
    element = substitute(equation.left, values)
    assert isinstance(element, Elem)
    partial = Partial(element, of)
    local = tuple(renamed.values())
    derivative, _ = _local_derivative(system, partial, indices + local, local)
    upstream: Expr = Elem(gradient_name(equation.name), element.index)
    term = partial if equation.name == LOSS else sum_(local, mul(upstream, partial))
    return Reader(equation, element, partial, derivative), term


def _local_derivative(
    system: System, partial: Partial, indices: tuple[Index, ...], local: tuple[Index, ...]
) -> tuple[Expr, tuple[Step, ...]]:
    """The derivative of one equation by one element, everything else held."""
    scope = scope_of(system, indices, partial)
    derivative, steps = rewrite(partial, DIFFERENTIATE, scope, indices)
    held = replace(scope, held=frozenset(i.symbol for i in local))
    derivative, more = rewrite(derivative, CONTRACT, held, indices)
    derivative, last = rewrite(derivative, SIMPLIFY, scope, indices)
    return derivative, steps + more + last


def _with_local_derivative(
    system: System, line: Expr, reader: Reader, indices: tuple[Index, ...]
) -> tuple[Expr, Step]:
    """The line with one reader's local derivative put in its place."""
    partial = reader.partial
    assert isinstance(partial, Partial)
    local = tuple(i for i in _indices_of(line, reader) if i not in indices)
    _, substeps = _local_derivative(system, partial, indices + local, local)
    clear = named_apart(reader.derivative, scope_of(system, indices, line), frozenset(i.name for i in local))
    after = transform(line, lambda node: clear if node == partial else node)
    sentence = f"The local derivative of `{reader.element}` by `{partial.wrt}`, everything else held: `{reader.derivative}`."
    return after, Step("local derivative", sentence, line, after, partial, clear, indices, substeps)


def _indices_of(line: Expr, reader: Reader) -> tuple[Index, ...]:
    """The indices over which the chain rule sums this reader."""
    for node in walk(line):
        if isinstance(node, Reduce) and any(n == reader.partial for n in walk(node.body)):
            return node.over
    return ()


def chain_sentence(of: Elem, readers: Sequence[Reader], system: System) -> str:
    """Who reads the tensor, in words."""
    who = [f"`{r.element}`" if r.equation.name != LOSS else "the loss itself" for r in readers]
    given = of.name in system.outputs
    if not who:
        return "Only the layer above reads it." if given else f"Nothing reads `{of}`, so the loss does not feel it."
    listed = who[0] if len(who) == 1 else ", ".join(who[:-1]) + " and " + who[-1]
    above = ", besides the layer above" if given else ""
    return f"`{of}` is read by {listed}{above}: the loss feels a change of it through every reader, so their parts add up."


def backward_system(system: System, gradients: dict[str, tuple[Gradient, ...]]) -> System:
    """The forward equations and those of the gradients as one system, which can be scheduled and evaluated."""
    tensors = dict(system.tensors)
    for output in system.outputs:
        kept = tensors[output]
        name = gradient_name(output) if is_given(system, output) else upstream_name(output)
        tensors[name] = Tensor(name, kept.axes, "upstream", meaning=f"upstream gradient of {output}")
    equations = list(system.all_equations)
    indices = dict(system.indices)
    for name, parts in gradients.items():
        tensors[gradient_name(name)] = Tensor(gradient_name(name), system.tensors[name].axes, "gradient")
        for part in parts:
            equations.append(Equation(part.left, part.right, part.indices))
            used = [i for n in walk(part.right) if isinstance(n, Reduce | Along) for i in n.over]
            indices |= {i.name: i for i in used if i.name not in indices}
    return replace(system, tensors=tensors, equations=tuple(equations), loss=None, indices=indices)
