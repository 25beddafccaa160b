"""Every kind of mistake in a layer file is refused, and shown in the file at its place."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from derive.language.build import build
from derive.language.errors import LayerError
from derive.language.fields import KEYS, read_text
from derive.language.load import layer, load
from derive.language.options import choose
from tests.language.layers import FIELDS, system
from tests.language.test_parser import TEXTS

FILE = '''title   = "A recurrent network"
indices = "t=1..T  l=1..L  n:N  i,k:H  j:D"
inputs  = "x[t,n,j]  h0[n,i]  v[i]"
params  = "W_x[i,j]  W_h[i,k]"
output  = "h"
equations = """
h[0,n,i] = h0[n,i]
a[t,n,i] = sum(W_x[i,j]*x[t,n,j], j) + sum(W_h[i,k]*h[t-1,n,k], k)
h[t,n,i] = tanh(a[t,n,i])
"""
'''
H = "h[t,n,i] = tanh(a[t,n,i])"
BASE = "h[0,n,i] = h0[n,i]\n"


def error_in(tmp_path: Path, source: str) -> LayerError:
    path = tmp_path / "net.toml"
    path.write_text(source, encoding="utf-8")
    with pytest.raises(LayerError) as caught:
        load(path)
    assert caught.value.file == str(path)
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "message", "hint"),
    [
        ("W_h[i,k]*h", "W_hh[i,k]*h", 8, 44, "unknown tensor W_hh", "did you mean W_h?"),
        ("tanh(a", "tahn(a", 9, 12, "unknown function tahn", "did you mean tanh?"),
        (
            "a[t,n,i])",
            "a[t,n])",
            9,
            17,
            "a has 3 indices, here it has 2: axes (i) are left over",
            "write a[t,n,i], or leave the same axes out on the left side",
        ),
        ("a[t,n,i])", "a[t,n,i,k])", 9, 17, "a has 3 indices, here it has 4", "write a[t,n,i]"),
        (
            "a[t,n,i])",
            "a[t,n,k])",
            9,
            23,
            "index k is neither on the left nor summed over",
            "put it on the left side, or reduce over it: sum(..., k)",
        ),
        (
            "a[t,n,i])",
            "a[t,n,i*t])",
            9,
            23,
            "non-affine index",
            "an index is multiplied by sizes and numbers only, as in s*p+d*u-q",
        ),
        (
            "h[t,n,i] = tanh",
            "h[t,n,t] = tanh",
            9,
            7,
            "index t stands twice on the left",
            "write a condition [i == j] on the right instead",
        ),
        (
            BASE,
            "",
            7,
            53,
            "h[0,n,k] is read at t = 1 and nothing defines it: add a base case",
            "or guard what is multiplied: [t > 1]*h[t-1,n,k]",
        ),
        (
            "h[t-1,n,k]",
            "h[t-2,n,k]",
            8,
            53,
            "h[-1,n,k] is read at t = 1 and nothing defines it: add a base case",
            "or guard what is multiplied: [t > 1]*h[t-2,n,k]",
        ),
        (
            "h[t-1,n,k]",
            "h[t+1,n,k]",
            8,
            53,
            "h[T+1,n,k] is read at t = T and nothing defines it: add a base case",
            "or guard what is multiplied: [t < T]*h[t+1,n,k]",
        ),
        (
            "*x[t,n,j]",
            "*x[t+1,n,j]",
            8,
            25,
            "x[T+1,n,j] is read at t = T, outside the range of x",
            "or guard what is multiplied: [t < T]*x[t+1,n,j]",
        ),
        (
            "*x[t,n,j]",
            "*x[t,n,2*j]",
            8,
            25,
            "x[t,n,2*j] may be read outside its range (j = 1..D): this axis of x has j = 1..D",
            'say what is read there, as in outside = "x = 0", or guard it with a condition',
        ),
        (
            "W_x[i,j]*x",
            "W_x[j,j]*x",
            8,
            16,
            "W_x[j,j] may be read outside its range (j = 1..D): this axis of W_x has i = 1..H",
            'say what is read there, as in outside = "W_x = 0", or guard it with a condition',
        ),
        ("h[t-1,n,k]", "h[t,n,k]", 8, 1, "circular definition: a, h need each other at the same place", ""),
        (
            H,
            "h[t,n,i] = h[t,n,i]",
            9,
            1,
            "h needs itself at the same place",
            "a recurrence reads places before it only, or after it only, as in h[t-1,n]",
        ),
        (H, H + "\n" + H, 10, 1, "h is defined already on line 9", ""),
        (
            BASE,
            "h[1,n,i] = h0[n,i]\n",
            9,
            1,
            "h[t,n,i] may be defined already on line 7 too",
            "a base case lies outside the declared range: with t=1..T it is h[0] or h[T+1], h[1] needs t=2..T",
        ),
        (
            BASE,
            BASE + BASE,
            8,
            1,
            "h[0,n,i] may be defined already on line 7 too",
            "a base case lies outside the declared range: with t=1..T it is h[0] or h[T+1], h[1] needs t=2..T",
        ),
        (
            "a[t,n,i] = ",
            "a[l,n,i] = ",
            8,
            27,
            "index t is neither on the left nor summed over",
            "put it on the left side, or reduce over it: sum(..., t)",
        ),
        ("l=1..L", "l=2..1", 2, 20, "index l takes no value: 2..1", ""),
        ("params  = ", "parms = ", 4, 1, "unknown key parms", "did you mean params?"),
        ('output  = "h"', 'output  = "y"', 5, 12, "no equation defines the output y", ""),
        ('W_h[i,k]"', 'W_h[i,k]  x[i]"', 4, 32, "tensor x is declared twice", ""),
        ('W_h[i,k]"', 'W_h[i,k]  H[i]"', 4, 32, "H is a size and a parameter too", ""),
        ('W_h[i,k]"', 'W_h[i,m]"', 4, 28, "unknown index m", "known indices: t, l, n, i, k, j"),
        ("t=1..T", "t=1..", 2, 17, "an expression is missing here", ""),
        ('"A recurrent network"', '"A recurrent network', 1, 31, "not TOML: Illegal character '\\n'", ""),
    ],
)
def test_a_mistake_is_shown_at_its_place_in_the_file(
    tmp_path: Path, old: str, new: str, line: int, column: int, message: str, hint: str
) -> None:
    assert old in FILE
    error = error_in(tmp_path, FILE.replace(old, new, 1))
    assert (error.line, error.column, error.message, error.hint) == (line, column, message, hint)


def test_the_file_without_mistakes_is_a_layer(tmp_path: Path) -> None:
    path = tmp_path / "net.toml"
    path.write_text(FILE, encoding="utf-8")
    assert load(path).outputs == ("h",)


def test_the_whole_message(tmp_path: Path) -> None:
    error = error_in(tmp_path, FILE.replace("W_h[i,k]*h", "W_hh[i,k]*h", 1))
    assert str(error) == (
        f"{tmp_path / 'net.toml'}:8:44: unknown tensor W_hh\n"
        "    a[t,n,i] = sum(W_x[i,j]*x[t,n,j], j) + sum(W_hh[i,k]*h[t-1,n,k], k)\n"
        "                                               ^\n"
        "did you mean W_h?"
    )


@pytest.mark.parametrize(
    "equations",
    [
        "h[t,n,i] = [t > 1]*h[t-1,n,i] + v[i]",
        "h[t,n,i] = [t != 1]*h[t-1,n,i] + v[i]",
        "h[t,n,i] = [2 <= t]*sum(W_h[i,k]*h[t-1,n,k], k)",
        "h[T+1,n,i] = 0; h[t,n,i] = h[t+1,n,i]",
        "h[0,n,i] = 0; h[-1,n,i] = 0; h[t,n,i] = h[t-2,n,i]",
        "h[t,n,i] = [t < T]*x[t+1,n,1]*v[i]",
        "h[t,n,i] = v[i] + sum([k < i]*v[i-k], k)",
        "h[t,n,i] = sum([i + k <= H]*v[i+k], k)",
    ],
)
def test_what_is_guarded_or_has_a_base_case_is_well_formed(equations: str) -> None:
    assert system(equations=equations).equations


def test_recurrences_over_two_indices_need_their_corner() -> None:
    fields: dict[str, Any] = {"indices": "l=1..L  t=1..T", "inputs": "x[t]", "output": "h"}
    edges = "h[0,t] = x[t]; h[l,0] = 0; "
    layer(**fields, equations=edges + "h[l,t] = h[l-1,t] + h[l,t-1]")
    with pytest.raises(LayerError) as caught:
        layer(**fields, equations=edges + "h[l,t] = h[l-1,t-1]")
    assert caught.value.message == "h[0,0] is read at l = 1, t = 1 and nothing defines it: add a base case"
    layer(**fields, equations=edges + "h[0,0] = 1; h[l,t] = h[l-1,t-1]")


def test_a_read_outside_the_range_is_allowed_where_the_file_says_what_is_read() -> None:
    fields: dict[str, Any] = {"indices": "i=0..L-1  u=0..K-1", "inputs": "x[i]", "output": "y"}
    with pytest.raises(LayerError, match=r"x\[i\+u\] may be read outside its range \(u = 0..K-1; i = 0..L-1\)"):
        layer(**fields, equations="y[i] = sum(x[i+u], u)")
    layer(**fields, equations="y[i] = sum(x[i+u], u)", outside="x = 0")


def test_a_function_of_an_axis_is_read_at_a_place_of_it() -> None:
    fields: dict[str, Any] = {"indices": "n:N  k:K", "inputs": "z[n,k]  c[n]", "integers": "c", "output": "p"}
    for place in ("k", "1", "K", "c[n]"):
        layer(**fields, equations=f"p[n] = sum(softmax(z[n,k], k)[{place}], k)")
    layer(**fields, equations="p[n] = sum([k < K]*softmax(z[n,k], k)[k+1], k)")
    with pytest.raises(LayerError) as caught:
        layer(**fields, equations="p[n] = 1 + sum(softmax(softmax(z[n,k], k)[k+1], k)[1], k)")
    assert caught.value.message == "softmax over k = 1..K may be read outside, at k+1"
    assert caught.value.column == 16


def test_axes_keep_their_range_from_line_to_line() -> None:
    with pytest.raises(LayerError) as caught:
        layer(indices="i:H  o:O", inputs="x[i]", equations="y[i] = 1; y[o] = 2", output="y")
    assert caught.value.message == "o runs over 1..O, but this axis of y has i = 1..H"


def test_unused_inputs_and_params_are_allowed() -> None:
    assert system(equations="y[i] = v[i]", output="y").params


# Whatever the fields say

_FIELD = st.sampled_from([k for k in KEYS if k not in ("options", "when", "meaning")])
_PIECES = st.sampled_from(
    [
        "t=1..T",
        "i,k:H",
        "x[t,i]",
        "W[i,k]",
        "h[0,i] = 0\n",
        "h[t,i] = ",
        "tanh(h[t-1,i])",
        "sum(W[i,k]*h[t,k], k)",
        "\n",
        " ",
        ";",
        "=",
        "h",
        "x",
        "s",
        ",",
        "[",
        "]",
        "(",
        ")",
        "1",
        "0",
        "-inf",
        "a >= 2",
        "@",
        ".T",
        "..",
        ":",
        "#",
    ]
)
_TEXT = st.one_of(TEXTS, st.lists(_PIECES, max_size=12).map("".join))


@given(st.dictionaries(_FIELD, _TEXT, max_size=4))
@example({"equations": "h[t,n,i] = " + "h[t-1,n,i]*" * 400 + "1"})
@example({"indices": "a:" + "T" * 10_000})
@example({"indices": "a:T**4*H**4*D"})
@example({"sizes": "P=" + "(a+b+c+d)*" * 200 + "1"})
@example({"inputs": "x[" * 5000})
@example({"equations": "\n".join(f"y{k}[i] = v[i]" for k in range(500))})
@example({"equations": "\n".join(f"y{k}[i] = y{k + 1}[i]" for k in range(150)), "output": "y0"})
def test_any_fields_give_a_system_or_a_layer_error(fields: dict[str, str]) -> None:
    try:
        layer(**{**FIELDS, **fields})
    except LayerError as error:
        assert str(error)


@given(st.text(max_size=200))
@example("equations = '''\n" + "y = 1\n" * 3000 + "'''")
@example("a" * 5000)
@example("[" * 5000)
def test_any_file_gives_a_system_or_a_layer_error(source: str) -> None:
    try:
        fields, choice = choose(read_text(source, "any.toml", "any"), {})
        build(fields, choice)
    except LayerError as error:
        assert str(error)
