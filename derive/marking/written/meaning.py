"""Names in a person's line that mean nothing: what was probably meant."""

from __future__ import annotations

from collections.abc import Mapping

from derive.language.errors import Fragment, LayerError, nearest
from derive.language.lexical import offset_at, tree_of
from derive.language.scope import FUNCTIONS, Scope
from derive.marking.written.letters import names_in
from derive.steps.record import gradient_name

_FROM_ABOVE = frozenset({"dy", "dout", "dY", "grad_output", "upstream", "dL"})  # as it is often called


def check_names(text: Fragment, scope: Scope, missing: Mapping[str, str]) -> None:
    """Raise LayerError at the first name without a meaning; ``missing`` says of some why they have none."""
    unknown = []
    for node in names_in(tree_of(text)):
        name = node.id.rstrip("_") if node.id.endswith("_") else node.id  # a prime is _ to Python's parser
        if name in scope.tensors or name in scope.sizes or name in scope.options or name in FUNCTIONS:
            continue
        if name not in scope.functions and scope.index(name) is None and name != "pi":
            unknown.append((offset_at(text, node.lineno, node.col_offset), name))
    if unknown:
        at, name = min(unknown)
        raise unknown_name(text, at, name, scope, missing)


def unknown_name(text: Fragment, at: int, name: str, scope: Scope, missing: Mapping[str, str]) -> LayerError:
    """The error at a name without a meaning."""
    if name in missing:
        return text.error(missing[name], at)
    message = f"unknown name {name}"
    of = name[1:]
    if name.startswith("d") and of in scope.tensors:
        why = "holds whole numbers" if scope.tensors[of].integer else "is not among those that gradients are taken by"
        return text.error(f"there is no gradient {name}: {of} {why}", at)
    stem, _, low = name.rpartition("_")
    if stem in scope.tensors and (scope.index(low) is not None or low in scope.sizes or low.isdecimal()):
        return text.error(message, at, f"an index stands in square brackets: {stem}[{low}]")
    if name.startswith("delta") and gradient_name(name[5:].lstrip("_")) in scope.tensors:
        return text.error(message, at, f"did you mean {gradient_name(name[5:].lstrip('_'))}?")
    above = [n for n, tensor in scope.tensors.items() if tensor.kind == "upstream"]
    if name in _FROM_ABOVE and above:
        return text.error(message, at, f"the gradient that arrives from above is {' and '.join(above)}")
    if same := like(name, scope.tensors):
        return text.error(message, at, f"did you mean {same}?")
    return text.error(message, at, nearest(name, [*scope.tensors, *scope.indices, *scope.sizes, *scope.options]))


def like(name: str, known: Mapping[str, object]) -> str:
    """A known name that differs in capitals and underscores only, or an empty text."""
    return next((k for k in known if k != name and _plain(k) == _plain(name)), "")


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
