"""A marking as Markdown."""

import re

from derive.marking.record import Difference, Line, Marking, Mistake
from derive.marking.reports.markdown import markdown
from tests.marking.markings import ALL_RIGHT, CONTROLS, HOSTILE, MARKING


def outside_code(page: str) -> str:
    """A page without its listings and without code in running text, which are literal."""
    without = re.sub(r"^(`{3,}).*?^\1$", "", page, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"(?<![\\`])(`+)(?!`).+?(?<!`)\1(?!`)", "", without)


def test_a_short_page() -> None:
    assert markdown(ALL_RIGHT) == (
        "# Marks: c.txt\n\nLayer: `linear`.\n\n1 of 1 right.\n\n"
        "Values were compared at N=3. Relative differences below 1.0e-09 are not seen.\n\n"
        "## ✓ dW (line 1): right\n\n```text\ndW = dy.T @ x\n```\n"
    )


def test_entries_are_a_list_and_mistakes_quote_formulas() -> None:
    page = markdown(MARKING)
    assert "\n- yours is **0.25**, right is **0.5** at t = 5, i = 1\n" in page
    assert "Your `dh` leaves out the path through `a[t+1]` (step D7)." in page


def test_nothing_in_an_answer_is_markup() -> None:
    difference = Difference(shape=HOSTILE, where=HOSTILE, ratio=HOSTILE)
    line = Line(HOSTILE, "wrong", 1, HOSTILE, difference, (Mistake("", HOSTILE, ""),), (), HOSTILE, HOSTILE)
    page = markdown(Marking(HOSTILE, (line,), HOSTILE, (HOSTILE,), remarks=(HOSTILE,)))
    rest = outside_code(page)
    for mark in ("<", "*w*", "$z", "[a](", "[red]", "{{", "\\begin", " #1", " | "):
        assert mark not in re.sub(r"\\[\\`*_{}\[\]#|$~]", "", rest), mark
    assert page.count("alert(1)") >= 9


def test_a_listing_cannot_be_left() -> None:
    escape = "dW = 1\n```\n# a heading\n````\n<b>"
    page = markdown(Marking("linear", (Line("dW", "wrong", 1, escape),)))
    assert f"`````text\n{escape}\n`````" in page


def test_what_cannot_be_printed_is_replaced() -> None:
    page = markdown(
        Marking(CONTROLS, (Line(CONTROLS, "wrong", 1, CONTROLS, remark=CONTROLS),), CONTROLS, failure=CONTROLS)
    )
    assert all(c.isprintable() or c == "\n" for c in page)
    page.encode("utf-8")
