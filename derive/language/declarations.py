"""Declarations: ``indices``, tensors, ``sizes`` and least values, from their short notations."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import sympy

from derive.language.errors import Fragment, nearest
from derive.language.expr import Index
from derive.language.integers import FloorDiv, Integer, Mod, expand, is_size, symbols_of
from derive.language.lexical import check_length, tokens
from derive.language.parser import parse_integer
from derive.language.scope import Scope
from derive.language.system import Kind, Tensor

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")
MAX_RANK = 8

_GROUP = re.compile(r"(?P<names>[A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*)\s*(?P<sign>[:=])(?!=)")
_TENSOR = re.compile(r"\s*(?P<name>[^\s\[\],]+)\s*(?P<axes>\[[^\]]*\])?\s*,?")


@dataclass
class Declared:
    """Names declared so far, and the fragment in which each stands."""

    indices: dict[str, Index] = field(default_factory=dict)
    sizes: dict[str, Fragment] = field(default_factory=dict)
    derived: dict[str, Integer] = field(default_factory=dict)
    tensors: dict[str, Tensor] = field(default_factory=dict)
    places: dict[str, Fragment] = field(default_factory=dict)

    def place(self, name: str) -> Fragment:
        """Where a name was declared, or first stands."""
        return self.places[name] if name in self.places else self.sizes[name]

    def scope(self, options: Mapping[str, Fragment]) -> Scope:
        return Scope(sizes={*self.sizes, *self.derived}, options=options, derived=self.derived)


def check_name(name: Fragment, what: str) -> None:
    if not NAME.fullmatch(name.text) or keyword.iskeyword(name.text):
        hint = "a name is letters and digits, with _ between; not a word of Python"
        raise name.error(f"{name.text!r} cannot be the name of {what}", 0, hint)


def declare_sizes(text: Fragment, declared: Declared, options: Mapping[str, Fragment]) -> None:
    """``P = (L + 2*q - K)//s + 1; s``: definitions of sizes, or bare names of sizes, apart by ``;`` or new lines."""
    check_length(text)
    entries = list(statements(text))
    names = [e.part(0, e.text.index("=")) if "=" in e.text else e for e in entries]
    for name in names:
        check_name(name, "a size")
    defined = {n.text for n, e in zip(names, entries, strict=True) if "=" in e.text}
    for name, entry in zip(names, entries, strict=True):
        if name.text in declared.places:
            raise name.error(f"size {name.text} is defined twice")
        declared.places[name.text] = name
        if "=" in entry.text:
            right = entry.part(entry.text.index("=") + 1, len(entry.text))
            _new_sizes(right, declared, options, defined - set(declared.derived))
            declared.derived[name.text] = parse_integer(right, declared.scope(options))
        else:
            declared.sizes.setdefault(name.text, name)


def declare_indices(text: Fragment, declared: Declared, options: Mapping[str, Fragment]) -> None:
    """``t=1..T  n:N  i,k:H``: names, and the range of each with both ends included."""
    check_length(text)
    groups = list(_GROUP.finditer(text.text))
    if not groups or text.text[: groups[0].start()].strip():
        raise text.error("expected indices with their ranges", 0, "as in t=1..T  n:N  i,k:H")
    ends = [g.start() for g in groups[1:]] + [len(text.text)]
    for group, end in zip(groups, ends, strict=True):
        bounds = _range(text.part(group.end(), end), group["sign"], declared, options)
        for match in re.finditer(r"\w+", group["names"]):
            name = text.part(group.start() + match.start(), group.start() + match.end())
            check_name(name, "an index")
            if name.text in declared.indices:
                raise name.error(f"index {name.text} is declared twice")
            declared.indices[name.text] = Index(name.text, *bounds)
            declared.places[name.text] = name


def _range(text: Fragment, sign: str, declared: Declared, options: Mapping[str, Fragment]) -> tuple[Integer, Integer]:
    low, dots, high = text.text.partition("..")
    if (sign == "=") != bool(dots):
        raise text.error("expected a range", 0, "write t=1..T, or n:N for 1..N")
    parts = [text.part(0, len(low)), text.part(len(low) + 2, len(text.text))] if dots else [text]
    for part in parts:
        if gap := re.search(r"[\w)]\s+([A-Za-z])", part.text):
            name = part.part(gap.start(1), len(part.text))
            raise name.error(f"index {name.text} has no range", 0, f"write {name.text}:N, or {name.text}=1..N")
        _new_sizes(part, declared, options, set())
    bounds = [parse_integer(p, declared.scope(options)) for p in parts]
    return (bounds[0], bounds[1]) if dots else (sympy.Integer(1), bounds[0])


def _new_sizes(text: Fragment, declared: Declared, options: Mapping[str, Fragment], later: set[str]) -> None:
    """Every name in a range or a size's definition is a size; those not yet known are declared by it."""
    for kind, token, at in tokens(text):
        if kind != "name" or token in declared.derived or token in options:
            continue
        name = text.part(at, at + len(token))
        check_name(name, "a size")
        if token in later:
            raise name.error(f"size {token} is used before it is defined")
        declared.sizes.setdefault(token, name)


def declare_tensors(text: Fragment, kind: Kind, declared: Declared) -> None:
    """``x[t,n,j]  h0[n,i]  tau[]``: tensors and their axes."""
    check_length(text)
    at = 0
    while text.text[at:].strip():
        match = _TENSOR.match(text.text, at)
        if match is None or match["axes"] is None:
            name = (match["name"] if match else text.text[at:].strip())[:40]
            start = match.start("name") if match else at
            hint = "as in W[i,j]; a scalar is tau[]"
            raise text.error(f"expected a tensor with its axes, found {name!r}", start, hint)
        name = text.part(match.start("name"), match.end("name"))
        check_name(name, "a tensor")
        if name.text in declared.tensors:
            raise name.error(f"tensor {name.text} is declared twice")
        declared.tensors[name.text] = Tensor(name.text, _axes(text, match, declared), kind)
        declared.places[name.text] = name
        at = match.end()


def _axes(text: Fragment, match: re.Match[str], declared: Declared) -> tuple[Index, ...]:
    inside = text.part(match.start("axes") + 1, match.end("axes") - 1)
    axes: list[Index] = []
    at = 0
    for piece in inside.text.split(",") if inside.text else []:
        name = inside.part(at, at + len(piece))
        at += len(piece) + 1
        if name.text not in declared.indices:
            hint = nearest(name.text, declared.indices) or _listed(declared.indices)
            raise name.error(f"unknown index {name.text}" if name.text else "an index is missing", 0, hint)
        if name.text in {a.name for a in axes}:
            hint = f"give each axis its own index, as in {name.text},{name.text}2:H for two with one range"
            raise name.error(f"index {name.text} stands twice", 0, hint)
        axes.append(declared.indices[name.text])
    if len(axes) > MAX_RANK:
        raise inside.error(f"a tensor has {MAX_RANK} axes at most")
    return tuple(axes)


def _listed(known: Mapping[str, Index]) -> str:
    return f"known indices: {', '.join(known)}" if known else "no index is declared"


def statements(text: Fragment) -> Iterator[Fragment]:
    """The pieces between semicolons, or between new lines outside brackets; ``#`` starts a comment."""
    source = re.sub(r"#[^\n]*", lambda m: " " * len(m.group()), text.text)
    blank = replace(text, text=source)
    start = depth = 0
    for at, character in enumerate(source + ";"):
        depth += (character in "([") - (character in ")]")
        if character == ";" or (character == "\n" and depth <= 0):
            if source[start:at].strip():
                yield blank.part(start, at)
            start, depth = at + 1, 0


def least_values(declared: Declared, integers: Iterator[Integer]) -> dict[str, int]:
    """What is known of each size: an extent is at least 1, so is what divides, or multiplies; what is added, 0.

    ``integers`` are those of the equations: there what multiplies sizes alone may be 0, as in ``d*u - d*q``.
    """
    lower = dict.fromkeys((*declared.sizes, *declared.derived), 0)

    def at_least(size: Integer, least: int) -> None:
        if size.name in lower:
            lower[size.name] = max(lower[size.name], least)

    for index in declared.indices.values():
        extent = expand(index.extent)
        for symbol in symbols_of(extent):
            coefficient = extent.coeff(symbol, 1)
            rest = expand(extent - coefficient * symbol)
            if coefficient.is_Integer and coefficient > 0 and rest.is_Integer:
                at_least(symbol, -((int(rest) - 1) // int(coefficient)))
    lengths = (*declared.derived.values(), *(i.extent for i in declared.indices.values()))
    for integer, is_length in (*((i, False) for i in integers), *((i, True) for i in lengths)):
        for node in sympy.preorder_traversal(integer):
            if isinstance(node, FloorDiv | Mod):
                for symbol in symbols_of(node.args[1]):
                    at_least(symbol, 1)
            if node.is_Mul or node.is_Pow:
                for factor in sympy.Mul.make_args(node):
                    base = factor.base if factor.is_Pow else factor
                    others = [s for s in node.free_symbols - {base} if is_length or not is_size(s)]
                    if base.is_Symbol and is_size(base) and (others or node.is_Pow):
                        at_least(base, 1)
    return lower
