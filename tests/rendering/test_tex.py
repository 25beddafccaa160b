import shutil
import subprocess

import pytest

from derive.rendering import document as D
from derive.rendering import tex
from derive.rendering.formula import EQUALS, Name, row

A = Name("a", "a")
NASTY = r"5 % & # $x$ <b>| *a* _b_ `c` ^d ~e \input{f} {g} — “h” ∑ é"


def test_nothing_in_text_is_a_command():
    assert tex.text(r"\input{x}") == r"\textbackslash{}input\{x\}"
    assert tex.text("50 % of $1 & #2_3^4~5") == r"50 \% of \$1 \& \#2\_3\textasciicircum{}4\textasciitilde{}5"
    assert tex.text("a < b > c | d") == r"a \textless{} b \textgreater{} c \textbar{} d"
    assert tex.text("é—…") == r"é---\ldots{}"
    assert tex.text("∑字\u202e") == "???"


def test_running_text():
    pieces = (D.Text("a & "), D.Strong("b"), D.Emphasis("c"), D.Math(A), D.Code("d_e"))
    assert tex.inline(pieces) == r"a \& \textbf{b}\emph{c}$a$\texttt{d\_\allowbreak{}e}"
    assert tex.inline((D.Code("h.f()"),)) == r"\texttt{h.\allowbreak{}f()\allowbreak{}}"
    assert tex.inline((D.Reference("(5)", "5"),)) == "(5)"


def test_formulas_errors_listings_and_columns():
    assert tex.math(row(A, EQUALS, A)) == "a=a"
    assert tex.error(3.14159e-16) == r"$3.1\cdot 10^{-16}$" and tex.error(0.0) == "$0$"
    assert tex.listing("a\n\\end{lstlisting}\n\\input{b}\n") == "a\n\\ end{lstlisting}\n\\input{b}"
    assert [tex.share(w, (1, 3)) for w in (1, 3)] == ["0.2500", "0.7500"]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_any_text_compiles_and_reads_no_file(tmp_path):
    secret = tmp_path / "f.tex"
    secret.write_text("SECRET")
    body = "\n\n".join((tex.text(NASTY), tex.inline((D.Code(NASTY), D.Strong(NASTY)))))
    preamble = (
        r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}\usepackage{textcomp,amssymb}"
    )
    (tmp_path / "page.tex").write_text(f"{preamble}\\begin{{document}}{body}\\end{{document}}", encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-recorder", "page.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "f.tex" not in (tmp_path / "page.fls").read_text()
