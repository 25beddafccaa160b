"""An answer in lines: comments, lines that go on, several in one."""

import pytest

from derive.marking.written.statements import statements


def written(text: str) -> list[tuple[int, str]]:
    return [(one.number, one.written) for one in statements(text, "answer.txt")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# a title\n\ndx = 1  # one\n\ndy = 2\n", [(3, "dx = 1"), (5, "dy = 2")]),
        ("dx = sum(a,\n   t)\ndy = 2", [(1, "dx = sum(a, t)"), (3, "dy = 2")]),
        ("dx = a +\n  b", [(1, "dx = a + b")]),
        ("dx = a\n   + b\n   - c", [(1, "dx = a + b - c")]),
        ("dx\n = a", [(1, "dx = a")]),
        ("dx = a\n- dy = b", [(1, "dx = a"), (2, "- dy = b")]),  # a list: its lines are told apart
        ("dx = a \\\n b", [(1, "dx = a b")]),
        ("dx =\n   a", [(1, "dx = a")]),
        ("dx = 1; dy = 2", [(1, "dx = 1"), (1, "dy = 2")]),
        ("dx = (a\ndy = b", [(1, "dx = (a"), (2, "dy = b")]),
        ("dx = a *\n∂L/∂y[n] = b", [(1, "dx = a *"), (2, "∂L/∂y[n] = b")]),
        ("dx = sum([a\n == b], t)", [(1, "dx = sum([a == b], t)")]),
        ("some words\nmore words", [(1, "some words"), (2, "more words")]),
        ("\ufeffdx = a\x0c\ndy = b", [(1, "dx = a"), (2, "dy = b")]),
        ("dx = a\r\ndy = b", [(1, "dx = a"), (2, "dy = b")]),
        ("", []),
    ],
)
def test_lines(text: str, expected: list[tuple[int, str]]) -> None:
    assert written(text) == expected


def test_a_line_that_goes_on_knows_the_place_of_each_character() -> None:
    (one,) = statements("\ndx = a +\n     b", "answer.txt")
    error = one.text.error("here", one.text.text.index("b"))
    assert (error.line, error.column, error.source) == (3, 6, "     b")


@pytest.mark.parametrize(("text", "empty"), [("dW_h[i,k] = ", True), ("dW_h[i,k] = 0", False), ("words", False)])
def test_a_blank_answer_says_nothing(text: str, empty: bool) -> None:
    (one,) = statements(text, "answer.txt")
    assert one.is_unanswered == empty
