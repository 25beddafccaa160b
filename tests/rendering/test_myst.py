import re

import pytest

from derive.rendering import document as D
from derive.rendering.compose import compose
from derive.rendering.formula import EQUALS, Name, row
from derive.rendering.render import pictures, printed

A = Name("a", "a")


def body(*blocks):
    return printed(D.Document("T t", D.text("S"), blocks), "myst").removeprefix("# T t\n\nS\n").strip()


def test_equations_are_numbered_by_their_labels():
    assert body(D.Equation(row(A, EQUALS, A), "5")) == "$$a=a$$ (eq-t-t-5)"
    assert body(D.Paragraph(D.said("see {} and {}", D.Reference("(5)", "5"), D.Reference("D7", "D7")))) == (
        "see {eq}`eq-t-t-5` and [D7](#t-t-d7)"
    )


def test_a_step_has_its_place():
    source = body(D.Step(A, None, "some rule", "D7", D.text("Because."), D.text("I")))
    assert "(t-t-d7)=\nBecause. Shape: I." in source


def test_directives():
    source = body(D.Details("2 steps", (D.Equation(A),)), D.Result((A,), (D.text("R"),)))
    assert ":::{admonition} 2 steps\n:class: dropdown\n\n$$a$$\n\n:::" in source
    assert ":::{admonition} Result\n:class: important\n\n$$a$$\n\nR\n" in source


def test_every_reference_leads_somewhere_and_every_picture_is_there(derivation):
    document = compose(derivation("rnn"), None, None)
    source = printed(document, "myst")
    places = set(re.findall(r"^(?:\$.*\$\$ )?\(([\w-]+)\)=?$", source, re.MULTILINE))
    led = re.findall(r"\]\(#([\w-]+)\)|\{eq\}`([\w-]+)`", source)
    assert led and {a or b for a, b in led} <= places
    assert re.findall(r"^:::\{figure\} (\S+)$", source, re.MULTILINE) == list(pictures(document, "myst"))


@pytest.mark.parametrize(("plain", "said"), [("(a)=", r"\(a)="), ("{x}`y`", r"\{x\}\`y\`"), ("% x", r"\% x")])
def test_text_is_no_label_role_or_comment(plain, said):
    assert body(D.Paragraph(D.text(plain))) == said


def test_code_stays_as_it_is():
    assert body(D.Paragraph((D.Code("{{< x >}}"),))) == "`{{< x >}}`"
