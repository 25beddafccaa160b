"""Local derivatives of elementwise expressions, by every rule in turn."""

import pytest
import sympy

from derive.calculus.differentiate import DIFFERENTIATE, derivative_formulas
from derive.language.functions import TABLE
from tests.calculus.lines import rewritten


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("D(w[i], w[k])", "delta(i, k)"),
        ("D(v[i]*w[i], w[k])", "v[i]*delta(i, k)"),
        ("D(w[i]*w[i], w[k])", "delta(i, k)*w[i] + w[i]*delta(i, k)"),
        ("D(v[i]/w[i], w[k])", "-v[i]*w[i]**(-2)*delta(i, k)"),
        ("D(exp(w[i]**2), w[k])", "2*exp(w[i]**2)*w[i]*delta(i, k)"),
        ("D(squared_error(w[i], x[i]), w[k])", "2*(w[i] - x[i])*delta(i, k)"),
        ("D(squared_error(x[i], w[i]), w[k])", "-2*(x[i] - w[i])*delta(i, k)"),
        ("D(relu(w[i]), w[k])", "[w[i] > 0]*delta(i, k)"),
        ("D([w[i] > 0]*w[i], w[k])", "[w[i] > 0]*delta(i, k)"),
        ("D(2**w[i], w[k])", "2**w[i]*delta(i, k)*log(2)"),
    ],
)
def test_derivatives(text, result):
    assert rewritten(text, DIFFERENTIATE, "i k") == result


def test_a_defined_tensor_is_written_out_once_and_what_it_reads_is_held():
    assert rewritten("D(y[i], u[k])", DIFFERENTIATE, "i k") == "(1 - tanh(u[i])**2)*delta(i, k)"


def test_every_row_of_the_table_has_a_formula_for_each_argument():
    for name, row in TABLE.items():
        assert len(derivative_formulas(name)) == len(row.arguments)


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "sin", "cos", "tanh"])
def test_formulas_of_the_table_agree_with_sympy(name):
    x = sympy.Symbol("x", positive=True)
    y = getattr(sympy, name)(x)
    (formula,) = derivative_formulas(name)
    claimed = sympy.sympify(str(formula), locals={"x": x, "y": y})
    assert sympy.simplify(claimed - sympy.diff(y, x)) == 0
