"""Windows that guards keep inside their array read 0 outside; guards that say anything else stay."""

import pytest

from tests.forms.forward import statements

FIELDS = {
    "indices": "n:N  i=0..L-1  u=0..K-1  p=0..P-1",
    "inputs": "g[n,p]  h[n,p]  W[u]  b[]",
    "sizes": "P = (L - K)//s + 1; d; q",
    "outside": "h = 0",
}
INSIDE = "s*i+d*u-q >= 0, s*i+d*u-q <= P-1"


def test_a_guard_that_keeps_a_window_inside_is_zero_padding() -> None:
    lines = statements(equations=f"y[n,i] = sum([{INSIDE}]*W[u]*g[n,s*i+d*u-q], u)", **FIELDS)
    assert lines[0] == "g_windows = windows(g, {1: (-q, (K, d), (L, s))}, 0.0)"
    assert not any("mask" in line for line in lines)


def test_an_end_that_is_proved_needs_no_guard() -> None:
    lines = statements(equations="y[n,i] = sum([s*i+d*u < P]*W[u]*g[n,s*i+d*u], u)", **FIELDS)
    assert lines[0] == "g_windows = windows(g, {1: (0, (K, d), (L, s))}, 0.0)"
    assert not any("mask" in line for line in lines)


def test_either_way_of_writing_a_bound_will_do() -> None:
    strict = "-1 < s*i+d*u-q, P > s*i+d*u-q"
    one, other = (
        statements(equations=f"y[n,i] = sum([{guard}]*W[u]*g[n,s*i+d*u-q], u)", **FIELDS) for guard in (INSIDE, strict)
    )
    assert one == other


@pytest.mark.parametrize(
    ("guard", "body"),
    [
        ("s*i+d*u-q >= 1, s*i+d*u-q <= P-1", "W[u]*g[n,s*i+d*u-q]"),  # cuts the first place off
        (INSIDE, "W[u]*h[n,s*i+d*u-q]"),  # something stands outside already
        (INSIDE, "W[u]*log(W[u])*g[n,s*i+d*u-q]"),  # 0 times what is not finite is not 0
        ("(i+u)//s < P", "W[u]*g[n,(i+u)//s]"),  # no window
    ],
)
def test_other_guards_stay(guard: str, body: str) -> None:
    lines = statements(equations=f"y[n,i] = sum([{guard}]*{body}, u)", **FIELDS)
    assert any(line.startswith("mask = ") for line in lines), lines
