"""Sums of products of vectors and matrices as chains of matrix products.

The factors of a product form a graph: an index is a node, a vector is a weight on a node, a matrix is an edge between
two.  Summing over an index removes its node: an edge and a weight make a matrix-vector product, two edges a matrix
product.  Several factors on one edge or node are multiplied elementwise.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from derive.forms.matrix_build import axis_names, matmul, nodes, times, total, transposed
from derive.forms.matrix_tree import Axes, Diag, Dot, MatExpr, Outer, Power, Scalar, Tensor, Times
from derive.language.expr import (
    MINUS_ONE,
    ONE,
    Index,
    Num,
    Pow,
    size,
)
from derive.language.integers import Integer, symbols_of
from derive.language.traverse import (
    free_symbols,
)

Placed = tuple[int, MatExpr]  # a factor and its place in reading order
Pair = frozenset[Index]


class NotSayable(Exception):
    """What has no matrix form; the message is the reason, in words."""


@dataclass
class _Graph:
    """The factors that are left, by the indices they have."""

    data: Collection[Index]
    scalars: list[Placed] = field(default_factory=list)
    weights: dict[Index, list[Placed]] = field(default_factory=dict)
    edges: dict[Pair, list[Placed]] = field(default_factory=dict)

    def put(self, position: int, factor: MatExpr) -> None:
        axes = factor.axes
        if not axes:
            self.scalars.append((position, factor))
        elif len(axes) == 1:
            self.weights.setdefault(axes[0], []).append((position, factor))
        else:
            self.edges.setdefault(frozenset(axes), []).append((position, factor))

    def edges_at(self, index: Index) -> list[Pair]:
        return [pair for pair in self.edges if index in pair]

    def weight(self, index: Index) -> Placed | None:
        """The elementwise product of the vectors on an index, taken out of the graph."""
        return _joined(self.weights.pop(index)) if index in self.weights else None

    def edge(self, pair: Pair, first: Index | None = None) -> Placed:
        """The elementwise product of the matrices on a pair of indices, taken out; ``first`` runs its rows."""
        items = sorted(self.edges.pop(pair), key=lambda item: item[0])
        axes = items[0][1].axes
        position, joined = _joined([(p, _turned(m, axes)) for p, m in items])
        return position, joined if first in (axes[0], None) else transposed(joined)


def product(
    factors: Sequence[MatExpr], summed: Sequence[Index], wanted: Axes | None, data: Collection[Index] = ()
) -> MatExpr:
    """The product of factors of rank up to 2, summed over some of their indices.

    The result has the axes that are left, in the order ``wanted`` (any order where that is None).  Where the rows of a
    matrix are ``data`` (samples, say), a vector that scales its columns is spread over them as in NumPy; elsewhere the
    matrix is multiplied by a diagonal one.  Raises NotSayable.
    """
    graph = _Graph(data)
    for position, factor in enumerate(_hoisted(factors)):
        graph.put(position, factor)
    left = list(summed)
    while left:
        index = min(reversed(left), key=lambda i: len(graph.edges_at(i)))
        left.remove(index)
        _sum_over(graph, index, wanted)
    return _finished(graph, wanted)


def reduction(op: str, over: Axes, of: MatExpr) -> MatExpr:
    """``total``, where text can name what it runs over.  Raises NotSayable."""
    for index in over:
        check_name(of, index)
    return total(op, over, of)


def check_name(of: MatExpr, index: Index) -> None:
    """Raise NotSayable where the name of an axis of ``of``, or of an index written out there, could mean two things."""
    names = axis_names(of)
    written = {s.name for s in written_symbols(of)}
    name = names[of.axes.index(index)] if index in of.axes else index.name
    if names.count(name) + (name in written) > 1 or (index not in of.axes and name in names):
        raise NotSayable(f"in `{of}` the name {name} stands for two different indices")


def written_symbols(expr: MatExpr) -> frozenset[Integer]:
    """The symbols that are written out in an expression, bound ones included."""
    found: frozenset[Integer] = frozenset()
    for node in nodes(expr):
        match node:
            case Tensor(_, index):
                found = found.union(*map(symbols_of, index))
            case Scalar(value) | Power(_, value):
                found |= free_symbols(value)
    return found


def _hoisted(factors: Sequence[MatExpr]) -> list[MatExpr]:
    """The factors; those of a factor that is itself an elementwise product stand beside the others."""
    return [f for factor in factors for f in (factor.factors if isinstance(factor, Times) else (factor,))]


def _joined(items: list[Placed]) -> Placed:
    ordered = sorted(items, key=lambda item: item[0])
    return ordered[0][0], times(*(factor for _, factor in ordered))


def _turned(matrix: MatExpr, axes: Axes) -> MatExpr:
    return matrix if matrix.axes == axes else transposed(matrix)


def _sum_over(graph: _Graph, index: Index, wanted: Axes | None) -> None:
    """Remove a node of the graph, summing over its index."""
    pairs = graph.edges_at(index)
    if len(pairs) > 2:
        raise NotSayable(f"index {index.name} is shared by three matrices, and a matrix product joins two")
    if len(pairs) == 2:
        return _join(graph, index, pairs, wanted)
    if pairs:
        (other,) = pairs[0] - {index}
        weight = graph.weight(index)
        position, matrix = graph.edge(pairs[0], other if weight else None)
        return graph.put(position, matmul(matrix, weight[1]) if weight else reduction("sum", (index,), matrix))
    vectors = sorted(graph.weights.pop(index, []), key=lambda item: item[0])
    match vectors:
        case []:
            graph.scalars.append((0, Scalar(size(index.extent))))
        case [(position, left), (_, right)]:
            graph.scalars.append((position, Dot(left, right)))
        case _:
            position, joined = _joined(vectors)
            graph.scalars.append((position, reduction("sum", (index,), joined)))


def _join(graph: _Graph, index: Index, pairs: list[Pair], wanted: Axes | None) -> None:
    """A matrix product over an index that two matrices share."""
    ends = {pair: next(iter(pair - {index})) for pair in pairs}
    order = wanted or ()
    # the rows of the product are those that are wanted, or else the data
    pairs = sorted(pairs, key=lambda p: (order.index(ends[p]) if ends[p] in order else 0, ends[p] not in graph.data))
    one, left = graph.edge(pairs[0], ends[pairs[0]])
    two, right = graph.edge(pairs[1], index)
    scaled = _scaled(graph, (one, left), None, graph.weight(index))
    graph.put(min(one, two), matmul(*scaled, right))


def _finished(graph: _Graph, wanted: Axes | None) -> MatExpr:
    rest = {i for pair in graph.edges for i in pair} | set(graph.weights)
    if len(rest) > 2:
        raise NotSayable(f"it has {len(rest)} axes at once ({', '.join(sorted(i.name for i in rest))})")
    if len(rest) == 2:
        cores = [_matrix(graph, wanted)]
    else:
        cores = [item for index in rest for _, item in sorted(graph.weights[index], key=lambda item: item[0])]
    scalars = [factor for _, factor in sorted(graph.scalars, key=lambda item: item[0])]
    front = [s for s in scalars if not _is_divisor(s)]
    factors = [*_numbers_first(front), *cores, *(s for s in scalars if _is_divisor(s))]
    return times(*factors) if factors else Scalar(ONE)


def _matrix(graph: _Graph, wanted: Axes | None) -> MatExpr:
    """The matrix part, its rows and columns scaled by the vectors on them."""
    if not graph.edges:
        ordered = wanted or tuple(sorted(graph.weights, key=lambda i: min(graph.weights[i], key=lambda p: p[0])[0]))
        (_, left), (_, right) = (_joined(graph.weights[i]) for i in ordered)
        return Outer(left, right)
    pair = next(iter(graph.edges))
    axes = wanted or min(graph.edges[pair], key=lambda item: item[0])[1].axes
    position, core = graph.edge(pair, axes[0])
    chain = _scaled(graph, (position, core), graph.weight(axes[0]), graph.weight(axes[1]))
    return matmul(*chain) if len(chain) > 1 else chain[0]


def _scaled(graph: _Graph, matrix: Placed, rows: Placed | None, columns: Placed | None) -> list[MatExpr]:
    """The chain of a matrix and the vectors that scale its rows and its columns."""
    chain = [matrix[1]]
    if columns and matrix[1].axes[0] in graph.data:
        chain = [_joined([matrix, columns])[1]]
    elif columns:
        chain.append(Diag(columns[1]))
    return [Diag(rows[1]), *chain] if rows else chain


def _is_divisor(scalar: MatExpr) -> bool:
    match scalar:
        case Power(_, exponent):
            return exponent == MINUS_ONE
        case Scalar(Pow(_, exponent)):
            return exponent == MINUS_ONE
    return False


def _numbers_first(scalars: list[MatExpr]) -> list[MatExpr]:
    """Plain numbers in front, the rest in reading order."""
    return sorted(scalars, key=lambda s: not (isinstance(s, Scalar) and isinstance(s.value, Num)))
