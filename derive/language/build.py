"""From the fields of a layer to its System: declarations first, then the equations in their order."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from derive.language.assumptions import assumed
from derive.language.coverage import contradictory
from derive.language.declarations import (
    Declared,
    declare_indices,
    declare_sizes,
    declare_tensors,
    least_values,
    statements,
)  # fmt: skip
from derive.language.equations import Line, define, line_of
from derive.language.errors import Fragment, LayerError, nearest
from derive.language.expr import Elem
from derive.language.fields import KEYS, Fields
from derive.language.inference import tensors_of
from derive.language.integers import Integer, expand, symbols_of
from derive.language.lexical import check_length
from derive.language.names import check_computed, check_declared
from derive.language.options import Choice
from derive.language.parser import parse_onto
from derive.language.ranges import facts_of, nonnegative
from derive.language.scope import Scope
from derive.language.study import study_of
from derive.language.system import LOSS, Constraint, Equation, PyTorch, System, Tensor
from derive.language.text import integer_text
from derive.language.traverse import integers_at, walk

MAX_EQUATIONS = 200


@dataclass(frozen=True)
class Built:
    """A system, and for the checks where everything in it stands: each declared name, and each equation's line."""

    system: System
    scope: Scope
    names: Mapping[str, Fragment]
    lines: tuple[Line, ...]  # one for each of the system's equations, that of the loss last


def build(fields: Fields, choice: Choice) -> Built:
    """The system that the fields describe, not yet checked beyond its names and axes.  Raises LayerError."""
    declared = _declarations(fields, choice)
    meanings = check_declared(declared, fields.options)
    scope = Scope(
        declared.indices,
        {*declared.sizes, *declared.derived},
        declared.tensors,
        functions=choice.abstract,
        options=choice.fragments,
        derived=declared.derived,
    )
    lines = _equation_lines(fields, scope)
    check_computed(meanings, lines)
    scope = replace(scope, tensors=tensors_of(lines, scope))
    equations = tuple(define(line, scope) for line in lines)
    loss = _loss(fields, scope)
    tensors = {**scope.tensors, LOSS: Tensor(LOSS, (), "computed")} if loss else scope.tensors
    given = assumed(fields.text("assume"), scope)
    _check_meanings(fields, {*scope.sizes, *scope.indices, *tensors})
    example, numbers = _example(fields, declared)
    lower = least_values(declared, _integers((*equations, *([loss[1]] if loss else []))))
    system = System(
        name=fields.name,
        title=_joined(fields.text("title")) or fields.name,
        indices=declared.indices,
        sizes=_in_reading_order(declared),
        derived=declared.derived,
        lower={name: max(low, given.least.get(name, 0)) for name, low in lower.items()},
        tensors={n: replace(t, meaning=_joined(fields.text(f"meaning.{n}"))) for n, t in tensors.items()},
        equations=equations,
        loss=loss[1] if loss else None,
        outputs=_outputs(fields, scope.tensors, lines, bool(loss)),
        outside=_outside(fields, scope.tensors),
        assumptions=given.equalities,
        constraints=given.constraints,
        torch=_joined(fields.text("torch")),
        options={name: tuple(v.text for v in values) for name, values in fields.options.items()},
        chosen=choice.chosen,
        prose={k: _joined(t) for k, t in fields.texts.items() if k not in KEYS and "." not in k},
        meanings=_table(fields, "meaning."),
        group=_joined(fields.text("group")),
        constants=_constants(fields, declared),
        example=example,
        numbers=numbers,
        pytorch=_pytorch(fields, choice),
        study=study_of(fields, [n for n, t in tensors.items() if t.kind == "computed"]),
    )
    return Built(_with_sizes(fields, system), scope, declared.places, (*lines, *([loss[0]] if loss else [])))


def _demanded(system: System) -> tuple[Constraint, ...]:
    """That every index takes a value, where no least value of a size sees to it: L-K >= 0 for p = 0..L-K."""
    facts = facts_of(system)
    open_ranges = (i for i in system.indices.values() if not nonnegative(i.extent - 1, facts))
    return tuple(dict.fromkeys(Constraint(">=", i.high, i.low) for i in open_ranges if symbols_of(i.extent)))


def _with_sizes(fields: Fields, system: System) -> System:
    """The system with what is demanded of its sizes; refused if no sizes satisfy their definitions and conditions."""
    system = replace(system, constraints=(*system.constraints, *_demanded(system)))
    if contradictory(facts_of(system)):
        where = (*fields.text("assume"), *fields.text("sizes"), *fields.text("indices"))[0]
        said = [*map(str, system.constraints), *(f"{n} = {integer_text(d)}" for n, d in system.derived.items())]
        raise where.error(f"no sizes satisfy {', '.join(said)}")
    return system


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
            declared.tensors[name.text] = replace(_input(name, declared), integer=True)
    return declared


def _input(name: Fragment, declared: Declared) -> Tensor:
    """The input of that name.  Raises LayerError where there is none."""
    tensor = declared.tensors.get(name.text)
    if tensor is None or tensor.kind != "input":
        inputs = [n for n, t in declared.tensors.items() if t.kind == "input"]
        what = f"unknown input {name.text}" if tensor is None else f"{name.text} is a parameter, not an input"
        raise name.error(what, 0, nearest(name.text, inputs))
    return tensor


def _constants(fields: Fields, declared: Declared) -> tuple[str, ...]:
    names = (name for text in fields.text("constants") for name in _names(text))
    return tuple(dict.fromkeys(_input(name, declared).name for name in names))


def _example(fields: Fields, declared: Declared) -> tuple[dict[str, int], dict[str, str]]:
    """``N=32 C=3 eps=1e-5``: a value for every free size, or none at all; and for inputs that are single numbers."""
    scalars = [n for n, t in declared.tensors.items() if t.kind == "input" and not t.axes]
    sizes: dict[str, int] = {}
    numbers: dict[str, str] = {}
    for text in fields.text("example"):
        for entry in _names(text):
            match = re.fullmatch(r"(\w+)=(\d+(?:\.\d+)?(?:e-?\d+)?)", entry.text)
            if match is None:
                raise entry.error("expected a size and its value", 0, "as in N=32 C=3")
            name, value = match.groups()
            if name in declared.sizes and value.isdecimal():
                sizes[name] = int(value)
            elif name in scalars:
                numbers[name] = value
            else:
                raise entry.error(f"unknown size {name}", 0, nearest(name, [*declared.sizes, *scalars]))
        if missing := [name for name in declared.sizes if name not in sizes]:
            raise text.error(f"the example lacks {', '.join(missing)}")
    return sizes, numbers


def _pytorch(fields: Fields, choice: Choice) -> PyTorch:
    """The table ``[pytorch]``, the names of options replaced by their values: ``nonlinearity=f`` by ``"tanh"``.

    ``run`` may be a table of parts, in order, of which an option replaces one.
    """
    entries = _table(fields, "pytorch.")
    for key in entries:
        if key not in ("build", "run", "notes") and not key.startswith(("state.", "run.", "inputs.")):
            raise fields.texts[f"pytorch.{key}"][0].error(f"unknown key {key}", 0, "build, run, notes, state or inputs")
    state, inputs = (
        {k.removeprefix(table): _with_values(v, choice) for k, v in entries.items() if k.startswith(table)}
        for table in ("state.", "inputs.")
    )
    parts = [text for key, text in entries.items() if key == "run" or key.startswith("run.")]
    build, run = (_with_values(text, choice) for text in (entries.get("build", ""), "\n".join(filter(None, parts))))
    return PyTorch(build, run, state, entries.get("notes", ""), inputs)


def _with_values(source: str, choice: Choice) -> str:
    for option, value in choice.chosen.items():
        literal = {"true": "True", "false": "False"}.get(value, f'"{value}"')
        source = re.sub(rf"(?<![\w.]){option}(?![\w(=])", literal, source)
    return source


def _table(fields: Fields, prefix: str) -> dict[str, str]:
    """The texts of a table, by the keys in it."""
    return {k.removeprefix(prefix): _joined(t) for k, t in fields.texts.items() if k.startswith(prefix)}


def _names(text: Fragment) -> Iterator[Fragment]:
    """Names apart by spaces or commas."""
    for match in re.finditer(r"[^\s,]+", text.text):
        yield text.part(*match.span())


def _equation_lines(fields: Fields, scope: Scope) -> tuple[Line, ...]:
    lines: list[Line] = []
    for text in fields.text("equations"):
        check_length(text)
        for statement in statements(text):
            if len(lines) == MAX_EQUATIONS:
                raise statement.error(f"too many equations: {MAX_EQUATIONS} at most")
            lines.append(line_of(statement, scope))
    if not lines:
        where = fields.text("equations")
        hint = "as in y[n,o] = sum(W[o,i]*x[n,i], i)"
        if where:
            raise where[0].error("no equation here", 0, hint)
        raise LayerError("a layer needs equations", fields.origin, hint=hint)
    return tuple(lines)


def _loss(fields: Fields, scope: Scope) -> tuple[Line, Equation] | None:
    texts = fields.text("loss")
    if not texts:
        return None
    if len(texts) > 1:
        raise texts[1].error("a layer has one loss")
    line = Line(texts[0], texts[0], texts[0], LOSS, (), ())
    return line, Equation(Elem(LOSS), parse_onto(texts[0], replace(scope, free=()), ()), (), texts[0].text)


def _in_reading_order(declared: Declared) -> tuple[str, ...]:
    """The free sizes: first those of the index ranges, in their order, then the others."""
    ranges = [expand(bound) for i in declared.indices.values() for bound in (i.low, i.high)]
    first = [s.name for bound in ranges for s in sorted(symbols_of(bound), key=str) if s.name in declared.sizes]
    return tuple(dict.fromkeys((*first, *declared.sizes)))


def _outputs(fields: Fields, tensors: Mapping[str, Tensor], lines: tuple[Line, ...], has_loss: bool) -> tuple[str, ...]:
    names = [n for text in fields.text("output") for n in _names(text)]
    if has_loss and names:
        raise names[0].error("a layer has a loss or an output, not both")
    if not has_loss and not names:
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
            match = re.fullmatch(r"(\w+)\s*=\s*([-+\w.]+)", entry.text)
            value = {"0": 0.0, "-inf": -math.inf}.get(match[2]) if match else None
            if match is None or value is None:
                raise entry.error("expected what is read outside a tensor's range", 0, "write x = 0, or x = -inf")
            if match[1] not in tensors:
                raise entry.error(f"unknown tensor {match[1]}", 0, nearest(match[1], tensors))
            if match[1] in outside:
                raise entry.error(f"what is read outside {match[1]} is said twice")
            outside[match[1]] = value
    return outside


def _integers(equations: Sequence[Equation]) -> Iterator[Integer]:
    for equation in equations:
        for node in (equation.left, *walk(equation.right)):
            yield from integers_at(node)


def _check_meanings(fields: Fields, known: Collection[str]) -> None:
    for key, texts in fields.texts.items():
        kind, _, name = key.partition(".")
        if kind == "meaning" and name not in known:
            raise texts[0].error(f"meaning of {name}, which the layer does not have", 0, nearest(name, known))


def _joined(texts: tuple[Fragment, ...]) -> str:
    return "\n\n".join(t.text.strip() for t in texts)
