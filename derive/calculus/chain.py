"""The chain rule: who reads a tensor, and what of the loss comes back through each reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from derive.calculus.contract import CONTRACT
from derive.calculus.differentiate import DIFFERENTIATE
from derive.calculus.guards import guard_first
from derive.calculus.instances import named_apart
from derive.calculus.order import alive_tensors, is_given
from derive.calculus.simplify import SIMPLIFY
from derive.language.binding import (
    replaced,
    substitute,
)
from derive.language.expr import (
    Compare,
    Elem,
    Expr,
    Index,
    Partial,
    mul,
    size,
    sum_,
)
from derive.language.integers import Integer, expand, is_size, linear_in, symbols_of
from derive.language.ranges import facts_of, refuted
from derive.language.schedule import Loop, meets, reads, reads_in, schedule
from derive.language.system import LOSS, Equation, System
from derive.language.traverse import (
    all_index_names,
    bound_at,
    free_symbols,
    transform,
    walk,
)
from derive.steps.record import Reader, Step, gradient_name
from derive.steps.rewrite import rewrite
from derive.steps.rule import fresh_index, scope_of


def readers_of(system: System, of: Elem, indices: tuple[Index, ...]) -> list[Equation]:
    """The equations through which an element reaches the loss; those that read it at its own place come first."""
    alive = alive_tensors(system)
    found = [
        e
        for e in system.readers(of.name)
        if e.name in alive and _reaches(system, e, of, indices) and not (e.is_base and is_given(system, e.name))
    ]
    return sorted(found, key=lambda e: _shifted(system, e, of.name))


def _shifted(system: System, equation: Equation, name: str) -> bool:
    """Whether a tensor is read anywhere but at the reader's own place."""
    return any(not place.is_Symbol for read, _ in reads(system, equation) if read.name == name for place in read.index)


def _reaches(system: System, equation: Equation, of: Elem, indices: tuple[Index, ...]) -> bool:
    """Whether an equation reads the tensor at these places at all (``z`` never reads ``h[0]``)."""
    apart = tuple(i.renamed(f"{i.name}_of") for i in indices)  # the equation has indices of the same names
    moved = substitute(of, {i.symbol: a.symbol for i, a in zip(indices, apart, strict=True)})
    assert isinstance(moved, Elem)
    for read, facts in reads(system, equation):
        if read.name != of.name:
            continue
        inside = replace(facts, ranges=facts.ranges + facts_of(system, apart).ranges)
        pairs = zip(read.index, moved.index, strict=True)
        if not any(refuted(Compare("==", size(a), size(b)), inside) for a, b in pairs):
            return True
    return False


def through(
    system: System, equation: Equation, of: Elem, indices: tuple[Index, ...], batch: frozenset[str]
) -> tuple[Reader, Expr]:
    """One reader, and its part of the chain rule: the sum over its elements of upstream times local derivative."""
    own = {i.name for i in indices}
    taken = frozenset(own) | all_index_names(of)
    places = _own_places(system, equation, of, indices)
    renamed: dict[Index, Index] = {}
    for index in equation.indices:
        if (index.name in batch and index.name in own) or index.symbol in places:
            continue  # the same sample, or the reader's elements elsewhere do not read this one: no sum
        renamed[index] = fresh_index(index, system, taken)
        taken |= {renamed[index].name}
    element = substitute(equation.left, places | {i.symbol: r.symbol for i, r in renamed.items()})
    assert isinstance(element, Elem)
    over = tuple(renamed.values())
    partial = Partial(element, of, by_definition=True)
    derivative, steps = local_derivative(system, partial, indices + over, over)
    if equation.name == LOSS:
        term: Expr = partial
    else:
        term = sum_(over, mul(Elem(gradient_name(equation.name), element.index), partial))
    return Reader(equation, element, over, partial, derivative, steps), term


def _own_places(system: System, equation: Equation, of: Elem, indices: tuple[Index, ...]) -> dict[Integer, Integer]:
    """The indices at which a reader reads the tensor at its own place only, and that place: o of ``y[n,o]`` for W[o,i].

    Where the index is one of a recurrence the sum over it is written out all the same, unless the reader reads the
    tensor at its own place in every index: what is read a step before is then settled in the same way as this.
    """
    found = [read for read, _ in reads(system, equation) if read.name == of.name]
    ranges = {i.symbol: i for i in equation.indices}
    here = {i.symbol: i for i in indices}
    bound = {i.symbol for node in walk(equation.right) for i in bound_at(node)}
    places: dict[Integer, Integer] = {}
    for axis, at in enumerate(of.index):
        symbols = {read.index[axis] for read in found}
        index = ranges.get(symbols.pop()) if len(symbols) == 1 else None
        same_range = index and at in here and (index.low, index.high) == (here[at].low, here[at].high)
        if index and same_range and index.symbol not in bound and index.symbol not in places:
            places[index.symbol] = at
    if len(places) == len(of.index) == len(equation.indices):
        return places
    recurrent = {i.symbol for i in _recurrent(system)}
    return {symbol: at for symbol, at in places.items() if symbol not in recurrent}


def local_derivative(
    system: System, partial: Partial, indices: tuple[Index, ...], held: tuple[Index, ...]
) -> tuple[Expr, tuple[Step, ...]]:
    """The derivative of one equation by one element, everything else held; sums over ``held`` are left for later."""
    scope = scope_of(system, indices, partial)
    derivative, steps = rewrite(partial, DIFFERENTIATE, scope, indices)
    holding = replace(scope, held=frozenset(i.symbol for i in held))
    derivative, contractions = rewrite(derivative, CONTRACT, holding, indices)
    derivative, simplifications = rewrite(derivative, SIMPLIFY, scope, indices)
    return derivative, steps + contractions + simplifications


def put_in_place(system: System, line: Expr, reader: Reader, indices: tuple[Index, ...]) -> Step:
    """The step that writes a reader's local derivative into the line."""
    clear = named_apart(reader.derivative, scope_of(system, indices, line), frozenset(i.name for i in reader.over))
    after = transform(line, lambda node: guard_first(clear if node == reader.partial else node))
    element, wrt = reader.element, reader.partial.wrt
    sentence = f"`{reader.derivative}` is how `{element}` changes with `{wrt}` alone, all else held."
    return Step("local derivative", sentence, line, after, reader.partial, clear, indices, reader.steps)


def chain_sentence(of: Elem, readers: Sequence[Reader], system: System) -> str:
    """Who reads the tensor, in words."""
    who = _told_together([told for r in readers for told in _who(system, of, r)])
    if of.name in system.outputs and all(place.is_Symbol for place in of.index):
        who.append("the layer above")
    if not who:
        return f"Nothing reads `{of}`, so the loss does not depend on it."
    if len(who) == 1 and " for all " not in who[0] and " and " not in who[0]:
        return f"`{of}` is read by {who[0]} and by nothing else, so a change of it reaches the loss only that way."
    listed = who[0] if len(who) == 1 else f"{', by '.join(who[:-1])}{',' * (len(who) > 2)} and by {who[-1]}"
    return f"`{of}` is read by {listed}. A change of it reaches the loss through each of these, and the parts add up."


def _who(system: System, of: Elem, reader: Reader) -> list[tuple[str, str]]:
    """One reader and which of its elements: ``a[t,n,i]``, for all ``t``; several where it reads several places."""
    if reader.equation.name == LOSS:
        return [("the loss itself", "")]
    free = {
        element: [i for i in reader.over if i.symbol in element.index and i.symbol not in of.index]
        for element in where_read(system, of, reader)
    }
    most = max(map(len, free.values()))  # an element for all places is one of them at each
    return [
        (f"`{e}`", _for_all(summed) + _step_apart(system, of, e)) for e, summed in free.items() if len(summed) == most
    ]


def _told_together(readers: Sequence[tuple[str, str]]) -> list[str]:
    """Readers with what is said of their elements; those of which the same is said, one after the other, at once."""
    groups = [(words, [e for e, _ in group]) for words, group in groupby(readers, key=lambda reader: reader[1])]
    return [f"{', '.join(e[:-1])}{' and ' * (len(e) > 1)}{e[-1]}{words}" for words, e in groups]


def _for_all(indices: Sequence[Index]) -> str:
    return " for all " + ", ".join(f"`{i.name}`" for i in indices) if indices else ""


def _step_apart(system: System, of: Elem, element: Elem) -> str:
    """Where the reader stands one step away in a recurrence, that in words."""
    for symbol in of.index:
        for shift, words, further in ((1, "in the next step", "on"), (-1, "in the step before", "back")):
            if symbol.is_Symbol and symbol + shift in element.index:
                several = len(_recurrent(system)) > 1
                return f" one step {further} in `{symbol.name}`" if several else f" {words}"
    return ""


def _recurrent(system: System) -> frozenset[Index]:
    """The indices over which something recurs."""
    return frozenset(i for block in schedule(system) if isinstance(block, Loop) for i, _ in block.over)


def where_read(system: System, of: Elem, reader: Reader) -> list[Elem]:
    """The reader's elements that read this very place: ``a[t+1,n,k]`` for ``h[t,n,i]``."""
    element, equation = reader.element, reader.equation
    renamed = {old: new for old, new in zip(equation.left.index, element.index, strict=True) if old != new}
    own = frozenset(i.name for i in equation.indices)
    right = named_apart(equation.right, scope_of(system, equation.indices, equation.right), own)
    found = (e for e, _ in reads_in(right, facts_of(system)) if e.name == of.name)
    places = dict.fromkeys(_solved(element, read, of, renamed, own) for read in found)
    facts = facts_of(system, (i for i in system.indices.values() if i.symbol in free_symbols(of)))
    return [place for place in places if meets(place, facts, equation)]


def _solved(element: Elem, read: Elem, of: Elem, renamed: dict[Integer, Integer], own: frozenset[str]) -> Elem:
    """The reader's element whose read of a tensor falls on ``of``; what the read leaves open stays."""
    for place, at in zip(read.index, of.index, strict=True):
        if not all(is_size(s) or s.name in own for s in symbols_of(place)):
            continue  # summed over inside the reader
        for symbol in element.index:
            parts = linear_in(replaced(place, renamed), symbol) if symbol.is_Symbol else None
            if parts and parts[0] == 1 and all(is_size(s) for s in symbols_of(parts[1])):
                solved = substitute(element, {symbol: expand(at - parts[1])})
                assert isinstance(solved, Elem)
                element = solved
    return element
