from derive.book.prose import blocks
from derive.rendering import document as D


def test_paragraphs_and_marks() -> None:
    (paragraph,) = blocks("A *b* **c** `d`\nand [e](https://example.org/) [f](javascript:alert(1)).")
    assert paragraph == D.Paragraph(
        (
            D.Text("A "),
            D.Emphasis("b"),
            D.Text(" "),
            D.Strong("c"),
            D.Text(" "),
            D.Code("d"),
            D.Text(" "),
            D.Text("and "),
            D.Link("e", "https://example.org/"),
            D.Text(" [f](javascript:alert(1))."),
        )
    )


def test_what_is_marked_within_a_link_leads_there() -> None:
    (paragraph,) = blocks("[**a** `b`](https://example.org/) **[c](https://example.org/)**")
    assert isinstance(paragraph, D.Paragraph)
    assert [i.text for i in paragraph.inlines if isinstance(i, D.Link)] == ["a", " ", "b", "c"]


def test_headings_begin_at_the_level_asked_for_and_skip_none() -> None:
    found = blocks("## a\n\n#### b\n\n## c\n", level=2)
    assert [b.level for b in found if isinstance(b, D.Heading)] == [2, 3, 2]


def test_lists_tables_and_code() -> None:
    source = "- a\n- **b**\n  - c\n\n1. d\n\n| h | i |\n|---|---|\n| j | k |\n\n```py\nx = 1\n```\n"
    items, numbered, table, listing = blocks(source)
    assert items == D.Items((D.text("a"), (D.Strong("b"),), D.text("c")))
    assert numbered == D.Items((D.text("d"),))
    assert table == D.Table((1, 1), (D.text("h"), D.text("i")), ((D.text("j"), D.text("k")),))
    assert listing == D.Listing("py", "x = 1\n")


def test_html_is_text() -> None:
    (paragraph,) = blocks("<script>alert(1)</script>")
    assert paragraph == D.Paragraph(D.text("<script>alert(1)</script>"))


def test_a_quotation_and_an_image_leave_their_words() -> None:
    (quoted,) = blocks("> said")
    assert quoted == D.Paragraph(D.text("said"))
    (image,) = blocks("![alt](https://example.org/a.png)")
    assert image == D.Paragraph(D.text("alt"))
