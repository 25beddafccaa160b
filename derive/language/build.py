"""From the fields of a layer to its System: declarations first, then the equations in their order."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from derive.language import expr as E
from derive.language.declarations import (
    Declared, check_name, declare_indices, declare_sizes, declare_tensors, least_values, size_inequality, statements,
)  # fmt: skip
from derive.language.equations import Line, define, line_of, tensors_of
from derive.language.errors import Fragment, LayerError, nearest
from derive.language.expr import Elem
from derive.language.fields import KEYS, Fields
from derive.language.integers import Integer
from derive.language.lexical import check_length
from derive.language.options import Choice
from derive.language.parser import parse_expression
from derive.language.scope import Scope
from derive.language.system import LOSS, Assumption, Equation, System, Tensor

_PROSE_SEPARATOR = "\n\n"


def build(fields: Fields, choice: Choice) -> tuple[System, Mapping[str, Fragment], tuple[Line, ...]]:
    """The system, with the place of each declared name and each equation for the checks.  Raises LayerError."""
    declared = _declarations(fields, choice)
    scope = Scope(
        declared.indices,
        {*declared.sizes, *declared.derived},
        declared.tensors,
        functions=choice.abstract,
        options=choice.fragments,
        derived=declared.derived,
    )
    lines = tuple(line for text in fields.text("equations") for line in _lines(text, scope))
    if not lines:
        where = fields.text("equations")
        raise where[0].error("a layer needs an equation") if where else LayerError("a layer needs equations", fields.origin)
    tensors = tensors_of(lines, scope)
    scope = replace(scope, tensors=tensors)
    equations = tuple(define(line, scope) for line in lines)
    loss = _loss(fields, scope)
    if loss:
        tensors = {**tensors, LOSS: Tensor(LOSS, (), "computed")}
    assumptions, least = _assumptions(fields, scope, declared)
    lower = least_values(declared, _integers(equations, loss))
    system = System(
        name=fields.name,
        title=_joined(fields.text("title")) or fields.name,
        indices=declared.indices,
        sizes=tuple(declared.sizes),
        derived=declared.derived,
        lower={name: max(low, least.get(name, 0)) for name, low in lower.items()},
        tensors={n: replace(t, meaning=_joined(fields.text(f"meaning.{n}"))) for n, t in tensors.items()},
        equations=equations,
        loss=loss,
        outputs=_outputs(fields, tensors, lines, loss),
        outside=_outside(fields, tensors),
        assumptions=assumptions,
        torch=_joined(fields.text("torch")),
        options={name: tuple(v.text for v in values) for name, values in fields.options.items()},
        chosen=choice.chosen,
        prose={k: _joined(t) for k, t in fields.texts.items() if k not in KEYS},
    )
    return system, declared.places, lines


def _declarations(fields: Fields, choice: Choice) -> Declared:
    declared = Declared()
    for text in fields.text("sizes"):
        declare_sizes(text, declared, choice.fragments)
    for text in fields.text("indices"):
        declare_indices(text, declared, choice.fragments)
    for text in fields.text("inputs"):
        declare_tensors(text, "input", declared)
    for text in fields.text("params"):
        declare_tensors(text, "param", declared)
    for text in fields.text("integers"):
        for name in _names(text):
            tensor = declared.tensors.get(name.text)
            if tensor is None or tensor.kind != "input":
                raise name.error(f"unknown input {name.text}", 0, nearest(name.text, declared.tensors))
            declared.tensors[name.text] = replace(tensor, integer=True)
    return declared


def _names(text: Fragment) -> Iterator[Fragment]:
    """Names apart by spaces or commas."""
    for match in re.finditer(r"[^\s,]+", text.text):
        yield text.part(*match.span())


def _lines(text: Fragment, scope: Scope) -> Iterator[Line]:
    check_length(text)
    yield from (line_of(s, scope) for s in statements(text) if s.text)


def _loss(fields: Fields, scope: Scope) -> Equation | None:
    texts = fields.text("loss")
    if not texts:
        return None
    if len(texts) > 1:
        raise texts[1].error("a layer has one loss")
    right = parse_expression(texts[0], replace(scope, free=()))
    return Equation(Elem(LOSS), right, (), texts[0].text)


def _outputs(
    fields: Fields, tensors: Mapping[str, Tensor], lines: tuple[Line, ...], loss: Equation | None
) -> tuple[str, ...]:
    names = [n for text in fields.text("output") for n in _names(text)]
    if loss and names:
        raise names[0].error("a layer has a loss or an output, not both")
    if not loss and not names:
        last = lines[-1].name
        raise LayerError("a layer needs a loss or an output", fields.origin, hint=f'as in output = "{last}"')
    computed = [n for n, t in tensors.items() if t.kind == "computed"]
    for name in names:
        if name.text not in computed:
            raise name.error(f"no equation defines the output {name.text}", 0, nearest(name.text, computed))
    return tuple(dict.fromkeys(n.text for n in names))


def _outside(fields: Fields, tensors: Mapping[str, Tensor]) -> dict[str, float]:
    outside: dict[str, float] = {}
    for text in fields.text("outside"):
        for entry in statements(text):
            if not entry.text:
                continue
            match = re.fullmatch(r"(\w+)\s*=\s*([-+\w.]+)", entry.text)
            value = {"0": 0.0, "-inf": -math.inf}.get(match[2]) if match else None
            if match is None or value is None:
                raise entry.error("expected what is read outside a tensor's range", 0, "write x = 0, or x = -inf")
            if match[1] not in tensors:
                raise entry.error(f"unknown tensor {match[1]}", 0, nearest(match[1], tensors))
            outside[match[1]] = value
    return outside


def _assumptions(fields: Fields, scope: Scope, declared: Declared) -> tuple[tuple[Assumption, ...], dict[str, int]]:
    """Equalities on tensors, and least values of sizes."""
    out: list[Assumption] = []
    least: dict[str, int] = {}
    for text in fields.text("assume"):
        check_length(text)
        for entry in statements(text):
            if not entry.text:
                continue
            bound = size_inequality(entry, declared)
            if bound:
                least[bound[0]] = max(bound[1], least.get(bound[0], 0))
                continue
            sides = re.fullmatch(r"(.*?[^=<>!])(==?)([^=].*)", entry.text, re.DOTALL)
            if sides is None:
                raise entry.error("expected an equality, or a least value of a size", 0, "as in sum(p[n,k], k) = 1, or d >= 1")
            left = parse_expression(entry.part(0, sides.end(1)), scope)
            right = parse_expression(entry.part(sides.start(3), len(entry.text)), scope)
            free = E.free_symbols(left) | E.free_symbols(right)
            indices = tuple(i for i in scope.indices.values() if i.symbol in free)
            out.append(Assumption(left, right, indices, entry.text))
    return tuple(out), least


def _integers(equations: tuple[Equation, ...], loss: Equation | None) -> Iterator[Integer]:
    for equation in (*equations, *([loss] if loss else [])):
        for node in (equation.left, *E.walk(equation.right)):
            yield from E.integers_at(node)


def _joined(texts: tuple[Fragment, ...]) -> str:
    return _PROSE_SEPARATOR.join(t.text.strip() for t in texts)


__all__ = ["build", "check_name"]
