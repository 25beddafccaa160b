import json
import re

import pytest

from derive.calculus.sweep import derive
from derive.language.load import layer
from derive.rendering import document as D
from derive.rendering.compose import compose
from derive.rendering.formula import EQUALS, Name, row
from derive.rendering.quarto import quoted, started, text
from derive.rendering.render import pictures, printed

A = Name("a", "a")
NASTY = "5 % & # $x$ <b>| @cite {{< include x >}} ^a^ ::: a: \"b\" 'c'"


def page(*blocks, title="T t"):
    return printed(D.Document(title, D.text("S"), blocks), "qmd")


def body(*blocks):
    return page(*blocks).split("---\n", 2)[2].strip()


def test_numbers_of_equations_are_quartos_own_and_references_lead_to_them():
    assert body(D.Equation(row(A, EQUALS, A), "5")) == "$$a=a$$ {#eq-t-t-5}"
    assert body(D.Equation(A)) == "$$a$$"
    assert body(D.Paragraph(D.said("see {} and {}", D.Reference("(5)", "5"), D.Reference("D7", "D7")))) == (
        "see ([-@eq-t-t-5]) and [D7](#t-t-d7)"
    )


def test_a_step_has_its_place_and_its_rule():
    source = body(D.Step(A, None, "some rule", "D7", D.text("Because."), D.text("I")))
    assert r"$$a \tag*{some rule (D7)}$$" in source and "[]{#t-t-d7}Because. Shape: I." in source


def test_what_is_folded_away_and_results_are_callouts():
    source = body(D.Details("2 steps", (D.Equation(A),)), D.Result((A,), (D.text("R"),)))
    assert '::: {.callout-note collapse="true" icon=false title="2 steps"}\n\n$$a$$\n\n:::' in source
    assert '::: {.callout-important icon=false title="Result"}\n\n$$a$$\n\nR\n' in source
    assert len(re.findall("^:::", source, re.MULTILINE)) == 4


def test_pictures_have_captions_and_words_for_who_does_not_see_them(derivation):
    document = compose(derivation("rnn"), None, None)
    source = printed(document, "qmd")
    shown = re.findall(r'^!\[.+\]\(([\w.-]+)\)\{fig-alt="(.+)"\}$', source, re.MULTILINE)
    assert [file for file, _ in shown] == list(pictures(document, "qmd"))


def test_every_reference_leads_somewhere(derivation):
    source = printed(compose(derivation("rnn"), None, None), "qmd")
    places = set(re.findall(r"\{#([\w-]+)\}", source))
    led = set(re.findall(r"\]\(#([\w-]+)\)|\[-@([\w-]+)\]", source))
    assert led and {a or b for a, b in led} <= places


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("(a) x", r"(a\) x"),
        ("iv. x", r"iv\. x"),
        ("::: x", r"\::: x"),
        ("+++", r"\+++"),
        ("% x", r"\% x"),
        ("(a)x", "(a)x"),
        ("a. b.", r"a\. b."),
        ("word, a. b", "word, a. b"),
    ],
)
def test_the_beginning_of_a_line_means_nothing_but_itself(line, said):
    assert started(line) == said


def test_text_and_code_that_quarto_would_take_for_its_own():
    assert text("@x ^2^ {{< a >}}") == r"\@x \^2\^ \{\{&lt; a &gt;\}\}"
    assert "`{{{< include x >}}}`" in body(D.Paragraph((D.Code("{{< include x >}}"),)))
    listing = body(D.Listing("python", "{{< include x >}}\n"))
    assert listing == '``` {.python shortcodes="false"}\n{{< include x >}}\n```'


def test_the_head_of_the_page_is_yaml_whatever_the_title():
    head = page(title=NASTY).split("---\n", 2)[1]
    title = head.splitlines()[0].removeprefix("title: ")
    assert json.loads(title) == text(NASTY) and json.loads(quoted('a "b"\\')) == 'a "b"\\'


def test_nothing_of_the_authors_is_run(derivation):
    nasty = layer(
        title=NASTY, indices="i:I", inputs="x[i]", equations="y[i] = x[i]**2", output="y", about=f"{NASTY} `{NASTY}`",
    )  # fmt: skip
    source = printed(compose(derive(nasty), None, None), "qmd")
    assert not re.search(r"(?<!\{)\{\{<", source)
    assert not re.search(r"(?<!\\)@cite", re.sub("`[^`]*`", "", source))
