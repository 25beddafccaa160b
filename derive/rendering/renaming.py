"""Steps that are those of another gradient up to other names: the names are found, and then every line is compared.

Two lines are the same up to names where the trees agree node by node, each name of the one stands for one name of the
other and the other way about.  Functions and numbers have to be the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import sympy

from derive.language.expr import Bracket, Call, Elem, Expr, Index, Num, Partial, Reduce
from derive.language.integers import Integer, is_size, symbols_of
from derive.language.traverse import bound_at, integers_at
from derive.steps.record import Gradient, Step, gradient_name

_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Renaming:
    """What stands in the other's place, by name of a tensor, and by name of an index or a size."""

    tensors: Mapping[str, str]
    indices: Mapping[str, str]


@dataclass(frozen=True)
class Pairs:
    """What has to correspond: names of tensors, and index expressions."""

    tensors: list[tuple[str, str]] = field(default_factory=list)
    integers: list[tuple[Integer, Integer]] = field(default_factory=list)


class _Different(Exception):
    """The steps differ by more than names."""


def renaming(earlier: Gradient, later: Gradient, taken_by: Mapping[str, str]) -> Renaming | None:
    """The names under which all steps and the result of ``earlier`` are those of ``later``; None where they are not.

    ``taken_by`` has the tensor of each gradient: dh -> h; a gradient has to stand for that of what its tensor stands
    for.
    """
    pairs = Pairs()
    try:
        _compare_steps(earlier.steps, later.steps, pairs)
        for one, other in ((earlier.left, later.left), (earlier.of, later.of), (earlier.right, later.right)):
            _compare(one, other, pairs)
        found = Renaming(_tensors(pairs, taken_by), _indices(pairs))
        _compare_words(earlier.steps, later.steps, found)
    except _Different:
        return None
    return found


def substeps_renaming(earlier: Step, later: Step, taken_by: Mapping[str, str]) -> Renaming | None:
    """The names under which the single rewrites of one step are those of another."""
    pairs = Pairs()
    try:
        _compare_steps(earlier.substeps, later.substeps, pairs)
        found = Renaming(_tensors(pairs, taken_by), _indices(pairs))
        _compare_words(earlier.substeps, later.substeps, found)
    except _Different:
        return None
    return found


# What has to correspond


def _compare_steps(earlier: Sequence[Step], later: Sequence[Step], pairs: Pairs) -> None:
    if [(s.rule, len(s.substeps)) for s in earlier] != [(s.rule, len(s.substeps)) for s in later]:
        raise _Different
    for one, other in zip(earlier, later, strict=True):
        _compare_indices(one.indices, other.indices, pairs)
        for a, b in ((one.before, other.before), (one.after, other.after), (one.into, other.into)):
            _compare(a, b, pairs)
        _compare_steps(one.substeps, other.substeps, pairs)


def _compare(a: Expr, b: Expr, pairs: Pairs) -> None:
    """Note what has to correspond for two expressions to be the same."""
    if type(a) is not type(b) or len(a.children) != len(b.children) or _fixed(a) != _fixed(b):
        raise _Different
    if isinstance(a, Elem) and isinstance(b, Elem):
        pairs.tensors.append((a.name, b.name))
    if isinstance(a, Partial) and isinstance(b, Partial):
        _compare(a.wrt, b.wrt, pairs)
    integers = integers_at(a), integers_at(b)
    if len(integers[0]) != len(integers[1]):
        raise _Different
    pairs.integers.extend(zip(*integers, strict=True))
    _compare_indices(bound_at(a), bound_at(b), pairs)
    for one, other in zip(a.children, b.children, strict=True):
        _compare(one, other, pairs)


def _fixed(node: Expr) -> object:
    """What of a node no other name can make up for."""
    match node:
        case Num(value):
            return value
        case Call(function):
            return function
        case Bracket(conditions):
            return tuple(c.op for c in conditions)
        case Partial(_, _, by_definition):
            return by_definition
        case Reduce(op):
            return op
    return getattr(node, "op", None)


def _compare_indices(a: Sequence[Index], b: Sequence[Index], pairs: Pairs) -> None:
    """Note the indices; one that keeps its name has to keep its range, another name has its own."""
    if len(a) != len(b):
        raise _Different
    for one, other in zip(a, b, strict=True):
        pairs.integers.append((one.symbol, other.symbol))
        if one.name == other.name:
            pairs.integers.extend([(one.low, other.low), (one.high, other.high)])


# Which name stands for which


def _tensors(pairs: Pairs, taken_by: Mapping[str, str]) -> dict[str, str]:
    """The tensors by name; the gradient by one stands for the gradient by what stands for it."""
    both = dict.fromkeys(pairs.tensors)
    for one, other in pairs.tensors:
        if _is_gradient(one, taken_by) != _is_gradient(other, taken_by):
            raise _Different
        if one in taken_by:
            both.setdefault((taken_by[one], taken_by[other]))
    for one, other in pairs.integers:
        labels = [[str(e.base.label) for e in sorted(i.atoms(sympy.Indexed), key=str)] for i in (one, other)]
        if labels[0] != labels[1]:
            raise _Different
        both |= {(name, name): None for name in labels[0]}
    return _one_to_one(both)


def _is_gradient(name: str, taken_by: Mapping[str, str]) -> tuple[bool, bool]:
    """Whether a tensor is a gradient, and whether it is the whole of one."""
    return name in taken_by, name == gradient_name(taken_by.get(name, ""))


def _indices(pairs: Pairs) -> dict[str, str]:
    """The indices and sizes by name."""
    found: dict[Integer, Integer] = {}
    todo = list(dict.fromkeys(pairs.integers))
    while True:
        size_before = len(found)
        for one, other in todo:
            new = [s for s in symbols_of(one) if s not in found]
            candidates = [s for s in symbols_of(other) if s not in set(found.values())]
            if len(new) == len(candidates) == 1:
                found[new[0]] = candidates[0]
            elif len(found) == size_before and set(new) == set(candidates):
                found |= {s: s for s in new}
        if len(found) == size_before:
            break
    for one, other in todo:
        if one.xreplace(found) != other:
            raise _Different
    if any(is_size(one) != is_size(other) for one, other in found.items()):
        raise _Different
    return _one_to_one((one.name, other.name) for one, other in found.items())


def _one_to_one(pairs: Iterator[tuple[str, str]] | Mapping[tuple[str, str], object]) -> dict[str, str]:
    """The pairs as a mapping that can be turned round."""
    distinct = list(dict.fromkeys(pairs))
    if not len(distinct) == len({one for one, _ in distinct}) == len({other for _, other in distinct}):
        raise _Different
    return dict(distinct)


# What is said


def _compare_words(earlier: Sequence[Step], later: Sequence[Step], names: Renaming) -> None:
    """The sentences have to be the same too, with the names in their formulas exchanged."""
    for one, other in zip(earlier, later, strict=True):
        if _reworded(one.sentence, names) != other.sentence:
            raise _Different
        _compare_words(one.substeps, other.substeps, names)


def _reworded(sentence: str, names: Renaming) -> str:
    known = {**names.indices, **names.tensors}
    pieces = sentence.split("`")
    pieces[1::2] = [_NAME.sub(lambda m: known.get(m[0], m[0]), formula) for formula in pieces[1::2]]
    return "`".join(pieces)
