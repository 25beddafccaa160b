"""Lines of a derivation, the nodes in them at which a mistake can be made, and what it makes of the line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from derive.calculus.guards import range_condition
from derive.language.expr import Add, Bracket, Call, Compare, Elem, Expr, Index, Mul, Num, Partial, Pow, Reduce, size
from derive.language.integers import expand, is_size, symbols_of
from derive.language.integral import as_integer
from derive.language.ranges import Facts, facts_of, proved, refuted
from derive.language.system import System
from derive.language.traverse import all_index_names, bound_at, walk
from derive.steps.record import Gradient, Step

_LONG = 60  # letters of a formula that a sentence does not show
Path = tuple[int, ...]  # the positions of the children that lead from the root of a line to a node


class Layer:
    """A backward system that equals itself alone, so that what is found of it need not be found again."""

    def __init__(self, system: System) -> None:
        self.system = system

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Layer) and other.system is self.system

    def __hash__(self) -> int:
        return id(self.system)


@dataclass(frozen=True)
class Line:
    """A line of the derivation of a gradient.

    system  the backward system, which holds all tensors; ``step`` what the line is the result of
    number  0 the result of the derivation, others the lines before
    known   the nodes of other lines, in which the same mistakes were made already
    """

    system: System
    gradient: Gradient
    expr: Expr
    step: Step
    number: int
    known: frozenset[Expr] = frozenset()

    @property
    def layer(self) -> Layer:
        return Layer(self.system)

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Every node, a parent before its children; what stands inside conditions and local derivatives is left out."""
        return tuple(_sites(Site(self, self.expr, (), (), self.gradient.indices)))

    @cached_property
    def facts(self) -> Facts:
        """What is known of the integers in the line."""
        return facts_of(self.system, self.gradient.indices)

    @cached_property
    def terms(self) -> tuple[Path, ...]:
        """Where the terms stand that add up to the line."""
        return tuple(_terms(self.expr, ()))

    def term_at(self, path: Path) -> int | None:
        """The number of the one term that a node stands in, or that stands in it; None where it is several."""
        found = [k for k, term in enumerate(self.terms) if all(a == b for a, b in zip(path, term, strict=False))]
        return found[0] if len(found) == 1 else None

    def change(self, kind: str, sentence: str, right: Expr, term: int | None = None) -> Change:
        return Change(kind, sentence, right, self, term)


@dataclass(frozen=True)
class Site:
    """A node of a line, and what is around it: the nodes from the root down, and the indices that are in scope."""

    line: Line
    node: Expr
    path: Path
    parents: tuple[Expr, ...]
    scope: tuple[Index, ...]

    @property
    def parent(self) -> Expr | None:
        return self.parents[-1] if self.parents else None

    @property
    def siblings(self) -> tuple[Expr, ...]:
        """The other factors or terms of the product or sum that the node stands in."""
        parent = self.parent
        if not isinstance(parent, Mul | Add):
            return ()
        return tuple(child for k, child in enumerate(parent.children) if k != self.path[-1])

    @property
    def clear(self) -> bool:
        """Whether the node may be 0 or negative: it stands in no quotient, root or logarithm."""
        return not any(isinstance(p, Call) or (isinstance(p, Pow) and not _whole(p.exponent)) for p in self.parents)

    @cached_property
    def facts(self) -> Facts:
        """What is known of the integers here."""
        facts = self.line.facts
        for position, parent in zip(self.path, self.parents, strict=True):
            facts = facts.within(bound_at(parent))
            for k, factor in enumerate(parent.children if isinstance(parent, Mul) else ()):
                if k != position and isinstance(factor, Bracket):
                    facts = facts.given(factor)
        return facts

    def put(self, node: Expr) -> Expr:
        """The line with another node here."""
        for position, parent in zip(reversed(self.path), reversed(self.parents), strict=True):
            children = parent.children
            node = parent.rebuilt((*children[:position], node, *children[position + 1 :]))
        return node

    def change(self, kind: str, sentence: str, node: Expr, child: int | None = None) -> Change:
        """The mistake of writing another node here; ``child`` is the term of it that alone is touched."""
        path = self.path if child is None else (*self.path, child)
        return Change(kind, sentence, self.put(node), self.line, self.line.term_at(path))


@dataclass(frozen=True)
class Change:
    """A mistake of a kind, in words, and what it makes of a line; ``step`` where it was not made in the line's own."""

    kind: str
    sentence: str
    right: Expr
    line: Line
    term: int | None
    step: Step | None = None


Family = Callable[[Line], Iterator[Change]]  # the mistakes of one sort that can be made in a line


def missing_conditions(system: System, element: Elem, facts: Facts) -> tuple[Compare, ...] | None:
    """What must be asked so that an element exists; None where it exists nowhere."""
    conditions = []
    if element.name in system.outside:
        return ()
    for place, (low, high) in zip(element.index, system.storage(element.name), strict=True):
        if (place, low, high) in facts.ranges:
            continue  # an index in its own range
        for op, end in ((">=", low), ("<=", high)):
            condition = Compare(op, size(place), size(end))
            if refuted(condition, facts):
                return None
            if not proved(condition, facts):
                conditions.append(range_condition(op, place, end))
    return tuple(conditions)


def elements_in(expr: Expr) -> list[Elem]:
    return [node for node in walk(expr) if isinstance(node, Elem)]


def needed(site: Site, condition: Compare, elements: Iterable[Elem]) -> bool:
    """Whether one of the elements is not there where a condition on its place fails: ``[t < T]`` beside ``da[t+1]``."""
    sides = as_integer(condition.left), as_integer(condition.right)
    if condition.op in ("==", "!=") or None in sides or not all(map(is_size, symbols_of(sides[1]))):
        return False
    ranges = [(i.symbol, i.low, i.high) for i in site.scope]
    for element in elements:
        for place, (low, high) in zip(element.index, site.line.system.storage(element.name), strict=True):
            apart = symbols_of(expand(place - sides[0]))
            if (
                symbols_of(place) & symbols_of(sides[0])
                and all(map(is_size, apart))
                and (place, low, high) not in ranges
            ):
                return True
    return False


def located(site: Site) -> str:
    """Where in the line a sum stands, in words, if it has several: by the sum, or by what comes back in it."""
    alike = [s for s in site.line.sites if isinstance(s.node, Reduce) and s.node != site.node]
    if not alike or not isinstance(site.node, Reduce):
        return ""
    if len(str(site.node)) <= _LONG:
        return f" in `{site.node}`"
    kinds = site.line.system.tensors
    back = next((e for e in elements_in(site.node) if kinds[e.name].kind in ("gradient", "upstream")), None)
    return f" in the term with `{back}`" if back else ""


def known_names(line: Line, expr: Expr) -> bool:
    """Whether every index in an expression is one that the layer or the result knows."""
    return all_index_names(expr) <= {*line.system.indices, *line.system.sizes, *line.system.derived}


def _whole(exponent: Expr) -> bool:
    return isinstance(exponent, Num) and exponent.value.denominator == 1 and exponent.value > 0


def _sites(site: Site) -> Iterator[Site]:
    if site.node in site.line.known:
        return
    yield site
    if isinstance(site.node, Bracket | Partial):
        return
    scope = (*site.scope, *bound_at(site.node))
    for position, child in enumerate(site.node.children):
        yield from _sites(Site(site.line, child, (*site.path, position), (*site.parents, site.node), scope))


def _terms(expr: Expr, path: Path) -> Iterator[Path]:
    match expr:
        case Add(terms):
            for k, term in enumerate(terms):
                yield from _terms(term, (*path, k))
        case Mul(factors):
            found = [(k, inner) for k, f in enumerate(factors) if len(inner := [*_terms(f, ())]) > 1]
            if len(found) == 1:
                yield from ((*path, found[0][0], *inner) for inner in found[0][1])
            else:
                yield path
        case Reduce("sum", _, body):
            yield from _terms(body, (*path, 0))
        case _:
            yield path
