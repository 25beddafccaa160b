"""The backward pass with the person's own tensors in it, to be evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from derive.language.ranges import facts_of
from derive.language.schedule import CircularError, schedule
from derive.language.system import Equation, System
from derive.language.traverse import bound_at, names_read, walk
from derive.marking.written.drafts import Progress
from derive.marking.written.own_axes import Known
from derive.marking.written.own_names import Definition, equations


def evaluable(lines: Sequence[Progress], known: Known, backward: System) -> tuple[list[Progress], System]:
    """The lines, and the system by which they can be evaluated; those that define names in a circle are wrong."""
    lines = list(lines)
    while True:
        own = own_equations(lines, known, backward)
        system = _with(backward, own, lines, known)
        try:
            schedule(system, own)
        except CircularError as error:
            lines = _without(lines, error.names, known)
            continue
        return lines, system


def definitions(lines: Iterable[Progress], known: Known) -> dict[str, list[Definition]]:
    """The lines that define the person's own tensors, by name."""
    found: dict[str, list[Definition]] = {}
    for line in lines:
        form, right = line.form, line.right
        if line.name in known.tensors and form is not None and form.left is not None and right is not None:
            one = Definition(form.left, form.indices, right)
            found.setdefault(line.name, []).append(one)
    return found


def own_equations(lines: Iterable[Progress], known: Known, backward: System) -> list[Equation]:
    """The equations of the person's own tensors."""
    facts = facts_of(backward)
    found = definitions(lines, known).items()
    return [e for name, parts in found for e in equations(name, parts, known.tensors[name].axes, facts)]


def _with(backward: System, own: Sequence[Equation], lines: Iterable[Progress], known: Known) -> System:
    indices = dict(backward.indices)
    for line in lines:
        if line.form is not None and line.right is not None:
            bound = (index for node in walk(line.right) for index in bound_at(node))
            for index in (*line.form.indices, *bound):
                indices.setdefault(index.name, index)
    tensors = {**backward.tensors, **{e.name: known.tensors[e.name] for e in own}}
    return replace(backward, indices=indices, tensors=tensors, equations=(*backward.equations, *own))


def _without(lines: Sequence[Progress], names: Sequence[str], known: Known) -> list[Progress]:
    """The lines; those that define names in a circle are wrong, and those that read these."""
    message = f"circular: {', '.join(names)} need each other at the same place"
    if len(names) == 1:
        message = f"{names[0]} needs itself at the same place"
    out = []
    for line in lines:
        if line.draft is not None and line.form is not None and line.name in names:
            line = replace(line, error=line.draft.line.left.error(message), form=None, unguarded=None)
        out.append(line)
    return without_readers(out, known, frozenset(names))


def without_readers(lines: Sequence[Progress], known: Known, gone: frozenset[str] = frozenset()) -> list[Progress]:
    """The lines; those that read own tensors which are gone or defined by no line are wrong, and theirs gone too."""
    lines = list(lines)
    gone |= known.tensors.keys() - {line.name for line in lines if line.right is not None}
    for k, line in enumerate(lines):
        reads = sorted(names_read(line.right) & gone) if line.right is not None else []
        if reads and line.draft is not None:
            at = max(line.draft.line.right.text.find(reads[0]), 0)
            error = line.draft.line.right.error(f"{reads[0]} is a name of your own that could not be read", at)
            lines[k] = replace(line, error=error, form=None, unguarded=None)
            return without_readers(lines, known, gone | ({line.name} & known.tensors.keys()))
    return lines
