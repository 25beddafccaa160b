"""Generated source computes what the equations say: any expression, any index pattern, any recurrence."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from derive.language.system import System
from tests.forms.compare import assert_agrees, drawn
from tests.forms.systems import systems

SIZES = st.fixed_dictionaries(
    {"N": st.integers(1, 3), "M": st.integers(1, 3), "K": st.integers(1, 3), "s": st.integers(1, 3), "d": st.integers(1, 2), "q": st.integers(0, 2)}
)  # fmt: skip


@settings(max_examples=4000)
@given(systems(), SIZES, st.integers(0, 2**16))
def test_any_expression(system: System, sizes: dict[str, int], seed: int) -> None:
    naive = drawn(system, sizes, seed, {"tok": (1, sizes["M"])})
    assert_agrees(system, naive, ["out"])
