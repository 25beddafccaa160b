"""Brackets: as few as the text needs to mean the tree."""

import pytest

from derive.forms import matrix_tree as M
from derive.language.expr import MINUS_ONE, Bracket, Call, Compare, Index, Num, Size, add, num, power, size
from derive.language.integers import index_symbol, size_symbol

ROW, COL = (Index(n, 1, size_symbol(n.upper())) for n in "ij")
t, T = index_symbol("t"), size_symbol("T")
A, B = M.Tensor("A", (), (ROW, COL)), M.Tensor("B", (), (ROW, COL))
u, v, c = M.Tensor("u", (), (ROW,)), M.Tensor("v", (t + 1,), (COL,)), M.Tensor("c", (), ())
GUARD = M.Scalar(Bracket((Compare("<", size(t), size(T)),)))
MINUS, TWO, HALF = (M.Scalar(num(x)) for x in (-1, 2, "1/2"))
OVER_T = M.Scalar(power(Size(T), MINUS_ONE))


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (M.Times((GUARD, M.MatMul((A, v)))), "[t < T]*A @ v[t+1]"),
        (M.Times((MINUS, M.MatMul((A, v)), OVER_T)), "-A @ v[t+1]/T"),
        (M.Times((HALF, A)), "1/2*A"),
        (M.Times((MINUS, OVER_T, A)), "-1/T*A"),
        (M.Times((u, M.MatMul((A, v)))), "u*(A @ v[t+1])"),
        (M.Times((M.MatMul((A, v)), u)), "(A @ v[t+1])*u"),
        (M.Times((M.Dot(u, u), u)), "(u @ u)*u"),
        (M.Times((M.Dot(u, u), M.Dot(u, u))), "(u @ u)*(u @ u)"),
        (M.MatMul((M.Transpose(M.Plus((A, B))), u)), "(A + B).T @ u"),
        (M.MatMul((M.Times((A, B)), v)), "(A*B) @ v[t+1]"),
        (M.Plus((A, M.Times((MINUS, B)), M.Times((MINUS, M.Plus((A, B)))))), "A - B - (A + B)"),
        (M.Times((u, M.Power(M.Plus((u, c)), MINUS_ONE))), "u/(u + c)"),
        (M.Power(M.Times((u, u)), num(2)), "(u*u)**2"),
        (M.Power(u, num(-2)), "u**(-2)"),
        (M.Power(u, MINUS_ONE), "1/u"),
        (M.Power(M.Apply("sqrt", (M.Plus((u, M.Scalar(num("1/10")))),)), MINUS_ONE), "1/sqrt(u + 1/10)"),
        (M.Times((M.Scalar(Size(T + 1)), u)), "(T+1)*u"),
        (M.Times((u, M.Scalar(power(Call("sqrt", (Size(T),)), MINUS_ONE)))), "u/sqrt(T)"),
        (M.Times((u, M.Scalar(power(add(Size(T), Num(num(1).value)), MINUS_ONE)))), "u/(T + 1)"),
        (M.Condition((">", "<="), (A, TWO, A, B)), "[A > 2, A <= B]"),
        (M.Dot(M.Plus((u, u)), u), "(u + u) @ u"),
    ],
)
def test_text(tree, expected):
    assert str(tree) == expected
