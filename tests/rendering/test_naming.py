"""The names of files."""

from dataclasses import replace

from derive.language.load import load
from derive.rendering.naming import file, picture, stem


def test_a_page_is_named_after_the_layer_and_the_options_that_are_not_the_default() -> None:
    assert stem(load("rnn")) == "rnn"
    assert stem(load("rnn", f="relu", g="linear")) == "rnn-f-relu"


def test_slides_and_cheat_sheets_are_pdf_beside_the_page() -> None:
    assert [file("rnn", to) for to in ("md", "pdf", "slides", "cheatsheet")] == [
        "rnn.md", "rnn.pdf", "rnn-slides.pdf", "rnn-cheatsheet.pdf",
    ]  # fmt: skip


def test_myst_is_markdown_that_does_not_take_the_place_of_githubs() -> None:
    assert (file("rnn", "myst"), file("rnn", "qmd"), file("rnn", "ipynb")) == ("rnn.myst.md", "rnn.qmd", "rnn.ipynb")


def test_a_picture_may_stand_in_a_link() -> None:
    odd = replace(load("rnn", f="relu"), name="my (net) é")
    assert picture(odd, "gradient-norms") == "my--net----f-relu-gradient-norms"
