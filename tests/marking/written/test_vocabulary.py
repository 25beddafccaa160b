"""What a person calls a gradient or a tensor is found among the layer's names."""

import pytest

from derive.language.errors import Fragment, LayerError
from derive.marking.written.characters import tokens
from derive.marking.written.vocabulary import in_plain_names
from tests.marking.answers import names

WORDS = names("W_h dW_h h h0 x gamma dgamma x_hat dx_hat eps l dl y dy; t n i", "T", "N")


def named(text: str) -> str:
    fragment = Fragment.of(text)
    return "".join(token.text for token in in_plain_names(tokens(fragment), WORDS, fragment))


OF_L = ["∂L/∂W_h", "dL/dW_h", "dJ/∂W_h", "∂loss/∂W_h", "dloss/dW_h", "dL_dW_h", "dLdW_h"]


@pytest.mark.parametrize("text", [*OF_L, "∂W_h", "∇W_h", "grad_W_h", "W_h_grad", "W_h.grad"])
def test_the_gradient_has_many_names(text: str) -> None:
    assert named(text) == "dW_h"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("∂L/∂W_h[i,k]", "dW_h[i,k]"),
        ("∂L/∂γ + ∂x̂", "dgamma+dx_hat"),
        ("ε*γ", "eps*gamma"),
        ("h₀ + h0", "h0+h0"),
        ("Wₕ", "W_h"),
        ("σ(x)*ReLU(x) + ln(x)", "sigmoid(x)*relu(x)+log(x)"),
        ("np.tanh(x) + torch.exp(x)", "tanh(x)+exp(x)"),
        ("σ + δ₁", "sigma+delta_1"),
    ],
)
def test_names_are_those_of_the_layer(text: str, expected: str) -> None:
    assert named(text) == expected


def test_a_quotient_of_gradients_that_exist_stays_one() -> None:
    assert named("dl/dy") == "dl/dy"  # l is a tensor here, and not the loss


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("x + hₜ", "an index stands in square brackets", 5),
        ("∂y/∂x", "the derivative of y by x is no gradient of the loss", 1),
        ("1 + ∂h[t]/∂h[t-1]", "a derivative of one tensor by another is no gradient", 11),
        ("∂(x)", "∂ stands before a name", 1),
    ],
)
def test_what_is_no_gradient_is_refused(text: str, message: str, column: int) -> None:
    with pytest.raises(LayerError) as caught:
        named(text)
    assert (caught.value.message, caught.value.column) == (message, column)
