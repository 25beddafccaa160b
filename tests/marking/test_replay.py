"""The mistake behind a wrong line."""

import pytest

from tests.marking.marks import lines


def test_one_mistake() -> None:
    mistake = lines("rnn", "da[t,n,i] = dh[t,n,i]")["da"].mistakes[0]
    assert mistake.gradient == "da" and mistake.step.startswith("D") and "tanh" in mistake.sentence


def test_two_mistakes_in_different_terms() -> None:
    text = "dh[t,n,i] = -sum(dz[t,n,o]*W_y[o,i], o) + [t < T]*sum(da[t+1,n,k]*W_h[i,k], k)"
    kinds = [mistake.kind for mistake in lines("rnn", text)["dh"].mistakes]
    assert sorted(kinds) == ["transposed", "wrong sign"]


def test_a_factor_alone() -> None:
    (mistake,) = lines("linear", "dW[o,i] = -2*sum(dy[n,o]*x[n,i], n)")["dW"].mistakes
    assert mistake.kind == "wrong scale" and "`-2`" in mistake.sentence


def test_a_mistake_and_a_factor() -> None:
    text = "dW_h[i,k] = 2*sum(da[t,n,i]*h[t,n,k], t, n)/T"
    kinds = [mistake.kind for mistake in lines("rnn", text)["dW_h"].mistakes]
    assert kinds == ["shifted index", "wrong scale"]


@pytest.mark.parametrize("text", ["dW[o,i] = sum(dy[n,o]*x[n,i]**3, n) + W[o,i]", "dW[o,i] = 1/(x[1,i] - x[1,i])"])
def test_what_is_no_known_mistake_is_not_named(text: str) -> None:
    line = lines("linear", text)["dW"]
    assert line.verdict == "wrong" and not line.mistakes


def test_a_value_that_is_nearly_right_is_no_known_mistake() -> None:
    line = lines("linear", "dW[o,i] = sum(dy[n,o]*x[n,i], n)*(1 + 0.00000002)")["dW"]
    assert line.verdict == "wrong" and not line.mistakes


def test_another_gradient_is_recognized() -> None:
    """The derivative of the gate is in it already: that is the gradient by what enters the gate."""
    (mistake,) = lines("lstm", "df[t] = dc[t]*c[t-1]*f[t]*(1 - f[t])")["df"].mistakes
    assert mistake.kind == "another gradient" and "`da_f`" in mistake.sentence
