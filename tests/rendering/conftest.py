"""Layers, their derivations and ways to print, for the tests of rendering."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache

import pypdf
import pytest

from derive.calculus.sweep import derive
from derive.checking.evidence import Evidence, evidence
from derive.checking.verify import Report, Row
from derive.language.expr import Expr
from derive.language.load import layer, load
from derive.language.parser import parse_in
from derive.language.system import LOSS, System, Tensor
from derive.rendering.latex import latex
from derive.rendering.notation import notation
from derive.rendering.operators import Style
from derive.rendering.pdf import compiled
from derive.rendering.templates import environment
from derive.rendering.typeset import typeset
from derive.steps.record import Derivation, gradient_name

EVERYTHING = {
    "title": "One of everything",
    "indices": "i,k:I  o:O  n:N  t=1..T  u=0..K-1  p=0..P-1",
    "sizes": "P = (L + 2*q - d*(K-1) - 1)//s + 1",
    "inputs": "x[n,i]  X[n,p]  h[t,i]  v[i]  w[i]  h0[i]  target[n,o]  sigma[n]  tau[]  tok[n]",
    "integers": "tok",
    "params": "W_h[i,k]  W[o,i]  b[o]",
    "equations": "y[n,o] = sum(W[o,i]*x[n,i], i) + b[o] + f(sum(W_h[i,k], i, k)) + P",
    "output": "y",
    "options": {"f": ["f"]},
}


@cache
def everything() -> System:
    return layer(**EVERYTHING)


@pytest.fixture(scope="session")
def system() -> System:
    """A system with tensors of all kinds."""
    return everything()


@cache
def derived(name: str, **options: str) -> Derivation:
    return derive(load(name, **options))


@pytest.fixture(scope="session")
def derivation() -> Callable[..., Derivation]:
    """The derivation of a layer of the catalogue, made once."""
    return derived


@cache
def checked(name: str) -> Evidence:
    return evidence(derived(name))


@pytest.fixture(scope="session")
def evidence_of() -> Callable[[str], Evidence]:
    return checked


@pytest.fixture(scope="session")
def report_of() -> Callable[[Derivation], Report]:
    """A report that was made up, to see where its figures go: the first gradient at two sizes, the others at one."""

    def make_up(derivation: Derivation) -> Report:
        first, *others = (gradient_name(name) for name in derivation.wrt)
        good = Row(first, "complex step", "N=3, I=2, O=4", 3.14e-16, True)
        bad = Row(first, "complex step", "N=1, I=5, O=2", 1.5e-3, False)
        return Report((good, bad, *(Row(name, "complex step", "N=3, I=2, O=4", 0.0, True) for name in others)))

    return make_up


@pytest.fixture(scope="session")
def expression() -> Callable[[str], Expr]:
    """An expression over the tensors of ``system``, all indices free, derivatives and deltas read too."""

    def parse(text: str) -> Expr:
        system = everything()
        gradients = {f"d{t.name}": Tensor(f"d{t.name}", t.axes, "gradient") for t in system.tensors.values()}
        extra = gradients | {LOSS: Tensor(LOSS, (), "computed")}
        return parse_in(system, text, tuple(system.indices.values()), extra, calculus=True)

    return parse


@pytest.fixture(scope="session")
def tex(expression: Callable[[str], Expr]) -> Callable[..., str]:
    """An expression of the language as LaTeX."""

    def print_(text: str, limits: bool = False) -> str:
        return latex(typeset(expression(text), Style(notation(everything()), limits)))

    return print_


@pytest.fixture(scope="session")
def typeset_pdf() -> Callable[[str], bytes]:
    """Typst source with the program's own definitions before it, as PDF."""
    prelude = environment("typ").get_template("prelude.typ.j2").render()
    sizes = "#let width = 16cm\n#let base = 10pt\n#let inset = 1.5em\n#let tallest = 20cm\n"
    head = f'{sizes}#set document(title: "T", date: none)\n{prelude}'
    return lambda source: compiled(f"{head}\n{source}")


@pytest.fixture(scope="session")
def text_of() -> Callable[[bytes], str]:
    """The text that can be selected in a PDF, without what only parts words at the ends of lines."""

    def extract(pdf: bytes) -> str:
        pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
        return "\n".join(page.extract_text() for page in pages).replace("\u200b", "")

    return extract
