"""Every index in scope has an axis of its own; places outside a tensor are clipped, and known to be outside."""

from __future__ import annotations

import numpy as np

from derive.checking.places import Grid, Stored
from derive.language.expr import Index
from derive.language.integers import element, index_symbol, size_symbol

T, i_, H = index_symbol("t"), index_symbol("i"), size_symbol("H")
GRID = Grid({"H": 4}, {"tok": Stored(np.array([3, 1, 2, 2]), (1,))})


def test_indices_are_laid_out_innermost_first():
    scope, extents = GRID.bound(GRID.scope, [Index("i", H - H + 1, H), Index("t", H - H, H - 2)])
    assert extents == [4, 3] and scope.depth == 2
    np.testing.assert_array_equal(GRID.integer(10 * T + i_, scope), [[1, 2, 3, 4], [11, 12, 13, 14], [21, 22, 23, 24]])


def test_an_integer_tensor_is_read_inside_a_place():
    scope, _ = GRID.bound(GRID.scope, [Index("i", H - H + 1, H)])
    np.testing.assert_array_equal(GRID.integer(2 * element("tok", (i_,)) + 1, scope), [7, 3, 5, 5])


def test_an_integer_without_indices_is_read_like_a_size():
    grid = Grid({"H": 4}, {"k": Stored(np.array(3), ())})
    assert grid.size(2 * size_symbol("k") + size_symbol("H")) == 10


def test_a_place_outside_is_clipped_and_marked():
    scope, _ = GRID.bound(GRID.scope, [Index("i", H - H + 1, H)])
    offset, inside = GRID.clipped(i_ - 2, scope, 0, 2)
    np.testing.assert_array_equal(offset, [0, 0, 1, 1])
    np.testing.assert_array_equal(inside[..., 0], [False, True, True, False])
    assert GRID.clipped(i_, scope, 1, 4)[1] is None
    assert GRID.clipped(H, scope, 0, 4)[1] is not None and GRID.clipped(H, scope, 0, 5) == (4, None)
