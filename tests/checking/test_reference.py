"""The interpreter against the same meaning written element by element, and local derivatives against hand calculus."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from derive.checking import arrays
from derive.checking.forward import stored_inputs
from derive.checking.margins import Margins
from derive.checking.reference import STEP, Interpreter
from derive.language.expr import Along, Elem, Partial, mul, sum_
from derive.language.integers import index_symbol, size_symbol
from derive.language.load import layer
from derive.language.parser import parse_in
from tests.values import element_of, table

SYSTEM = layer(
    indices="t=1..T  n:N  i,k:H  j:D  u=0..K-1  p=0..P-1",
    sizes="P = (T + 2*q - d*(K-1) - 1)//s + 1",
    inputs="x[t,n,j]  h0[n,i]  m[t]  tok[n]",
    integers="tok",
    params="W[i,k]  V[i,j]  E[t,i]  c[]",
    outside="m = -inf",
    equations="""
    h[0,n,i] = h0[n,i]
    a[t,n,i] = sum(V[i,j]*x[t,n,j], j) + sum(W[i,k]*h[t-1,n,k], k) + E[tok[n],i]
    h[t,n,i] = tanh(a[t,n,i])
    r[n,p] = max(m[s*p+d*u-q]*1, u) + c
    """,
    output="h r",
)
SIZES = {"T": 5, "N": 3, "H": 4, "D": 2, "K": 2, "q": 1, "d": 2, "s": 2, "P": 3}
AT = {size_symbol(name): value for name, value in SIZES.items()}
INDICES = SYSTEM.indices


def interpreter() -> Interpreter:
    rng = np.random.default_rng(0)
    inputs = {
        t.name: rng.normal(size=[int(a.extent.subs(AT)) for a in t.axes])
        for t in (*SYSTEM.inputs, *SYSTEM.params)
        if not t.integer
    }
    inputs["tok"] = np.array([2, 5, 2])
    tensors = stored_inputs(SYSTEM, inputs, SIZES)
    h = rng.normal(size=(6, 3, 4, 1))
    tensors["h"] = type(tensors["m"])(h, (0, 1, 1))
    return Interpreter(SIZES, tensors, SYSTEM)


EXPRESSIONS = {
    "W[i,k]": "ik",
    "3/2*W[i,k] - W[k,i]": "ik",
    "sum(W[i,k]*h[t-1,n,k], k)": "tni",
    "sum(W[i,k]*(h[t,n,k] + V[k,j]), k)": "tnij",
    "sum(W[i,k]*sum(V[k,j]*x[t,n,j], j), k)": "tni",
    "sum(c, t, n) + sum(x[t,n,j], n)": "tj",
    "mean(x[t,n,j]**2, t, j)": "n",
    "prod(x[t,n,j], j)*W[i,i]": "tni",
    "max(x[t,n,j]*W[i,i], t, j)": "ni",
    "logsumexp(x[t,n,j], n)": "tj",
    "softmax(x[t,n,j], j)": "tnj",
    "softmax(x[t,n,j]*W[i,i], t, n)": "tnji",
    "sum(softmax(x[t,n,j], j)*V[i,j], j)": "tni",
    "exp(x[t,n,j])/sum(exp(x[t,n,j]), j)": "tnj",
    "[i <= k]*W[i,k] + [i != k, k > 2]": "ik",
    "[x[t,n,j] > 0]*x[t,n,j]": "tnj",
    "[t < T]*sum(W[k,i]*h[t+1,n,k], k)": "tni",
    "sum([(t+u) % 2 == 0]*x[(t+u)//2, n, j], u)": "tnj",
    "E[tok[n],i]*[tok[n] == t]": "nit",
    "sum(tok[n]*h0[n,i], n)/sqrt(H)": "i",
    "sum(h[0,n,i] - h0[n,i], i)": "n",
    "abs(W[i,k])**0.5": "ik",
    "abs(V[i,j])**x[t,n,j]": "tnij",
    "relu(h0[n,i])*T": "ni",
    "c": "",
}


def parsed(text: str, names: str):
    indices = [INDICES[n] for n in names]
    return parse_in(SYSTEM, text, indices), indices


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_has_the_value_of_its_definition(text):
    expr, indices = parsed(text, EXPRESSIONS[text])
    reader = interpreter()
    plain = {n: element_of(s.array[..., 0] if n != "tok" else s.array, s.lows) for n, s in reader.tensors.items()}
    expected = table(expr, indices, SIZES, plain)
    np.testing.assert_allclose(reader.over(expr, indices), expected, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_contraction_by_einsum_agrees_with_multiplying_out(text, monkeypatch):
    expr, indices = parsed(text, EXPRESSIONS[text])
    expected = interpreter().over(expr, indices)
    monkeypatch.setattr(arrays, "_PLAIN", 0)
    np.testing.assert_allclose(interpreter().over(expr, indices), expected, rtol=1e-13, atol=1e-14)


def test_a_read_outside_the_range_is_undefined_unless_guarded():
    unguarded, indices = parsed("h[t+1,n,i]", "tni")
    values = interpreter().over(unguarded, indices)
    assert np.isnan(values[-1]).all() and np.isfinite(values[:-1]).all()
    guarded, indices = parsed("[t < T]*h[t+1,n,i]", "tni")
    assert (interpreter().over(guarded, indices)[-1] == 0).all()


def test_what_is_read_outside_is_what_the_layer_says():
    (equation,) = SYSTEM.definitions("r")
    reader = interpreter()
    m, c = reader.tensors["m"].array[:, 0], reader.tensors["c"].array[0]
    windows = [m[0], max(m[0], m[2]), max(m[2], m[4])]  # places 2*p - 1 and 2*p + 1 of 1..5; the first is -1
    got = reader.over(equation.right, equation.indices)
    np.testing.assert_allclose(got, np.broadcast_to(np.array(windows) + c, (3, 3)))


def test_constants_have_their_values():
    over = [INDICES["n"]]
    found = interpreter().over(parse_in(SYSTEM, "cos(pi*n)/pi", over), over)
    np.testing.assert_allclose(found, np.array([-1, 1, -1]) / np.pi, rtol=1e-15)


def test_a_step_does_not_pass_a_stop():
    over = [INDICES["t"], INDICES["n"], INDICES["j"]]
    reader = interpreter()
    value, slope = (
        reader.over(parse_in(SYSTEM, e, over, calculus=True), over)
        for e in ("stop(x[t,n,j])", "D(stop(x[t,n,j]), x[t,n,j])")
    )
    assert np.array_equal(value, reader.tensors["x"].array[..., 0]) and not slope.any()


def test_argmax_marks_the_first_of_equal_maxima():
    reader = interpreter()
    reader.tensors["x"].array[...] = np.round(reader.tensors["x"].array)  # ties everywhere
    t, n, j = (INDICES[name] for name in "tnj")
    body = Elem("x", (t.symbol, n.symbol, j.symbol))
    marks = reader.over(Along("argmax", (n, j), body, (n.symbol, j.symbol)), (t, n, j))
    x = reader.tensors["x"].array[..., 0].reshape(5, -1)
    expected = np.zeros_like(x)
    expected[np.arange(5), np.argmax(x, axis=1)] = 1
    np.testing.assert_array_equal(marks.reshape(5, -1), expected)


def test_branches_of_complex_values_go_by_the_real_part():
    reader = interpreter()
    w = reader.tensors["W"].array
    moved = w + 1j * STEP * np.arange(1, 17).reshape(4, 4, 1)
    reader.tensors = {**reader.tensors, "W": type(reader.tensors["W"])(moved, (1, 1))}
    expr, indices = parsed("relu(W[i,k]) + abs(W[i,k])*[W[i,k] < 0] + max(W[i,k], k)", "ik")
    slope = reader.over(expr, indices).imag / STEP
    weight, wr = np.arange(1.0, 17).reshape(4, 4), w[..., 0]
    best = weight[np.arange(4), wr.argmax(axis=1)][:, None]
    np.testing.assert_allclose(slope, np.where(wr > 0, weight, -weight) + best)


class TestLocalDerivative:
    """``Partial`` is the derivative of one equation, everything else held."""

    def at(self, name, *places):
        return Elem(name, tuple(index_symbol(p) if isinstance(p, str) else sympy.Integer(p) for p in places))

    def test_of_an_equation_by_what_it_reads(self):
        partial = Partial(self.at("a", "s", "m", "k"), self.at("W", "i", "l"))
        indices = [INDICES[a].renamed(b) for a, b in zip("tniii", ("s", "m", "k", "i", "l"), strict=True)]
        reader = interpreter()
        h = reader.tensors["h"].array[..., 0]
        expected = np.einsum("smj,ki->smkij", h[:-1], np.eye(4))
        np.testing.assert_allclose(reader.over(partial, indices), expected, rtol=1e-14)

    def test_by_a_recurrent_tensor_reaches_one_step_only(self):
        partial = Partial(self.at("a", "s", "m", "k"), self.at("h", "t", "n", "i"))
        indices = [INDICES[a].renamed(b) for a, b in zip("tnitni", "smktni", strict=True)]
        reader = interpreter()
        w = reader.tensors["W"].array[..., 0]
        next_time = np.eye(5, k=-1)  # [s, t]: s - 1 = t
        expected = np.einsum("st,mn,ki->smktni", next_time, np.eye(3), w)
        np.testing.assert_allclose(reader.over(partial, indices), expected, rtol=1e-14)

    def test_by_a_base_case(self):
        partial = Partial(self.at("a", "s", "n", "k"), self.at("h", 0, "n", "i"))
        indices = [INDICES["t"].renamed("s"), INDICES["n"], INDICES["k"], INDICES["i"]]
        reader = interpreter()
        expected = np.zeros((5, 3, 4, 4))
        expected[0] = reader.tensors["W"].array[..., 0]
        np.testing.assert_allclose(reader.over(partial, indices), expected, rtol=1e-14)

    def test_of_a_base_case_by_the_initial_state(self):
        partial = Partial(self.at("h", 0, "n", "i"), self.at("h0", "m", "k"))
        indices = [INDICES["n"], INDICES["i"], INDICES["n"].renamed("m"), INDICES["k"]]
        got = interpreter().over(partial, indices)
        np.testing.assert_allclose(got, np.einsum("nm,ik->nimk", np.eye(3), np.eye(4)))

    def test_of_an_expression_takes_elements_as_they_stand(self):
        i, k = INDICES["i"], INDICES["k"]
        square = mul(self.at("h", "t", "n", "i"), self.at("h", "t", "n", "i"))
        partial = Partial(sum_((i,), square), self.at("h", "t", "n", "k"))
        reader = interpreter()
        got = reader.over(partial, (INDICES["t"], INDICES["n"], k))
        np.testing.assert_allclose(got, 2 * reader.tensors["h"].array[1:, ..., 0], rtol=1e-14)


def test_remembered_values_are_those_of_the_expression_not_of_its_letters():
    first, over_ik = parsed("sum(W[i,k]*h0[n,k], k)", "ni")
    second, over_ki = parsed("sum(W[k,i]*h0[n,i], i)", "nk")
    reader = interpreter()
    np.testing.assert_array_equal(reader.over(first, over_ik), reader.over(second, over_ki))
    transposed, _ = parsed("sum(W[k,i]*h0[n,k], k)", "ni")
    assert not np.allclose(reader.over(transposed, over_ik), reader.over(first, over_ik))


@pytest.mark.parametrize("inner", ["max(W[i,k], i, k)", "logsumexp(V[i,j], i, j)", "sum(softmax(W[i,k], k)**2, i, k)"])
def test_a_remembered_value_can_be_used_under_fewer_indices(inner):
    expr = parse_in(SYSTEM, inner, [])
    reader = interpreter()
    under_four = reader.over(expr, [INDICES[name].renamed(name * 2) for name in "tnij"])
    np.testing.assert_array_equal(reader.over(mul(expr, expr), []), under_four[0, 0, 0, 0] ** 2)
    np.testing.assert_allclose(reader.over(sum_((INDICES["t"],), expr), []), 5 * under_four[0, 0, 0, 0], rtol=1e-15)


def test_the_logarithm_of_a_condition_leaves_out_what_does_not_fulfil_it():
    """A softmax over the places allowed; elsewhere 0, however large the score, and no slope."""
    reader = interpreter()
    over = [INDICES["i"], INDICES["k"]]
    got = reader.over(parse_in(SYSTEM, "softmax(W[i,k] + 1000*[k > i] + log([k <= i]), k)", over), over)
    raised = np.tril(np.exp(reader.tensors["W"].array[..., 0]))
    np.testing.assert_allclose(got, raised / raised.sum(axis=1, keepdims=True), rtol=1e-14)
    slope = reader.over(
        parse_in(SYSTEM, "D(sum(softmax(W[i,k] + log([k <= i]), k)[2], i), W[1,2])", [], calculus=True), []
    )
    assert slope == 0.0


def test_the_logarithm_of_a_condition_is_not_near_the_edge_of_its_domain():
    reader = interpreter()
    reader.margins = Margins()
    over = [INDICES["i"], INDICES["k"]]
    reader.over(parse_in(SYSTEM, "log([k <= i])", over), over)
    assert reader.margins.domain == np.inf
    reader.over(parse_in(SYSTEM, "log(W[i,k]**2)", over), over)
    assert 0.0 < reader.margins.domain < np.inf
