"""One line of an answer in index form: its indices, its right side over them, and the shape of what it says."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from derive.language.axes import Axes, ShapeError, Value, settled
from derive.language.binding import fresh_name, substitute
from derive.language.errors import Fragment, LayerError
from derive.language.expr import Elem, Expr, Index
from derive.language.integers import Integer, expand
from derive.language.lexical import tree_of
from derive.language.parser import parse_integer
from derive.language.ranges import Facts, nonnegative
from derive.language.scope import Scope
from derive.language.system import Tensor
from derive.language.traverse import bound_at, walk
from derive.marking.written.left_side import LeftSide
from derive.marking.written.letters import Range, letters, unshadowed
from derive.marking.written.meaning import check_names
from derive.marking.written.named_axes import NamedAxes
from derive.marking.written.shape_reader import ShapeReader, named_axes, shape_text
from derive.marking.written.spelling import Spelled

MAX_INDICES = 10  # free and bound together; a convolution in two dimensions and in groups has as many


@dataclass(frozen=True)
class Elaborated:
    """A line in index form.

    indices  the free indices, those in the person's brackets first
    left     the element of the tensor that it defines; None where its shape is not that of the tensor
    whole    whether the value has all axes of its tensor; ``remark`` says of what it has not
    """

    indices: tuple[Index, ...]
    right: Expr
    left: Elem | None
    whole: bool = True
    remark: str = ""

    @property
    def fits(self) -> bool:
        """Whether the value has just the axes of its tensor."""
        return self.left is not None and self.whole


@dataclass(frozen=True)
class Read:
    """A right side as it stands: the indices of the left side's letters, and the value with its nameless axes."""

    line: Spelled
    left: LeftSide
    given: Mapping[str, Index]
    value: Value
    axes: Axes
    scope: Scope


def read_right(
    line: Spelled,
    left: LeftSide,
    scope: Scope,
    facts: Facts,
    known: Sequence[Index],
    missing: Mapping[str, str],
    columns: bool = False,
) -> Read:
    """The right side of a line; ``known`` are the axes of the tensor on the left, if they are.  Raises LayerError.

    With ``columns`` vectors are read as columns.
    """
    scope = unshadowed(left.letters, line.right, scope)
    own = {name: _ranged(name, *ends, scope, facts) for name, ends in line.ranges.items()}
    scope = replace(scope, indices={**scope.indices, **own})
    axes: list[Range | None] = [(a.low, a.high) for a in known]
    axes += [None] * len(left.places)
    places = [(p, axis) for p, axis in zip(left.places, axes, strict=False) if isinstance(p, str)]
    found = letters(places, line.right, scope, facts, frozenset(own))
    scope = replace(scope, indices={**scope.indices, **found}, free=frozenset(left.letters))
    check_names(line.right, scope, missing)
    operations = NamedAxes(scope.derived)
    value = ShapeReader(line.right, scope, operations, columns=columns).value(tree_of(line.right))
    return Read(line, left, {name: found[name] for name in left.letters}, value, operations, scope)


def _ranged(name: str, low: Fragment, high: Fragment, scope: Scope, facts: Facts) -> Index:
    """An index that takes all values within limits; a guard beside it keeps it there, so that it may take more.

    It takes all those of the declared index of the letter, so that it takes one at least.
    """
    first, last = parse_integer(low, scope), parse_integer(high, scope)
    declared = scope.index(name.rpartition("_")[0])
    if declared is None:
        if not nonnegative(expand(last - first), facts):
            raise low.error("this sum may run over nothing", 0, "take the letter of an index of the layer")
        return Index(name, first, last)
    if not nonnegative(expand(first - declared.low), facts):
        declared = replace(declared, low=first)
    if not nonnegative(expand(declared.high - last), facts):
        declared = replace(declared, high=last)
    if not nonnegative(expand(declared.high - declared.low), facts):
        raise low.error("it cannot be told over what this sum runs", 0, "write a condition: sum([1 < t]*a[t], t)")
    return declared.renamed(name)


def in_index_form(
    line: Spelled, left: LeftSide, scope: Scope, facts: Facts, tensor: Tensor, missing: Mapping[str, str]
) -> Elaborated:
    """The line over its tensor's indices.  Raises LayerError.

    Where it has not the tensor's shape, it is read once more with vectors as columns, as in ``da[t,n] @ h[t-1,n].T``.
    """

    def reading(columns: bool) -> Elaborated | LayerError:
        try:
            return fitted(read_right(line, left, scope, facts, tensor.axes, missing, columns), tensor, line)
        except LayerError as error:
            return error

    first = reading(columns=False)
    if isinstance(first, LayerError) or not first.fits:
        second = reading(columns=True) if _has_turned_factor(line.right) else first
        if isinstance(second, Elaborated) and second.fits:
            return second
    if isinstance(first, LayerError):
        raise first
    return first


def _has_turned_factor(text: Fragment) -> bool:
    """Whether a transpose stands on the right of a matrix product; in a text that can be read."""
    products = (node for node in ast.walk(tree_of(text)) if isinstance(node, ast.BinOp))
    return any(isinstance(p.op, ast.MatMult) and isinstance(p.right, ast.Attribute) for p in products)


def fitted(read: Read, tensor: Tensor, line: Spelled) -> Elaborated:
    """The line as a value of its tensor; of another shape where it is.  Raises LayerError."""
    places, axes = read.left.places, tensor.axes
    given = tuple(read.given.values())
    rest = _rest(axes[len(places) :], read.given)
    if len(places) <= len(axes) and all(
        _same_range(read.given[p], axis) for p, axis in zip(places, axes, strict=False) if isinstance(p, str)
    ):
        whole = not places or not rest or bool(read.value.axes) or not _reads_tensors(read.value.expr)
        try:
            if whole:
                right = read.axes.onto(read.value, rest)
                found = _elaborated(read, tensor.name, right, given, rest)
                return replace(found, whole=len(read.value.axes) == len(rest), remark=_spread(read, tensor, rest))
        except ShapeError:
            pass
    if read.left.is_fixed:
        shape = shape_text((*given, *read.value.axes))
        wanted = shape_text(a for k, a in enumerate(axes) if k >= len(places) or isinstance(places[k], str))
        raise line.right.error(f"this has shape {shape}, and {line.left.text} has shape {wanted}")
    return of_own_shape(read, None)


def _spread(read: Read, tensor: Tensor, rest: Sequence[Index]) -> str:
    """What is to be said of a value with fewer axes than its tensor."""
    missing = rest[: len(rest) - len(read.value.axes)]
    if not missing or not read.value.axes:
        return ""
    shapes = f"this has shape {shape_text((*read.given.values(), *read.value.axes))}, and {tensor.name} has shape"
    along = ", ".join(index.name for index in missing)
    return f"{shapes} {shape_text(tensor.axes)}: it is taken to be the same for every {along}"


def of_own_shape(read: Read, name: str | None) -> Elaborated:
    """The line with the axes that its value has; as the definition of a tensor where it has a name."""
    given = tuple(read.given.values())
    rest = named_axes(read.value.axes, {*read.given, *(i.name for i in given)})
    right = read.axes.moved(read.value, rest)
    return _elaborated(read, name, right, given, rest)


def _elaborated(
    read: Read, name: str | None, right: Expr, given: tuple[Index, ...], rest: tuple[Index, ...]
) -> Elaborated:
    indices = (*given, *rest)
    shifted = {read.given[n].symbol: read.given[n].symbol - shift for n, shift in read.left.shifts.items()}
    right = substitute(right, shifted)  # dh[t-1] = … says dh[t] with t+1 for t
    right = settled(right, read.scope.indices, frozenset(i.name for i in indices))
    _check_indices(right, indices, read)
    places: list[Integer] = [read.given[p].symbol if isinstance(p, str) else p for p in read.left.places]
    left = None if name is None else Elem(name, (*places, *(i.symbol for i in rest)))
    return Elaborated(indices, right, left)


def _check_indices(right: Expr, indices: Sequence[Index], read: Read) -> None:
    """Raise LayerError where more indices meet than can be evaluated together."""
    if len(indices) + _most_bound(right) > MAX_INDICES:
        raise read.line.right.error(f"more than {MAX_INDICES} indices at one place")


def _most_bound(expr: Expr) -> int:
    """The largest number of indices that are bound around one place of an expression."""
    return len(bound_at(expr)) + max(map(_most_bound, expr.children), default=0)


def _rest(axes: Sequence[Index], given: Mapping[str, Index]) -> tuple[Index, ...]:
    """Indices for the axes that the left side leaves out: their own names, unless these are taken."""
    taken = set(given)
    out = []
    for axis in axes:
        name = fresh_name(axis.name, taken)
        taken.add(name)
        out.append(axis.renamed(name))
    return tuple(out)


def _same_range(one: Index, other: Index) -> bool:
    return (one.low, one.high) == (other.low, other.high)


def _reads_tensors(expr: Expr) -> bool:
    return any(isinstance(node, Elem) and node.index for node in walk(expr))
