"""What factors state as conditions."""

from derive.forms.numpy_conditions import (
    conditions_of,
    is_log_of_condition,
    plain_reads,
    reads_tensors,
    remainder,
    sides,
    without,
    without_proved,
)
from derive.language.expr import Bracket, Call, Compare, Delta, Elem, add, mul, num, size
from derive.language.integers import Mod, element, index_symbol, size_symbol
from derive.language.ranges import Facts

AT, J, N = index_symbol("i"), index_symbol("j"), size_symbol("N")
LESS = Compare("<", size(AT), size(N))
FACTS = Facts(ranges=((AT, 1, N),))


def test_brackets_and_deltas_are_conditions() -> None:
    assert conditions_of(Bracket((LESS,))) == (LESS,)
    assert conditions_of(Delta(AT, J)) == (Compare("==", size(AT), size(J)),)
    assert conditions_of(Elem("x", (AT,))) == ()


def test_sides_are_integers_or_nothing() -> None:
    assert sides(LESS) == (AT, N)
    assert sides(Compare("<", size(AT), num("1/2"))) is None
    assert sides(Compare(">", Elem("x", (AT,)), num(0))) is None


def test_a_condition_that_reads_a_tensor() -> None:
    assert reads_tensors(Compare("==", size(element("tok", (AT,))), size(J)))
    assert reads_tensors(Compare(">", Elem("x", (AT,)), num(0)))
    assert not reads_tensors(LESS)


def test_divisibility() -> None:
    assert remainder(Compare("==", size(Mod(AT + 1, N)), num(0))) == (AT + 1, N)
    assert remainder(Compare("==", size(Mod(AT + 1, N)), num(1))) is None


def test_reads_behind_a_guard_of_their_own_are_not_plain() -> None:
    x, z = Elem("x", (AT,)), Elem("z", (J,))
    assert list(plain_reads(add(x, mul(Bracket((LESS,)), z)))) == [x]


def test_proved_conditions_go_and_the_others_stay() -> None:
    x = Elem("x", (AT,))
    at_most = Compare("<=", size(AT), size(N))
    assert without_proved([Bracket((at_most, LESS)), x], FACTS) == (Bracket((LESS,)), x)
    assert without_proved([Bracket((at_most,)), x], FACTS) == (x,)
    assert without([Bracket((at_most, LESS)), x], LESS) == [Bracket((at_most,)), x]


def test_the_logarithm_of_a_condition_is_told_from_others() -> None:
    x = Elem("x", (AT,))
    assert is_log_of_condition(Call("log", (Bracket((LESS,)),)))
    assert not any(map(is_log_of_condition, (Call("log", (x,)), Call("exp", (Bracket((LESS,)),)), Bracket((LESS,)))))
