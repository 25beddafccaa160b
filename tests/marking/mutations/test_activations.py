"""The derivative of a function forgotten, applied twice, taken elsewhere or of another function."""

import pytest

from derive.language.load import load
from tests.marking.mutations.found import RECURRENT, mistakes

ABSTRACT = load("rnn", f="f")


@pytest.mark.parametrize(
    ("kind", "sentence", "right"),
    [
        (
            "activation derivative forgotten",
            "the derivative of tanh, `1 - h[t,n,i]**2`, is missing",
            "dh[t,n,i]",
        ),
        (
            "activation derivative twice",
            "the derivative of tanh, `1 - h[t,n,i]**2`, stands twice",
            "dh[t,n,i]*(1 - h[t,n,i]**2)**2",
        ),
        (
            "derivative at the wrong place",
            "the derivative of tanh is taken at the wrong place: "
            "`1 - a[t,n,i]**2` stands where `1 - h[t,n,i]**2` should",
            "dh[t,n,i]*(1 - a[t,n,i]**2)",
        ),
        (
            "derivative at the wrong place",
            "the derivative of tanh is taken at the wrong place: "
            "`1 - tanh(h[t,n,i])**2` stands where `1 - h[t,n,i]**2` should",
            "dh[t,n,i]*(1 - tanh(h[t,n,i])**2)",
        ),
        (
            "wrong function's derivative",
            "the derivative of sigmoid stands for that of tanh: "
            "`h[t,n,i]*(1 - h[t,n,i])` stands where `1 - h[t,n,i]**2` should",
            "dh[t,n,i]*h[t,n,i]*(1 - h[t,n,i])",
        ),
        (
            "function for its derivative",
            "the function tanh itself is there, and not its derivative: "
            "`h[t,n,i]` stands where `1 - h[t,n,i]**2` should",
            "dh[t,n,i]*h[t,n,i]",
        ),
    ],
)
def test_the_derivative_of_tanh(kind, sentence, right):
    assert mistakes("rnn", "da", kind)[sentence] == right


def test_the_derivative_of_an_abstract_function():
    assert mistakes(ABSTRACT, "da", "derivative at the wrong place") == {
        "the derivative of f is taken at the wrong place: `f'(h[t,n,i])` stands where `f'(a[t,n,i])` should": (
            "dh[t,n,i]*f'(h[t,n,i])"
        )
    }


def test_a_function_inside_an_equation_has_no_name_of_its_own():
    (right,) = mistakes("lstm", "dc", "activation derivative forgotten").values()
    assert right == "dh[t,n,j]*o[t,n,j] + sum(dc[s,n,j]*f[s,n,j]*delta(s-1, t), s)"


def test_what_is_inside_the_function_may_still_have_to_be_derived():
    (right,) = mistakes(RECURRENT, "dW", "activation derivative forgotten").values()
    assert right == "sum(dh[t,n,i]*D(x[t,n,i] + sum(W[i,l]*h[t-1,n,l], l), W[i,k]), t, n)"
