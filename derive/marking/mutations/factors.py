"""Factors that are missing, stand twice, or stand in the denominator where they belong in the numerator."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from derive.language.expr import (
    MINUS_ONE,
    ONE,
    Add,
    Along,
    Bracket,
    Call,
    Elem,
    Expr,
    Mul,
    Num,
    Pow,
    Reduce,
    add,
    mul,
    neg,
    num,
    power,
)
from derive.language.system import Tensor
from derive.language.traverse import names_read, walk
from derive.marking.mutations.sites import Change, Layer, Line, Site, elements_in, needed


def dropped_factors(line: Line) -> Iterator[Change]:
    """A factor forgotten: a weight, a scale, a mask."""
    for site, k, factor in _factors(line):
        if _carries_gradient(line, factor):
            continue
        rest = mul(_sign(factor), *(f for j, f in enumerate(_all(site)) if j != k))
        if isinstance(rest, Num) and isinstance(site.parent, Add):
            continue  # 1 - p would become a number
        if isinstance(factor, Bracket) and any(needed(site, c, elements_in(rest)) for c in factor.conditions):
            continue
        kind, sentence = _missing(line, factor)
        yield site.change(kind, sentence, rest)


def doubled_factors(line: Line) -> Iterator[Change]:
    """A factor that stands twice."""
    for site, k, factor in _factors(line):
        if not _carries_gradient(line, factor) and not _zero_or_one(factor) and factor != MINUS_ONE:
            twice = mul(*(_twice(f) if j == k else f for j, f in enumerate(_all(site))))
            yield site.change("doubled factor", f"`{factor}` stands twice", twice)


def inverses(line: Line) -> Iterator[Change]:
    """A factor in the numerator where it belongs in the denominator, or the other way round; no root; no ``1 -``."""
    for site, _, factor in _factors(line):
        if _scale(line, factor) and not isinstance(factor, Bracket) and factor != MINUS_ONE:
            turned = factor if isinstance(factor, Pow) else Pow(factor, ONE)
            yield from _instead(line, site, factor, power(turned.base, neg(turned.exponent)), "inverse")


def powers(line: Line) -> Iterator[Change]:
    """A wrong exponent."""
    for site in line.sites:
        match site.node:
            case Pow(base, Num(n)) if n != -1:
                for wrong in dict.fromkeys((n - 1, n + 1, Fraction(1))):
                    other = power(base, Num(wrong))
                    if wrong not in (0, n):
                        yield site.change("wrong power", f"`{other}` stands where `{site.node}` should", other)
            case Pow(base, exponent) if any(isinstance(n, Bracket) for n in walk(exponent)):
                yield site.change("dropped guard", f"`{base}` stands where `{site.node}` should", base)
            case Call("sqrt", (argument,)):
                sentence = f"the root is missing: `{argument}` stands where `{site.node}` should"
                yield site.change("wrong power", sentence, argument)
            case Add((Num(one), term)) if one == 1 and isinstance(site.parent, Mul | Pow | None):
                other = neg(term)
                yield site.change("wrong complement", f"`{other}` stands where `{site.node}` should", other)


def complements(line: Line) -> Iterator[Change]:
    """``1 - z`` for a gate ``z``: a value that the layer has taken from 1 somewhere, or could have."""
    gates = _gates(line.layer)
    for site, _, factor in _factors(line):
        if isinstance(factor, Elem) and factor.name in gates and site.node != neg(factor):
            yield from _instead(line, site, factor, add(ONE, neg(factor)), "wrong complement")


@lru_cache(maxsize=16)
def _gates(layer: Layer) -> frozenset[str]:
    """The tensors between 0 and 1."""
    found: set[str] = set()
    for equation in layer.system.equations:
        match equation.right:
            case Call("sigmoid") | Along("softmax"):
                found.add(equation.name)
        for node in walk(equation.right):
            match node:
                case Add((Num(one), Mul((Num(minus), Elem(name))))) if one == 1 and minus == -1:
                    found.add(name)
    return frozenset(found)


def _instead(line: Line, site: Site, factor: Expr, wrong: Expr, kind: str) -> Iterator[Change]:
    changed = mul(*(wrong if f is factor else f for f in _all(site)))
    yield site.change(kind, f"`{wrong}` stands where `{factor}` should", changed)


def _all(site: Site) -> tuple[Expr, ...]:
    return site.node.factors if isinstance(site.node, Mul) else (site.node,)


def _factors(line: Line) -> Iterator[tuple[Site, int, Expr]]:
    """Every factor of every product."""
    for site in line.sites:
        if isinstance(site.node, Mul):
            for k, factor in enumerate(site.node.factors):
                yield site, k, factor


def _carries_gradient(line: Line, factor: Expr) -> bool:
    """Whether what comes back is in a factor: without it nothing would be left."""
    return any(_tensor(line, name).kind in ("gradient", "upstream") for name in names_read(factor))


def _tensor(line: Line, name: str) -> Tensor:
    return line.system.tensors[name]


def _scale(line: Line, factor: Expr) -> bool:
    """Whether a factor is the same number in every entry, or a power."""
    return isinstance(factor, Pow | Call) or all(not _tensor(line, n).axes for n in names_read(factor))


def _sign(factor: Expr) -> Expr:
    """What stays where a number is forgotten: its sign, which is a mistake of its own."""
    return MINUS_ONE if isinstance(factor, Num) and factor.value < 0 and factor != MINUS_ONE else ONE


def _twice(factor: Expr) -> Expr:
    return Num(factor.value * abs(factor.value)) if isinstance(factor, Num) else power(factor, num(2))


def _zero_or_one(factor: Expr) -> bool:
    return isinstance(factor, Bracket) or (isinstance(factor, Along) and factor.op == "argmax")


def _missing(line: Line, factor: Expr) -> tuple[str, str]:
    """Of which kind it is to forget a factor, and the sentence."""
    match factor:
        case Num(n) if n == -1:
            return "wrong sign", "the sign is wrong: a minus is missing"
        case Bracket():
            return "dropped guard", f"the condition `{factor}` is missing"
        case Along("argmax"):
            return "dropped guard", f"`{factor}` is missing: only the largest element has a gradient"
        case Elem() | Along() | Reduce():
            return "dropped factor", f"the factor `{factor}` is missing"
    if all(not _tensor(line, n).axes for n in names_read(factor)):
        scale = Num(abs(factor.value)) if isinstance(factor, Num) else factor
        return "dropped scale", f"the scale `{scale}` is missing"
    return "dropped factor", f"the factor `{factor}` is missing"
