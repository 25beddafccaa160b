"""Where the sizes come from: the shapes of the arguments where these settle them, else arguments of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from derive.forms.numpy_scope import Writer
from derive.forms.numpy_text import Level, Piece, integer_piece
from derive.language.integers import Integer, expand, linear_in, size_symbol, symbols_of
from derive.language.system import System, Tensor


@dataclass(frozen=True)
class FromShape:
    """``name`` is ``(length of the axis - rest) / coefficient``; ``rest`` holds sizes known before only."""

    name: str
    tensor: str
    axis: int
    coefficient: int
    rest: Integer


@dataclass(frozen=True)
class Sizes:
    """How to get at the sizes of a system: some by name, the others from shapes."""

    named: tuple[str, ...]
    from_shapes: tuple[FromShape, ...]


def arguments(system: System) -> tuple[Tensor, ...]:
    """The tensors that a caller passes: inputs, parameters, upstream gradients."""
    order = ("input", "param", "upstream")
    return tuple(t for kind in order for t in system.tensors.values() if t.kind == kind)


def sizes_of(system: System, tensors: Sequence[Tensor] | None = None) -> Sizes:
    """Which sizes the shapes of the arguments tell, and which the caller names; ``tensors`` where others are passed."""
    passed = arguments(system) if tensors is None else tensors
    axes = [(t.name, k, expand(a.extent)) for t in passed for k, a in enumerate(t.axes)]
    alone, _ = _told(axes, set(), system)
    needed = [n for n in system.sizes if n not in {f.name for f in alone}]
    told, named = alone, list(needed)
    for name in needed:  # a size that is in no shape by itself may help to find one that is
        more, _ = _told(axes, {n for n in named if n != name}, system)
        if any(f.name == name for f in more):
            named.remove(name)
            told = more
    return Sizes(tuple(named), tuple(told))


def _told(
    axes: Sequence[tuple[str, int, Integer]], given: set[str], system: System
) -> tuple[list[FromShape], set[str]]:
    known = set(given)
    found: list[FromShape] = []
    again = True
    while again:
        again = False
        for tensor, axis, extent in axes:
            unknown = [s.name for s in symbols_of(extent) if s.name not in known]
            if len(unknown) != 1 or unknown[0] not in system.sizes:
                continue
            parts = linear_in(extent, size_symbol(unknown[0]))
            if parts is None or not parts[0].is_Integer or parts[0] == 0:
                continue
            found.append(FromShape(unknown[0], tensor, axis, int(parts[0]), parts[1]))
            known.add(unknown[0])
            again = True
    return found, known


def header(writer: Writer, sizes: Sizes) -> list[str]:
    """The lines at the top of a function that find the sizes and the type of the results, where they are used."""
    system = writer.system
    wanted = set(writer.sizes)
    for name, definition in reversed(tuple(system.derived.items())):
        if name in wanted:
            wanted |= {s.name for s in symbols_of(definition)}
    for found in reversed(sizes.from_shapes):
        if found.name in wanted:
            wanted |= {s.name for s in symbols_of(found.rest)}
    lines = _from_shapes([f for f in sizes.from_shapes if f.name in wanted], writer)
    for name, definition in system.derived.items():
        if name in wanted:
            lines.append(f"{writer.names.of('size', name)} = {integer_piece(definition, writer.size).text}")
    if any("dtype" in line for line in writer.lines):
        floats = ", ".join(writer.tensor(t.name) for t in arguments(system) if not t.integer)
        lines.append(f"dtype = np.result_type({floats or 'float'})")
    return [f"    {line}" for line in lines]


def _from_shapes(found: Sequence[FromShape], writer: Writer) -> list[str]:
    """``N, D = x.shape`` where axes are sizes, ``T = x.shape[0] - 1`` where they are not."""
    lines: list[str] = []
    for tensor, group in groupby(found, key=lambda f: f.tensor):
        items = list(group)
        plain = {f.axis: f.name for f in items if f.coefficient == 1 and f.rest == 0}
        if len(plain) == len(items) > 1:
            rank = len(writer.system.tensors[tensor].axes)
            names = [writer.names.of("size", plain[k]) if k in plain else "_" for k in range(rank)]
            lines.append(f"{', '.join(names)} = {writer.tensor(tensor)}.shape")
        else:
            lines += [_from_shape(f, writer) for f in items]
    return lines


def _from_shape(found: FromShape, writer: Writer) -> str:
    length = Piece(f"{writer.tensor(found.tensor)}.shape[{found.axis}]")
    if found.rest != 0:
        rest = integer_piece(expand(-found.rest), writer.size)
        length = Piece(f"{length.text} - {integer_piece(found.rest, writer.size).at(Level.PRODUCT)}", Level.SUM)
        if found.rest.could_extract_minus_sign():
            length = Piece(f"{writer.tensor(found.tensor)}.shape[{found.axis}] + {rest.at(Level.SUM)}", Level.SUM)
    text = f"{length.at(Level.PRODUCT)} // {found.coefficient}" if found.coefficient != 1 else length.text
    return f"{writer.names.of('size', found.name)} = {text}"
