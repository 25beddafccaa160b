"""A person's mathematics becomes text of the language, and every character knows where it came from."""

import pytest

from derive.language.errors import Fragment
from derive.language.scope import scope_of
from derive.marking.written.spelling import left_name, spelled
from derive.marking.written.vocabulary import vocabulary
from tests.marking.answers import derivation, refused, spelling


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dW_h = Σ_t da[t]ᵀ @ h[t-1]", "dW_h = sum(da[t].T@h[t-1],t)"),
        ("dW_h = sum(da[t]^T @ h[t−1], t)", "dW_h = sum(da[t].T@h[t-1],t)"),
        ("dW_h = sum(da[t]' @ h[t-1], t)", "dW_h = sum(da[t].T@h[t-1],t)"),
        ("dW_h = sum(da[t]^{T} @ h[t-1], t)", "dW_h = sum(da[t].T@h[t-1],t)"),
        ("da := (1 - h²) ⊙ dh", "da = (1-h**(2))*dh"),
        ("da = (1 - h^2)·dh", "da = (1-h**2)*dh"),
        ("da = (1 - h^{2})*dh", "da = (1-h**(2))*dh"),
        ("da == tanh'(a)*dh", "da = tanh'(a)*dh"),
        ("dx = √2 * √(a + b_h) / √W_h[1,1]", "dx = sqrt(2)*sqrt(a+b_h)/sqrt(W_h[1,1])"),
        ("da = (a > 0) * dh", "da = [a>0]*dh"),
        ("da = 1_{a > 0} * dh", "da = [a>0]*dh"),
        ("da = 𝟙[a > 0]·dh", "da = [a>0]*dh"),
        ("da = 1(a > 0)·dh", "da = [a>0]*dh"),
        ("dh = [t = T]*dz", "dh = [t==T]*dz"),
        ("dh[t,:,:] = da[t,...]", "dh[t] = da[t]"),
        ("dh = da[:]", "dh = da"),
        ("x[(n)] = a[t][n]", "x[(n)] = a[t][n]"),
        ("dx = σ(x)*(1 - σ(x))", "dx = sigmoid(x)*(1-sigmoid(x))"),
        ("db_h = np.sum(da, axis=(0, 1))", "db_h = sum(da,t,n)"),
    ],
)
def test_a_line_in_the_language(text: str, expected: str) -> None:
    assert spelling("rnn", text) == expected


def test_an_index_with_limits_of_its_own() -> None:
    found = spelled(
        Fragment.of("dW_h = Σ_{t=0}^{T-1} da[t+1].T @ h[t]"), vocabulary(scope_of(derivation("rnn").backward))
    )
    ((name, (low, high)),) = found.ranges.items()
    assert (name, low.text, high.text) == ("t_2", "0", "T-1")


def test_every_character_stands_where_the_person_wrote_it() -> None:
    text = "∂L/∂W_h = Σ_t δ·h²"
    found = spelled(Fragment.of(text), vocabulary(scope_of(derivation("rnn").backward)))
    assert found.right.text == "sum(delta*h**(2),t)"
    written = "".join(text[column - 1] for _, column in found.right.places[:-1])
    assert written == "ΣΣΣΣδδδδδ·h²²²²²__²"


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("dW_h", "an equation has one = sign", 1),
        ("a = b = c", "an equation has one = sign", 7),
        ("dW_h =", "the right side is missing", 6),
        ("= 3", "the left side is missing", 1),
        ("dW_h += x", "+= adds to what was there; a line says what a gradient is", 6),
    ],
)
def test_what_is_no_equation_is_refused(text: str, message: str, column: int) -> None:
    found = refused("rnn", text)
    assert (found.message, found.column) == (message, column)


@pytest.mark.parametrize(
    ("text", "name"), [("∂L/∂W_h[i,k] = 0", "dW_h"), ("δ_h[t] = dh[t]", "delta_h"), ("(a) = 0", ""), ("2 = a", "")]
)
def test_the_name_on_the_left(text: str, name: str) -> None:
    assert left_name(Fragment.of(text), vocabulary(scope_of(derivation("rnn").backward))) == name
