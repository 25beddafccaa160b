from derive.rendering import formula as F
from derive.rendering.metrics import width
from derive.rendering.pictures.grids import CELL, Grid, row, stacked
from derive.rendering.pictures.shapes import Box, Label, Stroke

X = F.Name("x", "x")


def test_marked_cells_and_labels() -> None:
    grid = Grid(2, 3, "title", X, {(1, 2): ("blue", 0.3)}, {(1, 2): F.Number("7")})
    _, _, shapes = row((grid,))
    boxes = [s for s in shapes if isinstance(s, Box)]
    (marked,) = (b for b in boxes if b.fill == "blue")
    (label,) = (s for s in shapes if isinstance(s, Label) and s.content == F.Number("7"))
    assert len(boxes) == 6
    assert (label.x, label.y) == (marked.x + CELL / 2, marked.y + CELL / 2)


def test_a_margin_surrounds_the_cells() -> None:
    _, _, shapes = row((Grid(1, 2, "t", X, margin=(0, 1)),))
    boxes = [s for s in shapes if isinstance(s, Box)]
    assert [b.ink for b in boxes] == ["faint", "quiet", "quiet", "faint", "ink"]


def test_rows_are_below_each_other_and_arrows_between_grids() -> None:
    grid = Grid(1, 2, "a long title above", X)
    one, two = stacked(((grid, grid),)), stacked(((grid, grid), (grid,)))
    assert two.height > one.height and two.width == one.width
    assert sum(isinstance(s, Stroke) and s.arrow for s in two.shapes) == 1


def test_a_long_name_has_room_above_its_grid() -> None:
    name = F.Name("measurement_of_noise", "measurement", "of,noise")
    wide, _, shapes = row((Grid(1, 1, "t", name), Grid(1, 1, "u", name)))
    first, second = (s.x for s in shapes if isinstance(s, Label) and s.content == name)
    assert first + 12 * width(name) < second and second + 12 * width(name) <= wide
