"""The estimated widths, against those that TeX measures."""

import re
import shutil
import subprocess

import pytest

from derive.language.load import catalogue
from derive.language.traverse import (
    walk,
)
from derive.rendering import formula as F
from derive.rendering.latex import latex
from derive.rendering.metrics import letters, width
from derive.rendering.page import page
from derive.rendering.typeset import typeset

EM = 10.95  # points, at the size of 11 points
A = F.Name("a", "a")


def test_a_script_is_smaller_and_has_no_space_around_signs():
    total = F.row(A, F.PLUS, A)
    assert width(total, script=True) < 0.74 * width(total)
    assert width(F.Indexed(A, (total,))) == pytest.approx(width(A) + width(total, script=True))


def test_what_is_stacked_is_as_wide_as_the_wider_part():
    assert width(F.Fraction(A, F.row(A, A))) == width(F.Fraction(F.row(A, A), A))
    assert width(F.Script(A, F.row(A, A), A)) == width(F.Script(A, A, F.row(A, A)))
    assert width(F.Fraction(A, F.row(A, A))) > width(F.row(A, A))


def test_capitals_and_wide_letters_take_more():
    assert letters("i") < letters("a") < letters("A") < letters("W")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_no_formula_of_the_catalogue_is_much_wider_than_estimated(derivation, tmp_path):
    """Lines are broken by the estimate, with a margin of a twentieth."""
    formulas = []
    for name in catalogue():
        here = page(derivation(name), None, None)
        lines = [line for one in here.gradients() for step in one.steps for line in (step.after, step.into)]
        formulas += [typeset(line, here.style) for line in lines if len(list(walk(line))) > 3]
    formulas = list(dict.fromkeys(formulas))
    boxes = "\n".join(rf"\setbox0\hbox{{$\displaystyle {latex(f)}$}}\typeout{{WIDTH \the\wd0}}" for f in formulas)
    head = r"\documentclass[11pt]{article}\usepackage[T1]{fontenc}\usepackage{lmodern,amsmath,amssymb}\begin{document}"
    (tmp_path / "widths.tex").write_text(f"{head}\n{boxes}\n\\end{{document}}", encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "widths.tex"]
    log = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    real = [float(w) / EM for w in re.findall(r"WIDTH ([\d.]+)pt", log)]
    assert len(real) == len(formulas) > 100
    narrow = {latex(f): (w, width(f)) for f, w in zip(formulas, real, strict=True) if width(f) < 0.95 * w}
    assert not narrow
