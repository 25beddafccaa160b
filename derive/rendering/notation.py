"""How the names of a system are printed: W_h as W with a subscript, tau as the Greek letter, dh as a derivative.

One ``Notation`` serves a whole document, so that a name looks the same everywhere and no two names look alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from derive.language.expr import Index
from derive.language.integers import Integer
from derive.language.system import LOSS, System
from derive.rendering import formula as F
from derive.rendering.metrics import GREEK

ACCENTS = ("hat", "tilde")
_FRESH = re.compile(r"(?P<stem>[A-Za-z]+)_(?P<number>[2-4])")  # what ``fresh_name`` makes of t: t_2, t_3, …


@dataclass(frozen=True)
class Notation:
    """The printed names.

    tensors    name of a tensor -> how it is printed
    gradients  name of a gradient -> name of the tensor it is taken by: dh -> h
    upstream   name of the given part of a gradient -> name of the output: dy_up -> y
    matrices   parameters with two axes, whose indices need no comma between them
    ranges     index -> range, for those whose range the document states; a sum over another shows its limits
    words      names of indices and sizes the author declared (others were made by renaming)
    params     the parameters, which stand before the gradients that they are multiplied by
    """

    tensors: Mapping[str, F.Name]
    gradients: Mapping[str, str]
    upstream: Mapping[str, str]
    matrices: frozenset[str]
    ranges: Mapping[str, tuple[Integer, Integer]]
    words: frozenset[str]
    params: frozenset[str] = frozenset()

    def tensor(self, name: str) -> F.Name:
        return self.tensors.get(name) or printed_name(name)

    def index(self, name: str) -> F.Name:
        """An index or a size; one made by renaming, such as ``t_2``, prints with a prime."""
        fresh = _FRESH.fullmatch(name)
        if fresh and name not in self.words:
            return F.Name(name, fresh["stem"], primes=int(fresh["number"]) - 1)
        return self.tensors.get(name) or letter_name(name)

    def stating(self, indices: Iterable[Index]) -> Notation:
        """The notation where the ranges of more indices are stated; an index with two ranges is left out."""
        ranges = dict(self.ranges)
        unsure = set()
        for index in indices:
            if ranges.setdefault(index.name, (index.low, index.high)) != (index.low, index.high):
                unsure.add(index.name)
        return replace(self, ranges={n: r for n, r in ranges.items() if n not in unsure})


def notation(system: System) -> Notation:
    """The printed names of a system, forward or backward."""
    kinds = {t.name: t.kind for t in system.tensors.values()}
    forward = [n for n, kind in kinds.items() if kind in ("input", "param", "computed")] + [LOSS]
    gradients = {f"d{n}": n for n in forward if kinds.get(f"d{n}") in (None, "gradient", "upstream")}
    upstream = {f"d{n}_up": n for n in forward if kinds.get(f"d{n}_up") == "upstream"}
    letters = dict.fromkeys((*system.indices, *system.sizes, *system.derived))
    single = {t.name for t in system.tensors.values() if not t.axes}  # has no elements to be mistaken for
    printed = {n: letter_name(n) if n in single else printed_name(n) for n in forward}
    printed |= {n: letter_name(n) for n in letters}
    words = {n for n, p in printed.items() if p.label and (p.label not in GREEK or kinds.keys() >= set(p.label))}
    if any(len(printed[n].label) > 1 or printed[n].label in letters for n in words):
        printed |= {n: replace(printed[n], upright=True) for n in words}
    printed[LOSS] = F.Name(LOSS, "L", style="script")
    params = frozenset(t.name for t in system.params)
    matrices = frozenset(t.name for t in system.params if len(t.axes) == 2)
    ranges = {i.name: (i.low, i.high) for i in system.indices.values()}
    return Notation(_distinct(printed), gradients, upstream, matrices, ranges, frozenset(letters), params)


def printed_name(name: str) -> F.Name:
    """The name of a tensor: ``W_h`` has a label, ``h0`` and ``W1`` a number (above, as h_0 is an element of h),
    ``x_hat`` a hat."""
    stem, _, label = name.partition("_")
    first, _, rest = label.partition("_")
    accent, label = (first, rest) if first in ACCENTS else ("", label)
    number = ""
    if match := re.fullmatch(r"([A-Za-z]+)(\d+)", stem):
        stem, number = match.groups()
    if label.isdecimal() and not number:
        label, number = "", label
    return F.Name(name, stem or name, label.replace("_", ","), number=number, accent=accent)


def letter_name(name: str) -> F.Name:
    """The name of an index, a size or a single number: a number hangs below it, ``k1`` as ``k`` with a subscript."""
    how = printed_name(name)
    return replace(how, label=how.label or how.number, number="")


def _distinct(printed: dict[str, F.Name]) -> dict[str, F.Name]:
    """The names with any that look alike written out in full."""
    seen: set[tuple[str, str, str]] = set()
    out = {}
    for name, how in printed.items():
        look = (GREEK.get(how.stem, how.stem) + how.style + how.accent, how.label, how.number)
        out[name] = F.Name(name, name.replace("_", "-")) if look in seen else how
        seen.add(look)
    return out
