"""Indices, tensors and sizes in their short notations."""

import pytest

from derive.language.declarations import (
    MAX_RANK,
    Declared,
    check_name,
    declare_indices,
    declare_sizes,
    declare_tensors,
    least_values,
    statements,
)
from derive.language.errors import Fragment, LayerError
from derive.language.integers import FloorDiv, index_symbol, size_symbol
from derive.language.load import layer, load

T, N, H, K, L, S, Q = map(size_symbol, ("T", "N", "H", "K", "L", "s", "q"))


def declared(indices: str = "t=1..T  n:N  i,k:H  u=0..K-1", sizes: str = "", inputs: str = "") -> Declared:
    made = Declared()
    declare_sizes(Fragment.of(sizes, "sizes"), made, {})
    declare_indices(Fragment.of(indices, "indices"), made, {})
    declare_tensors(Fragment.of(inputs, "inputs"), "input", made)
    return made


def test_indices_have_ranges_with_both_ends() -> None:
    made = declared("t=1..T n : N   i, k:H\n u = 0..K - 1 w=-q..q")
    assert {n: (i.low, i.high) for n, i in made.indices.items()} == {
        "t": (1, T), "n": (1, N), "i": (1, H), "k": (1, H), "u": (0, K - 1), "w": (-Q, Q),
    }  # fmt: skip
    assert list(made.sizes) == ["T", "N", "H", "K", "q"]


def test_sizes_are_defined_from_sizes() -> None:
    made = declared(sizes="P = (L + 2*q - K)//s + 1; R = P*2\n free")
    assert made.derived == {"P": FloorDiv(L + 2 * Q - K, S) + 1, "R": 2 * size_symbol("P")}
    assert list(made.sizes)[:5] == ["L", "q", "K", "s", "free"]


def test_tensors_have_declared_axes() -> None:
    made = declared(inputs="x[t, n,i]  tau[]\nW[i,k], b[k]")
    assert {n: [a.name for a in t.axes] for n, t in made.tensors.items()} == {
        "x": ["t", "n", "i"], "tau": [], "W": ["i", "k"], "b": ["k"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "text", "line", "column", "message"),
    [
        ("indices", "", 1, 1, "expected indices with their ranges"),
        ("indices", "t", 1, 1, "expected indices with their ranges"),
        ("indices", "x t=1..T", 1, 1, "expected indices with their ranges"),
        ("indices", "t=T", 1, 3, "expected a range"),
        ("indices", "t:1..T", 1, 3, "expected a range"),
        ("indices", "t=1..", 1, 6, "an expression is missing here"),
        ("indices", "t=1..T i:T t:T", 1, 12, "index t is declared twice"),
        ("indices", "t=1..T n", 1, 8, "index n has no range"),
        ("indices", "t=1..T/2", 1, 6, "not an index expression"),
        ("indices", "_t:T", 1, 1, "'_t' cannot be the name of an index"),
        ("indices", "if:T", 1, 1, "'if' cannot be the name of an index"),
        ("indices", "t:2T", 1, 3, "unexpected number '2'"),
        ("inputs", "x", 1, 1, "expected a tensor with its axes, found 'x'"),
        ("inputs", "x[t", 1, 1, "expected a tensor with its axes, found 'x'"),
        ("inputs", "x[t] y", 1, 6, "expected a tensor with its axes, found 'y'"),
        ("inputs", "x[z]", 1, 3, "unknown index z"),
        ("inputs", "x[t]\n y[n,]", 2, 6, "an index is missing"),
        ("inputs", "x[t-1]", 1, 3, "unknown index t-1"),
        ("inputs", "W[i,i]", 1, 5, "index i stands twice"),
        ("inputs", "x[t] x[n]", 1, 6, "tensor x is declared twice"),
        ("inputs", "x__y[t]", 1, 1, "'x__y' cannot be the name of a tensor"),
        ("inputs", "2x[t]", 1, 1, "'2x' cannot be the name of a tensor"),
        ("sizes", "P = T +", 1, 8, "something is missing at the end"),
        ("sizes", "P = P + 1", 1, 5, "size P is used before it is defined"),
        ("sizes", "A = B; B = 2", 1, 5, "size B is used before it is defined"),
        ("sizes", "P = 1; P = 2", 1, 8, "size P is defined twice"),
        ("sizes", "P + 1", 1, 1, "'P + 1' cannot be the name of a size"),
        ("sizes", "P = T**9", 1, 5, "not an index expression"),
    ],
)
def test_bad_declarations_are_refused_at_their_place(
    field: str, text: str, line: int, column: int, message: str
) -> None:
    with pytest.raises(LayerError) as caught:
        declared(**{field: text})
    assert (caught.value.file, caught.value.line, caught.value.column) == (field, line, column)
    assert caught.value.message == message


def test_a_tensor_has_a_bounded_number_of_axes() -> None:
    names = [f"i{k}" for k in range(MAX_RANK + 1)]
    with pytest.raises(LayerError, match="8 axes at most"):
        declared(",".join(names) + ":N", inputs=f"x[{','.join(names)}]")


def test_statements_end_at_semicolons_and_at_lines_outside_brackets() -> None:
    text = "a = 1; b = (2\n + 3)  # a comment; with (\n\n  c = [i\n< k]"
    assert [s.text for s in statements(Fragment.of(text))] == ["a = 1", "b = (2\n + 3)", "c = [i\n< k]"]
    assert [s.places[0] for s in statements(Fragment.of(text))] == [(1, 1), (1, 8), (4, 3)]


def test_least_values() -> None:
    made = declared("t=1..T  i=2..L  u=0..K-1  p=0..P-1  v=1..H-2", "P = (L + 2*q - d*(K-1) - 1)//s + 1; free")
    i, d = index_symbol("i"), size_symbol("d")
    lower = least_values(made, iter([size_symbol("c") * 2, size_symbol("m") * i - Q]))
    assert lower == {"L": 2, "q": 0, "d": 1, "K": 1, "s": 1, "free": 0, "T": 1, "H": 3, "P": 1}
    assert d not in lower


def test_a_size_that_multiplies_an_index_is_at_least_one() -> None:
    system = layer(
        indices="p=0..P-1  i=0..L-1",
        sizes="s; q; c",
        inputs="x[i]",
        outside="x = 0",
        equations="y[p] = x[s*p - q] + c",
        output="y",
    )
    assert {n: system.lower[n] for n in "sqc"} == {"s": 1, "q": 0, "c": 0}
    dilated = layer(
        indices="p=0..L-1  u=0..K-1", sizes="d; q", inputs="x[p]", outside="x = 0",
        equations="y[p] = sum(x[p+d*u-d*q], u)", output="y",
    )  # fmt: skip
    assert {n: dilated.lower[n] for n in "dq"} == {"d": 1, "q": 0}
    assert {n: load("conv2d").lower[n] for n in ("s_h", "q_h", "d_h")} == {"s_h": 1, "q_h": 0, "d_h": 1}


def test_names() -> None:
    for good in ("x", "W_h", "h0", "x_1", "Delta"):
        check_name(Fragment.of(good), "a tensor")
    for bad in ("", "_x", "x_", "a__b", "1x", "x-y", "é", "class", "x y"):
        with pytest.raises(LayerError, match="cannot be the name of a tensor"):
            check_name(Fragment.of(bad), "a tensor")
