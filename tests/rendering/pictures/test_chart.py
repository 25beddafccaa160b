from derive.rendering import formula as F
from derive.rendering.pictures.chart import HEIGHT, WIDTH, Line, chart
from derive.rendering.pictures.shapes import Label, Stroke

X = F.Name("x", "x")


def drawn(points: tuple[tuple[float, float], ...]) -> list[Stroke]:
    return [s for s in chart([Line(X, points, "blue")]) if isinstance(s, Stroke) and s.ink == "blue"]


def test_a_curve_is_drawn_up_where_values_are_large() -> None:
    curve, key = drawn(((0.0, 0.0), (1.0, 1.0)))
    assert curve.points[0][1] > curve.points[1][1] and curve.points[0][0] < curve.points[1][0]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in (*curve.points, *key.points))


def test_a_jump_is_no_line() -> None:
    points = tuple((k / 50, 0.0 if k < 25 else 1.0) for k in range(50))
    assert len(drawn(points)) == 3  # two pieces and the key


def test_ticks_are_round_numbers() -> None:
    shapes = chart([Line(X, ((-4.0, -0.27), (4.0, 3.9)), "blue")])
    ticks = [s.content for s in shapes if isinstance(s, Label) and isinstance(s.content, str)]
    assert ticks == ["−1", "0", "1", "2", "3", "4", "−4", "−2", "0", "2", "4"]
