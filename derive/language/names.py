"""Whether the names of a layer can live together: each has one meaning, and none that the program needs is taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from derive.language.declarations import Declared
from derive.language.equations import Line
from derive.language.errors import Fragment
from derive.language.scope import FUNCTIONS
from derive.language.system import LOSS


def check_declared(declared: Declared, options: Iterable[str]) -> dict[str, str]:
    """What each declared name is.  Raises LayerError at the first that clashes with another."""
    meanings: dict[str, str] = {}
    kinds = [("an index", n) for n in declared.indices] + [("a size", n) for n in (*declared.sizes, *declared.derived)]
    kinds += [("an input" if t.kind == "input" else "a parameter", n) for n, t in declared.tensors.items()]
    for meaning, name in kinds:
        if name in meanings:
            raise declared.place(name).error(f"{name} is {meanings[name]} and {meaning} too")
        if name in options:
            raise declared.place(name).error(f"{name} is {meaning} and an option too")
        meanings[name] = meaning
    for name in meanings:
        _check_name(name, meanings, declared.place(name))
    return meanings


def check_computed(declared: Mapping[str, str], lines: Sequence[Line]) -> None:
    """Raise LayerError at the first left side whose name is taken; ``declared`` is what the others are."""
    meanings = dict(declared)
    for line in lines:
        place = line.left.part(0, len(line.name))
        if line.name in declared:
            raise place.error(f"{line.name} is {declared[line.name]}; an equation cannot define it")
        meanings[line.name] = "a computed tensor"
    for line in lines:
        place = line.left.part(0, len(line.name))
        _check_name(line.name, meanings, place)
        for gradient in (f"d{line.name}", f"d{line.name}_up"):
            if gradient in declared:
                raise place.error(
                    f"{gradient}, the name of the gradient by {line.name}, is {declared[gradient]} already"
                )


def _check_name(name: str, meanings: Mapping[str, str], place: Fragment) -> None:
    meaning = meanings[name]
    if name in FUNCTIONS:
        raise place.error(f"{name} is a function of the language and cannot be {meaning}")
    if name == LOSS:
        raise place.error(f"the name {LOSS} is kept for the loss", 0, 'write it as loss = "..."')
    tensors = {n for n, m in meanings.items() if m not in ("an index", "a size")} | {LOSS}
    for of in (name[1:], name[1:].removesuffix("_up")):  # the gradient by x is called dx
        if name.startswith("d") and of in tensors:
            raise place.error(f"{name} is the name of the gradient by {of} and cannot be {meaning}")
