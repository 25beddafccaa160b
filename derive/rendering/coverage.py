"""How much of each gradient a page shows: every step, or only what an earlier gradient has not shown already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from derive.calculus.order import default_wrt, needed_tensors
from derive.language.expr import Call, Elem, Expr, Partial
from derive.language.system import LOSS
from derive.rendering.renaming import Renaming, renaming, substeps_renaming
from derive.steps.record import Derivation, Gradient, Step


@dataclass(frozen=True)
class Whole:
    """Every step."""


@dataclass(frozen=True)
class Passed:
    """The result: the only reader is the tensor itself under another name, which sends its gradient on."""


@dataclass(frozen=True)
class Repeated:
    """The result, and which gradient has the same steps with other names."""

    earlier: Gradient
    names: Renaming


@dataclass(frozen=True)
class Briefly:
    """The result, in a closing section: only constants need it."""


Coverage = Whole | Passed | Repeated | Briefly


@dataclass(frozen=True)
class Likewise:
    """The step whose single rewrites are those of a later one with other names."""

    earlier: Step
    names: Renaming


def coverage(derivation: Derivation, taken_by: Mapping[str, str]) -> dict[int, Coverage]:
    """How much of each gradient, by its id; ``taken_by`` has the tensor of each gradient: dh -> h."""
    constants = _of_constants(derivation)
    found: dict[int, Coverage] = {}
    whole: list[Gradient] = []
    for one in _gradients(derivation):
        found[id(one)] = how = Briefly() if one.tensor in constants else _covered(one, whole, taken_by)
        if isinstance(how, Whole):
            whole.append(one)
    return found


def _gradients(derivation: Derivation) -> Iterator[Gradient]:
    for parts in derivation.gradients.values():
        yield from parts


def _of_constants(derivation: Derivation) -> frozenset[str]:
    """What only the gradients by constants need, where they were not asked for by name."""
    system = derivation.system
    trained = [n for n in derivation.wrt if n not in system.constants]
    if derivation.wrt != default_wrt(system) or not trained:
        return frozenset()
    return frozenset(derivation.gradients) - needed_tensors(system, trained)


def _covered(one: Gradient, whole: Sequence[Gradient], taken_by: Mapping[str, str]) -> Coverage:
    if is_passed_on(one):
        return Passed()
    for earlier in whole:
        names = renaming(earlier, one, taken_by)
        if names is not None:
            return Repeated(earlier, names)
    return Whole()


def is_passed_on(one: Gradient) -> bool:
    """Whether the only reader is ``y[n] = z[n]``, so that the gradient is that of the reader."""
    if len(one.readers) != 1 or one.cases or not isinstance(one.right, Elem):
        return False
    (reader,) = one.readers
    plain = all(place.is_Symbol or place.is_Integer for place in one.right.index)
    return plain and reader.equation.name != LOSS and _is_name(reader.equation.right)


def _is_name(right: Expr) -> bool:
    return isinstance(right, Elem) or (
        isinstance(right, Call) and right.function == "linear" and _is_name(*right.children)
    )


def likewise(steps: Sequence[Step], taken_by: Mapping[str, str]) -> dict[int, Likewise]:
    """The steps, by their id, whose single rewrites an earlier one has shown already."""
    found: dict[int, Likewise] = {}
    shown: list[Step] = []
    for step in (s for s in steps if len(s.substeps) > 1):
        names = ((s, substeps_renaming(s, step, taken_by)) for s in shown)
        same = next(((s, n) for s, n in names if n is not None), None)
        if same is None:
            shown.append(step)
        else:
            found[id(step)] = Likewise(*same)
    return found


def lines(steps: Sequence[Step], likes: Mapping[int, Likewise]) -> list[tuple[Step, ...]]:
    """The steps, with those in a row together that have the same single rewrites with other names."""
    out: list[tuple[Step, ...]] = []
    for step in steps:
        if out and id(step) in likes and likes[id(step)].earlier is _origin(out[-1][0], likes):
            out[-1] += (step,)
        else:
            out.append((step,))
    return out


def _origin(step: Step, likes: Mapping[int, Likewise]) -> Step:
    return likes[id(step)].earlier if id(step) in likes else step


def main_steps(gradient: Gradient) -> tuple[Step, ...]:
    """The steps but for a chain rule that only repeats the left side: where the loss is the reader."""
    first, *rest = gradient.steps
    trivial = isinstance(first.after, Partial) and first.after.of == Elem(LOSS) and first.after.wrt == gradient.of
    return tuple(rest) if trivial and rest else gradient.steps
