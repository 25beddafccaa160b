"""The range reasoner proves nothing that is false, and proves what layers need."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.language.expr import Bracket, Compare, Index, size
from derive.language.integers import FloorDiv, Integer, Mod, index_symbol, size_symbol
from derive.language.load import layer
from derive.language.ranges import Facts, facts_of, nonnegative, proved, refuted
from tests.values import integer

i_, J = index_symbol("i"), index_symbol("j")
M, N = size_symbol("M"), size_symbol("N")
FACTS = Facts(lower=((M, 1), (N, 2))).within((Index("i", M - M + 1, N), Index("j", M - M, M - 1)))
OPERATORS = ["==", "!=", "<", "<=", ">", ">="]

_terms = st.sampled_from(
    [i_, J, M, N, i_ * M, J * N, M * N, FloorDiv(i_ + J, M), FloorDiv(J, N), M * FloorDiv(N, M), Mod(i_, M), Mod(J, N)]
)
_integers = st.lists(st.tuples(st.integers(-3, 3), _terms), max_size=4).flatmap(
    lambda terms: st.integers(-4, 4).map(lambda c: sum((a * t for a, t in terms), M - M) + c)
)


def everywhere(expression: Integer, given_: Integer | None = None) -> bool:
    """Whether it is >= 0 wherever the facts hold, by looking at every place for small sizes."""
    for m, n in itertools.product(range(1, 6), range(2, 6)):
        for i, j in itertools.product(range(1, n + 1), range(m)):
            values = {"M": m, "N": n, "i": i, "j": j}
            if (given_ is None or integer(given_, values) >= 0) and integer(expression, values) < 0:
                return False
    return True


@given(_integers)
def test_what_is_proved_holds_everywhere(expression: Integer) -> None:
    if nonnegative(expression, FACTS):
        assert everywhere(expression)


@given(_integers, _integers)
def test_what_is_proved_under_a_guard_holds_where_the_guard_does(expression: Integer, guard: Integer) -> None:
    facts = FACTS.given(Bracket((Compare(">=", size(guard), size(M - M)),)))
    if nonnegative(expression, facts):
        assert everywhere(expression, guard)


@given(_integers, _integers, st.sampled_from(OPERATORS))
def test_nothing_is_both_proved_and_refuted(left: Integer, right: Integer, op: str) -> None:
    condition = Compare(op, size(left), size(right))
    assert not (proved(condition, FACTS) and refuted(condition, FACTS))


def test_a_whole_number_that_is_an_input_may_be_negative() -> None:
    system = layer(
        indices="i:H", inputs="x[i] k[]", integers="k", output="y", outside="x = 0",
        equations="y[i] = [k >= 0]*x[i-k]",
    )  # fmt: skip
    facts = facts_of(system, (system.indices["i"],))
    k = size_symbol("k")
    assert not nonnegative(k, facts) and not nonnegative(i_ + k - 1, facts)
    assert nonnegative(i_ + k - 1, facts.given(Bracket((Compare(">=", size(k), size(k - k)),))))


@pytest.mark.parametrize("expression", [i_ - 1, N - i_, M - 1 - J, N * M - i_ * M, i_ + J - 1, M * (N - i_) + J, N - 2])
def test_bounds_of_indices(expression: Integer) -> None:
    assert nonnegative(expression, FACTS)


@pytest.mark.parametrize(
    "expression",
    [
        FloorDiv(J, M),
        -FloorDiv(J, M),
        N - 1 - FloorDiv(N * M - 1, M),
        FloorDiv(i_ + M, M) - 1,
        i_ - M * FloorDiv(i_, M),
        M - 1 - i_ + M * FloorDiv(i_, M),
        M - 1 - Mod(i_, M),
        Mod(i_, M) + J,
    ],
)
def test_bounds_of_quotients_and_remainders(expression: Integer) -> None:
    assert nonnegative(expression, FACTS)


@pytest.mark.parametrize("expression", [i_ - 2, N - i_ - 1, J - 1, M - N, N - M, i_ - J])
def test_what_fails_somewhere_is_not_proved(expression: Integer) -> None:
    assert not nonnegative(expression, FACTS)


def test_a_strided_window_stays_in_its_signal() -> None:
    system = layer(
        indices="i=0..L-1  u=0..K-1  p=0..P-1",
        sizes="P = (L - K)//s + 1",
        inputs="x[i]",
        equations="y[p] = sum(x[s*p+u], u)",
        output="y",
    )
    facts = facts_of(system, system.indices.values())
    p, u, s, L = index_symbol("p"), index_symbol("u"), size_symbol("s"), size_symbol("L")
    assert nonnegative(L - 1 - s * p - u, facts)
    assert not nonnegative(L - 2 - s * p - u, facts)


def test_constraints_on_sizes_are_known() -> None:
    """With at most half of the window in the padding, the middle of the first window is in the signal."""
    fields = {
        "indices": "i=0..L-1  u=0..K-1  p=0..P-1",
        "sizes": "P = (L + 2*q - K)//s + 1",
        "inputs": "x[i]",
        "outside": "x = 0",
        "equations": "y[p] = sum(x[s*p+u-q], u)",
        "output": "y",
    }
    K, q, L = map(size_symbol, "KqL")
    assert not nonnegative(K - 2 * q, facts_of(layer(**fields)))
    half = facts_of(layer(**fields, assume="2*q <= K"))
    assert nonnegative(K - 2 * q, half) and nonnegative(K - q, half) and not nonnegative(K - 2 * q - 1, half)
    less, equal = (facts_of(layer(**fields, assume=text)) for text in ("2*q < K", "2*q == K"))
    assert nonnegative(K - 2 * q - 1, less) and not nonnegative(2 * q - K, less)
    assert nonnegative(2 * q - K, equal) and nonnegative(K - 2 * q, equal)
    assert not nonnegative(L - K, half)


@pytest.mark.parametrize("op", OPERATORS)
def test_guards_tell_what_they_say(op: str) -> None:
    facts = FACTS.given(Bracket((Compare(op, size(i_), size(M)),)))
    assert nonnegative(M - i_ - 1, facts) == (op == "<")
    assert nonnegative(M - i_, facts) == (op in ("<", "<=", "=="))
    assert nonnegative(i_ - M, facts) == (op in (">", ">=", "=="))


def test_unequal_to_an_end_is_before_it() -> None:
    assert nonnegative(N - i_ - 1, FACTS.given(Bracket((Compare("!=", size(i_), size(N)),))))
    assert nonnegative(i_ - 2, FACTS.given(Bracket((Compare("!=", size(i_), size(M - M + 1)),))))


def test_a_new_index_hides_one_of_its_name() -> None:
    facts = FACTS.within((Index("i", M - M + 5, N),))
    assert nonnegative(i_ - 5, facts)
