"""What the names in a text may mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from derive.language import expr as E
from derive.language.errors import Fragment, nearest
from derive.language.expr import Index
from derive.language.functions import TABLE
from derive.language.integers import Integer
from derive.language.system import System, Tensor
from derive.language.traverse import walk

REDUCTIONS = ("sum", "mean", "prod", "max", "logsumexp")
ALONG = ("softmax", "argmax")  # functions of a whole axis, read at a place of it
MATRIX = ("outer", "diag")
CONSTANTS = frozenset(name for name, row in TABLE.items() if not row.arguments)  # a name of the layer's own hides one
FUNCTIONS = frozenset({*TABLE, *REDUCTIONS, *ALONG, *MATRIX}) - CONSTANTS


@dataclass(frozen=True)
class Scope:
    """What the names in a text may mean.

    indices    every declared index
    sizes      names of all sizes, derived ones included; ``derived`` their definitions
    tensors    every tensor that may be read
    free       the indices that may stand unbound (those of the left side); None allows every declared one
    functions  abstract functions, beside those of the table
    options    names that stand for other text
    calculus   whether D(u, v[i]) and delta(i, j) are read too
    """

    indices: Mapping[str, Index] = field(default_factory=dict)
    sizes: Collection[str] = ()
    tensors: Mapping[str, Tensor] = field(default_factory=dict)
    free: Collection[str] | None = None
    functions: Collection[str] = ()
    options: Mapping[str, Fragment] = field(default_factory=dict)
    calculus: bool = False
    derived: Mapping[str, Integer] = field(default_factory=dict)

    def index(self, name: str) -> Index | None:
        """A declared index, or ``k_2``: one more index with the range of ``k``, as printed where ``k`` is taken."""
        if name in self.indices:
            return self.indices[name]
        stem, _, number = name.rpartition("_")
        if stem in self.indices and number.isdecimal() and name not in self.tensors and name not in self.sizes:
            return self.indices[stem].renamed(name)
        return None


def scope_of(system: System, tensors: Mapping[str, Tensor] | None = None, calculus: bool = False) -> Scope:
    """All the names of a system, and more tensors where given."""
    calls = (node.function for e in system.all_equations for node in walk(e.right) if isinstance(node, E.Call))
    abstract = {name.rstrip("'") for name in calls} - set(TABLE)
    sizes = (*system.sizes, *system.derived)
    known = {**system.tensors, **(tensors or {})}
    return Scope(system.indices, sizes, known, None, abstract, {}, calculus, system.derived)


def meaning_of(name: str, expected: str, scope: Scope) -> tuple[str, str]:
    """Message and hint for a name that is not what is expected: a number's ``name``, a ``tensor``, a ``function``."""
    functions = [*FUNCTIONS, *scope.functions]
    known = {
        "tensor": list(scope.tensors),
        "function": [*functions, *scope.options],
        "name": [*scope.tensors, *scope.indices, *scope.sizes, *scope.options],
    }
    if name in CONSTANTS:
        return f"{name} is a number, not a {expected}", ""
    if name in functions:
        return f"{name} is a function", f"write {name}(...)"
    if expected == "function" and name in scope.tensors:
        return f"{name} is a tensor, not a function", f"write {name}[...]"
    if expected != "name" and name in scope.sizes:
        return f"{name} is a size, not a {expected}", ""
    if expected != "name" and scope.index(name) is not None:
        return f"{name} is an index, not a {expected}", ""
    return f"unknown {expected} {name}", nearest(name, (k for k in known[expected] if k != name))


def counted(count: int, what: str) -> str:
    """``2 indices``, ``1 index``, ``no index``."""
    plural = "indices" if what == "index" else f"{what}s"
    return f"{count or 'no'} {what if count < 2 else plural}"
