"""Loops over single elements: what they compute, and where."""

from collections.abc import Sequence

import pytest

from derive.forms.fused.loops import ADD, SET, nest
from derive.forms.numpy_text import Names, Piece, integer_piece
from derive.language.expr import Elem
from derive.language.load import layer


class Spelled:
    """Leaves as the language spells them, with indices that count from 0."""

    def __init__(self) -> None:
        self.names = Names(())

    def element(self, element: Elem, runs: Sequence[tuple]) -> str:
        return str(element)

    def integer(self, value) -> Piece:
        return integer_piece(value, lambda s: Piece(s.name))

    def variable(self, run) -> str:
        return "_".join(i.name for i in run)

    def is_whole(self, element: Elem) -> bool:
        return True

    def within(self, over):
        return self


def loops(equation: str, line: str = SET) -> list[str]:
    (made,) = layer(
        indices="n:N  i,k:D", inputs="x[n,i]  b[i]  c[n]", equations=equation, output="y",
    ).equations  # fmt: skip
    return nest(made.indices, made.left, line, made.right, Spelled())


@pytest.mark.parametrize(
    ("right", "innermost"),
    [
        ("x[n,i] - b[i]*2", "x[n,i] - 2 * b[i]"),
        ("-x[n,i]/b[i]", "(-1) * x[n,i] / b[i]"),
        ("x[n,i]**(-1/2)", "1.0 / np.sqrt(x[n,i])"),
        ("x[n,i]**(3/2)", "np.sqrt(x[n,i]) ** 3"),
        ("x[n,i]/b[i]**2", "x[n,i] / b[i] ** 2"),
        ("[x[n,i] > 0]*x[n,i]*b[i]", "x[n,i] * b[i] if x[n,i] > 0 else 0.0"),
        ("[i == n]", "1.0 if i == n else 0.0"),
        ("tanh(x[n,i] + b[i])", "tanh(x[n,i] + b[i])"),
    ],
)
def test_expressions(right: str, innermost: str) -> None:
    assert loops(f"y[n,i] = {right}")[-1].strip() == f"y[n,i] = {innermost}"


def test_a_sum_stands_where_its_indices_are_known() -> None:
    assert loops("y[n,i] = x[n,i] - sum(x[n,k]*b[k], k)/D") == [
        "value = 1.0 / D",
        "for n in range(N):",
        "    total = 0.0",
        "    for k in range(D):",
        "        total += x[n,k] * b[k]",
        "    value_2 = value * total",
        "    for i in range(D):",
        "        y[n,i] = x[n,i] - value_2",
    ]


def test_a_mean_and_a_maximum() -> None:
    assert loops("y[n] = mean(x[n,i], i) + max(x[n,i], i)")[1:] == [
        "    total = 0.0",
        "    for i in range(D):",
        "        total += x[n,i]",
        "    total /= D",
        "    total_2 = -np.inf",
        "    for i in range(D):",
        "        total_2 = larger(total_2, x[n,i])",
        "    y[n] = total + total_2",
    ]


def test_loops_that_go_through_every_array_without_a_gap_are_one() -> None:
    assert loops("y[n,i] = 2*x[n,i]", ADD) == ["for n_i in range(N * D):", "    y[n,i] += 2 * x[n,i]"]
    assert len(loops("y[n,i] = x[n,i]*b[i]")) == 3
    assert len(loops("y[n,i] = [i == 1]*x[n,i]")) == 3
