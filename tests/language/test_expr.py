"""Expressions: sums and products in reading order."""

from derive.language import expr as E
from derive.language.integers import size_symbol
from tests.language.layers import SYSTEM

X, Y = E.Elem("x"), E.Elem("y")


def test_sums_are_flat_and_their_numbers_are_added() -> None:
    assert E.add(X, E.add(Y, E.num(1)), E.num(2)) == E.Add((X, Y, E.num(3)))
    assert E.add() == E.ZERO
    assert E.add(X, E.ZERO) == X
    assert E.add(E.num(1), X, E.num(-1)) == X


def test_products_are_flat_and_their_number_stands_in_front() -> None:
    assert E.mul(X, E.num(2), E.mul(Y, E.num(3))) == E.Mul((E.num(6), X, Y))
    assert E.mul() == E.ONE
    assert E.mul(X, E.ZERO) == E.ZERO
    assert E.mul(E.num(2), X, E.num("1/2")) == X


def test_powers() -> None:
    assert E.power(X, E.ONE) == X
    assert E.power(X, E.ZERO) == E.ONE
    assert E.power(E.num(2), E.num(-3)) == E.num("1/8")
    assert E.divide(E.ONE, E.power(X, E.num(2))) == E.Pow(X, E.num(-2))
    assert E.power(E.power(X, E.num("1/2")), E.num(2)) == E.Pow(E.Pow(X, E.num("1/2")), E.num(2))  # not abs(x)
    assert E.power(E.num(10), E.num(10**10)) == E.Pow(E.num(10), E.num(10**10))  # not worked out


def test_a_sum_of_zeros_is_zero_and_over_no_index_its_body() -> None:
    over = (SYSTEM.indices["i"],)
    assert E.sum_(over, E.ZERO) == E.ZERO
    assert E.sum_((), X) == X
    assert E.reduce_("max", over, E.ZERO) == E.Reduce("max", over, E.ZERO)


def test_sizes_that_are_plain_numbers() -> None:
    assert E.size(size_symbol("T") - size_symbol("T") + 3) == E.num(3)
