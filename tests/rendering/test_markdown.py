import pytest
from markdown_it import MarkdownIt

from derive.rendering import document as D
from derive.rendering import markdown
from derive.rendering.formula import EQUALS, Name, row

A = Name("a", "a")
PLAIN = {"paragraph_open", "inline", "paragraph_close", "text", "text_special"}
NASTY = r"5 % & # $x$ <b>| *a* _b_ `c` [d](e) \input{f} ~~g~~ ![h](i)"


def seen(source):
    """The text of a page as a reader sees it, and the kinds of things in it."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(source)
    inline = [child for t in tokens for child in t.children or ()]
    return "".join(c.content for c in inline), {t.type for t in tokens} | {c.type for c in inline}


def test_text_is_read_as_it_was_written():
    text, kinds = seen(markdown.text(NASTY))
    assert text == NASTY
    assert kinds <= PLAIN


@pytest.mark.parametrize(
    "start", ["- a", "+ a", "1. a", "12) a", "# a", "=", "==", "---", "> a", "    a", "a:b", "- - -"]
)
def test_the_beginning_of_a_line_is_no_list_heading_or_rule(start):
    plain = start.strip()
    text, kinds = seen(markdown.inline(D.text(plain)))
    assert text == plain
    assert kinds <= PLAIN
    assert seen(f"before\n{markdown.inline(D.text(plain))}")[1] <= kinds | {"softbreak"}


def test_text_in_a_table_stays_in_its_cell():
    page = f"| a | b |\n| --- | --- |\n| {markdown.cell(D.text('x | y'))} | {markdown.cell(D.text(NASTY))} |"
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(page)
    assert sum(t.type == "td_open" for t in tokens) == 2
    assert seen(page)[0] == "abx | y" + NASTY


def test_code_in_a_table_stays_in_its_cell():
    page = f"| a | b |\n| --- | --- |\n| {markdown.cell((D.Code('x | y'),))} | c |"
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(page)
    assert sum(t.type == "td_open" for t in tokens) == 2
    assert seen(page)[0] == "abx | yc"


@pytest.mark.parametrize("source", ["a", "a`b", "``a``", "`", "a\nb", r"\input{x}"])
def test_code_holds_anything(source):
    text, kinds = seen(markdown.code(source))
    assert text == source.replace("\n", " ") and "code_inline" in kinds


def test_running_text():
    pieces = (D.Text("a "), D.Strong("b"), D.Text(" "), D.Emphasis("c"), D.Text(" "), D.Math(A), D.Code("d"))
    assert markdown.inline(pieces) == "a **b** *c* $a$`d`"
    assert markdown.inline((D.Text("see "), D.Reference("(5)", "5"))) == "see (5)"


def test_a_displayed_formula_is_one_line_with_its_tag_in_words():
    equation = row(A, EQUALS, A)
    assert markdown.display(equation) == "$$a=a$$"
    assert markdown.display(equation, "some rule (D1)") == r"$$a=a \tag*{some rule (D1)}$$"
    assert markdown.display(equation, r"a{b}$c\d_e") == r"$$a=a \tag*{a b  c d e}$$"
    assert markdown.boxed(equation) == r"$$\boxed{a=a}$$"


def test_a_fence_is_longer_than_any_in_the_listing():
    assert markdown.fence("a") == "```" and markdown.fence("a ```` b") == "`````"
