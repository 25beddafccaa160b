"""What need not be computed inside a loop is taken out of it: sums and the like that read nothing of the loop.

``a[t] = W_x @ x[t] + b + W_h @ h[t-1]`` becomes ``a[t] = W_x @ x[t] + b`` for all t at once before the loop, and in the
loop the rest is added.  Inside a function the part that is known gets a name of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from derive.forms.numpy_text import free_name
from derive.language.expr import (
    Add,
    Along,
    Bracket,
    Elem,
    Expr,
    Index,
    Reduce,
    add,
)
from derive.language.schedule import Block, Loop
from derive.language.system import Equation, System, Tensor
from derive.language.traverse import (
    free_symbols,
    names_read,
    walk,
)


@dataclass(frozen=True)
class Single:
    """An equation evaluated for all its indices at once; ``part`` says that more is added to its values later."""

    equation: Equation
    part: bool = False


@dataclass(frozen=True)
class Body:
    """An equation inside a loop; ``added`` is what is added there to the part that was computed before the loop."""

    equation: Equation
    added: Expr | None = None


@dataclass(frozen=True)
class Recurrence:
    """A loop: for the indices in order, each upwards (+1) or downwards (-1)."""

    over: tuple[tuple[Index, int], ...]
    body: tuple[Body, ...]


Planned = Single | Recurrence


def plan(system: System, blocks: Sequence[Block]) -> tuple[System, tuple[Planned, ...]]:
    """The blocks with what can be computed before each loop in front of it; the system with the tensors this adds."""
    planned: list[Planned] = []
    hoisting = _Hoisting(dict(system.tensors))
    for block in blocks:
        if not isinstance(block, Loop):
            planned.append(Single(block))
            continue
        body = [hoisting.body_of(e, block) for e in block.equations]
        planned += hoisting.before
        hoisting.before = []
        planned.append(Recurrence(block.over, tuple(body)))
    added = tuple(p.equation for p in planned if isinstance(p, Single) and p.equation.name not in system.tensors)
    return replace(system, tensors=hoisting.tensors, equations=system.equations + added), tuple(planned)


class _Hoisting:
    def __init__(self, tensors: dict[str, Tensor]) -> None:
        self.tensors = tensors
        self.before: list[Single] = []

    def body_of(self, equation: Equation, loop: Loop) -> Body:
        """The equation as it stands in the loop; what goes before the loop is put in ``before``."""
        within = frozenset(e.name for e in loop.equations)
        terms = equation.right.terms if isinstance(equation.right, Add) else (equation.right,)
        known = [t for t in terms if _is_worth(t, within)]
        if known:
            known = [t for t in terms if names_read(t).isdisjoint(within)]
            self.before.append(Single(replace(equation, right=add(*known)), part=True))
            rest = add(*(t for t in terms if t not in known))
            return Body(equation, self._inside(rest, equation, equation.indices, within))
        return Body(replace(equation, right=self._inside(equation.right, equation, equation.indices, within)))

    def _inside(self, expr: Expr, equation: Equation, scope: tuple[Index, ...], within: frozenset[str]) -> Expr:
        """The expression with its known parts read from tensors computed before the loop."""
        if _is_worth(expr, within):
            return self._named(expr, equation, scope)
        if names_read(expr).isdisjoint(within) or isinstance(expr, Bracket):
            return expr
        if isinstance(expr, Add):
            known = [t for t in expr.terms if _is_worth(t, within)]
            if known:
                known = [t for t in expr.terms if names_read(t).isdisjoint(within)]
                rest = [self._inside(t, equation, scope, within) for t in expr.terms if t not in known]
                return add(self._named(add(*known), equation, scope), *rest)
        if isinstance(expr, Reduce | Along):
            scope = (*(i for i in scope if i.name not in {o.name for o in expr.over}), *expr.over)
        return expr.rebuilt(tuple(self._inside(c, equation, scope, within) for c in expr.children))

    def _named(self, expr: Expr, equation: Equation, scope: tuple[Index, ...]) -> Expr:
        """A new tensor for the value of an expression; gives back its element."""
        axes = tuple(i for i in scope if i.symbol in free_symbols(expr))
        name = free_name(f"{equation.name}_known", self.tensors)
        element = Elem(name, tuple(i.symbol for i in axes))
        self.tensors[name] = Tensor(name, axes, "computed")
        self.before.append(Single(Equation(element, expr, axes)))
        return element


def _is_worth(expr: Expr, within: frozenset[str]) -> bool:
    """Whether an expression reads nothing of the loop and takes more than a few operations an element."""
    return names_read(expr).isdisjoint(within) and any(isinstance(n, Reduce | Along) for n in walk(expr))
