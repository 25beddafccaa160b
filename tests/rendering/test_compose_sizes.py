import math

import pytest

from derive.calculus.sweep import derive
from derive.language.load import catalogue, layer, load
from derive.rendering import document as D
from derive.rendering.compose_sizes import entries_of, example_sizes, joined_terms, sizes, valued
from derive.rendering.latex import latex
from derive.rendering.notation import notation
from derive.rendering.page import page

GATES = {
    "indices": "n:N  i,k:H  j:D  p=0..P-1",
    "sizes": "P = (D + 1)//s",
    "inputs": "x[n,j]  eps[]",
    "outside": "x = 0",
    "params": "A[i,j]  U[i,k]  B[i,j]  b[i]",
    "equations": "y[n,i] = sum((A[i,j] + B[i,j])*x[n,j], j)/eps + sum(U[i,k], k) + b[i]\nz[p] = x[1,s*p+1]",
    "output": "y, z",
    "meaning": {"P": "places"},
}


def words(inlines):
    return "".join(latex(i.formula) if isinstance(i, D.Math) else i.text for i in inlines)


def said(**changes):
    blocks = list(sizes(page(derive(layer(**{**GATES, **changes})), None, None)))
    return [latex(b.formula) if isinstance(b, D.Equation) else words(b.inlines) for b in blocks]


def test_formulas_of_sizes_and_of_the_number_of_learnable_numbers():
    lines = said()
    assert lines[0] == "Sizes and parameters"
    assert lines[1:3] == ["P, places, follows from the other sizes:", r"P=\Bigl\lfloor\frac{D+1}{s}\Bigr\rfloor"]
    assert lines[-1] == "2HD+H^{2}+H"


def test_the_example():
    (line,) = (x for x in said(example="N=5 H=3 D=1000 s=2") if x.startswith("For example"))
    assert line.startswith("For example, with N=5, H=3, D=1000 and s=2: x is 5\\times1000; A and B are 3\\times1000; U")
    assert line.endswith("b has 3 numbers; y is 5\\times3; z has 500 numbers. The layer learns 6,012 numbers.")


def test_nothing_is_said_of_sizes_where_there_is_nothing_to_say():
    plain = layer(indices="i:I", inputs="x[i]", equations="y[i] = x[i]**2", output="y")
    assert not list(sizes(page(derive(plain), None, None)))


@pytest.mark.parametrize("name", [n for n in catalogue() if load(n).example])
def test_the_formula_gives_the_number_of_the_example(name):
    system = load(name)
    values = example_sizes(system)
    counted = sum(math.prod(valued(a.extent, values) for a in p.axes) for p in system.params)
    assert counted == sum(valued(entries_of(p), values) for p in system.params)


def test_parameters_of_one_shape_are_counted_together():
    system = layer(**GATES)
    assert latex(joined_terms(system.params[2:], notation(system))) == "HD+H"


def test_constraints_on_sizes_are_told():
    window = layer(
        indices="i=0..L-1  u=0..K-1  p=0..P-1", sizes="P = (L + 2*q - K)//s + 1", inputs="x[i]", outside="x = 0",
        equations="y[p] = sum(x[s*p+u-q], u)", output="y", assume="2*q <= K; L % 2 == 0; s >= 2",
    )  # fmt: skip
    told = [words(b.inlines) for b in sizes(page(derive(window), None, None)) if isinstance(b, D.Paragraph)]
    assert told[-1] == r"The sizes must satisfy 2q\le K,2\mid L."
