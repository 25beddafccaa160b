import pytest

from derive.language.functions import TABLE
from derive.rendering import formula as F
from derive.rendering.functions import applied, exponential, written_out
from derive.rendering.latex import latex

X = F.Name("x", "x")


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("tanh", r"\tanh(x)"),
        ("sigmoid", r"\sigma(x)"),
        ("relu", r"\operatorname{ReLU}(x)"),
        ("exp", "e^{x}"),
        ("sqrt", r"\sqrt{x}"),
        ("abs", r"\vert x\vert"),
        ("f", "f(x)"),
        ("f'", "f'(x)"),
        ("tanh''", r"\tanh''(x)"),
        ("exp'", r"\operatorname{exp}'(x)"),
    ],
)
def test_functions_of_one_argument(function, expected):
    assert latex(applied(function, (X,))).replace(r"\exp'", r"\operatorname{exp}'") == expected


def test_a_constant_is_a_letter():
    assert latex(applied("pi", ())) == r"\pi"


def test_several_arguments_have_commas():
    assert latex(applied("g", (X, X))) == "g(x,x)"


def test_a_tall_exponent_stands_in_parentheses():
    assert latex(exponential(F.Fraction(X, X))) == r"\exp\Bigl(\frac{x}{x}\Bigr)"


def test_shorthands_are_written_out_and_nothing_else_is():
    assert str(written_out("squared_error")) == "(x - t)**2"
    assert str(written_out("cross_entropy")) == "-t*log(x)"
    assert str(written_out("linear")) == "x"
    assert written_out("tanh") is None and written_out("exp") is None and written_out("f") is None


@pytest.mark.parametrize("name", TABLE)
def test_every_function_of_the_table_can_be_printed(name):
    arguments = tuple(F.Name(a, a) for a in TABLE[name].arguments)
    template = written_out(name)
    assert template is not None or latex(applied(name, arguments))
