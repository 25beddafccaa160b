"""Terms that are missing, have the wrong sign or are counted twice."""

from __future__ import annotations

from collections.abc import Iterator

from derive.language.binding import substitute
from derive.language.expr import ONE, Add, Along, Delta, Expr, Mul, Num, Reduce, add, mul, neg, num
from derive.language.traverse import exchanged, transform, walk
from derive.marking.mutations.activations import chain_line
from derive.marking.mutations.sites import Change, Line, known_names
from derive.steps.record import Reader


def wrong_signs(line: Line) -> Iterator[Change]:
    """The sign of the whole, or of one term."""
    if not line.known:
        yield line.change("wrong sign", "the sign of the whole is wrong", neg(line.expr))
    for site in line.sites:
        if isinstance(site.node, Add):
            for k, term in enumerate(site.node.terms):
                yield site.change("wrong sign", _sign(term), _with(site.node, k, neg(term)), k)


def dropped_terms(line: Line) -> Iterator[Change]:
    """One term of a sum forgotten."""
    for site in line.sites:
        if isinstance(site.node, Add):
            for k, term in enumerate(site.node.terms):
                kept = add(*(t for j, t in enumerate(site.node.terms) if j != k))
                yield site.change("dropped term", f"the term `{term}` is missing", kept, k)


def diagonals(line: Line) -> Iterator[Change]:
    """The derivative of a function of a whole axis as if each entry had its own function, or with a part of it only."""
    for reader in line.gradient.readers:
        parts = next((n for n in walk(reader.derivative) if isinstance(n, Add) and _is_mixed(n)), None)
        if parts is not None:
            yield from _diagonal(line, reader)
            yield from _part(line, reader, parts)


def _diagonal(line: Line, reader: Reader) -> Iterator[Change]:
    """Only what each entry does to itself: ``y*(1 - y)`` for ``y[l]*(delta(l, k) - y[k])``."""
    deltas = [n for n in walk(reader.derivative) if isinstance(n, Delta)]
    values = {d.left: d.right for d in deltas if d.left in {i.symbol for i in reader.over}}
    values |= {d.right: d.left for d in deltas if d.right in {i.symbol for i in reader.over}}
    own = transform(substitute(reader.derivative, values), lambda n: ONE if _is_one(n) else n)
    right, step = chain_line(line, reader, mul(reader.derivative, *dict.fromkeys(deltas)))
    told = f": `{own}` with no sum" if known_names(line, own) else ""
    sentence = f"{_derivative(reader)} is only its diagonal{told}, as if each entry changed itself alone"
    yield Change("dropped term", sentence, right, line, None, step)


def _part(line: Line, reader: Reader, parts: Add) -> Iterator[Change]:
    """Only the part with the delta, or only the rest."""
    told = f", `{reader.derivative}`," if known_names(line, reader.derivative) else ""
    for on in (True, False):
        kept, missing = (add(*(t for t in parts.terms if _on_diagonal(t) is side)) for side in (on, not on))
        local = exchanged(reader.derivative, {parts: kept})
        right, step = chain_line(line, reader, local)
        sentence = f"in {_derivative(reader)}{told} `{missing}` is missing"
        if told or not on:
            yield Change("dropped term", sentence, right, line, None, step)


def _is_mixed(node: Add) -> bool:
    """Whether a sum has terms with a delta and terms with none."""
    return len({_on_diagonal(t) for t in node.terms}) == 2


def _is_one(node: Expr) -> bool:
    return isinstance(node, Delta) and node.left == node.right


def _derivative(reader: Reader) -> str:
    function = _function(reader.equation.right)
    return f"the derivative of {function}" if function else f"the derivative of `{reader.element}`"


def doubled_terms(line: Line) -> Iterator[Change]:
    """One term counted twice."""
    for site in line.sites:
        if isinstance(site.node, Add):
            for k, term in enumerate(site.node.terms):
                if not isinstance(term, Num):
                    twice = _with(site.node, k, mul(num(2), term))
                    yield site.change("doubled term", f"`{term}` is counted twice", twice, k)


def _sign(term: Expr) -> str:
    turned = neg(term)
    if len(str(turned)) < len(str(term)):
        return f"`{turned}` is to be subtracted, and you add it"
    return f"`{term}` is to be added, and you subtract it"


def _with(node: Add, position: int, term: Expr) -> Expr:
    return add(*(term if k == position else t for k, t in enumerate(node.terms)))


def _on_diagonal(term: Expr) -> bool:
    return isinstance(term, Delta) or (isinstance(term, Mul) and any(isinstance(f, Delta) for f in term.factors))


def _function(right: Expr) -> str:
    """The function of a whole axis in a reader's equation."""
    return next((op for n in walk(right) if (op := _op(n))), "")


def _op(node: Expr) -> str:
    return node.op if isinstance(node, Along) or (isinstance(node, Reduce) and node.op == "logsumexp") else ""
