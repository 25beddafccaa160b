"""Which part of a line a step has changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

from derive.language.expr import Add, Expr, Mul, Num
from derive.rendering.typeset import Mark
from derive.steps.record import Step


def marked(step: Step) -> Expr:
    """The line after a step, with what came in marked; unmarked where that would be the whole line."""
    line = step.after
    for part in dict.fromkeys(_new_parts(step)):
        line = _with_mark(line, part) or line
    return step.after if _everything(line) else line


def _new_parts(step: Step) -> list[Expr]:
    """What the step, or each rewrite gathered in it, has put in."""
    whole = step.into == step.after
    parts = [s.into for s in step.substeps if s.into != s.after] if whole else [step.into]
    return [p for p in parts if not isinstance(p, Num)]


def _with_mark(expr: Expr, part: Expr) -> Expr | None:
    """The expression with the first occurrence of a part marked, or None where it does not occur."""
    if isinstance(expr, Mark):
        return None
    if expr == part:
        return Mark(expr)
    run = _run(expr, part)
    if run is not None:
        return run
    for k, child in enumerate(expr.children):
        changed = _with_mark(child, part)
        if changed is not None:
            children = (*expr.children[:k], changed, *expr.children[k + 1 :])
            return _kept(expr, children)
    return None


def _kept(expr: Expr, children: tuple[Expr, ...]) -> Expr:
    """The node with other children and nothing flattened or gathered."""
    if isinstance(expr, Add | Mul):
        return type(expr)(children)
    return expr.rebuilt(children)


def _run(expr: Expr, part: Expr) -> Expr | None:
    """A part that has been absorbed: its terms (or factors) stand in a row among those of the expression."""
    if not (isinstance(expr, Add | Mul) and type(part) is type(expr)):
        return None
    inner, outer = _without_number(part), expr.children
    for start in range(len(outer) - len(inner) + 1):
        if outer[start : start + len(inner)] == inner:
            after = outer[start + len(inner) :]
            if inner != part.children and outer[0] == part.children[0]:  # its number stands alone in front
                return _kept(expr, (*outer[1:start], Mark(part), *after))
            group = type(part)(inner) if len(inner) > 1 else inner[0]
            return _kept(expr, (*outer[:start], Mark(group), *after))
    return None


def _without_number(part: Expr) -> tuple[Expr, ...]:
    """The factors of a product but its number, which goes to the front of the product that takes it in."""
    children = part.children
    return children[1:] if isinstance(part, Mul) and isinstance(children[0], Num) else children


def _everything(line: Expr) -> bool:
    """Whether the marks cover the whole line."""
    parts: Sequence[Expr] = line.terms if isinstance(line, Add) else (line,)
    return all(isinstance(p.factors[-1] if _signed(p) else p, Mark) for p in parts)


def _signed(term: Expr) -> TypeGuard[Mul]:
    """Whether a term is a number times one thing."""
    return isinstance(term, Mul) and len(term.factors) == 2 and isinstance(term.factors[0], Num)
