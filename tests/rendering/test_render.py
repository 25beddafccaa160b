"""Whole pages.

Refresh the snapshots with ``pytest tests/rendering/test_render.py --snapshot-update`` and look at what has changed.
"""

import re
import shutil
import subprocess

import pytest
from markdown_it import MarkdownIt

from derive.calculus.sweep import derive
from derive.language.load import catalogue, layer
from derive.rendering import document as D
from derive.rendering import formula as F
from derive.rendering.compose import compose
from derive.rendering.pictures.shapes import Box, Label, Picture
from derive.rendering.pictures.svg import svg
from derive.rendering.render import TEXTS, pictures, printed, render

NASTY = {
    "title": r"A & B % C # D_e $f$ <b> | \input{g} {h} ~ ^",
    "indices": "i:I",
    "inputs": "x[i]",
    "equations": "y[i] = x[i]**2",
    "output": "y",
    "about": r"Text with 100 % of & and # and $ and <script> and | and \input{g} and `code_here & %` and `x[i]`.",
}  # fmt: skip


SMALL = {
    "title": "A small recurrence",
    "indices": "t=1..T  n:N  i,k:H",
    "inputs": "x[t,n,i]  h0[n,i]",
    "params": "W_h[i,k]",
    "equations": "h[0,n,i] = h0[n,i]\nh[t,n,i] = relu(sum(W_h[i,k]*h[t-1,n,k], k) + x[t,n,i])",
    "loss": "mean(sum(h[t,n,i]**2, t, i), n)",
    "meaning": {"W_h": "weights", "h": "the state"},
    "about": "The state `h[t,n,i]` is read twice.",
}


@pytest.mark.parametrize("format", ["md", "tex"])
def test_a_whole_page(format, report_of, snapshot):
    derived = derive(layer(**SMALL))
    assert render(derived, None, report_of(derived), format) == snapshot


@pytest.mark.parametrize("name", ["linear", "rnn", "conv2d", "batchnorm2d", "attention"])
def test_the_same_derivation_gives_the_same_page(name, derivation):
    for format in TEXTS:
        first = render(derivation(name), None, None, format)
        assert first == render(derivation(name), None, None, format)
        assert first.endswith("\n") and not re.search(r"[ \t]\n\n\n", first)


def test_an_unknown_format(derivation):
    with pytest.raises(KeyError):
        render(derivation("linear"), None, None, "docx")


@pytest.mark.parametrize("name", catalogue())
def test_markdown_reads_every_formula_as_it_was_written(name, derivation, evidence_of):
    """The Markdown parser changes nothing in a formula and finds no emphasis, link or HTML but the templates' own."""
    document = compose(derivation(name), evidence_of(name), None)
    source = printed(document, "md")
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(source)
    inline = [child for t in tokens for child in t.children or ()]
    text = "\n".join("".join(c.content for c in t.children or ()) for t in tokens)
    formulas = re.findall(r"\$\$.+?\$\$", source)
    assert formulas and all(f in text for f in formulas)
    assert not any(c.type in ("em_open", "link_open", "s_open", "html_inline") for c in inline)
    shown = [f"{block.name}.svg" for block in document.blocks if isinstance(block, D.Plot | D.Drawing)]
    assert [c.attrs["src"] for c in inline if c.type == "image"] == shown
    html = {t.content.strip() for t in tokens if t.type == "html_block"}
    assert all(re.fullmatch(r"</details>|<details><summary>[\w ]+</summary>", h) for h in html)


def test_no_text_of_the_author_becomes_markup():
    source = render(derive(layer(**NASTY)), None, None, "md")
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(source)
    (title,) = (tokens[k + 1] for k, t in enumerate(tokens) if t.type == "heading_open" and t.tag == "h1")
    assert "".join(c.content for c in title.children) == NASTY["title"]
    assert not any(t.type == "html_block" and "script" in t.content for t in tokens)


needs_latex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")


def compiled(source, folder):
    """The log of pdflatex on a page that has to compile."""
    (folder / "page.tex").write_text(source, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-recorder", "page.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True)
    log = (folder / "page.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-3000:]
    return log


@needs_latex
@pytest.mark.parametrize("name", catalogue())
def test_latex_compiles_without_an_overfull_line(name, derivation, evidence_of, report_of, tmp_path):
    log = compiled(render(derivation(name), evidence_of(name), report_of(derivation(name)), "tex"), tmp_path)
    assert not re.findall(r"Overfull.*", log)


@needs_latex
@pytest.mark.parametrize("options", [{"f": "relu"}, {"f": "f"}, {"g": "softmax", "ell": "cross_entropy"}], ids=str)
def test_latex_compiles_for_other_options(options, derivation, tmp_path):
    assert "Overfull" not in compiled(render(derivation("rnn", **options), None, None, "tex"), tmp_path)


@needs_latex
def test_latex_of_any_text_compiles_and_reads_no_file(tmp_path):
    (tmp_path / "g.tex").write_text("SECRET")
    assert "Overfull" not in compiled(render(derive(layer(**NASTY)), None, None, "tex"), tmp_path)
    assert "g.tex" not in (tmp_path / "page.fls").read_text()


def test_a_document_of_ones_own_can_be_printed():
    page = D.Document("T", D.text("S"), (D.Paragraph(D.text("P")),))
    assert printed(page, "md") == "# T\n\nS\n\nP\n"


CURVES = (D.Curve("a", ((0.0, 1.0), (1.0, 0.5))),)
PLOT = D.Plot("page-norms", CURVES, "steps", "norm", "A curve [that] falls_.", D.text("What is seen."))


def test_a_page_refers_to_its_pictures_which_are_files_of_their_own():
    document = D.Document("T", (), (D.Details("more", (PLOT,)), D.Paragraph(D.text("end"))))
    assert r"![A curve \[that\] falls\_.](page-norms.svg)" in printed(document, "md")
    assert r"\includegraphics{page-norms.pdf}" in printed(document, "tex")
    assert r"\emph{A curve [that] falls\_.}" in printed(document, "tex")  # where the file is missing
    assert list(pictures(document, "md")) == ["page-norms.svg"]
    assert pictures(document, "tex")["page-norms.pdf"].startswith(b"%PDF")
    with pytest.raises(KeyError):
        pictures(document, "docx")


SHAPES = Picture(40, 30, (Box(0, 0, 40, 30), Label(20, 15, "a & b")))


def test_drawings_are_files_of_markdown_and_part_of_latex(tmp_path):
    drawing = D.Drawing("page-graph", SHAPES, D.text("What is seen."), "A box [with] words_.")
    document = D.Document("T", (), (drawing, D.Room(2)))
    source = printed(document, "md")
    assert r"![A box \[with\] words\_.](page-graph.svg)" in source and source.count("<br>") == 2
    assert pictures(document, "md") == {"page-graph.svg": svg(SHAPES, drawing.alt).encode()}
    assert pictures(document, "tex") == {}
    assert r"{a \& b};" in printed(document, "tex")


@needs_latex
def test_latex_sets_drawings_and_gaps(tmp_path):
    gap = D.Equation(F.row(F.Name("x", "x"), F.EQUALS, F.Gap(4.0)))
    drawing = D.Drawing("page-graph", SHAPES, D.text("What is seen."), "A box.")
    compiled(printed(D.Document("T", (), (drawing, D.Room(2), gap)), "tex"), tmp_path)
