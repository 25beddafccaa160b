"""An equation streams if it reads whole tensors element by element and does little with each."""

import pytest

from derive.forms.fused.streaming import elements, is_whole, streams
from derive.forms.numpy_scope import Writer, scope_of
from derive.language.expr import Elem
from derive.language.load import layer


def first(equation: str, **fields: str):
    declared = {
        "indices": "n:N  i,k:D  o:O  p=0..P-1  u=0..K-1", "sizes": "P = (L - K)//s + 1",
        "inputs": "x[n,i]  w[o,i]  b[i]  z[l]  tok[n]", "integers": "tok", "output": "y",
    }  # fmt: skip
    declared["indices"] += "  l=0..L-1"
    system = layer(**{**declared, "equations": equation, **fields})
    return system.equations[0], scope_of(Writer(system))


@pytest.mark.parametrize(
    "equation",
    [
        "y[n,i] = b[i]*x[n,i]**2 - 1",
        "y[n] = mean(x[n,i], i)",
        "y[n] = max(x[n,i], i)",
        "y[n,i] = x[n,i]/sqrt(sum(x[n,k]**2, k))",
        "y[n,i] = tanh(x[n,i])*sigmoid(b[i])",
        "y[n,i] = [i <= 2]*x[n,i]",
        "y = sum(x[n,i], n, i)",
        "y[n,o] = b[1]*sum(x[n,i], i)*sum(w[o,i], i)",
    ],
)
def test_it_does(equation: str) -> None:
    assert streams(*first(equation))


@pytest.mark.parametrize(
    "equation",
    [
        "y[n,o] = sum(w[o,i]*x[n,i], i)",  # a product of matrices
        "y[n,k] = sum(x[n,i]*b[k], i)",  # as many places as one
        "y[n,i] = erf(x[n,i])",  # a function that kernels do not have
        "y[n,i] = log(x[n,i])",
        "y[p] = max(z[s*p+u], u)",  # windows
        "y[n] = b[tok[n]]",  # read at the place that another tensor tells
        "y[n,i] = [tok[n] == 1]*x[n,i]",
        "y[n,i] = softmax(x[n,i], i)",
        "y[i,k] = x[1,i]*x[1,k]**(1/3)",  # a root of its own
    ],
)
def test_it_does_not(equation: str) -> None:
    assert not streams(*first(equation))


def wholes(equation: str, looped: str = "") -> dict[str, bool]:
    """Whether elements are whole, or at the place of the tensor of their name on the left."""
    made, scope = first(equation)
    inside = scope.looping(i for i in made.indices if i.name in looped)
    inside = inside.over(tuple(i for i in made.indices if i.name not in looped))
    left = {"x": made.left, "b": Elem("b", made.left.index[1:])}
    return {str(e): is_whole(e, left[e.name], within) for e, within in elements(made.right, inside)}


def test_which_elements_go_through_a_whole_tensor() -> None:
    found = wholes("y[n,i] = x[n,i] + x[1,i] + b[i]*sum(b[k], k)")
    assert found == {"x[n,i]": True, "x[1,i]": False, "b[i]": True, "b[k]": True}


def test_in_a_loop_an_element_may_be_at_the_place_that_is_set() -> None:
    assert wholes("y[n,i] = x[n,i] + [n > 1]*x[n-1,i] + x[1,i]", "n") == {
        "x[n,i]": True, "x[n-1,i]": False, "x[1,i]": False,
    }  # fmt: skip
