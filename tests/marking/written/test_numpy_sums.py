"""An axis by its number is the index of that axis."""

import pytest

from derive.language.errors import Fragment
from derive.marking.written.characters import tokens
from derive.marking.written.numpy_sums import by_name

AXES = {"dy": ("n", "o"), "da": ("t", "n", "i")}


def named(text: str) -> str:
    return "".join(token.text for token in by_name(tokens(Fragment.of(text)), AXES))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dy.sum(axis=0)", "sum(dy,n)"),
        ("dy.sum(0)", "sum(dy,n)"),
        ("dy.mean(dim=-1)", "mean(dy,o)"),
        ("sum(dy, axis=0)", "sum(dy,n)"),
        ("sum(dy, dim=-1)", "sum(dy,o)"),
        ("da.sum((0, 1))", "sum(da,t,n)"),
        ("da[t].sum(axis=0)*2", "sum(da[t],n)*2"),
        ("dy.sum()", "sum(dy)"),
    ],
)
def test_axes_by_number(text: str, expected: str) -> None:
    assert named(text) == expected


@pytest.mark.parametrize(
    "text",
    ["dy.sum(axis=2)", "dy.sum(axis=--1)", "q.sum(axis=0)", "dy.sum(axis=k)", "dy.sum(0", "(dy).sum(0)"],
)
def test_what_is_not_plainly_an_axis_is_left_as_it_is(text: str) -> None:
    assert named(text) == text
