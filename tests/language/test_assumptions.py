"""What a layer takes as given: equalities on tensors, least values of sizes, conditions on sizes."""

import pytest

from derive.language.assumptions import Assumed, assumed
from derive.language.errors import Fragment, LayerError
from tests.language.layers import FIELDS, SCOPE, system


def read(*texts: str) -> Assumed:
    return assumed([Fragment.of(text, "assume") for text in texts], SCOPE)


def test_equalities_hold_for_every_value_of_their_free_indices() -> None:
    (one, other) = read("sum(v[i], i) = 1; [i != k]*W_h[i,k] == 0").equalities
    assert (str(one.left), str(one.right), one.indices, one.line) == ("sum(v[i], i)", "1", (), "sum(v[i], i) = 1")
    assert (str(other.left), [i.name for i in other.indices]) == ("[i != k]*W_h[i,k]", ["i", "k"])


def test_a_whole_number_that_is_an_input_is_no_size() -> None:
    with pytest.raises(LayerError, match="an inequality is one of sizes"):
        system(inputs=f"{FIELDS['inputs']} pad[]", integers="tok pad", assume="pad >= 1")


@pytest.mark.parametrize(
    ("text", "least"),
    [("K >= 2", 2), (" K>2 ", 3), ("2 <= K", 2), ("2 < K", 3), ("K >= 2; K >= 5; K > 3", 5)],
)
def test_least_values_of_sizes(text: str, least: int) -> None:
    assert read(text) == Assumed((), {"K": least}, ())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("K >= 2*q", "K >= 2*q"),
        ("2*q<=K", "2*q <= K"),
        ("K <= 7", "K <= 7"),
        ("H % 2 = 0", "H%2 == 0"),
        ("H // 2 == D + 1", "H//2 == D+1"),
        ("K != q", "K != q"),
        ("q*s < T - 1", "q*s < T-1"),
    ],
)
def test_constraints_on_sizes(text: str, shown: str) -> None:
    given = read(text)
    assert (given.equalities, given.least, [str(c) for c in given.constraints]) == ((), {}, [shown])


def test_the_texts_of_several_keys_add_up() -> None:
    given = read("K >= 2*q\nH % 2 == 0  # pairs", "sum(w[k], k) = 1; s >= 2")
    assert (len(given.equalities), given.least, len(given.constraints)) == (1, {"s": 2}, 2)


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("tau", 1, "expected an equality, or a condition on sizes"),
        ("sum([i < k]*v[i], i)", 1, "expected an equality, or a condition on sizes"),
        ("s >= 1; v[i] > 0", 9, "an inequality is one of sizes, in whole numbers"),
        ("K >= i", 1, "an inequality is one of sizes, in whole numbers"),
        ("q <= K/2", 1, "an inequality is one of sizes, in whole numbers"),
        ("K >= 2*qq", 8, "unknown name qq"),
    ],
)
def test_what_is_no_assumption_is_refused_at_its_place(text: str, column: int, message: str) -> None:
    with pytest.raises(LayerError) as caught:
        read(text)
    assert (caught.value.column, caught.value.message) == (column, message)
