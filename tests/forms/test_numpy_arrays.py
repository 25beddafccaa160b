"""Arrays put together: axes are turned and inserted so that plain broadcasting does the rest."""

import numpy as np

from derive.forms.numpy_arrays import Array, Factor, aligned, as_float, masked, natural_order, product, transposed
from derive.forms.numpy_text import Level, Piece

RNG = np.random.default_rng(0)
EXTENTS = {"i": 2, "j": 3, "k": 4}
VALUES = {"a": ("i",), "b": ("j", "i"), "c": ("k", "j"), "t": ()}
DATA = {n: RNG.normal(size=[EXTENTS[a] for a in axes]) for n, axes in VALUES.items()}


def array(name: str) -> Array:
    return Array(Piece(name), VALUES[name])


def value(piece: Piece) -> np.ndarray:
    return eval(piece.text, {"np": np, "dtype": np.dtype(float), **DATA})


def test_an_array_is_aligned_with_axes_that_hold_its_own() -> None:
    assert aligned(array("a"), ("k", "i")).text == "a"
    assert aligned(array("a"), ("i", "k")).text == "a[:, None]"
    assert aligned(array("b"), ("i", "j")).text == "b.T"
    assert aligned(array("b"), ("i", "k", "j")).text == "b.T[:, None]"
    assert aligned(array("t"), ("i", "j")).text == "t"
    assert transposed(Array(Piece("x"), ("i", "j", "k")), ("k", "i", "j")).piece.text == "x.transpose(2, 0, 1)"


def test_a_product_broadcasts_each_factor() -> None:
    found = product([Factor(array("a")), Factor(array("c")), Factor(array("b"), inverse=True)], ("i", "j", "k"))
    expected = np.einsum("i,kj,ji->ijk", DATA["a"], DATA["c"], 1 / DATA["b"])
    order = [found.axes.index(n) for n in "ijk"]
    np.testing.assert_allclose(value(found.piece).transpose(order), expected, rtol=1e-14)


def test_signs_and_numbers_in_front() -> None:
    number = Array(Piece("-2", Level.SUM), (), "number")
    assert product([Factor(number), Factor(array("a"))], ("i",)).piece.text == "-2 * a"
    minus = Array(Piece("-1", Level.SUM), (), "number")
    assert product([Factor(minus), Factor(array("a"))], ("i",)).piece.text == "-a"
    assert product([Factor(array("a"), inverse=True)], ("i",)).piece.text == "1 / a"


def test_factors_over_few_axes_are_multiplied_first() -> None:
    found = product([Factor(array("a")), Factor(array("b")), Factor(array("a"))], ("j", "i"))
    assert found.piece.text == "a * a * b"


def test_an_axis_order_that_turns_nothing_round() -> None:
    assert natural_order([array("b"), array("a")], ("i", "j")) == ("j", "i")
    assert natural_order([array("b"), Array(Piece("x"), ("i", "j"))], ("i", "j")) == ("i", "j")


def test_masks_and_integers_become_numbers() -> None:
    assert as_float(Array(Piece("m"), ("i",), "bool")).piece.text == "m.astype(dtype)"
    mask = Array(Piece("a > 0", Level.COMPARE), ("i",), "bool")
    found = masked(mask, array("b"), ("j", "i"))
    np.testing.assert_array_equal(value(found.piece), np.where(DATA["a"] > 0, DATA["b"], 0))
    one = masked(mask, Array(Piece("1"), (), "number"), ("i",))
    np.testing.assert_array_equal(value(one.piece), (DATA["a"] > 0).astype(float))
