"""An error shows the line, with a caret under the place."""

from derive.language.errors import Fragment, LayerError, nearest

TEXT = "h[0] = 1\n  a[t] = W_hh[i]\n"


def test_an_error_reads_as_in_a_compiler() -> None:
    error = Fragment.of(TEXT, "rnn.toml").error("unknown tensor W_hh", TEXT.index("W_hh"), "did you mean W_h?")
    assert str(error) == ("rnn.toml:2:10: unknown tensor W_hh\n    a[t] = W_hh[i]\n           ^\ndid you mean W_h?")
    assert (error.file, error.line, error.column, error.source) == ("rnn.toml", 2, 10, "  a[t] = W_hh[i]")
    assert error.message == "unknown tensor W_hh"


def test_an_error_without_a_place_is_its_message() -> None:
    assert str(LayerError("no such layer")) == "no such layer"
    assert str(LayerError("cannot read it", "a.toml", hint="try another")) == "a.toml: cannot read it\ntry another"


def test_the_caret_stays_under_the_place_whatever_the_line() -> None:
    for source in ("\t\tx = y + q", "x" * 500 + " = q", "q"):
        error = Fragment.of(source).error("bad", source.index("q"))
        _, shown, caret = str(error).split("\n")
        assert shown[caret.index("^")] == "q"
        assert len(shown) <= 104


def test_characters_that_steer_a_terminal_are_not_sent_to_it() -> None:
    for character in ("\0", "\x1b", "\r", "\u202e", "\ud800"):
        _, shown, caret = str(Fragment.of(f"y = {character}q").error("bad", 5)).split("\n")
        assert (shown, caret.index("^")) == ("    y = \N{REPLACEMENT CHARACTER}q", 9)


def test_a_part_keeps_its_place() -> None:
    part = Fragment.of(TEXT, "f").part(TEXT.index("=", 10) + 1, len(TEXT))
    assert part.text == "W_hh[i]"
    assert part.places[0] == (2, 10)
    assert part.part(5, 6).error("here").column == 15
    assert Fragment.of("   ").part(1, 2).text == ""


def test_an_error_past_the_end_is_at_the_end() -> None:
    assert Fragment.of("ab").error("more", 99).column == 3
    assert Fragment.of("a\n").error("more", 2).line == 2


def test_the_nearest_name() -> None:
    assert nearest("W_hh", ["x", "W_h", "b_h"]) == "did you mean W_h?"
    assert nearest("w_H", ["x", "W_h"]) == "did you mean W_h?"
    assert nearest("something", ["x", "W_h"]) == ""
    assert nearest("x", []) == ""
