"""Answers are read as they are meant: right ones have the true values, and what cannot be read says so in its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.api import gradients
from derive.forms.matrix import NotMatrix, Reading
from derive.forms.matrix_tree import Convolution
from derive.language.load import catalogue
from tests.marking.answers import answer, apart, derivation, error, is_right, line

CANCELLED = {"db_k"}  # is zero: its terms cancel, and leave rounding only


@pytest.mark.parametrize("layer", catalogue())
def test_what_the_program_prints_is_read_back_with_its_true_value(layer: str) -> None:
    parts = [part for found in derivation(layer).gradients.values() for part in found]
    text = "\n".join(f"{part.left} = {part.right}" for part in parts)
    found = answer(layer, text)
    assert len(found.lines) == len(parts)
    for one, part in zip(found.lines, parts, strict=True):
        assert one.left is not None and one.left.name == part.left.name
        assert one.name in CANCELLED or apart(layer, found, one) < 1e-9, one.text


@pytest.mark.parametrize("layer", catalogue())
def test_matrix_forms_are_read_back_with_their_true_values(layer: str) -> None:
    derived = gradients(layer)
    for form in (derived[name].matrix for name in derived):
        for reading in (form.batched_reading, form.per_sample_reading):
            if isinstance(reading, Reading) and not isinstance(reading.right, Convolution):
                found = answer(layer, str(reading.spoken))
                assert found.lines[0].name in CANCELLED or apart(layer, found, found.lines[0]) < 1e-9, str(reading)
            assert not isinstance(reading, NotMatrix) or reading.reason


ANSWERS = {
    "rnn": """
        # backpropagation through time
        dz = 2*(y - target)
        δ_h[t] = dz[t] @ W_y + da[t+1] @ W_h          # what reaches h
        dh = δ_h
        da[t,n,i] = (1 − h[t,n,i]²)·dh[t,n,i]
        ∂L/∂W_h = Σ_t da[t]ᵀ @ h[t−1]
        ∂L/∂W_x = Σ_{t=0}^{T-1} da[t+1]ᵀ @ x[t+1]
        dW_y = sum(dz[t].T @ h[t], t)
        grad_b_h = np.sum(da, axis=(0, 1))
        db_y[p] = sum_t sum_n dz[t,n,p]
        dx[t] = da[t] @ W_x
        dh0 = da[1] @ W_h
        dh[0] = da[1] @ W_h
    """,
    "lstm": """
        dh[t] = dh_up[t] + da_i[t+1] @ W_hi + da_f[t+1] @ W_hf + da_g[t+1] @ W_hg + da_o[t+1] @ W_ho
        dc[t] = dh[t] ⊙ o[t] ⊙ tanh'(c[t]) + f[t+1] ⊙ dc[t+1]
        do = dh*tanh(c)
        df[t] = dc[t]*c[t-1]
        di = dc*g;  dg = dc*i
        da_o = do*o*(1 - o)
        da_f[t] = c[t-1]*dc[t]*f[t]*(1 - f[t])
        da_i = σ'(a_i)*g*dc
        da_g = dg*(1 - g^2)
        dW_hf = Σ_t da_f[t].T @ h[t-1]
        db_o = sum(da_o, t, n)
        dc0 = f[1]*dc[1]
    """,
    "linear": """
        dW = dyᵀ @ x
        db = dy.sum(axis=0)
        dx = dy @ W
    """,
    "conv2d": """
        dW[o,c,u,v] = Σ_{n,p,r} dy[n,o,p,r]*x[n,c,s_h*p+d_h*u-q_h,s_w*r+d_w*v-q_w]
        db = sum(dy, n, p, r)
        dx[n,c,i,j] = sum([i == s_h*p+d_h*u-q_h]*[j == s_w*r+d_w*v-q_w]*dy[n,o,p,r]*W[o,c,u,v], o, p, r, u, v)
    """,
    "embedding": "dW[w] = Σ_n Σ_s 1_{tok[n,s] = w}·dy[n,s]",
    "batchnorm1d": """
        dβ = Σ_n dy[n]
        dγ = Σ_n dy[n]⊙x̂[n]
        g = γ*dy
        dx̂ = g
        dv = -1/2*r³*sum(g*(x - μ), n)
        dμ = -r*Σ_n g[n]
        dx = r*(g - mean(g, n) - x̂*mean(g*x̂, n))
    """,
    "attention": """
        dV[n] = p[n]ᵀ @ dy[n]
        dp[n] = dy[n] @ V[n]ᵀ
        rho[n,i] = Σ_j dp[n,i,j]*p[n,i,j]
        ds[n,i,j] = p[n,i,j]*(dp[n,i,j] - rho[n,i])
        dQ = ds @ K/√d_k
        dK[n] = ds[n].T @ Q[n] / sqrt(d_k)
    """,
}


@pytest.mark.parametrize("layer", ANSWERS)
def test_a_person_s_right_answer_has_the_true_values(layer: str) -> None:
    found = answer(layer, ANSWERS[layer])
    assert [str(one.error) for one in found.lines if one.error] == []
    for one in found.lines:
        assert one.name in found.helpers or apart(layer, found, one) < 1e-9, one.text


def test_an_error_stops_no_other_line() -> None:
    found = answer("linear", "dW = dy.T x\ndb = sum(dy, m)\ndx = dy @ W\n???\n")
    assert [one.number for one in found.lines] == [1, 2, 3, 4]
    assert [one.error is None for one in found.lines] == [False, False, True, False]
    assert found.lines[0].name == "dW" and found.lines[3].name == ""


def test_an_error_shows_the_line_as_the_person_wrote_it() -> None:
    assert error("linear", "# mine\n  dW = Σ_n dyᵀ·xx  # product") == (
        "answer.txt:2:16: unknown name xx\n    dW = Σ_n dyᵀ·xx  # product\n                 ^\ndid you mean x?"
    )


def test_the_blank_lines_of_a_sheet_are_not_answered() -> None:
    assert answer("rnn", "dW_h[i,k] = \ndh[0,n,i] = \n\ndz = dy\n").lines[0].name == "dz"


def test_a_layer_of_abstract_functions_is_read_too() -> None:
    assert is_right("rnn f=relu", "da = f'(a)*dh")
    assert is_right("rnn", "da = f'(a)*dh")


def test_a_name_that_looks_like_a_gradient_s_and_is_not_read_is_told() -> None:
    assert line("lstm", "dy = 2*dh").remark == "dy is a name of your own: there is no tensor y in this layer"
    assert answer("lstm", "dy = 2*dh\ndo = dy*tanh(c)").lines[0].remark == ""


def test_the_gradient_from_above_is_told_apart_from_the_whole() -> None:
    assert "`dh_up` is the gradient that arrives from above" in line("lstm", "dh = 0").remark


@pytest.mark.parametrize(
    "text",
    ["(" * 5000, "dW = " + "(" * 900, "dW = " + "Σ_n " * 300 + "x", "∂" * 50_000, "dW = 9**9**9**9", "\x00=\x07"],
)
def test_what_is_not_meant_to_be_read_is_an_error(text: str) -> None:
    assert all(one.error is not None for one in answer("linear", text).lines)


def test_answers_have_a_bound() -> None:
    assert len(answer("linear", "db = sum(dy, n)\n" * 400).lines) == 301
    assert "answer too long" in error("linear", "x" * 300_000)


@given(st.text(alphabet="dWxyno[]()=+-*/@^'.,:Σ∂²ᵀ{}_1 \n#√", max_size=60))
def test_any_text_gives_lines_or_errors(text: str) -> None:
    for one in answer("linear", text).lines:
        assert (one.error is None) == (one.right is not None)
        assert one.error is None or 0 < one.error.line <= text.count("\n") + 1
