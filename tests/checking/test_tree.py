"""Equal expressions share a node; index expressions become functions of the values of their symbols."""

from __future__ import annotations

import numpy as np
import pytest

from derive.checking.tree import Forest, compiled
from derive.language.integers import FloorDiv, Mod, element, evaluate, index_symbol, size_symbol
from derive.language.load import layer
from derive.language.parser import parse_in

SYSTEM = layer(indices="i,k:H", inputs="W[i,k] b[i]", equations="y[i] = sum(W[i,k]*b[k], k)", output="y")
i_, K, S = index_symbol("i"), index_symbol("k"), size_symbol("s")


def node(forest: Forest, text: str):
    return forest.node(parse_in(SYSTEM, text, [SYSTEM.indices["i"]]))


def test_equal_expressions_have_one_node_and_others_do_not():
    forest = Forest()
    assert node(forest, "sum(W[i,k]*b[k], k)") is node(forest, "sum(W[i,k]*b[k], k)")
    different = [
        "sum(W[k,i]*b[k], k)",
        "sum(W[i,k]*b[i], k)",
        "mean(W[i,k]*b[k], k)",
        "max(W[i,k]*b[k], k)",
        "2*b[i]",
        "3*b[i]",
    ]
    assert len({node(forest, text) for text in different}) == len(different)


def test_brackets_differ_by_their_conditions():
    forest = Forest()
    assert node(forest, "[b[i] < 2]") is not node(forest, "[b[i] <= 2]")
    assert node(forest, "[i < 2]") is not node(forest, "[b[i] < 2]")


def test_a_node_knows_its_free_indices_and_what_it_reads():
    found = node(Forest(), "sum(W[i,k]*[k < H], k) + b[i]")
    assert found.free == (i_,)
    assert found.reads == {"W", "b"}


@pytest.mark.parametrize(
    "expression",
    [i_ - i_ + 3, i_, 2 * i_ - K * S + 1, FloorDiv(i_ + 3 * K, S), Mod(i_ - K, S), i_**2, element("tok", (i_, K + 1))],
)
def test_an_index_expression_has_the_same_value_as_elsewhere(expression):
    values = {i_: np.array([[-3], [0], [7]]), K: np.array([0, 2]), S: 3}
    tok, lows = np.arange(24).reshape(8, 3), (0, 1)

    def read(name, places):
        assert name == "tok"
        return tok[tuple(np.clip(p - low, 0, n - 1) for p, low, n in zip(places, lows, tok.shape, strict=True))]

    expected = evaluate(expression, values, {"tok": (tok, lows)})
    np.testing.assert_array_equal(compiled(expression)(values, read), expected)
