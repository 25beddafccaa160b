"""Loops put together compute what they computed one after the other."""

from textwrap import dedent, indent

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.forms.fused.merge import merged


def of(lines: str, **memory: str) -> str:
    return "\n".join(merged(dedent(lines).strip().splitlines(), memory))


def test_sums_over_one_range_are_one_loop() -> None:
    found = of("""
        s = 0.0
        for i in range(D):
            s += x[row, i]
        m[row] = s
        t = 0.0
        for k in range(D):
            t += x[row, k] * y[row, k]
        r[row] = t
    """)
    assert found.splitlines() == [
        "s = 0.0",
        "t = 0.0",
        "for i in range(D):",
        "    s += x[row, i]",
        "    t += x[row, i] * y[row, i]",
        "m[row] = s",
        "r[row] = t",
    ]


def test_a_sum_joins_the_next_that_it_can() -> None:
    found = of("""
        s = 0.0
        for i in range(D):
            s += x[i]
        m = s / D
        t = 0.0
        for i in range(D):
            t += y[i]
        u = 0.0
        for i in range(D):
            u += (x[i] - m) * y[i]
    """)
    assert found.count("for") == 2
    assert found.index("t += y[i]") > found.index("m = s / D")


def stays(lines: str, **memory: str) -> bool:
    return of(lines, **memory) == dedent(lines).strip()


def test_what_stays_apart() -> None:
    assert stays("for i in range(D):\n    s += x[i]\nfor i in range(D):\n    t += s * x[i]")  # it needs the sum
    assert stays("for i in range(D):\n    s += x[i]\nfor i in range(K):\n    t += x[i]")  # another range
    assert stays("for i in range(D):\n    s[i] = x[i]\nfor i in range(D):\n    t[i] = x[i]")  # they write arrays
    assert stays("for i in range(D):\n    s += x[i]\nx[0] = s\nfor i in range(D):\n    t += x[i]")  # set in between
    assert stays("for i in range(D):\n    s += x[i]\na = s\nb = a\nfor i in range(D):\n    t += b * x[i]")


NESTS = """
for n in range(N):
    for i in range(D):
        a[n, i] = x[n, i]
for m in range(N):
    for i in range(D):
        y[m, i] = {0}
"""


def test_loops_around_loops_are_one_where_each_run_has_places_of_its_own() -> None:
    one = [
        "for n in range(N):",
        "    for i in range(D):",
        "        a[n, i] = x[n, i]",
        "    for i in range(D):",
        "        y[n, i] = a[n, D - 1 - i]",
    ]
    assert of(NESTS.format("a[m, D - 1 - i]")).splitlines() == one
    assert stays(NESTS.format("a[m - 1, i]"))
    assert stays(NESTS.format("a[i, m]"))
    assert stays(NESTS.format("a[m, i] + a[0, i]"))
    assert stays(NESTS.format("b[m, i]"), b="a")  # the same memory under another name
    assert stays("for n in range(N):\n    for i in range(N):\n        s += x[n, i]\n"
                 "for i in range(N):\n    for n in range(N):\n        t += x[n, i]")  # fmt: skip


INDICES = st.sampled_from(["i, j", "i, j", "i, j", "i, 3 - j", "j, i", "i, i", "0, j", "3 - i, j"])
ELEMENTS = st.builds("{}[{}]".format, st.sampled_from("abc"), INDICES)
SCALARS = st.sampled_from("stu")
INNER = st.builds("{} = ({} + 3 * {}) % 97".format, ELEMENTS, ELEMENTS | SCALARS, ELEMENTS)
INNER |= st.builds("{} += {}".format, SCALARS, ELEMENTS)
PLAIN = st.builds("{} = {} + 1".format, SCALARS | st.just("a[1, 2]"), SCALARS | st.just("b[0, 0]"))


def two_loops(line: str, outer: str, inner: str) -> str:
    named = line.translate({ord("i"): outer, ord("j"): inner})
    return f"for {outer} in range(4):\n    for {inner} in range(4):\n        {named}"


def sums_in_a_loop(first: str, second: str) -> str:
    """Loops in a loop, with numbers set in between."""
    inner = "s += 1\nfor j in range(4):\n    {}\nt = s\nfor j in range(4):\n    {}"
    return f"for i in range(4):\n{indent(inner.format(first, second), '    ')}"


BLOCKS = st.builds(lambda line, names: two_loops(line, *names[:2]), INNER, st.permutations("ijk"))
BLOCKS |= st.builds(sums_in_a_loop, INNER, INNER) | PLAIN


@settings(max_examples=500, deadline=None)
@given(st.lists(BLOCKS, min_size=2, max_size=6))
def test_any_loops(program: list[str]) -> None:
    def run(lines: str) -> list[np.ndarray]:
        a, b = np.arange(16).reshape(4, 4), np.arange(16, 32).reshape(4, 4)
        scope = {"a": a, "b": b, "c": a[::-1], "s": 1, "t": 2, "u": 3}
        exec(lines, scope)
        return [a, b, *map(scope.get, "stu")]

    lines = "\n".join(program)
    for expected, found in zip(run(lines), run(of(lines, c="a")), strict=True):
        np.testing.assert_array_equal(found, expected)
