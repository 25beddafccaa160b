"""Plain text in lines of a width."""

from rich.text import Text

from derive.marking.reports.plain import plain


def test_lines_are_broken_and_have_no_colours() -> None:
    assert plain(Text("one two three", style="bold red"), 8) == "one two\nthree\n"
