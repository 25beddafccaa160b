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
    assert tex.inline((D.Reference("(5)", "5"),)) == "(5)"


def test_formulas_errors_listings_and_columns():
    assert tex.math(row(A, EQUALS, A)) == "a=a"
    assert tex.error(3.14159e-16) == r"$3.1\cdot 10^{-16}$" and tex.error(0.0) == "$0$"
    assert tex.listing("a\n\\end{lstlisting}\n\\input{b}\n") == "a\n\\ end{lstlisting}\n\\input{b}"
    assert [tex.share(w, (1, 3)) for w in (1, 3)] == ["0.2500", "0.7500"]


def test_a_picture_in_tikz():
    nodes = (D.Node("x", A, "input", 0, 0.5), D.Node("y", A, "computed", 1, -0.5))
    edges = (D.Edge("x", "y"), D.Edge("y", "x", A, across=True), D.Edge("x", "y", across=True))
    assert tex.tikz(D.Figure(nodes, edges, ())).split("\n") == [
        r"\node[input] (n0) at (0.00,-0.55) {$a$};",
        r"\node[computed] (n1) at (2.00,0.55) {$a$};",
        r"\draw[->] (n0) to[out=0,in=180] (n1);",
        r"\draw[->,dashed] (n1) to[out=120,in=60,looseness=1.3] node[above,font=\scriptsize] {$a$} (n0);",
        r"\draw[->,dashed] (n0) to[out=0,in=180] (n1);",
    ]


def test_an_arrow_goes_around_the_nodes_between():
    nodes = tuple(D.Node(name, A, "computed", k, 0.0) for k, name in enumerate("xyz"))
    *_, near, far = tex.tikz(D.Figure(nodes, (D.Edge("x", "y"), D.Edge("x", "z")), ())).split("\n")
    assert (near, far) == (r"\draw[->] (n0) to[out=0,in=180] (n1);", r"\draw[->] (n0) to[bend left] (n2);")


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
