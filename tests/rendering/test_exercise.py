"""An exercise gives no answer away, in any format."""

import json
import re
from dataclasses import replace
from functools import cache

import pytest

from derive.calculus.sweep import derive
from derive.language.load import catalogue, layer, load
from derive.rendering import document as D
from derive.rendering import formula as F
from derive.rendering.compose import compose
from derive.rendering.compose_matrix import readings
from derive.rendering.coverage import Briefly
from derive.rendering.exercise import exercise, to_find
from derive.rendering.exercise_blanks import BLANKS, telling
from derive.rendering.latex import MARKDOWN, TEX, latex
from derive.rendering.mathml import mathml
from derive.rendering.page import page
from derive.rendering.pictures.shapes import Label
from derive.rendering.render import printed, produced
from derive.rendering.typeset import typeset
from derive.rendering.typeset_matrix import matrix_formula
from derive.rendering.typst_math import typst_math
from derive.rendering.unicode import unicode


def without_attributes(markup):
    """MathML as it is read, whatever tensors it marks."""
    return re.sub(r' [\w-]+="[^"]*"', "", markup)


def in_mathml(formula):
    return re.fullmatch(r"<math>(?:<mrow>)?(.*?)(?:</mrow>)?</math>", without_attributes(mathml(formula)), re.DOTALL)[1]


def notebook_text(document):
    """The text of all cells."""
    return "\n".join("".join(cell["source"]) for cell in json.loads(produced(document, "ipynb"))["cells"])


# of each format: how it writes a formula, a document as text, and what may follow a formula that goes on
IN_LATEX = r"\\thinspace|\\,|[\w({^]|\\(?![bB]igg?r)"
IN_TYPST = r" *thin|[\w(\[^.]| *[a-z(\[∑]| _|_"
IN_MATHML = r"<m(?:space|i|sub|frac|row|under|o>\()"
WRITERS = {
    "md": (lambda f: latex(f, MARKDOWN), lambda d: printed(d, "md"), IN_LATEX),
    "tex": (lambda f: latex(f, TEX), lambda d: printed(d, "tex"), IN_LATEX),
    "ipynb": (lambda f: latex(f, MARKDOWN), notebook_text, IN_LATEX),
    "typ": (typst_math, lambda d: printed(d, "typ"), IN_TYPST),
    "html": (in_mathml, lambda d: without_attributes(printed(d, "html")), IN_MATHML),
}


@cache
def page_of(name):
    """The page of a layer of the catalogue, made once."""
    return page(derive(load(name)), None, None)


@cache
def answers_of(name):
    return tuple(_answers(page_of(name)))


def _answers(here):
    """Every result and special case of a page as formulas: equations, and right sides that say something alone."""
    for one in here.gradients():
        for left, right, indices in (
            (one.left, one.right, one.indices),
            *((c.left, c.right, c.indices) for c in one.cases),
        ):
            sides = [(typeset(left, here.style), typeset(right, here.style))]
            found = readings(here, left, right, indices)
            for r in filter(None, (found.per_sample, found.batched)):
                sides.append(tuple(matrix_formula(side, here.style) for side in (r.left, r.right)))
            for of, value in sides:
                yield F.row(of, F.EQUALS, value)
                if telling(right):
                    yield value


def the_tasks(document):
    """The document from the gradients to find on: forward equations may say the same as a gradient of another name."""
    start = next(k for k, b in enumerate(document.blocks) if b == D.Heading(1, D.text("Gradients to find")))
    return replace(document, blocks=document.blocks[start:])


def given_away(document, here, to):
    """The results that stand in what is printed, not followed by a factor that makes them something else."""
    written, print_, more = WRITERS[to]
    source = print_(the_tasks(document))
    for text in dict.fromkeys(map(written, answers_of(here.system.name))):
        for match in re.finditer(re.escape(text), source):
            if not re.match(more, source[match.end() :]):
                yield text


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("name", catalogue())
def test_no_result_is_given_away(name, blank):
    here = page_of(name)
    document = exercise(here, blank, seed=1)
    assert not list(given_away(document, here, "md")) and not list(given_away(document, here, "tex"))


@pytest.mark.parametrize("to", ["typ", "html", "ipynb"])
@pytest.mark.parametrize("name", catalogue())
def test_no_format_gives_a_result_away(name, to):
    here = page_of(name)
    assert not list(given_away(exercise(here, "results"), here, to))


@pytest.mark.parametrize("to", WRITERS)
def test_the_search_finds_what_a_page_with_answers_gives_away(to):
    """The tests above could fail: of the derivation itself, results are found (HTML sets equations in cells)."""
    here = page_of("rnn")
    whole = compose(here.derivation, None, None)
    start = next(k for k, b in enumerate(whole.blocks) if b == D.Heading(1, D.text("Backward pass")))
    told = (D.Heading(1, D.text("Gradients to find")), *whole.blocks[start + 1 :])
    found = set(given_away(replace(whole, blocks=told), here, to))
    assert len(found) >= 0.5 * len(set(map(WRITERS[to][0], answers_of(here.system.name))))


def test_a_pdf_says_no_more_of_itself_than_its_title():
    document = exercise(page_of("linear"))
    source = printed(document, "typ")
    (about,) = re.findall(r"#set document\((.*)\)", source)
    assert about.startswith('title: "Linear layer: exercise"') and "∂" not in about


@pytest.mark.parametrize("name", ["rnn", "conv2d", "batchnorm1d", "lstm"])
def test_nothing_is_left_that_was_found_by_deriving(name):
    document = exercise(page_of(name))
    kinds = {type(b) for b in document.blocks}
    assert not kinds & {D.Details, D.Plot, D.Substep}
    assert all(b.evidence is None for b in document.blocks if isinstance(b, D.Step | D.Result | D.Equation))
    marks = [n for b in document.blocks if isinstance(b, D.Step) for n in F.walk(b.formula) if isinstance(n, F.Marked)]
    assert not marks
    headings = ["".join(getattr(i, "text", "") for i in b.inlines) for b in document.blocks if isinstance(b, D.Heading)]
    assert not {"Code", "Numeric checks", "Rules used", "Update (SGD)", "In PyTorch"} & set(headings)


@pytest.mark.parametrize("name", catalogue())
def test_pictures_and_their_words_show_no_gradient(name):
    here = page_of(name)
    drawings = [b for b in exercise(here).blocks if isinstance(b, D.Drawing)]
    labels = [s.content for b in drawings for s in b.picture.shapes if isinstance(s, Label)]
    told = [*(c if isinstance(c, str) else unicode(c) for c in labels), *(b.alt for b in drawings)]
    assert drawings and not any("∂" in words for words in told)
    shown = {unicode(formula) for formula in answers_of(name)}
    assert not any(answer in words for answer in shown for words in told)


def test_all_asks_for_the_gradients_only():
    here = page_of("rnn")
    document = exercise(here, "all")
    assert not any(isinstance(b, D.Step) for b in document.blocks)
    results = [b for b in document.blocks if isinstance(b, D.Result)]
    assert len(results) == len(to_find(here)) == sum(isinstance(b, D.Room) for b in document.blocks)


def test_constants_are_not_asked_for():
    here = page_of("batchnorm1d")
    left_out = [one for one in here.gradients() if isinstance(here.covers(one), Briefly)]
    assert left_out and not {one.tensor for one in left_out} & {one.tensor for one in to_find(here)}


def test_the_number_of_a_step_is_that_of_the_solution():
    here = page_of("rnn")
    numbers = [b.number for b in exercise(here).blocks if isinstance(b, D.Step)]
    assert numbers == [here.number(line[0]) for one in to_find(here) for line in here.lines(one)]


def test_the_same_seed_gives_the_same_exercise():
    here = page_of("lstm")
    assert exercise(here, seed=4) == exercise(here, seed=4) != exercise(here, seed=5)


def test_prose_that_tells_a_result_has_a_gap():
    told = layer(
        indices="i:I",
        inputs="x[i]",
        equations="y[i] = x[i]**3",
        output="y",
        about="Its gradient is `3*dy[i]*x[i]**2`, they say.",
    )
    first = exercise(page(derive(told), None, None)).blocks[0]
    assert [type(i) for i in first.inlines] == [D.Text, D.Math, D.Text]
    assert isinstance(first.inlines[1].formula, F.Gap)


@pytest.mark.parametrize("to", ["md", "tex"])
def test_names_of_the_author_stay_text(to):
    nasty = layer(
        title=r"A & B % $f$ <b> \input{g}",
        indices="i:I",
        inputs="x[i]",
        equations="y[i] = x[i]**2",
        output="y",
        about=r"Text <script> and \input{g} and $.",
    )
    source = printed(exercise(page(derive(nasty), None, None)), to)
    assert "<script>" not in source if to == "md" else r"\input{g}" not in source
