"""What the notation of a page means: said once, and only of what the page uses."""

from __future__ import annotations

from collections.abc import Iterator

from derive.forms.matrix_build import nodes as matrix_nodes
from derive.forms.matrix_tree import Apply, Condition, Convolution, MatExpr, Plus, Power, Tensor, Times
from derive.language.expr import (
    Along,
    Bracket,
    Call,
    Delta,
    Elem,
    Expr,
    Partial,
)
from derive.language.functions import TABLE
from derive.language.system import LOSS
from derive.language.traverse import (
    walk,
)
from derive.rendering import formula as F
from derive.rendering.compose_matrix import matrix_readings
from derive.rendering.conditions import divisor
from derive.rendering.document import Block, Code, Inlines, Items, said, text
from derive.rendering.page import Page
from derive.rendering.typeset import element, typeset
from derive.rendering.typeset_matrix import CONVOLVED, CORRELATED, tensor
from derive.steps.record import Step


def conventions(page: Page) -> Iterator[Block]:
    """The notation used, the conventions at kinks and ties, what is assumed and given."""
    items = (*_gradients(page), *_brackets(page), *_vectors(page), *_kinks(page), *_given(page))
    if items:
        yield Items(items)


def _gradients(page: Page) -> Iterator[Inlines]:
    first = next(page.gradients(), None)
    if first is None:
        return
    what = "the loss" if page.system.loss else "the loss of the network around the layer"
    pieces = page.loss(), page.math(first.left), page.math(first.of)
    yield said(f"{{}} is {what}; {{}} is its derivative by {{}}, with the shape of what it is taken by.", *pieces)
    local = [n for n in _nodes(page) if isinstance(n, Partial) and n.of == Elem(LOSS)]
    if local:
        one = typeset(local[0], page.style)
        yield said("{} is what comes through the equation of {} alone, everything else held.", one, page.loss())
    for output in page.system.outputs:
        place = tuple(a.symbol for a in page.system.tensors[output].axes)
        given = next((n for n in (f"d{output}_up", f"d{output}") if n in page.derivation.backward.tensors), "")
        if given:
            of, upstream = (element(Elem(n, place), page.style) for n in (output, given))
            yield said("{} is given: what the layers above send back to {}.", upstream, of)


def _brackets(page: Page) -> Iterator[Inlines]:
    nodes = _nodes(page)
    if any(isinstance(n, Bracket) for n in nodes):
        bracket = F.Fenced("[", F.Text("condition"), "]")
        yield said("{} is 1 where the condition holds, else 0; there, what it stands before is not read.", bracket)
    if any(divisor(c) for n in nodes if isinstance(n, Bracket) for c in n.conditions):
        a, b = F.Name("a", "a"), F.Name("b", "b")
        yield said("{} says that {} divides {} without remainder.", F.row(a, F.Sign("∣", "relation"), b), a, b)
    if any(isinstance(n, Delta) for n in nodes):
        delta = F.Indexed(F.Name("delta", "delta"), (F.Name("i", "i"), F.Name("j", "j")), tight=True)
        yield said("{}, the Kronecker delta, is 1 where its two indices are equal, else 0.", delta)


def _vectors(page: Page) -> Iterator[Inlines]:
    """What stands for a vector or a matrix, and what for an entry."""
    vector, place, matrix = F.Name("v", "v", style="bold"), F.Name("k", "k"), F.Name("V", "V", style="bold")
    if any(isinstance(n, Along) and n.op == "softmax" for n in _nodes(page)):
        entry = F.row(F.Script(F.Function("softmax"), place), F.Fenced("(", vector, ")"))
        yield said("{} is entry {} of the softmax of a vector {}.", entry, place, vector)
    found = list(matrix_readings(page))
    nodes = [n for reading, _ in found for side in (reading.left, reading.right) for n in matrix_nodes(side)]
    ranks = {len(n.entries) for n in nodes if isinstance(n, Tensor) and _is_bold(tensor(n, page.style))}
    if any(batched for _, batched in found):
        yield said("Bold {} is a vector, a column for one sample; bold {} has the samples as its rows.", vector, matrix)
    elif 2 in ranks:
        entry = F.Indexed(F.Name("v", "v"), (F.Name("i", "i"), F.Name("j", "j")), tight=True)
        yield said("Bold {} is a vector, a column; bold {} is the matrix with the entries {}.", vector, matrix, entry)
    elif ranks:
        yield said("Bold {} is a vector, a column.", vector)
    yield from _operations(nodes)


def _is_bold(formula: F.Formula) -> bool:
    return any(isinstance(n, F.Name) and n.style == "bold" for n in F.walk(formula))


def _operations(nodes: list[MatExpr]) -> Iterator[Inlines]:
    """What is done entry by entry or row by row, and what slides."""
    if any(_by_entries(n) for n in nodes):
        square = F.Script(F.Name("v", "v", style="bold"), above=F.row(F.Sign("⊙"), F.Number("2")))
        entries = "powers such as {}, quotients and functions of vectors are taken entry by entry too"
        yield said(f"In matrix form {{}} multiplies entry by entry; {entries}.", F.Sign("⊙"), square)
    if any(_by_rows(n) for n in nodes):
        yield text("A vector added to a matrix, or multiplied with it entry by entry, goes with each of its rows.")
    kinds = {n.kind for n in nodes if isinstance(n, Convolution)}
    if "correlation" in kinds:
        words = "{} is correlation: the kernel slides over the signal, and at each place the products are summed."
        yield said(words, F.Sign(CORRELATED.text))
    if kinds - {"correlation"}:
        yield said(
            "{} is convolution, transposed where there is a stride: the kernel is flipped.", F.Sign(CONVOLVED.text)
        )


def _by_entries(node: MatExpr) -> bool:
    """Whether vectors or matrices are multiplied, raised, given to a function or compared."""
    if isinstance(node, Times):
        return sum(bool(f.axes) for f in node.factors) > 1
    return isinstance(node, Power | Apply | Condition) and bool(node.axes)


def _by_rows(node: MatExpr) -> bool:
    """Whether a vector is spread over a matrix."""
    return isinstance(node, Times | Plus) and {1, 2} <= {len(part.axes) for part in node.children}


def _kinks(page: Page) -> Iterator[Inlines]:
    calls = (n for e in page.system.all_equations for n in walk(e.right) if isinstance(n, Call))
    for name in dict.fromkeys(c.function for c in calls):
        if name in TABLE and TABLE[name].kink:
            place, comma, rest = TABLE[name].kink.partition(",")
            argument, _, value = place.partition(" = ")
            where = F.row(F.Name(argument, argument), F.EQUALS, F.Number(value))
            yield said(f"The function {{}} has a kink at {{}}{comma}{rest}.", Code(name), where)
    if any(isinstance(n, Along) and n.op == "argmax" for n in _nodes(page)):
        yield text("Where several places hold the maximum, the first of them counts.")


def _given(page: Page) -> Iterator[Inlines]:
    for assumption in page.system.assumptions:
        sides = tuple(typeset(side, page.style) for side in (assumption.left, assumption.right))
        yield said("Assumed: {}.", F.joined(sides, F.EQUALS))
    for name, value in page.system.outside.items():
        shown = F.row(F.NEGATIVE, F.Sign("∞")) if value < 0 else F.Number("0")
        yield said("Outside its range, {} counts as {}.", page.name(name), shown)


def _nodes(page: Page) -> list[Expr]:
    """Every node of every line on the page, those of sub-steps included."""
    lines = [e.right for e in page.system.all_equations]
    lines += [line for g in page.gradients() for step in page.shown(g) for line in _lines(step)]
    lines += [g.right for g in page.gradients()]
    return [n for line in lines for n in walk(line)]


def _lines(step: Step) -> Iterator[Expr]:
    yield from (step.before, step.after)
    for substep in step.substeps:
        yield from _lines(substep)
