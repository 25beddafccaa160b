from derive.rendering import formula as F
from derive.rendering.pictures.network import Arrow, Network, Station, moved_by, names_on_paths, picture
from derive.rendering.pictures.shapes import Box, Disc, Label, Stroke

X, Y, LOSS = F.Name("x", "x"), F.Name("y", "y"), F.Name("loss", "L", style="script")
STATIONS = {
    "x": Station(0, 0, X, "input", F.Name("dx", "dx")),
    "y": Station(100, 40, Y, "output"),
    "L": Station(200, 40, LOSS, "loss"),
}


def test_values_go_on_and_gradients_come_back() -> None:
    shapes = picture(Network(STATIONS, (Arrow("x", "y", back=True), Arrow("y", "L")))).shapes
    strokes = [s for s in shapes if isinstance(s, Stroke)]
    assert [(s.ink, s.dashed, s.points[0][0] < s.points[-1][0]) for s in strokes] == [
        ("ink", False, True),
        ("orange", True, False),
        ("ink", False, True),
    ]
    assert {s.content for s in shapes if isinstance(s, Label)} >= {X, Y, LOSS}
    assert any(isinstance(s, Disc) for s in shapes)


def test_everything_is_on_the_paper() -> None:
    drawn = picture(Network(STATIONS, (Arrow("x", "L", between=((100.0, -60.0),)),)))
    for shape in drawn.shapes:
        if isinstance(shape, Box):
            assert shape.x >= 0 and shape.x + shape.width <= drawn.width
            assert shape.y >= 0 and shape.y + shape.height <= drawn.height
        if isinstance(shape, Stroke):
            assert all(0 <= shape.points[k][0] <= drawn.width for k in (0, -1))


def test_an_upright_network_has_arrows_that_leave_at_the_top() -> None:
    above = {"x": Station(0, 100, X, "input"), "y": Station(0, 0, Y, "computed")}
    (stroke,) = (s for s in picture(Network(above, (Arrow("x", "y"),), upwards=True)).shapes if isinstance(s, Stroke))
    assert stroke.points[0][0] == stroke.points[-1][0] and stroke.points[0][1] > stroke.points[-1][1]


def test_dots_have_no_frame() -> None:
    shapes = picture(Network({"a": Station(0, 0, F.Sign("⋯"), "dots")}, ())).shapes
    assert [type(s) for s in shapes] == [Label]


def test_the_arrows_on_the_ways_from_a_node() -> None:
    arrows = [("a", "b"), ("b", "c"), ("x", "b"), ("c", "d")]
    assert names_on_paths(arrows, "b") == {("b", "c"), ("c", "d")}


def test_a_shape_moves_whole() -> None:
    assert moved_by(Stroke(((0, 0), (1, 1))), 2, 3) == Stroke(((2, 3), (3, 4)))
    assert moved_by(Label(1, 1, "a"), 1, 1) == Label(2, 2, "a")
