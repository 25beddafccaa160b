"""Every kind of node: its axes, its children, and that it can be taken apart and put together again."""

from fractions import Fraction

import pytest

from derive.forms import matrix_tree as M
from derive.forms.matrix_build import axis_names, mapped, nodes
from derive.language.expr import Index, Num
from derive.language.integers import size_symbol

ROW, COL, SAMPLE, TIME = (Index(n, 1, size_symbol(n.upper())) for n in "ijnt")
A = M.Tensor("A", (), (ROW, COL))
B = M.Tensor("B", (), (COL, ROW))
X = M.Tensor("x", (TIME.symbol, SAMPLE.symbol), (ROW,))
U, V = M.Tensor("u", (), (ROW,)), M.Tensor("v", (), (COL,))
HALF = M.Scalar(Num(Fraction(1, 2)))

TREES = [
    (A, (ROW, COL)), (X, (ROW,)), (HALF, ()),
    (M.Transpose(A), (COL, ROW)),
    (M.MatMul((A, B)), (ROW, ROW)),
    (M.MatMul((A, V)), (ROW,)),
    (M.Dot(U, U), ()),
    (M.Outer(U, V), (ROW, COL)),
    (M.Diag(U), (ROW, ROW)),
    (M.Times((HALF, A, V)), (ROW, COL)),
    (M.Plus((V, A)), (ROW, COL)),
    (M.Power(A, Num(Fraction(2))), (ROW, COL)),
    (M.Apply("tanh", (U,)), (ROW,)),
    (M.Condition((">",), (A, HALF)), (ROW, COL)),
    (M.Whole("softmax", A, COL), (ROW, COL)),
    (M.Total("sum", (COL,), A), (ROW,)),
    (M.Total("sum", (TIME, SAMPLE), X), (ROW,)),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "axes"), TREES, ids=lambda v: str(v) if isinstance(v, M.MatExpr) else "")
def test_axes(tree, axes):
    assert tree.axes == axes
    assert len(axis_names(tree)) == len(axes)


@pytest.mark.parametrize("tree", [t for t, _ in TREES], ids=str)
def test_a_tree_is_rebuilt_from_its_children(tree):
    assert tree.rebuilt(tree.children) == tree
    assert mapped(tree, lambda node: node) == tree
    renamed = mapped(tree, lambda n: M.Tensor("z", n.index, n.entries) if isinstance(n, M.Tensor) else n)
    assert {n.name for n in nodes(renamed) if isinstance(n, M.Tensor)} <= {"z"}
    assert len(nodes(renamed)) == len(nodes(tree))


def test_every_kind_of_node_is_tried():
    kinds = {kind for kind in vars(M).values() if isinstance(kind, type) and issubclass(kind, M.MatExpr)}
    assert kinds - {M.MatExpr, M.Convolution} == {type(tree) for tree, _ in TREES}


def test_what_is_printed_of_a_tensor():
    assert M.Tensor("x", (TIME.symbol, SAMPLE.symbol), (ROW,), silent=frozenset({SAMPLE.symbol})).shown == (
        TIME.symbol,
    )


def test_the_fullest_axes_are_those_of_the_first_of_highest_rank():
    assert M.fullest((HALF, U, V)) == (ROW,)
    assert M.fullest((U, A, B)) == (ROW, COL)
    assert M.fullest(()) == ()
