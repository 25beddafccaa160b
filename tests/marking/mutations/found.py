"""The mistakes found in a gradient of a layer: what a test of a family looks at."""

from collections.abc import Callable, Iterator

from derive.calculus.sweep import derive
from derive.language.load import layer, load
from derive.language.system import System
from derive.marking.mutations.mutant import Mutant
from derive.marking.mutations.sites import Change, Line
from derive.marking.mutations.table import lines, mutants
from derive.rendering.page import page

RECURRENT = layer(
    title="Recurrent", indices="t=1..T  n:N  i,k:H", inputs="x[t,n,i] h0[n,i]", params="W[i,k]",
    equations="h[0,n,i] = h0[n,i]\nh[t,n,i] = tanh(x[t,n,i] + sum(W[i,k]*h[t-1,n,k], k))", output="h",
)  # fmt: skip


def mistakes(system: System | str, gradient: str, kind: str = "") -> dict[str, str]:
    """The lines with a mistake of a kind in a gradient, ``dh`` or ``dh[0,n,i]``, by the sentence about it."""
    return {m.mistake.sentence: str(m.right) for m in all_mutants(system, gradient) if kind in ("", m.mistake.kind)}


def all_mutants(system: System | str, gradient: str) -> list[Mutant]:
    derivation = derive(load(system) if isinstance(system, str) else system)
    numbers = page(derivation, None, None).steps
    parts = (part for parts in derivation.gradients.values() for part in parts)
    one = next(p for p in parts if gradient in (p.left.name, str(p.left)))
    return [*mutants(derivation, one, numbers)]


def changes(family: Callable[[Line], Iterator[Change]], system: System | str, gradient: str) -> dict[str, str]:
    """What one family makes of the result of a gradient."""
    return {c.sentence: str(c.right) for c in family(line_of(system, gradient))}


def line_of(system: System | str, gradient: str, number: int = 0) -> Line:
    derivation = derive(load(system) if isinstance(system, str) else system)
    parts = (part for parts in derivation.gradients.values() for part in parts)
    one = next(p for p in parts if gradient in (p.left.name, str(p.left)))
    return next(line for line in lines(derivation, one) if line.number == number)
