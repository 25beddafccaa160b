"""The derivative of an elementwise function forgotten, applied twice, taken elsewhere or of another function."""

from __future__ import annotations

from collections.abc import Iterator

from derive.calculus.differentiate import derivative_formulas, function_derivatives
from derive.language.expr import ONE, Call, Delta, Elem, Expr, Partial, mul, num, power
from derive.language.functions import TABLE
from derive.language.traverse import exchanged, transform, walk
from derive.marking.mutations.sites import Change, Line, known_names
from derive.steps.record import Reader, Step

_COMPARED = ("derivative at the wrong place", "wrong function's derivative", "function for its derivative")
_OTHERS = ("tanh", "sigmoid", "relu")  # whose derivatives are mistaken for one another


def activations(line: Line) -> Iterator[Change]:
    """The mistakes with the derivative of each function in the local derivatives."""
    for reader in line.gradient.readers:
        for step in reader.steps:
            call = _call(step)
            if call is not None:
                yield from _mistakes(line, reader, step, call)


def _mistakes(line: Line, reader: Reader, step: Step, call: Call) -> Iterator[Change]:
    (outer,) = function_derivatives(call)
    value: Expr = reader.element if step.before == step.changed else call  # by its name, where it has one
    told = _said(outer, call, value)
    plain = known_names(line, told)  # else it is of an element inside a sum, whose index has no name here
    of = f"the derivative of {call.function}"

    def change(outer: Expr, kind: str, sentence: str) -> Change:
        wrong = _said(outer, call, value)
        compared = f": `{wrong}` stands where `{told}` should" if plain and kind in _COMPARED else ""
        return _with(line, reader, step, wrong, kind, sentence + compared)

    this = f"{of}, `{told}`," if plain else of
    yield change(ONE, "activation derivative forgotten", f"{this} is missing")
    yield change(power(outer, num(2)), "activation derivative twice", f"{this} stands twice")
    for wrong in _places(call):
        yield change(wrong, "derivative at the wrong place", f"{of} is taken at the wrong place")
    for other in (f for f in _OTHERS if f != call.function and call.function in TABLE):
        (wrong,) = function_derivatives(Call(other, call.arguments))
        wrong = _said(wrong, Call(other, call.arguments), call)
        sentence = f"the derivative of {other} stands for that of {call.function}"
        yield change(wrong, "wrong function's derivative", sentence)
    sentence = f"the function {call.function} itself is there, and not its derivative"
    yield change(call, "function for its derivative", sentence)


def _call(step: Step) -> Call | None:
    """The function of one argument that a step takes the derivative of, where that is no constant."""
    match step.changed:
        case Partial(Call(function, (_,)) as call) if step.rule == "chain rule for a function":
            known = TABLE.get(function)
            return None if known and known.derivatives[0] in ("0", "1") else call
    return None


def _places(call: Call) -> Iterator[Expr]:
    """The derivative taken elsewhere: of the value for the argument, and of the argument for the value."""
    if call.function not in TABLE:
        yield Call(f"{call.function}'", (call,))
        return
    (x,) = call.arguments
    (formula,) = derivative_formulas(call.function)
    read = {n.name for n in walk(formula) if isinstance(n, Elem)}
    if "y" in read:
        yield _filled(formula, x, x)
    yield _filled(formula, call, Call(call.function, (call,)))


def _filled(formula: Expr, x: Expr, y: Expr) -> Expr:
    return transform(formula, lambda n: {"x": x, "y": y}[n.name] if isinstance(n, Elem) else n)


def _said(expr: Expr, call: Call, value: Expr) -> Expr:
    return exchanged(expr, {call: value})


def _with(line: Line, reader: Reader, step: Step, outer: Expr, kind: str, sentence: str) -> Change:
    """The line with another derivative of the function in the reader's local derivative."""
    assert isinstance(step.changed, Partial) and isinstance(step.changed.of, Call)
    inner = Partial(step.changed.of.arguments[0], step.changed.wrt)
    local = exchanged(step.before, {step.changed: mul(outer, inner)})
    placed, made = chain_line(line, reader, transform(local, _elementary))
    return Change(kind, sentence, placed, line, None, made)


def chain_line(line: Line, reader: Reader, local: Expr) -> tuple[Expr, Step]:
    """The chain rule with true local derivatives, but for that of one reader; and the step that puts it in."""
    chain, *rest = line.gradient.steps
    placed = chain.after
    made = chain
    for step in rest[: len(line.gradient.readers)]:
        into = local if step.changed == reader.partial else step.into
        made = step if step.changed == reader.partial else made
        placed = exchanged(placed, {step.changed: into})
    return placed, made


def _elementary(node: Expr) -> Expr:
    """The derivative of an element by an element of its own tensor."""
    match node:
        case Partial(Elem(name, index), wrt, False) if name == wrt.name:
            return mul(*(Delta(a, b) for a, b in zip(index, wrt.index, strict=True) if a != b))
    return node
