"""Reductions, functions of an axis, elementwise functions, and the notation of derivations."""

import pytest

from derive.language import expr as E
from derive.language.errors import LayerError
from derive.language.expr import Call, Elem, Reduce
from derive.language.integers import index_symbol
from derive.language.parser import parse_expression
from derive.language.scope import scope_of
from derive.language.traverse import free_symbols
from tests.language.layers import SYSTEM, parsed, system

INDICES = SYSTEM.indices
V, W = Elem("v", (index_symbol("i"),)), Elem("w", (index_symbol("k"),))


@pytest.mark.parametrize("op", ["sum", "mean", "prod", "max", "logsumexp"])
def test_reductions_bind_the_indices_they_name(op: str) -> None:
    assert parsed(f"{op}(v[i]*w[k], i, k)") == Reduce(op, (INDICES["i"], INDICES["k"]), E.mul(V, W))


def test_a_bound_index_hides_one_of_its_name() -> None:
    assert str(parsed("v[i]*sum(v[i], i)")) == "v[i]*sum(v[i], i)"
    assert {s.name for s in free_symbols(parsed("sum(v[i], i)"))} == {"H"}


@pytest.mark.parametrize("op", ["softmax", "argmax"])
def test_functions_of_an_axis_are_read_at_a_place_of_it(op: str) -> None:
    assert parsed(f"{op}(v[i], i)") == E.Along(op, (INDICES["i"],), V, (index_symbol("i"),))


def test_elementwise_functions_ignore_an_index_behind() -> None:
    assert parsed("tanh(v[i])") == parsed("tanh(v[i], i)") == Call("tanh", (V,))
    assert parsed("squared_error(v[i], w[k], k)") == Call("squared_error", (V, W))


def test_abstract_functions_have_derivatives_of_their_own() -> None:
    abstract = system(options={"f": ["f"]}, equations="y[i] = f(v[i])", output="y")
    scope = scope_of(abstract)
    assert parse_expression("f'(v[i])", scope) == Call("f'", (V,))
    assert parse_expression("f''(v[i])*tau", scope) == E.mul(Call("f''", (V,)), Elem("tau"))
    assert str(parse_expression("f'(v[i])", scope)) == "f'(v[i])"


def test_an_option_may_name_another() -> None:
    fields = {"equations": "y[i] = f(v[i])", "output": "y"}
    assert str(system(options={"f": ["g"], "g": ["tanh"]}, **fields).equations[0].right) == "tanh(v[i])"
    with pytest.raises(LayerError, match="unknown function f") as caught:
        system(options={"f": ["g"], "g": ["f"]}, **fields)
    assert caught.value.hint == ""


def test_the_prime_of_a_known_function_is_its_derivative() -> None:
    assert str(parsed("tanh'(v[i])")) == "1 - tanh(v[i])**2"
    assert str(parsed("sigmoid'(v[i])")) == "sigmoid(v[i])*(1 - sigmoid(v[i]))"
    assert str(parsed("relu'(v[i])")) == "[v[i] > 0]"


def test_the_notation_of_derivations_is_read_where_it_is_asked_for() -> None:
    scope = scope_of(SYSTEM, calculus=True)
    assert parse_expression("D(v[i]*w[k], w[k])", scope) == E.Partial(E.mul(V, W), W)
    assert parse_expression("delta(i, k-1)", scope) == E.Delta(index_symbol("i"), index_symbol("k") - 1)
    with pytest.raises(LayerError, match="D is a size, not a function"):
        parsed("D(v[i], v[i])")
    with pytest.raises(LayerError, match="takes an expression and an element"):
        parse_expression("D(v[i], 2)", scope)


@pytest.mark.parametrize(
    ("source", "column", "message", "hint"),
    [
        ("tnh(v[i])", 1, "unknown function tnh", "did you mean tanh?"),
        ("v(i)", 1, "v is a tensor, not a function", "write v[...]"),
        ("tanh(v[i], w[k])", 1, "tanh takes 1 argument, here 2", ""),
        ("squared_error(v[i])", 1, "squared_error takes 2 arguments, here 1", ""),
        ("tanh()", 1, "tanh has no argument", ""),
        ("sum(tau)", 1, "sum over what?", "name an index, as in sum(x[n,i], i)"),
        ("softmax(tau)", 1, "softmax along what?", "name an index, as in softmax(z[n,o], o)"),
        ("sum(v[i], z)", 11, "z is not an index", ""),
        ("sum(v[i], H)", 11, "H is not an index", ""),
        ("sum(v[i], i, i)", 14, "sum over the index i twice", ""),
        ("max(v[i], v[k])", 11, "max takes an expression, and then the indices it runs over", "as in max(x[n,i], i)"),
        ("outer(v)", 1, "outer takes 2 arguments, here 1", ""),
        ("diag(v, w)", 1, "diag takes 1 argument, here 2", ""),
        ("squared_error'(v[i])", 1, "no derivative of squared_error is known by this name", "write out what it is"),
        ("tanh''(v[i])", 1, "no derivative of tanh is known by this name", "write out what it is"),
        ("tanh'(v[i], w[k])", 1, "tanh' takes 1 argument, here 2", ""),
        ("(tau*2).T(2)", 1, "only a named function can be called", ""),
        ("tau.T(2)", 1, "only a named function can be called", ""),
        ("sum(W_h[i]*w[k], k)", 5, "W_h has 2 indices, here it has 1: axis k is left over, and sum runs over k by name",
         "write W_h[i,k], or leave the same axes out on the left side"),
        ("eval(tau)", 1, "unknown function eval", ""),
    ],
)  # fmt: skip
def test_bad_calls_are_refused_at_their_place(source: str, column: int, message: str, hint: str) -> None:
    with pytest.raises(LayerError) as caught:
        parsed(source)
    assert (caught.value.column, caught.value.message, caught.value.hint) == (column, message, hint)
