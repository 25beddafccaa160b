"""The names of files."""

import shlex
from dataclasses import replace
from pathlib import Path

from pytest import MonkeyPatch

from derive.language.load import load
from derive.rendering.naming import command, file, picture, stem


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


def test_a_command_on_a_layer_of_the_catalogue_has_its_name_and_the_options_that_are_not_the_default() -> None:
    assert command("show", load("rnn", f="relu"), "--wrt", "W_h") == "derive show rnn --wrt W_h --set f=relu"


def test_a_command_on_a_layer_of_ones_own_has_its_file_and_loads_it(tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    source = 'title = "Own"\nindices = "i:I"\ninputs = "x[i]"\nequations = "y[i] = x[i]**2"\noutput = "y"\n'
    (tmp_path / "my own.toml").write_text(source)
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command("check", load("my own.toml"), "my own-answer.txt"))
    assert words == ["derive", "check", "my own.toml", "my own-answer.txt"]
    assert load(words[2]).name == "my own"
