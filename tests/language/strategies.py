"""Hypothesis strategies for expressions over the tensors of the layer in ``layers``."""

from functools import reduce

from hypothesis import strategies as st

from derive.language import expr as E
from derive.language.integral import plus
from tests.language.layers import SYSTEM

_INDICES = SYSTEM.indices
_T, _N, _I, _K, _J = (_INDICES[name].symbol for name in "tnikj")

numbers = st.builds(E.num, st.fractions(min_value=-5, max_value=5, max_denominator=8))
sizes = st.sampled_from([E.size(s) for s in (_T, _I, _K, _INDICES["t"].high, _INDICES["i"].high, _T + 1, _I - 1)])
elements = st.sampled_from(
    [
        E.Elem("v", (_I,)),
        E.Elem("v", (_K,)),
        E.Elem("w", (_K,)),
        E.Elem("tau"),
        E.Elem("W_h", (_I, _K)),
        E.Elem("W_h", (_K, _I)),
        E.Elem("h", (_T - 1, _N, _I)),
        E.Elem("x", (_T, _N, _J)),
    ]
)
leaves = st.one_of(numbers, sizes, elements)


def _reduced(inner: st.SearchStrategy[E.Expr]) -> st.SearchStrategy[E.Expr]:
    over = st.lists(st.sampled_from([_INDICES[n] for n in "iktj"]), min_size=1, max_size=2, unique=True).map(tuple)
    return st.builds(E.reduce_, st.sampled_from(["sum", "mean", "prod", "max", "logsumexp"]), over, inner)


def _along(inner: st.SearchStrategy[E.Expr]) -> st.SearchStrategy[E.Expr]:
    def build(op: str, index: E.Index, body: E.Expr) -> E.Expr:
        return E.Along(op, (index,), body, (index.symbol,))

    return st.builds(build, st.sampled_from(["softmax", "argmax"]), st.sampled_from([_INDICES[n] for n in "ik"]), inner)


def _bracket(inner: st.SearchStrategy[E.Expr]) -> st.SearchStrategy[E.Expr]:
    compare = st.builds(E.Compare, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), sizes, sizes)
    mixed = st.builds(E.Compare, st.sampled_from(["<", ">"]), elements, st.one_of(elements, numbers))
    return st.builds(E.Bracket, st.lists(st.one_of(compare, mixed), min_size=1, max_size=2).map(tuple))


def _grown(inner: st.SearchStrategy[E.Expr]) -> st.SearchStrategy[E.Expr]:
    several = st.lists(inner, min_size=2, max_size=3)
    functions = st.sampled_from(["exp", "tanh", "sigmoid", "relu", "sin"])
    exponents = st.sampled_from([E.num(2), E.num(-1), E.num(-2), E.num("1/2"), E.Elem("tau")])
    made: list[st.SearchStrategy[E.Expr]] = [
        several.map(_sum),
        several.map(lambda parts: E.mul(*parts)),
        st.builds(E.neg, inner),
        st.builds(E.power, inner.filter(lambda e: e != E.ZERO), exponents),
        st.builds(lambda f, e: E.Call(f, (e,)), functions, inner),
        _reduced(inner),
        _along(inner),
        _bracket(inner),
    ]
    return st.one_of(*made)


def _sum(parts: list[E.Expr]) -> E.Expr:
    """As the parser adds, from left to right: integers that come first are one."""
    first, *others = [term for part in parts for term in (part.terms if isinstance(part, E.Add) else (part,))]
    return reduce(plus, others, first)


expressions: st.SearchStrategy[E.Expr] = st.recursive(leaves, _grown, max_leaves=8)
