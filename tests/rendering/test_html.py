"""Pages for browsers, as text; what a browser makes of them is in test_html_browser."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from derive.calculus.sweep import derive
from derive.language.load import layer
from derive.rendering import document as D
from derive.rendering import formula as F
from derive.rendering.compose import compose
from derive.rendering.html import anchor, contents, digest, plain, together
from derive.rendering.render import pictures, printed

A = F.Name("a", "a")
VOID = {"wbr", "meta", "br", "img", "hr", "input", "link"}
NASTY = """<script>alert(1)</script> "onclick='x' & ]]> <b> --> {{ x }} << x >>"""


class Page(HTMLParser):
    """The elements of a page, with a complaint where one is not closed."""

    def __init__(self, source):
        super().__init__()
        self.elements, self.open, self.text = [], [], {}
        self.feed(source)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.text[self.open[-1]] = self.text.get(self.open[-1], "") + data

    def values(self, attribute):
        return [a[attribute] for _, a in self.elements if attribute in a]


def page(*blocks, title="T", symbols=()):
    return printed(D.Document(title, D.text("S"), blocks, symbols), "html")


def body(*blocks, symbols=()):
    source = page(*blocks, symbols=symbols)
    return source[source.index("<main") : source.index("</main>")]


def test_a_whole_page_is_well_formed_and_refers_only_to_itself(derivation, evidence_of, report_of):
    derived = derivation("rnn")
    source = printed(compose(derived, evidence_of("rnn"), report_of(derived)), "html")
    read = Page(source)
    ids = read.values("id")
    assert len(ids) == len(set(ids))
    links = [h for h in read.values("href") if h != "./"]
    assert links and all(h.startswith("#") and h[1:] in ids for h in links)
    assert all(s.startswith("data:") for s in read.values("src"))
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", source)
    assert not any(name.startswith("on") or name == "style" for _, a in read.elements for name in a)


def test_every_step_and_numbered_equation_has_its_place(derivation):
    source = printed(compose(derivation("rnn"), None, None), "html")
    numbers = re.findall(r'<section class="step" id="(D\d+)"', source)
    assert numbers == [f"D{k}" for k in range(1, len(numbers) + 1)] and len(numbers) > 20
    assert [f'id="E{k}"' in source for k in range(1, 9)] == [True] * 7 + [False]
    assert '<a class="to" href="#E5">(5)</a>' in source
    assert anchor("D7") == "D7" and anchor("5") == "E5"


def test_the_browser_is_told_which_script_and_style_are_the_pages_own():
    source = page()
    for tag in ("style", "script"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", source, re.DOTALL)
        known = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{known}'" in source
    assert "default-src 'none'" in source
    assert digest("") == "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def test_headings_are_told_apart_in_the_table_of_contents():
    heading = D.Heading(1, D.said("By {}", F.Indexed(A, (F.Name("t", "t"),))))
    document = D.Document("T", (), (heading, D.Heading(2, D.text("By a(t)")), D.Heading(1, D.text("∂"))))
    assert [(s.level, s.id) for s in contents(document)] == [(1, "by-a-t"), (2, "by-a-t-2"), (1, "section")]
    source = printed(document, "html")
    assert '<h2 id="by-a-t">' in source and '<h3 id="by-a-t-2">' in source
    assert '<li class="level-2"><a href="#by-a-t-2">By a(t)</a></li>' in source
    assert plain(heading.inlines) == "By a[t]"


def test_running_text():
    pieces = (
        D.Text("a & "),
        D.Strong("b"),
        D.Emphasis("c"),
        D.Code("d<e"),
        D.Link("f", "g h.html"),
        D.Reference("D7", "D7"),
    )
    assert "a &amp; <strong>b</strong><em>c</em><code>d&lt;e</code>" in body(D.Paragraph(pieces))
    assert '<a href="./g%20h.html">f</a><a class="to" href="#D7">D7</a>' in body(D.Paragraph(pieces))


def test_code_may_be_broken_after_a_dot():
    assert "<code>torch.<wbr>nn.<wbr>Linear</code>" in body(D.Paragraph((D.Code("torch.nn.Linear"),)))
    assert "<code>a_<wbr>&lt;b</code>" in body(D.Paragraph((D.Code("a_<b"),)))


def test_a_table_with_much_text_becomes_cards_where_it_is_narrow():
    header, row = (D.text("A"), D.said("B {}", A)), (D.text("1"), ())
    assert '<div class="scroll cards">' in body(D.Table((2, 7), header, (row,)))
    narrow = body(D.Table((2, 2), header, (row,)))
    assert '<div class="scroll">' in narrow and '<td data-head="A">1</td><td data-head="B a"></td>' in narrow


def test_no_line_begins_with_the_comma_after_a_formula():
    said = body(D.Paragraph(D.said("if {}, then {} is (see {}).", A, A, A)))
    assert '<span class="closed"><math><mi>a</mi></math>,</span> then <math><mi>a</mi></math> is' in said
    assert '<span class="closed"><math><mi>a</mi></math>).</span></p>' in said


def test_a_link_leads_to_a_file_beside_the_page_whatever_its_name():
    for target in ("javascript:alert(1)", "//example.org/x", "data:text/html,x"):
        assert Page(page(D.Paragraph((D.Link("x", target),)))).values("href")[-1].startswith("./")


def test_a_line_that_goes_on_stands_under_the_right_side():
    step = D.Step(F.row(F.EQUALS, A), A, "some rule", "D2", D.text("Because."), D.text("I"))
    source = body(step)
    assert '<math display="block"><mphantom><mi>a</mi></mphantom><mo form="infix">=</mo>' in source
    assert '<span class="rule">some rule</span> <a href="#D2">(D2)</a>' in source
    assert '<div>Because. <span class="shape">Shape: I.</span></div>' in source and "✓" not in source


def test_results_are_aligned_at_their_relation_signs():
    two = (F.row(A, F.EQUALS, A), F.Lines(((F.row(A, A), F.row(F.EQUALS, A)), (F.Row(()), F.row(F.PLUS, A)))))
    rows = together(two).rows
    assert [r[0] for r in rows] == [A, F.row(A, A), F.Row(())]
    assert all(r[1].parts[0] in (F.EQUALS, F.PLUS) for r in rows)
    assert together(two[:1]) == two[0]
    assert body(D.Result(two, ())).count("<math") == 1


def test_a_badge_only_where_there_is_a_record():
    good = body(D.Equation(A, evidence=D.Evidence(2e-16, 3, True)))
    bad = body(D.Equation(A, evidence=D.Evidence(0.5, 3, False)))
    assert "✓" in good and "2.0e-16" in good and "at 3 points" in good
    assert "✗" in bad and "check failed" in bad and "5.0e-01" in bad
    assert "✓" not in body(D.Equation(A, "1")) + body(D.Result((A,), (D.text("x"),)))


def test_what_is_known_of_a_tensor_stands_in_the_page_out_of_sight():
    known = D.Symbol("a", A, D.text("3 × 4"), "input", D.text("what comes in"))
    source = page(D.Equation(A), symbols=(known,))
    assert '<math display="block"><mi data-of="a">a</mi></math>' in source
    hidden = source[source.index('<div id="_symbols" hidden>') :]
    assert '<div data-for="a">' in hidden and "3 × 4" in hidden and "what comes in" in hidden
    assert "data-of" not in body(D.Equation(A))


PLOT = D.Plot("p", (D.Curve("c", ((0.0, 1.0), (1.0, 0.5))),), "steps", "norm", 'a "curve" & more', D.text("Seen."))


def test_plots_are_in_the_page():
    document = D.Document("T", (), (PLOT,))
    (address,) = Page(printed(document, "html")).values("src")
    assert base64.b64decode(address.removeprefix("data:image/svg+xml;base64,")).rstrip().endswith(b"</svg>")
    assert Page(printed(document, "html")).values("alt") == ['a "curve" & more']
    assert pictures(document, "html") == {}


def test_nothing_of_the_authors_becomes_markup():
    symbol = D.Symbol(NASTY, F.Name(NASTY, NASTY), D.text(NASTY), NASTY, D.text(NASTY))
    inlines = (D.Text(NASTY), D.Strong(NASTY), D.Emphasis(NASTY), D.Code(NASTY), D.Link(NASTY, NASTY),
               D.Reference(NASTY, NASTY), D.Math(F.Name(NASTY, NASTY)))  # fmt: skip
    folded = D.Details(NASTY, (D.Substep(A, NASTY, inlines),))
    blocks = (
        D.Heading(1, inlines),
        D.Paragraph(inlines),
        D.Items((inlines,)),
        D.Equation(F.Text(NASTY), NASTY),
        D.Step(A, F.Text(NASTY), NASTY, NASTY, inlines, inlines, None, folded),
        D.Result((F.Name(NASTY, NASTY, NASTY),), (inlines,)),
        D.Table((1,), (inlines,), ((inlines,),)),
        D.Listing(NASTY, NASTY),
    )  # fmt: skip
    source = page(*blocks, title=NASTY, symbols=(symbol,))
    read, ours = Page(source), Page(page(symbols=(symbol,)))
    assert sum(tag == "script" for tag, _ in read.elements) == 1
    assert not any(tag in ("b", "x") for tag, a in read.elements if "class" not in a)
    assert not any(name.startswith("on") for _, a in read.elements for name in a)
    assert read.text["title"] == NASTY and read.text["h1"] == NASTY and NASTY in read.text["code"]
    assert ours.text["title"] == "T"


def test_a_layer_of_nasty_names_and_titles_is_harmless():
    nasty = layer(
        title=NASTY.replace("\n", " "), indices="i:I", inputs="x[i]", equations="y[i] = x[i]**2", output="y",
        about=NASTY, meaning={"x": NASTY},
    )  # fmt: skip
    read = Page(printed(compose(derive(nasty), None, None), "html"))
    assert sum(tag == "script" for tag, _ in read.elements) == 1
    assert not any(name.startswith("on") for _, a in read.elements for name in a)
    assert read.text["h1"] == NASTY


@pytest.mark.parametrize("lines", [1, 4])
def test_room_to_write(lines):
    assert body(D.Room(lines)).count("<div></div>") == lines


def test_a_step_without_a_reason_has_nothing_to_fold_away():
    step = D.Step(A, None, "some rule", "D2", (), D.text("I"))
    assert "Why?" not in body(step) and '<p class="why"><span class="shape">Shape: I.</span></p>' in body(step)
