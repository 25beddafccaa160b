"""Guards beside reads past the end: at the read, at what it is multiplied with, and nowhere else."""

import pytest

from derive.language.expr import Compare, Elem, Expr, num
from derive.language.parser import parse_expression
from derive.language.ranges import Facts, facts_of
from derive.language.scope import scope_of
from derive.marking.written.outside import (
    failing,
    guarded,
    holding,
    open_sides,
    reads_outside,
    vanishes,
    with_complements,
)
from tests.marking.answers import derivation

BACKWARD = derivation("lstm").backward
INDICES = [BACKWARD.indices[name] for name in ("t", "n", "j")]
BOX = tuple((axis.low, axis.high) for axis in BACKWARD.tensors["c"].axes)


def parsed(text: str) -> Expr:
    return parse_expression(text, scope_of(BACKWARD))


def past_the_end(read: Elem, facts: Facts) -> tuple[Compare, ...]:
    return open_sides(read, BOX, facts, [0]) if read.name in ("dc", "da_f") else ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dc[t+1,n,j]", "[t+1 <= T]*dc[t+1,n,j]"),
        ("dc[t+1,n,j]*f[t+1,n,j]", "[t+1 <= T]*dc[t+1,n,j]*f[t+1,n,j]"),
        ("dh[t,n,j] + dc[t+1,n,j]*f[t+1,n,j]", "dh[t,n,j] + [t+1 <= T]*dc[t+1,n,j]*f[t+1,n,j]"),
        ("f[t+1,n,j]*(dc[t+1,n,j] + da_f[t+1,n,j])", "[t+1 <= T]*f[t+1,n,j]*(dc[t+1,n,j] + da_f[t+1,n,j])"),
        ("f[t+1,n,j]*(dc[t+1,n,j] + dh[t,n,j])", "f[t+1,n,j]*([t+1 <= T]*dc[t+1,n,j] + dh[t,n,j])"),
        ("f[t+1,n,j]*sum(dc[t+1,n,k], k)", "[t+1 <= T]*f[t+1,n,j]*sum(dc[t+1,n,k], k)"),
        ("(1 - f[t+1,n,j]**2)*dc[t+1,n,j]**2", "[t+1 <= T]*(1 - f[t+1,n,j]**2)*dc[t+1,n,j]**2"),
        ("[t < T]*dc[t+1,n,j]", "[t < T]*dc[t+1,n,j]"),
        ("f[t+1,n,j]*([t < T]*dc[t+1,n,j] + da_f[t+2,n,j])", None),
        ("sum(dc[t+1,n,j]*x[t,n,d], t)", "sum([t+1 <= T]*dc[t+1,n,j]*x[t,n,d], t)"),
        ("tanh(dc[t+1,n,j])", "tanh([t+1 <= T]*dc[t+1,n,j])"),
        ("dc[t-1,n,j]", "[t-1 >= 1]*dc[t-1,n,j]"),
        ("dc[t,n,j]", "dc[t,n,j]"),
    ],
)
def test_a_guard_covers_all_that_the_read_is_multiplied_with(text: str, expected: str | None) -> None:
    found = guarded(parsed(text), facts_of(BACKWARD, INDICES), past_the_end)
    assert str(found) == (expected or "f[t+1,n,j]*([t < T]*dc[t+1,n,j] + [t+2 <= T]*da_f[t+2,n,j])")


def test_what_a_guard_covers_is_not_read_outside() -> None:
    facts = facts_of(BACKWARD, INDICES)

    def outside(text: str) -> list[str]:
        expr = guarded(parsed(text), facts, past_the_end)
        return [str(read) for read, _ in reads_outside(expr, facts, lambda name: (BOX,) if name in "fcdc" else ())]

    assert outside("f[t+1,n,j]*(dc[t+1,n,j] + dc[t+1,n,j]*c[t+1,n,j])") == []
    assert outside("f[t+1,n,j]*(dc[t+1,n,j] + dh[t,n,j])") == ["f[t+1,n,j]"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(1 - [t < 2])*dc[t-1,n,j]", "[t >= 2]*dc[t-1,n,j]"),
        ("1 - [t == T]", "[t != T]"),
        ("1 - 2*[t < 2]", "1 - 2*[t < 2]"),
        ("1 - [1 < t, t < T]", "1 - [1 < t, t < T]"),
    ],
)
def test_one_minus_a_condition_is_a_condition(text: str, expected: str) -> None:
    assert str(with_complements(parsed(text))) == expected


@pytest.mark.parametrize(
    ("text", "zero"),
    [
        ("2*dc[t,n,j]*f[t,n,j]", True),
        ("sum(dc[t,n,k]*W_hi[k,j], k) + dc[t,n,j]/3", True),
        ("dc[t,n,j] + f[t,n,j]", False),
        ("tanh(dc[t,n,j])", False),
        ("dc[t,n,j]**2", True),
        ("1/dc[t,n,j]", False),
        ("0", True),
    ],
)
def test_what_vanishes_with_a_gradient(text: str, zero: bool) -> None:
    assert vanishes(parsed(text), lambda name: name == "dc") == zero


def test_conditions_in_words() -> None:
    read = parsed("dc[t+1,n,j]")
    assert isinstance(read, Elem)
    (condition,) = open_sides(read, BOX, facts_of(BACKWARD, INDICES))
    assert (failing(condition), holding([condition])) == ("t+1 > T", "[t+1 <= T]")
    assert failing(Compare(">=", num(1), num(2))) == "1 < 2"
