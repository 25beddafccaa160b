import re
from xml.etree import ElementTree

import pytest

from derive.rendering import formula as F
from derive.rendering.formula import EQUALS, GAP, MINUS, NEGATIVE, PLUS, THIN, Name, Number, Sign, row
from derive.rendering.mathml import mathml, phantom

A, B, T = Name("a", "a"), Name("b", "b"), Name("t", "t")
PLACES = (T, Name("i", "i"))


def inner(formula, known=()):
    """The elements within ``math``."""
    return re.fullmatch(r"<math>(.*)</math>", mathml(formula, known))[1]


@pytest.mark.parametrize(
    ("formula", "elements"),
    [
        (A, "<mi>a</mi>"),
        (Name("target", "target"), "<mi>target</mi>"),
        (Name("tau", "tau"), "<mi>τ</mi>"),
        (Name("Sigma", "Sigma"), '<mi mathvariant="normal">Σ</mi>'),
        (Name("v", "v", style="bold"), '<mi mathvariant="normal">𝐯</mi>'),
        (Name("L", "L", style="script"), '<mi mathvariant="normal">ℒ</mi>'),
        (Name("t_2", "t", primes=1), "<mi>𝑡′</mi>"),
        (Name("W_h", "W", "h"), "<msub><mi>W</mi><mi>h</mi></msub>"),
        (Name("b_in", "b", "in"), "<msub><mi>b</mi><mi>in</mi></msub>"),
        (Name("W_h", "W", "h", upright=True), '<msub><mi>W</mi><mi mathvariant="normal">h</mi></msub>'),
        (Name("W_xi", "W", "xi", upright=True), "<msub><mi>W</mi><mi>xi</mi></msub>"),
        (Name("W_xi", "W", "xi"), "<msub><mi>W</mi><mi>ξ</mi></msub>"),
        (Name("x_hat", "x", accent="hat"), '<mover accent="true"><mi>x</mi><mo stretchy="false">^</mo></mover>'),
        (F.Indexed(A, PLACES, tight=True), "<msub><mi>a</mi><mrow><mi>t</mi><mi>i</mi></mrow></msub>"),
        (F.Indexed(A, PLACES), '<msub><mi>a</mi><mrow><mi>t</mi><mo rspace="0">,</mo><mi>i</mi></mrow></msub>'),
        (F.Script(F.Indexed(A, (T,)), above=B), "<msubsup><mi>a</mi><mi>t</mi><mi>b</mi></msubsup>"),
        (F.Script(A, above=B), "<msup><mi>a</mi><mi>b</mi></msup>"),
        (F.Script(F.Function("max"), T), "<msub><mi>max</mi><mi>t</mi></msub>"),
        (Number("0.5"), "<mn>0.5</mn>"),
        (F.Text("if "), "<mtext>if\u00a0</mtext>"),
        (F.Function("tanh", 1), "<mi>tanh′</mi>"),
        (F.Root(row(A, B)), "<msqrt><mi>a</mi><mi>b</mi></msqrt>"),
        (F.Marked(A), '<mrow class="new"><mi>a</mi></mrow>'),
        (F.Gap(3), '<mspace class="gap" width="3em"/>'),
        (F.Fraction(row(A, B), A), "<mfrac><mrow><mi>a</mi><mi>b</mi></mrow><mi>a</mi></mfrac>"),
        (F.Big("∑", T), "<munder><mo>∑</mo><mi>t</mi></munder>"),
        (F.Big("∑", T, A), "<munderover><mo>∑</mo><mi>t</mi><mi>a</mi></munderover>"),
        (F.Big("argmax", T), '<msub><mo lspace="0" rspace="0.167em">argmax</mo><mi>t</mi></msub>'),
        (THIN, '<mspace width="0.167em"/>'),
        (row(A, GAP, B), "<mi>a</mi><mi>b</mi>"),
    ],
)  # fmt: skip
def test_each_node(formula, elements):
    assert inner(formula) == elements


def test_a_minus_sign_in_front_is_closer_than_one_between():
    assert inner(row(A, MINUS, B)) == '<mi>a</mi><mo form="infix">−</mo><mi>b</mi>'
    assert inner(row(NEGATIVE, B)) == '<mo stretchy="false" lspace="0" rspace="0">−</mo><mi>b</mi>'


def test_signs_have_no_space_in_scripts():
    place = F.Indexed(A, (row(T, PLUS, Number("1")),))
    assert inner(place) == '<msub><mi>a</mi><mrow><mi>t</mi><mo lspace="0" rspace="0">+</mo><mn>1</mn></mrow></msub>'
    assert inner(F.Script(A, above=row(B, THIN, B))) == "<msup><mi>a</mi><mrow><mi>b</mi><mi>b</mi></mrow></msup>"


def test_a_function_keeps_away_from_letters_and_not_from_parentheses():
    log = F.Function("log")
    assert inner(row(log, GAP, A)) == '<mi>log</mi><mspace width="0.167em"/><mi>a</mi>'
    assert inner(row(A, log)) == '<mi>a</mi><mspace width="0.167em"/><mi>log</mi>'
    assert "mspace" not in inner(row(log, F.fenced("(", A, ")"))) + inner(row(EQUALS, log)) + inner(row(log, MINUS))


def test_delimiters_have_the_height_that_the_tree_says():
    low, tall = inner(F.Fenced("(", A, ")")), inner(F.Fenced("[", A, "]", 2))
    assert (
        low
        == '<mrow><mo form="prefix" stretchy="false">(</mo><mi>a</mi><mo form="postfix" stretchy="false">)</mo></mrow>'
    )
    assert tall.count('minsize="1.8em" maxsize="1.8em"') == 2
    assert inner(F.Delimiter("", 2, True)) == ""
    assert inner(F.Delimiter("(", 1, True)) == '<mo form="prefix" minsize="1.2em" maxsize="1.2em">(</mo>'


def test_a_bar_with_a_subscript_is_tall_though_nothing_stands_beside_it():
    bar = inner(F.Script(F.Delimiter("|", 2, False), F.Text("direct")))
    strut = '<mspace height="1.15em" depth="0.65em"/>'
    grown = '<mo form="postfix" minsize="1.8em" maxsize="1.8em">|</mo>'
    assert bar == f"<msub><mrow>{strut}{grown}</mrow><mrow><mtext>direct</mtext></mrow></msub>"


def test_lines_are_aligned_in_two_columns():
    lines = F.Lines(((A, row(EQUALS, B)), (F.Row(()), row(PLUS, A))))
    table = ElementTree.fromstring(mathml(lines))[0]
    assert table.attrib == {"class": "lines", "displaystyle": "true"}
    assert [[len(cell) for cell in line] for line in table] == [[1, 2], [0, 2]]


def test_the_tensors_of_the_page_are_marked_and_nothing_else():
    element = F.Indexed(Name("W_h", "W", "h"), (T,))
    assert inner(element, {"W_h"}).startswith('<msub data-of="W_h">')
    assert inner(A, {"a"}) == '<mi data-of="a">a</mi>'
    assert "data-of" not in inner(element, {"t_"})
    assert inner(F.Indexed(A, (F.Indexed(B, (T,)),)), {"a", "b"}).count("data-of") == 2


def test_displayed_and_in_a_line():
    assert mathml(A, display=True) == '<math display="block"><mi>a</mi></math>'
    assert phantom(row(A, B)) == "<mphantom><mrow><mi>a</mi><mi>b</mi></mrow></mphantom>"


NASTY = "<script>alert(1)</script>\"'&]]>"


@pytest.mark.parametrize(
    "formula",
    [
        Name(NASTY, NASTY, NASTY, number=NASTY),
        Name(NASTY, NASTY, NASTY, upright=True, style="bold", accent="hat"),
        Number(NASTY),
        F.Text(NASTY),
        F.Function(NASTY),
        Sign(NASTY),
        Sign(NASTY, "binary"),
        Sign(NASTY, "punctuation"),
        F.Big(NASTY, A),
        F.Fenced(NASTY, A, NASTY, 1),
    ],
)
def test_nothing_becomes_markup(formula):
    """It is well-formed, and no element is there but those of MathML."""
    root = ElementTree.fromstring(mathml(formula, {NASTY}))
    assert {e.tag for e in root.iter()} <= {"math", "mrow", "mi", "mo", "mn", "mtext", "msub", "msubsup", "mover"}
    assert all(k in ("data-of", "form", "mathvariant", "stretchy", "minsize", "maxsize", "accent", "lspace", "rspace")
               for e in root.iter() for k in e.attrib)  # fmt: skip


def test_an_unknown_node():
    with pytest.raises(TypeError, match="no MathML for Formula"):
        mathml(F.Formula())
