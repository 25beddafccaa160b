"""Random systems: every kind of expression over every kind of index pattern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import sympy
from hypothesis import strategies as st

from derive.language.expr import (
    Along,
    Bracket,
    Call,
    Compare,
    Delta,
    Elem,
    Expr,
    Index,
    Num,
    Pow,
    add,
    mul,
    num,
    power,
    reduce_,
    size,
)  # fmt: skip
from derive.language.integers import FloorDiv, Integer, Mod, element, expand, index_symbol, size_symbol
from derive.language.ranges import Facts, facts_of, nonnegative
from derive.language.system import Equation, System, Tensor

N, M, K, s, d, q = (size_symbol(n) for n in ("N", "M", "K", "s", "d", "q"))
ONE = sympy.Integer(1)
INDICES = {
    name: Index(name, sympy.Integer(low), high)
    for name, low, high in (
        ("i", 1, N), ("j", 1, M), ("k", 1, N), ("l", 1, M),
        ("u", 0, K - 1), ("v", 0, K - 1), ("p", 0, M - 1), ("r", 2, N + 1),
    )
}  # fmt: skip
AXES = {
    "x": "i",
    "z": "p",
    "A": "ij",
    "B": "jk",
    "C": "ijl",
    "w": "u",
    "V": "uv",
    "c": "",
    "g": "r",
    "E": "pi",
    "X": "ip",
    "Y": "i",
}
OUTSIDE = {"X": 0.0, "Y": 0.0}
LOWER = {"N": 1, "M": 1, "K": 1, "s": 1, "d": 1, "q": 0}
BLANK = System(
    name="random", title="", indices=INDICES, sizes=tuple(LOWER), derived={}, lower=LOWER,
    tensors={
        **{n: Tensor(n, tuple(INDICES[a] for a in axes), "input") for n, axes in AXES.items()},
        "tok": Tensor("tok", (INDICES["i"],), "input", integer=True),
        "S": Tensor("S", (INDICES["u"], INDICES["p"], INDICES["j"]), "input"),  # so that every size is in a shape
    },
    equations=(), loss=None, outputs=("out",), outside=OUTSIDE,
)  # fmt: skip


@st.composite
def integers_over(draw: st.DrawFn, names: Sequence[str]) -> Integer:
    """An index expression over the indices in scope."""

    def any_index() -> Integer:
        return index_symbol(draw(st.sampled_from(names))) if names else draw(st.sampled_from([ONE, N, M]))

    kind = draw(st.integers(0, 11))
    i, j, more = any_index(), any_index(), draw(st.integers(-2, 2))
    return expand(
        [i, i, i, i + more, N + 1 - i, 2 * i + more, s * i + d * j - q, i + j - more, i - j, FloorDiv(i + q - d * j, s),
         Mod(i + q, s + 1) + more, draw(st.sampled_from([ONE, N, M - 1]))][kind]
    )  # fmt: skip


@st.composite
def elements_over(draw: st.DrawFn, names: Sequence[str], facts: Facts) -> Expr:
    """An element, with guards where it is not proved to be in range."""
    name = draw(st.sampled_from(sorted(AXES)))
    tensor = BLANK.tensors[name]
    index = []
    for axis in tensor.axes:
        fitting = [n for n in names if (INDICES[n[0]].low, INDICES[n[0]].high) == (axis.low, axis.high)]
        kind = draw(st.integers(0, 5))
        if fitting and kind < 4:
            index.append(index_symbol(draw(st.sampled_from(fitting))))
        elif kind == 4 and axis.name == "j" and "i" in names:
            index.append(element("tok", (index_symbol("i"),)))
        else:
            index.append(draw(integers_over(names)))
    conditions = []
    for place, axis in zip(index, tensor.axes, strict=True):
        if name in OUTSIDE or isinstance(place, sympy.Indexed):
            continue
        if not nonnegative(expand(place - axis.low), facts):
            conditions.append(Compare(">=", size(place), size(axis.low)))
        if not nonnegative(expand(axis.high - place), facts):
            conditions.append(Compare("<=", size(place), size(axis.high)))
    for place in index:
        for division in place.atoms(FloorDiv):
            if draw(st.booleans()):
                conditions.append(Compare("==", size(Mod(*division.args)), num(0)))
    return mul(*([Bracket(tuple(conditions))] if conditions else []), Elem(name, tuple(index)))


@st.composite
def guards_over(draw: st.DrawFn, names: Sequence[str]) -> Expr:
    left, right = draw(integers_over(names)), draw(integers_over(names))
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return Delta(left, right)
    if kind == 1 and names:
        return Bracket((Compare("==", size(element("tok", (ONE,))), size(left)),))
    return Bracket((Compare(draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">="])), size(left), size(right)),))


@st.composite
def expressions(draw: st.DrawFn, names: tuple[str, ...], facts: Facts, depth: int) -> Expr:
    def below(more: Sequence[Index] = ()) -> Expr:
        return draw(expressions(names + tuple(i.name for i in more), facts.within(more), depth - 1))

    def new(*stems: str) -> Index:
        stem = draw(st.sampled_from(stems or tuple(INDICES)))
        name = stem if stem not in names else f"{stem}_{len(names) + 2}"
        return INDICES[stem].renamed(name)

    kind = draw(st.integers(0, 13 if depth else 3))
    if kind <= 2:
        return draw(elements_over(names, facts))
    if kind == 3:
        return draw(st.sampled_from([num(2), num("-3/2"), num("1/3"), size(N), size(draw(integers_over(names)))]))
    if kind == 4:
        return add(below(), below())
    if kind in (5, 6):
        return mul(below(), below())
    if kind == 7:
        return mul(draw(guards_over(names)), below())
    if kind == 8:
        return Call(draw(st.sampled_from(["tanh", "sigmoid", "relu", "sin", "softplus", "abs", "f"])), (below(),))
    if kind == 9:
        inner = below()
        exponent = draw(st.sampled_from([Fraction(2), Fraction(-1), Fraction(1, 2), Fraction(-3, 2)]))
        return Pow(add(num(1), power(inner, num(2))), Num(exponent))
    if kind in (10, 11):
        over = (new(),) if draw(st.booleans()) else (new("i", "u"), new("j", "p"))
        return reduce_("sum", over, mul(below(over), below(over)))
    if kind == 12:
        over = (new(),)
        op = draw(st.sampled_from(["mean", "max", "prod", "logsumexp", "sum"]))
        body = below(over)
        return reduce_(op, over, Call("tanh", (body,)) if op in ("prod", "logsumexp") else body)
    return draw(alongs(names, facts, depth))


@st.composite
def alongs(draw: st.DrawFn, names: tuple[str, ...], facts: Facts, depth: int) -> Expr:
    """Softmax or argmax along an axis, read at an index or at a fixed place."""
    stem = draw(st.sampled_from(["i", "j", "u"]))
    index = INDICES[stem].renamed(f"{stem}_{len(names) + 2}")
    fitting = [index_symbol(n) for n in names if n[0] in {"i": "ik", "j": "jl", "u": "uv"}[stem]]
    at = draw(st.sampled_from([*fitting, index.low, index.high]))
    inside = facts.within((index,))
    if draw(st.booleans()):
        name = {"i": "x", "j": "S", "u": "w"}[stem]
        place = (sympy.Integer(0), sympy.Integer(0), index.symbol) if name == "S" else (index.symbol,)
        return Along("argmax", (index,), Elem(name, place), (at,))
    body = draw(expressions((*names, index.name), inside, depth - 1))
    return Along("softmax", (index,), Call("tanh", (body,)), (at,))


@st.composite
def systems(draw: st.DrawFn) -> System:
    """A system of one or two equations; the second may read the first."""
    free = tuple(
        draw(st.permutations(draw(st.lists(st.sampled_from(["i", "j", "u", "p", "r"]), unique=True, max_size=3))))
    )
    indices = tuple(INDICES[n] for n in free)
    facts = facts_of(BLANK, indices)
    right = draw(expressions(free, facts, draw(st.integers(1, 3))))
    left = Elem("out", tuple(i.symbol for i in indices))
    tensors = {**BLANK.tensors, "out": Tensor("out", indices, "computed")}
    return replace(BLANK, tensors=tensors, equations=(Equation(left, right, indices),))


@st.composite
def recurrences(draw: st.DrawFn) -> dict[str, str]:
    """The fields of a layer with one or two tensors that recur, up or down in time, with lags, shifts and guards."""
    up = draw(st.booleans())
    lags = sorted(draw(st.sets(st.integers(1, 3), min_size=1, max_size=2)))
    names = draw(st.sampled_from([["h"], ["h", "c"]]))
    lines, inputs = [], ["x[t,i]"]
    for name in names:
        for lag in range(1, max(lags) + 1):
            place = f"{1 - lag}" if up else f"T+{lag}"
            inputs.append(f"{name}{lag}[i]")
            lines.append(f"{name}[{place},i] = {name}{lag}[i]")
    for number, name in enumerate(names):
        terms = []
        for lag in lags:
            other = draw(st.sampled_from(names))
            time = f"t-{lag}" if up else f"t+{lag}"
            terms.append(
                draw(
                    st.sampled_from(
                        [
                            f"sum(W[i,k]*{other}[{time},k], k)",
                            f"v[i]*{other}[{time},i]",
                            f"[i < H]*v[i]*{other}[{time},i+1]",
                            f"sum([i-u >= 1]*w[u]*{other}[{time},i-u], u)",
                            f"[t > 2]*{other}[{time},H+1-i]",
                            f"tanh(x[t,i])*{other}[{time},i]",
                        ]
                    )
                )
            )
        same = [f"v[i]*{n}[t,i]" for n in names[:number]]
        known = draw(st.sampled_from(["x[t,i]", "sum(W[i,k]*x[t,k], k) + v[i]", "[t < T]*x[t,i]", "1"]))
        body = " + ".join([known, *terms, *same])
        function = draw(st.sampled_from(["tanh({})", "{}", "sin({} + v[i])", "x[t,i]*tanh({})"]))
        lines.append(f"{name}[t,i] = {function.format(body)}")
    return {
        "title": "Recurrence",
        "indices": "t=1..T  i,k:H  u=0..K-1",
        "inputs": "  ".join(inputs),
        "params": "W[i,k]  v[i]  w[u]",
        "equations": "\n".join(lines),
        "output": names[-1],
    }
