"""The axes of the person's own tensors, from the lines that define them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from derive.language.errors import LayerError
from derive.language.expr import Index
from derive.language.lexical import tree_of
from derive.language.parser import terms_of
from derive.language.ranges import Facts
from derive.language.scope import Scope
from derive.language.system import Tensor
from derive.marking.written.drafts import Draft
from derive.marking.written.letters import letters, names_in, unshadowed
from derive.marking.written.lines import of_own_shape, read_right
from derive.marking.written.shape_reader import named_axes


@dataclass(frozen=True)
class Known:
    """The person's own tensors by name; by position what is wrong; by name why there is no such tensor."""

    tensors: Mapping[str, Tensor]
    errors: Mapping[int, LayerError]
    missing: Mapping[str, str]


def own_tensors(drafts: Sequence[Draft], scope: Scope, facts: Facts, broken: Mapping[str, str]) -> Known:
    """The tensors that lines define, in whichever order: each as soon as what it reads is known.

    Where tensors need themselves or each other, the terms that need nothing unknown tell the axes, and where there are
    none, the indices on the left are all.  ``broken`` are names that cannot be told, with the reason.
    """
    tensors: dict[str, Tensor] = {}
    errors: dict[int, LayerError] = {}
    missing = dict(broken)
    waiting = {name: _defining(name, drafts) for name in dict.fromkeys(d.name for d in drafts)}
    while waiting:
        current = replace(scope, tensors={**scope.tensors, **tensors})
        ready = [d for d in waiting.values() if _reads(d).isdisjoint(waiting)]
        draft = ready[0] if ready else _least_bound(waiting.values())
        del waiting[draft.name]
        try:
            axes = _axes(draft, current, facts, missing) if ready else _supposed(draft, current, facts)
            tensors[draft.name] = Tensor(draft.name, axes, "computed")
        except LayerError as error:
            errors[draft.position] = error
            missing[draft.name] = because(draft.name, draft.number)
    return Known(tensors, errors, missing)


def because(name: str, number: int) -> str:
    """Why a name has no meaning: its line could not be read."""
    return f"{name} is a name of your own, and its line {number} could not be read"


def _defining(name: str, drafts: Iterable[Draft]) -> Draft:
    """The line that tells most of a tensor's axes: one without fixed places."""
    return min((d for d in drafts if d.name == name), key=lambda d: d.left.is_fixed)


def _reads(draft: Draft) -> frozenset[str]:
    try:
        return frozenset(node.id for node in names_in(tree_of(draft.line.right)))
    except LayerError:
        return frozenset()


def _least_bound(waiting: Iterable[Draft]) -> Draft:
    """The line to begin with where all wait for one another: the one with most indices on its left."""
    return max(waiting, key=lambda d: len(d.left.places))


def _axes(draft: Draft, scope: Scope, facts: Facts, missing: Mapping[str, str]) -> tuple[Index, ...]:
    if draft.left.is_fixed:
        name = draft.name
        hint = f"give a line for all places too, or call it {name}_0, without the place"
        raise draft.line.left.error(f"{name} is defined at a fixed place only", 0, hint)
    return of_own_shape(read_right(draft.line, draft.left, scope, facts, (), missing), None).indices


def _supposed(draft: Draft, scope: Scope, facts: Facts) -> tuple[Index, ...]:
    """The axes of a tensor that needs itself."""
    if draft.left.is_fixed:
        return _axes(draft, scope, facts, {})
    scope = unshadowed(draft.left.letters, draft.line.right, scope)
    found = letters([(name, None) for name in draft.left.letters], draft.line.right, scope, facts)
    given = tuple(found[name] for name in draft.left.letters)
    inner = replace(scope, indices={**scope.indices, **found}, free=frozenset(draft.left.letters))
    values = [v for v in terms_of(draft.line.right, inner) if v.axes]
    rest = max(values, key=lambda v: len(v.axes)).axes if values else ()
    return given + named_axes(rest, found)
