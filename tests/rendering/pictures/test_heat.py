from derive.rendering import formula as F
from derive.rendering.pictures.heat import heat, lines_between, sides
from derive.rendering.pictures.shapes import Box, Label, Stroke


def test_the_sign_is_a_colour_and_the_size_its_strength() -> None:
    cells = [s for s in heat([[1.0, -0.5], [0.0, 0.25]], 10, 20, 8) if isinstance(s, Box)]
    *filled, frame = cells
    assert [(b.fill, b.x, b.y) for b in filled] == [("blue", 10, 20), ("orange", 18, 20), ("blue", 18, 28)]
    assert filled[0].strength > filled[1].strength > filled[2].strength > 0.1
    assert (frame.width, frame.height) == (16, 16)


def test_numbers_stand_in_the_cells() -> None:
    labels = [s.content for s in heat([[0.126, -0.001]], 0, 0, 20, numbers=True) if isinstance(s, Label)]
    assert labels == ["0.13", "0.00"]


def test_samples_are_parted() -> None:
    lines = [s for s in lines_between(6, 2, 0, 0, 30, 5, down=True) if isinstance(s, Stroke)]
    assert [line.points[0][0] for line in lines] == [10, 20]


def test_rows_and_columns_are_named() -> None:
    rows, columns = sides(F.Name("y", "y"), F.Name("x", "x"), 10, 20, 30, 40)
    assert rows.anchor == "end" and rows.x < 10 and columns.y < 20
