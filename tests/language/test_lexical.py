"""What could exhaust Python's parser is refused before it is seen."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.language.errors import Fragment, LayerError
from derive.language.lexical import MAX_DEPTH, MAX_LENGTH, MAX_TOKENS, check_length, tokens, tree_of


@pytest.mark.parametrize(
    ("source", "column", "message", "hint"),
    [
        ("", 1, "an expression is missing here", ""),
        ("  ", 1, "an expression is missing here", ""),
        ("a +", 4, "something is missing at the end", ""),
        ("a + * b", 5, "something is missing before *", ""),
        ("(a, )", 5, "something is missing before )", ""),
        ("a[i,]", 5, "something is missing before ]", ""),
        ("a.", 3, "something is missing at the end", ""),
        ("a < = b", 5, "unexpected character '='", "a condition is written =="),
        ("(a)(b)", 4, "a sign is missing before (", "a product needs its sign: 2*x"),
        ("2(a)", 2, "a sign is missing before (", "a product needs its sign: 2*x"),
        ("2 [a < b]", 3, "a sign is missing before [", "a product needs its sign: 2*x"),
        ("[a < b] c", 9, "a sign is missing before c", "a product needs its sign: 2*x"),
        ("a + (b", 5, "this ( is never closed", ""),
        ("a + b)", 6, "this ) closes nothing", ""),
        ("a[i)", 4, "this ) closes nothing", ""),
        ("tau[]", 4, "empty brackets", "a scalar is declared tau[] and read as tau"),
        ("2x", 1, "unexpected number '2'", "a number is written in digits, and a product with its sign: 2*x"),
        ("a b", 3, "a sign is missing before b", "a product needs its sign: 2*x"),
        ("a^2", 2, "unexpected character '^'", "a power is written **"),
        ("a ≤ b", 3, "unexpected character '≤'", "write <="),
        ("a + 'b'", 5, 'unexpected character "\'"', "texts have no meaning here"),
        ("a'", 2, "a prime stands on a function, as in f'(x)", ""),
        ("a.b'", 4, "a prime stands on a function, as in f'(x)", ""),
        ("ä", 1, "unexpected character 'ä'", ""),
        ("a\x00", 2, "unexpected character 'U+0000'", ""),
        ("a\u202e", 2, "unexpected character 'U+202E'", ""),
        ("a := 2", 3, "unexpected character ':'", ""),
        ("1_000", 1, "unexpected number '1'", "a number is written in digits, and a product with its sign: 2*x"),
        ("0xff", 1, "unexpected number '0'", "a number is written in digits, and a product with its sign: 2*x"),
        ("1j", 1, "unexpected number '1'", "a number is written in digits, and a product with its sign: 2*x"),
        ("1e400", 1, "number too large or too long: 30 digits at most", ""),
        ("1" * 31, 1, "number too large or too long: 30 digits at most", ""),
        ("1e-99999999999999999999", 1, "number too large or too long: 30 digits at most", ""),
        ("a if b else c", 3, "'if' is a word of Python, not a name of the language", ""),
        ("lambda", 1, "'lambda' is a word of Python, not a name of the language", ""),
        ("a and b", 3, "'and' is a word of Python, not a name of the language", ""),
        ("a; b", 2, "unexpected character ';'", ""),
        ("a\\\nb", 2, "unexpected character '\\\\'", ""),
        ("#a", 1, "unexpected character '#'", ""),
    ],
)
def test_a_bad_text_is_refused_at_its_place(source: str, column: int, message: str, hint: str) -> None:
    with pytest.raises(LayerError) as caught:
        tree_of(Fragment.of(source))
    assert (caught.value.column, caught.value.message, caught.value.hint) == (column, message, hint)


@pytest.mark.parametrize(
    "source",
    [
        "(" * 1000 + "a" + ")" * 1000,
        "[" * 1000,
        "f(" * 1000 + "a" + ")" * 1000,
        "a[" * 1000 + "i" + "]" * 1000,
        "-" * 10_000 + "a",
        "2**" * 5000 + "2",
        "a**-" * 3000 + "a",
        "+".join(["a"] * 3000),
        "a" * (MAX_LENGTH + 1),
        "a." * 5000 + "T",
        "a<" * 5000 + "a",
        "not " * 3000 + "a",
        "(a," * 3000,
        "9" * 5000,
    ],
)
def test_what_is_too_deep_or_too_long_is_refused_at_once(source: str) -> None:
    with pytest.raises(LayerError):
        tree_of(Fragment.of(source))


def test_the_bounds_leave_room_for_what_people_write() -> None:
    assert isinstance(tree_of(Fragment.of("(" * (MAX_DEPTH - 1) + "a" + ")" * (MAX_DEPTH - 1))), ast.Name)
    assert isinstance(tree_of(Fragment.of("+".join(["a"] * (MAX_TOKENS // 2)))), ast.BinOp)
    assert isinstance(tree_of(Fragment.of("+".join(["-a**2"] * 300))), ast.BinOp)
    check_length(Fragment.of("a" * MAX_LENGTH))


def test_a_line_may_be_broken_inside_brackets() -> None:
    assert isinstance(tree_of(Fragment.of("a\n + b")), ast.BinOp)


def test_the_place_in_a_text_of_several_lines() -> None:
    with pytest.raises(LayerError) as caught:
        tree_of(Fragment.of("a +\n  b c"))
    assert (caught.value.line, caught.value.column) == (2, 5)


def test_tokens() -> None:
    assert [(kind, token) for kind, token, _ in tokens(Fragment.of("f'(x_1)**2.5e-1 // [a<=b]"))] == [
        ("name", "f'"),
        ("operator", "("),
        ("name", "x_1"),
        ("operator", ")"),
        ("operator", "**"),
        ("number", "2.5e-1"),
        ("operator", "//"),
        ("operator", "["),
        ("name", "a"),
        ("operator", "<="),
        ("name", "b"),
        ("operator", "]"),
    ]


@given(st.text(max_size=60))
def test_any_text_gives_a_tree_or_a_layer_error(source: str) -> None:
    try:
        tree_of(Fragment.of(source))
    except LayerError as error:
        assert error.line <= source.count("\n") + 1


@given(st.text("abT0129.'+-*/%@<>=!()[], \n", max_size=40))
def test_any_text_of_the_alphabet_gives_a_tree_or_a_layer_error(source: str) -> None:
    try:
        tree_of(Fragment.of(source))
    except LayerError as error:
        assert str(error)
