from derive.rendering import document as D
from derive.rendering.formula import Name
from derive.rendering.html_figure import graph, told
from derive.rendering.pictures.shapes import Box, Label, Stroke

X, Y = Name("x", "x"), Name("y", "y")
NODES = (D.Node("x", X, "input", 0, 0), D.Node("y", Y, "output", 2, 0), D.Node("z", Y, "computed", 0, 1))
EDGES = (D.Edge("x", "y"), D.Edge("z", "x"), D.Edge("y", "x", X, across=True))


def test_every_node_and_arrow_is_drawn_within_the_picture():
    picture = graph(D.Figure(NODES, EDGES, ()))
    kinds = [type(s) for s in picture.shapes]
    assert kinds.count(Stroke) == 3 and kinds.count(Label) == 4 and kinds.count(Box) == 6
    for shape in picture.shapes:
        places = shape.points if isinstance(shape, Stroke) else ((shape.x, shape.y),)
        assert all(0 <= x <= picture.width and 0 <= y <= picture.height for x, y in places)


def test_what_goes_back_is_dashed_and_says_where_from():
    picture = graph(D.Figure(NODES, EDGES, ()))
    assert [s.dashed for s in picture.shapes if isinstance(s, Stroke)] == [False, False, True]
    assert [s.content for s in picture.shapes if isinstance(s, Label)] == [X, X, Y, Y]


def test_the_arrows_in_words():
    assert told(D.Figure(NODES, EDGES, ())) == "y reads x; x reads y; x reads y"
