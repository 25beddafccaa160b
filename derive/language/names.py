"""Whether the names of a layer can live together: each has one meaning, and none that the program needs is taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from derive.language.declarations import Declared
from derive.language.equations import Line
from derive.language.errors import Fragment
from derive.language.functions import TABLE
from derive.language.scope import ALONG, REDUCTIONS
from derive.language.system import LOSS

_FUNCTIONS = {*TABLE, *REDUCTIONS, *ALONG, "outer"}


def check_names(declared: Declared, lines: Sequence[Line], options: Iterable[str]) -> None:
    """Raise LayerError at the first name that clashes with another."""
    meanings = _meanings(declared)
    places = dict(declared.places) | {n: p for n, p in declared.sizes.items() if n not in declared.places}
    for line in lines:
        known = meanings.setdefault(line.name, "a computed tensor")
        place = line.left.part(0, len(line.name))
        places.setdefault(line.name, place)
        if known != "a computed tensor":
            raise place.error(f"{line.name} is {known}; an equation cannot define it")
    for option in options:
        if option in meanings:
            raise places[option].error(f"{option} is {meanings[option]} and an option too")
    for name, meaning in meanings.items():
        if name in _FUNCTIONS:
            raise places[name].error(f"{name} is a function of the language and cannot be {meaning}")
        if name == LOSS:
            raise places[name].error(f"the name {LOSS} is kept for the loss", 0, 'write it as loss = "..."')
    _check_gradients(meanings, places)


def _meanings(declared: Declared) -> dict[str, str]:
    """Each declared name and what it is, one meaning each."""
    meanings: dict[str, str] = {}
    kinds = (
        ("an index", declared.indices),
        ("a size", {**declared.sizes, **declared.derived}),
        *((f"{'an input' if t.kind == 'input' else 'a parameter'}", {t.name: t}) for t in declared.tensors.values()),
    )
    for meaning, names in kinds:
        for name in names:
            if name in meanings:
                place = declared.places.get(name, declared.sizes.get(name))
                assert place is not None
                raise place.error(f"{name} is {meanings[name]} and {meaning} too")
            meanings[name] = meaning
    return meanings


def _check_gradients(meanings: Mapping[str, str], places: Mapping[str, Fragment]) -> None:
    """The gradient by ``x`` is called ``dx``, so that name must be free."""
    tensors = {n for n, m in meanings.items() if m not in ("an index", "a size")} | {LOSS}
    for name, meaning in meanings.items():
        of = name[1:].removesuffix("_up") if name.startswith("d") else ""
        of = name[1:] if name[1:] in tensors else of
        if of in tensors:
            raise places[name].error(f"{name} is the name of the gradient by {of} and cannot be {meaning}")
