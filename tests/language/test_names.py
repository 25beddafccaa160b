"""Each name has one meaning."""

import pytest

from derive.language.declarations import Declared
from derive.language.errors import LayerError
from derive.language.names import check_computed, check_declared
from tests.language.layers import system


@pytest.mark.parametrize(
    ("fields", "file", "column", "message"),
    [
        ({"params": "t[i]"}, "params", 1, "t is an index and a parameter too"),
        ({"params": "H[i]"}, "params", 1, "H is a size and a parameter too"),
        ({"params": "tanh[i]"}, "params", 1, "tanh is a function of the language and cannot be a parameter"),
        ({"params": "outer[i]"}, "params", 1, "outer is a function of the language and cannot be a parameter"),
        ({"params": "loss[]"}, "params", 1, "the name loss is kept for the loss"),
        ({"params": "W[i]  dW[i]"}, "params", 7, "dW is the name of the gradient by W and cannot be a parameter"),
        ({"params": "W[i]  dW_up[i]"}, "params", 7, "dW_up is the name of the gradient by W and cannot be a parameter"),
        ({"params": "dloss[]"}, "params", 1, "dloss is the name of the gradient by loss and cannot be a parameter"),
        ({"sizes": "s; q; dx"}, "sizes", 7, "dx is the name of the gradient by x and cannot be a size"),
        ({"sizes": "sum"}, "sizes", 1, "sum is a function of the language and cannot be a size"),
        ({"sizes": "n"}, "indices", 9, "n is an index and a size too"),
        ({"options": {"tau": ["1"]}}, "params", 29, "tau is a parameter and an option too"),
        ({"equations": "x[t,n,j] = 1"}, "equations", 1, "x is an input; an equation cannot define it"),
        ({"equations": "W_h[i,k] = 1"}, "equations", 1, "W_h is a parameter; an equation cannot define it"),
        ({"equations": "n[i] = 1"}, "equations", 1, "n is an index; an equation cannot define it"),
        ({"equations": "T[i] = 1"}, "equations", 1, "T is a size; an equation cannot define it"),
        (
            {"equations": "y[i] = 1; dy[i] = 2"},
            "equations",
            11,
            "dy is the name of the gradient by y and cannot be a computed tensor",
        ),
        (
            {"equations": "y[i] = 1", "params": "dy[i]"},
            "equations",
            1,
            "dy, the name of the gradient by y, is a parameter already",
        ),
        (
            {"equations": "y[i] = 1", "params": "dy_up[i]"},
            "equations",
            1,
            "dy_up, the name of the gradient by y, is a parameter already",
        ),
        (
            {"equations": "y[i] = 1", "sizes": "dy"},
            "equations",
            1,
            "dy, the name of the gradient by y, is a size already",
        ),
        ({"equations": "loss = 1"}, "equations", 1, "the name loss is kept for the loss"),
        (
            {"equations": "max[i] = 1"},
            "equations",
            1,
            "max is a function of the language and cannot be a computed tensor",
        ),
    ],
)
def test_names_that_clash_are_refused_at_their_place(
    fields: dict[str, str], file: str, column: int, message: str
) -> None:
    with pytest.raises(LayerError) as caught:
        system(**fields)
    assert (caught.value.file, caught.value.column, caught.value.message) == (file, column, message)


def test_a_name_with_d_is_free_where_it_names_no_gradient() -> None:
    made = system(params="W_x[i,j]  W_h[i,k]  b_h[i]  d[i]  delta[i]  tau[]", sizes="d_h")
    assert {"d", "delta"} <= set(made.tensors)


def test_nothing_declared_clashes_with_nothing() -> None:
    assert check_declared(Declared(), ()) == {}
    check_computed({}, ())
