"""The PyTorch lines of a layer as a program that runs: sizes as in the example, values drawn, then the layer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.language.integers import Integer, is_size, symbols_of
from derive.language.system import System, Tensor
from derive.language.text import integer_text
from derive.rendering.pytorch_values import drawn, range_of

_NAME = re.compile(r"[A-Za-z_]\w*")
_ABREAST = 8  # sizes in one line
_LONG = 96  # characters of a line


def program(system: System) -> str:
    """The program, or nothing where the layer has no example or no counterpart that can be called."""
    lines = system.pytorch
    if not (lines.run and system.example):
        return ""
    used = set(_NAME.findall(f"{lines.build}\n{lines.run}"))
    tensors = [t for t in (*system.inputs, *system.params) if t.name in used]
    needed = used | {s.name for t in tensors for size in _sizes_of(system, t) for s in symbols_of(size) if is_size(s)}
    made = [_filled(f"layer = {lines.build}")] if lines.build else []
    values = [f"{t.name} = {drawn(system, t)}" for t in tensors]
    return "\n".join(["import torch", "", *_given(system, needed), *values, *made, lines.run.strip()]) + "\n"


def _sizes_of(system: System, tensor: Tensor) -> tuple[Integer, ...]:
    """The sizes that the value of a tensor is made from."""
    return tuple(a.extent for a in tensor.axes) + (range_of(system, tensor) if tensor.integer else ())


def _given(system: System, needed: set[str]) -> Iterator[str]:
    """The free sizes that are needed, several in a line, then those that follow from them."""
    derived = {}
    for name, definition in reversed(list(system.derived.items())):
        if name in needed:
            derived[name] = f"{name} = {integer_text(definition)}"
            needed = needed | {s.name for s in symbols_of(definition)}
    free = [name for name in system.example if name in needed]
    for k in range(0, len(free), _ABREAST):
        names = free[k : k + _ABREAST]
        yield f"{', '.join(names)} = {', '.join(str(system.example[n]) for n in names)}"
    yield from reversed(derived.values())


def _filled(line: str) -> str:
    """A call with its arguments on lines of their own where it is too long for one."""
    if len(line) <= _LONG:
        return line
    head, _, rest = line.partition("(")
    rows = [""]
    for argument in _arguments(rest.removesuffix(")")):
        if rows[-1] and len(rows[-1]) + len(argument) > _LONG - 8:
            rows.append("")
        rows[-1] += f"{argument}, " if rows[-1] else f"    {argument}, "
    return "\n".join([f"{head}(", *(row.rstrip() for row in rows), ")"])


def _arguments(source: str) -> list[str]:
    """The arguments of a call: what stands between commas that are in no bracket."""
    out = [""]
    depth = 0
    for character in source:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and not depth:
            out.append("")
        else:
            out[-1] += character
    return [argument.strip() for argument in out]
