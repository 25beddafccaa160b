"""What a name may mean."""

import pytest

from derive.language.scope import counted, meaning_of, scope_of
from derive.language.system import Tensor
from tests.language.layers import SCOPE, SYSTEM, system


def test_the_scope_of_a_system_has_all_its_names() -> None:
    assert set(SCOPE.indices) == set("tnikjou")
    assert {"T", "N", "H", "K", "s", "q"} <= set(SCOPE.sizes)
    assert {"x", "W_h", "a", "h"} <= set(SCOPE.tensors)
    gradient = Tensor("dh", SYSTEM.tensors["h"].axes, "gradient")
    assert scope_of(SYSTEM, {"dh": gradient}).tensors["dh"] is gradient


def test_abstract_functions_are_those_that_the_table_has_not() -> None:
    abstract = system(options={"f": ["f"]}, equations="y[i] = f(v[i]) + tanh(f'(v[i]))", output="y")
    assert scope_of(abstract).functions == {"f"}


def test_numbered_indices() -> None:
    index = SCOPE.index("k_2")
    assert index is not None and (index.name, index.high) == ("k_2", SCOPE.indices["k"].high)
    assert SCOPE.index("b_h") is None and SCOPE.index("tau_2") is None and SCOPE.index("k_x") is None


@pytest.mark.parametrize(
    ("name", "expected", "message", "hint"),
    [
        ("tahn", "function", "unknown function tahn", "did you mean tanh?"),
        ("W_y", "tensor", "unknown tensor W_y", "did you mean W_x?"),
        ("sum", "name", "sum is a function", "write sum(...)"),
        ("v", "function", "v is a tensor, not a function", "write v[...]"),
        ("pi", "function", "pi is a number, not a function", ""),
        ("H", "tensor", "H is a size, not a tensor", ""),
        ("i", "function", "i is an index, not a function", ""),
        ("zzz", "name", "unknown name zzz", ""),
    ],
)
def test_a_name_that_is_not_what_is_expected(name: str, expected: str, message: str, hint: str) -> None:
    assert meaning_of(name, expected, SCOPE) == (message, hint)


def test_counting() -> None:
    assert [counted(k, "index") for k in (0, 1, 2)] == ["no index", "1 index", "2 indices"]
    assert counted(2, "argument") == "2 arguments"
