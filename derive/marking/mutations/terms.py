"""Terms that are missing, have the wrong sign or are counted twice."""

from __future__ import annotations

from collections.abc import Iterator

from derive.language.expr import Add, Along, Delta, Expr, Mul, Num, Reduce, add, mul, neg, num
from derive.language.traverse import transform, walk
from derive.marking.mutations.activations import chain_line
from derive.marking.mutations.sites import Change, Line, known_names


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
    """Of the derivative of a function of a whole axis only what an entry does to itself, or only the rest."""
    for reader in line.gradient.readers:
        for node in walk(reader.derivative):
            if not isinstance(node, Add) or len({_on_diagonal(t) for t in node.terms}) == 1:
                continue
            diagonal = add(*(t for t in node.terms if _on_diagonal(t)))
            rest = add(*(t for t in node.terms if not _on_diagonal(t)))
            what = f"the derivative of {_function(reader.equation.right)}"
            whole = f", `{reader.derivative}`," if known_names(line, reader.derivative) else ""
            for kept, said in (
                (diagonal, "only the diagonal is there"),
                (rest, "the diagonal is missing"),
            ):
                local = transform(reader.derivative, lambda n, a=node, b=kept: b if n == a else n)  # type: ignore[misc]
                right, step = chain_line(line, reader, local)
                yield Change("dropped term", f"of {what}{whole} {said}", right, line, None, step)


def doubled_terms(line: Line) -> Iterator[Change]:
    """One term counted twice, or half."""
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
    return next((op for n in walk(right) if (op := _op(n))), "the reader")


def _op(node: Expr) -> str:
    return node.op if isinstance(node, Along) or (isinstance(node, Reduce) and node.op == "logsumexp") else ""
