"""The reverse sweep: the gradient by every tensor, from the loss back to the inputs.

For a tensor ``v`` read by equations ``u[b] = right``, ``dv[a] = sum over u, b of du[b] * D(right, v[a])``.  Nothing
here knows of layers, and nothing is unrolled: where ``u`` reads ``v`` at another time, the deltas turn that into a
recurrence of the gradients, which runs the other way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from derive.calculus.cases import cases
from derive.calculus.chain import chain_sentence, put_in_place, readers_of, through
from derive.calculus.closed_form import closed_forms
from derive.calculus.compact import compact
from derive.calculus.condense import condense
from derive.calculus.contract import CONTRACT, LEFTOVER
from derive.calculus.norm_bound import norm_bound
from derive.calculus.order import (
    backward_order,
    batch_indices,
    default_wrt,
    is_given,
    needed_tensors,
    places,
)  # fmt: skip
from derive.calculus.simplify import SIMPLIFY
from derive.calculus.truncate import truncated
from derive.language.expr import (
    Along,
    Elem,
    Expr,
    Index,
    Reduce,
    add,
)
from derive.language.system import Equation, System, Tensor
from derive.language.traverse import (
    walk,
)
from derive.steps.record import (
    ClosedForm,
    Derivation,
    EntrywiseForm,
    Gradient,
    Reader,
    Step,
    gradient_name,
    upstream_name,
)
from derive.steps.rewrite import gathered, rewrite
from derive.steps.rule import scope_of


def derive(system: System, wrt: Sequence[str] | None = None) -> Derivation:
    """All gradients that ``wrt`` needs, in the order of the backward pass.

    ``wrt`` defaults to every parameter and every real-valued input.
    """
    names = tuple(wrt) if wrt is not None else default_wrt(system)
    needed = needed_tensors(system, names)
    batch = batch_indices(system)
    gradients: dict[str, tuple[Gradient, ...]] = {}
    for name in backward_order(system):
        if name in needed and not is_given(system, name):
            parts = places(system, name, names, needed)
            gradients[name] = tuple(gradient(system, of, indices, batch, gradients) for of, indices in parts)
    backward = backward_system(system, gradients)
    forms = closed_forms(backward, gradients)
    entrywise = tuple(f for f in forms if isinstance(f, EntrywiseForm))
    others = tuple(f for f in forms if isinstance(f, ClosedForm))
    found = Derivation(system, names, backward, gradients, others, entrywise_forms=entrywise)
    return _studied(found, system.study.truncation) if system.study.truncation in gradients else found


def _studied(derivation: Derivation, tensor: str) -> Derivation:
    """The derivation with a bound of the Jacobians by which the gradient of ``tensor`` recurs, and that cut short."""
    form = next((f for f in derivation.closed_forms if f.tensor == tensor), None)
    bound = norm_bound(derivation.backward, form) if form else None
    return replace(derivation, bound=bound, truncation=truncated(derivation.backward, derivation.gradients, tensor))


def gradient(
    system: System,
    of: Elem,
    indices: tuple[Index, ...],
    batch: frozenset[str],
    known: Mapping[str, tuple[Gradient, ...]],
) -> Gradient:
    """The gradient by one part of a tensor, step by step."""
    left = Elem(gradient_name(of.name), of.index)
    readers, line = _chain_rule(system, of, indices, batch)
    steps = [Step("chain rule", chain_sentence(of, readers, system), left, line, left, line, indices)]
    for reader in readers:
        steps.append(put_in_place(system, line, reader, indices))
        line = steps[-1].after
    scope = scope_of(system, indices, line, of)
    for name, rules in (("delta contraction", CONTRACT), ("remaining delta", LEFTOVER), ("simplification", SIMPLIFY)):
        line, rewrites = rewrite(line, rules, scope, indices)
        steps += gathered(name, rewrites)
    line, rewrites = compact(line, known, scope, indices)
    steps += rewrites
    line, rewrites = condense(line, of, known, scope, indices)
    steps += rewrites
    special = cases(system, left, line, indices)
    return Gradient(of.name, left, of, indices, readers, tuple(steps), line, special)


def _chain_rule(
    system: System, of: Elem, indices: tuple[Index, ...], batch: frozenset[str]
) -> tuple[tuple[Reader, ...], Expr]:
    """Every reader and the sum of their parts; an output that is read inside the layer has a part from above too."""
    parts = [through(system, e, of, indices, batch) for e in readers_of(system, of, indices)]
    terms = [term for _, term in parts]
    if of.name in system.outputs and len(indices) == len(of.index):
        terms.insert(0, Elem(upstream_name(of.name), of.index))
    return tuple(reader for reader, _ in parts), add(*terms)


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
