import io

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.sweep import derive
from derive.language.errors import LayerError
from derive.language.load import catalogue, layer, load
from derive.rendering import document as D
from derive.rendering import formula as F
from derive.rendering import typst
from derive.rendering.catalogue import index
from derive.rendering.compose import compose
from derive.rendering.formula import EQUALS, Lines, Name, Row, row
from derive.rendering.pdf import compiled
from derive.rendering.render import printed, produced

A = Name("a", "a")
EVIL = '#read("/etc/passwd") 5 % & $x$ \\input{y} \\u{41} @z <label> *a* _b_ `c` //d <script>x</script> [f] {g} ~ | ^'
STARTS = (
    "= a",
    "- a",
    "+ a",
    "/ a: b",
    "1. a",
    "2) a",
    "-1",
    "== a",
    "--- a",
    "...",
    "http://a.b",
    "a\n- b",
    "a\u2028= b",
    "a\r1. b",
    "a\u2029/ b: c",
)


@pytest.mark.parametrize("text", [EVIL, *STARTS])
def test_nothing_in_text_is_markup(text, typeset_pdf, text_of):
    pdf = typeset_pdf(typst.inline((D.Text(text),)))
    shown = text_of(pdf).replace("“", '"').replace("”", '"').replace("’", "'")
    assert shown.split() == text.split()


@pytest.mark.parametrize("kind", [D.Text, D.Strong, D.Emphasis, D.Code])
def test_nothing_in_running_text_is_a_command(kind, typeset_pdf, text_of):
    pieces = (D.Text("x"), kind(EVIL), D.Text("(y)"), D.Math(A), D.Text("[z]"))
    shown = text_of(typeset_pdf(typst.inline(pieces))).replace("“", '"').replace("”", '"')
    assert "".join(shown.split()) == "".join(f"x{EVIL}(y)𝑎[z]".split())


def test_running_text():
    pieces = (D.Text("a_b "), D.Strong("c"), D.Emphasis("d"), D.Math(A), D.Code("e"), D.Link("f", "g.pdf"))
    assert typst.inline(pieces) == (r'a\_b #strong[c];#emph[d];#m("a", $a$);#code("e");#link("g.pdf")[f];')
    assert typst.inline((D.Reference("(5)", "5"),)) == '#leads-to("5")[(5)];'
    with pytest.raises(TypeError):
        typst.inline((D.Inline(),))


def test_formulas_and_errors():
    assert typst.math(row(A, EQUALS, A)) == 'dm("a = a", $ a=a $)'
    assert typst.error(3.14159e-16) == '#m("3.1e-16", $3.1 dot 10^(-16)$);' and typst.error(0.0) == "0"
    assert typst.lines(A) == "false" and typst.lines(Lines(((A, Row(())),))) == "true"


NASTY = {
    "title": EVIL,
    "indices": "i:I",
    "inputs": "x[i]",
    "equations": "y[i] = x[i]**2",
    "output": "y",
    "about": EVIL + " and `code_here & % #read` and `x[i]`.",
    "meaning": {"x": EVIL},
}  # fmt: skip


def test_no_text_of_the_author_is_a_command(text_of):
    pdf = produced(compose(derive(layer(**NASTY)), None, None), "pdf")
    shown = "".join(text_of(pdf).replace("“", '"').replace("”", '"').split())
    assert shown.count("".join(EVIL.replace("`c`", "c").split())) + shown.count("".join(EVIL.split())) >= 3
    assert "root:" not in shown
    assert pypdf.PdfReader(io.BytesIO(pdf)).metadata.title == EVIL


FITS = "#context assert(query(<shrunk>) == (), message: repr(query(<shrunk>)))"


@pytest.mark.parametrize("name", catalogue())
def test_every_page_compiles_and_no_formula_is_too_wide(name, derivation):
    """A formula that is wider than its room would be set smaller, and marked: there is none."""
    document = compose(derivation(name), None, None)
    pdf = compiled(printed(document, "typ") + FITS)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert reader.metadata.title == document.title and reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("name", ["conv2d", "rnn"])
def test_a_page_with_its_checks_compiles_too(name, derivation, evidence_of, report_of, text_of):
    document = compose(derivation(name), evidence_of(name), report_of(derivation(name)))
    words = text_of(compiled(printed(document, "typ") + FITS))
    assert "✓" in words and "check failed" not in words and "Numeric checks" in words


def test_a_check_that_failed_is_said(text_of):
    bad = D.Evidence(1e-3, 4, False)
    step = D.Step(A, None, "sum rule", "D1", (), (), bad)
    words = text_of(produced(D.Document("T", (), (step, D.Equation(A, evidence=bad))), "pdf"))
    assert words.count("✗ check failed") == 2 and words.count("1.0") == 2


def test_what_is_referred_to_may_be_missing(text_of):
    paragraph = D.Paragraph((D.Text("As in "), D.Reference("(5)", "5"), D.Text(" and "), D.Reference("D9", "D9")))
    pdf = produced(D.Document("T", (), (paragraph, D.Equation(A, "5"))), "pdf")
    assert "As in (5) and D9" in text_of(pdf)
    (page,) = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert len(page["/Annots"]) == 1


def test_a_formula_that_is_too_wide_is_set_smaller():
    wide = D.Document("T", (), (D.Equation(Name("a" * 150, "a" * 150), "1"),))
    assert produced(wide, "pdf")
    with pytest.raises(LayerError, match="shrunk"):
        compiled(printed(wide, "typ") + FITS)


def test_a_mistake_in_typst_is_told_with_the_template(tmp_path):
    (tmp_path / "equation.typ.j2").write_text("#nothing()\n")
    with pytest.raises(LayerError, match="^equation.typ.j2: a template is wrong: unknown variable: nothing"):
        produced(D.Document("T", (), (D.Paragraph(()), D.Equation(A, "1"))), "pdf", tmp_path)


def test_the_catalogue_has_an_index_that_leads_to_its_pages():
    pdf = produced(index([load("linear")], "pdf"), "pdf")
    (page,) = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert page["/Annots"][0].get_object()["/A"]["/URI"] == "linear.pdf"


def test_a_pdf_has_its_fonts_inside_and_says_what_it_is(derivation):
    document = compose(derivation("linear"), None, None)
    pdf = produced(document, "pdf")
    assert pdf == produced(document, "pdf")
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    fonts = [f.get_object() for page in reader.pages for f in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        for inner in font["/DescendantFonts"]:
            descriptor = inner.get_object()["/FontDescriptor"]
            assert "/FontFile3" in descriptor or "/FontFile2" in descriptor
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en" and "/StructTreeRoot" in root
    assert reader.metadata.author is None and "gradient" in reader.metadata["/Keywords"]
    assert reader.outline[0].title.endswith("Symbols")


def test_text_and_formulas_can_be_selected(derivation, text_of):
    words = text_of(produced(compose(derivation("linear"), None, None), "pdf"))
    assert "Gradient with respect to" in words and "Linear layer" in words and "𝜕" in words


AWKWARD = st.text("abc 12 #$*_`<>@~/\\=-+.:;'\"[]{}()|&%!?^,\n\t\u2028éß–", max_size=14)
KINDS = st.sampled_from([D.Text, D.Strong, D.Emphasis, D.Code])
PIECES = st.lists(st.builds(lambda kind, words: kind(words), KINDS, AWKWARD))


@settings(max_examples=60, deadline=None)
@given(pieces=PIECES, name=AWKWARD)
def test_any_text_comes_out_as_it_is(pieces, name, typeset_pdf, text_of):
    """Nothing in running text, or in the name of a function in a formula, is taken for markup or a command."""
    plain = "#set text(hyphenate: false, ligatures: false)\n#set smartquote(enabled: false)\n"
    formula = F.Fraction(F.Function(name or "f"), F.Indexed(Name(name, name or "a", label=name), (F.Text(name),)))
    shown = text_of(typeset_pdf(f"{plain}{typst.inline(tuple(pieces))}\n\n#{typst.math(formula)}"))
    assert "".join("".join(p.text for p in pieces).split()) in "".join(shown.split())
