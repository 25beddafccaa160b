"""The first sections of a page: the setting and the symbols."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.language.expr import Elem, Index
from derive.language.system import LOSS, Tensor
from derive.rendering import formula as F
from derive.rendering.document import (
    Block,
    Code,
    Heading,
    Inlines,
    Math,
    Paragraph,
    Strong,
    Symbol,
    Table,
    Text,
    said,
    sentences,
    text,
)
from derive.rendering.integers import integer_formula
from derive.rendering.page import Page, indices_of
from derive.rendering.typeset import element


def subtitle(page: Page) -> Inlines:
    """What the page is about, in one line."""
    out = text("The backward pass, derived step by step from the forward equations") + for_options(page)
    if page.system.torch:
        out += (Text("; in PyTorch "), Code(page.system.torch))
    return (*out, Text("."))


def for_options(page: Page) -> Inlines:
    """``, for f = tanh``: the options as they are chosen."""
    out: Inlines = ()
    for option, value in page.system.chosen.items():
        out += (Text(", " if out else ", for "), Code(f"{option} = {value}"))
    return out


def paragraphs(page: Page, prose: str, lead: Inlines = ()) -> Iterator[Paragraph]:
    """An author's prose, which empty lines part; ``lead`` is what it begins with."""
    for k, paragraph in enumerate(re.split(r"\n\s*\n", prose)):
        yield Paragraph((() if k else lead) + page.prose(paragraph))


def setting(page: Page) -> Iterator[Block]:
    """What the author says of the layer, and what was checked."""
    for key, prose in page.system.prose.items():
        lead: Inlines = () if key == "about" else (Strong(f"{_title(key)}."), Text(" "))
        yield from paragraphs(page, prose, lead)
    checked = [*_steps_checked(page), *_gradients_checked(page)]
    if checked:
        yield Paragraph((Strong("Checked."), Text(f" {' '.join(checked)}")))


def _title(key: str) -> str:
    """The name of a paragraph as its heading: ``in_PyTorch`` is "In PyTorch"."""
    words = key.replace("_", " ")
    return words[:1].upper() + words[1:]


def _steps_checked(page: Page) -> Iterator[str]:
    if page.evidence is None:
        return
    found = [page.evidence.of(s) for g in page.gradients() for s in g.steps]
    if found:
        good, worst = sum(f.ok for f in found), max(f.error for f in found)
        yield (
            f"Both sides of every step were evaluated at random points: {good} of {len(found)} steps hold, largest "
            f"relative error {worst:.1e}. Each step bears a ✓, each result the largest error in its steps."
        )


def _gradients_checked(page: Page) -> Iterator[str]:
    if page.report is None or not page.report.rows:
        return
    rows = page.report.rows
    good, worst = sum(r.ok for r in rows), max(r.error for r in rows)
    methods = " and ".join(dict.fromkeys(r.method for r in rows))
    yield (
        f"Every gradient was compared with {_explained(methods)}: {good} of {len(rows)} comparisons agree, "
        f"largest relative error {worst:.1e}."
    )


def _explained(methods: str) -> str:
    """The name of a method, and what it is where a reader may not know."""
    meaning = "the derivative read off the imaginary part of the loss at a point moved by a tiny imaginary amount"
    return methods.replace("complex step", f"complex step ({meaning})")


def symbols(page: Page) -> Iterator[Block]:
    """The tensors with shape, role and meaning; what the indices run over; sizes that follow from others."""
    yield Heading(1, text("Symbols"))
    rows = [((Math(s.formula),), s.shape, text(s.role), s.meaning) for s in known_symbols(page)]
    header = tuple(map(text, ("Symbol", "Shape", "Role", "Meaning")))
    kept = 4 if any(t.meaning for t in page.system.tensors.values()) else 3
    yield Table((2, 3, 3, 7)[:kept], header[:kept], tuple(row[:kept] for row in rows))
    ranges = _ranges(page)
    words = sentences(text("Indices run over ") + ranges + text(".") if ranges else (), _unsettled(page))
    if words:
        yield Paragraph(words)


def known_symbols(page: Page) -> tuple[Symbol, ...]:
    """What the page knows of each tensor."""
    return tuple(_symbol(page, t) for t in page.system.tensors.values())


_ROLES = {"input": "input", "param": "parameter", "computed": "computed"}


def _symbol(page: Page, tensor: Tensor) -> Symbol:
    here = Elem(tensor.name, tuple(a.symbol for a in tensor.axes))
    role = "loss" if tensor.name == LOSS else "output" if tensor.name in page.system.outputs else _ROLES[tensor.kind]
    kind = f"{role}, whole numbers" if tensor.integer else role
    meaning = tensor.meaning or ("what training makes small" if role == "loss" else "")
    return Symbol(tensor.name, element(here, page.style), page.shape(tensor.axes), kind, page.prose(meaning))


def _unsettled(page: Page) -> Inlines:
    """The indices that have several ranges: their sums show which."""
    used = dict.fromkeys(i.name for i in indices_of(page.derivation) if i.name not in page.style.notation.ranges)
    if not used:
        return ()
    letters = F.joined(tuple(page.style.notation.index(n) for n in used), F.COMMA)
    return said("Where a sum runs over {}, its limits are shown.", letters)


def _ranges(page: Page) -> Inlines:
    """What each index runs over, the indices of one range together."""
    groups: dict[tuple[object, object], list[Index]] = {}
    for index in indices_of(page.derivation):
        group = groups.setdefault((index.low, index.high), [])
        stated = page.style.notation.ranges.get(index.name) == (index.low, index.high)
        if stated and index.name not in [i.name for i in group]:
            group.append(index)
    out: list[F.Formula] = []
    for members in filter(None, groups.values()):
        names = F.joined(tuple(page.style.notation.index(i.name) for i in members), F.COMMA)
        low, high = (integer_formula(e, page.style.notation) for e in (members[0].low, members[0].high))
        out.append(F.row(names, F.EQUALS, low, F.COMMA, F.Sign("…"), F.COMMA, high))
    inlines: Inlines = ()
    for k, run in enumerate(out):
        between = "" if not k else " and " if k + 1 == len(out) else "; "
        inlines += (Text(between), Math(run)) if between else (Math(run),)
    return inlines
