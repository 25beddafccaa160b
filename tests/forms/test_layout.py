"""Long lines are broken as formatters break them, and mean what they meant."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from derive.forms.layout import WIDTH, laid_out

LONG = "a_rather_long_name[:, :, None]"
STATEMENTS = [
    f"total = {' + '.join([LONG] * 5)}",
    f"total = {LONG} - {LONG} * {LONG} / (r_m * {LONG}.sum(axis=2))[:, :, None] + {LONG}",
    f"total += {' * '.join([LONG] * 3)} * ({' - '.join([LONG] * 5)})",
    f'total = np.einsum("ti,t->", {LONG} * {LONG}, {" / ".join([LONG] * 5)} @ {LONG}, optimize=True)',
    f'total = np.einsum("a, b", {LONG} * {LONG}, {LONG} / {LONG}, optimize=True, key={LONG}) + {LONG} + {LONG}',
    f"x[:, 0] = ({LONG} + {LONG}) * ({LONG} + {LONG}) * ({LONG} - {LONG})",
    f"total = {LONG} * {LONG} * {LONG} * {LONG} if {LONG} > 0 and t < T else np.zeros(({LONG}, 2), dtype)",
    f"value = helper({LONG}, {LONG}, {LONG}, {LONG})",
    f"np.add.at({LONG}, (slice(None), {LONG}), {LONG}, {LONG}, {LONG})",
    f"return helper({' + '.join([LONG] * 5)})",
    f"value = helper({LONG}, other(first_argument, second_argument), {LONG}, {LONG}, {LONG}, {LONG}, {LONG})",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_long_statement_is_broken_as_ruff_breaks_it(statement: str) -> None:
    source = f"def f():\n    {statement}\n"
    broken = laid_out(source)
    command = [sys.executable, "-m", "ruff", "format", "--line-length", str(WIDTH), "-"]
    assert subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout == broken
    assert max(map(len, broken.splitlines())) <= WIDTH < max(map(len, source.splitlines()))
    assert ast.dump(ast.parse(broken)) == ast.dump(ast.parse(source))


@pytest.mark.parametrize(
    "line",
    [
        "short = a + b",
        f"# {'word ' * 40}".rstrip(),
        f"for t in range({LONG * 5}):",
        f'"""{"word " * 40}"""',
        f"x = {'name' * 40}",
        f"    {LONG * 5}, {LONG})",
    ],
)
def test_other_lines_stay(line: str) -> None:
    assert laid_out(line) == line
