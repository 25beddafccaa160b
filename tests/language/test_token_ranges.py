"""Integer tensors must stay in the ranges that they index; a guard on them lifts that."""

from derive.language.load import layer, load
from derive.language.token_ranges import token_ranges


def test_a_bare_read_fixes_the_range() -> None:
    ranges = token_ranges(load("embedding"))
    assert {(name, str(low), str(high)) for name, low, high in ranges} == {("tok", "0", "V - 1")}


def test_a_guard_on_the_tensor_allows_any_value() -> None:
    system = layer(title="Padding word", indices="n:N  v:V", inputs="tok[n]  W[v]", integers="tok",
                   equations="y[n] = [tok[n] >= 1, tok[n] <= V]*W[tok[n]]", output="y")  # fmt: skip
    assert token_ranges(system) == frozenset()
