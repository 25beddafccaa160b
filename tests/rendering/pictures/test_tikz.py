from derive.rendering import formula as F
from derive.rendering.pictures.shapes import Box, Disc, Label, Picture, Stroke
from derive.rendering.pictures.tikz import pgf
from derive.rendering.tex import text


def test_shapes_as_tikz_has_them() -> None:
    shapes = (
        Box(0, 4, 40, 20, "blue", "blue", 0.25, 4),
        Disc(8, 8, 4, None, "orange"),
        Stroke(((0, 0), (4, 0)), arrow=True, dashed=True),
        Stroke(((0, 0), (4, 0), (8, 4), (8, 8)), curved=True),
        Label(4, 4, F.Name("tau", "tau")),
        Label(4, 4, "a & b", anchor="end"),
    )
    lines = [x for x in pgf(Picture(40, 20, shapes), text).splitlines() if not x.startswith(r"\definecolor")]
    assert lines[0] == r"\useasboundingbox (0,0) rectangle (30.00pt,-15.00pt);"
    assert "fill=dpblue!25!white" in lines[1] and "(0.00pt,-3.00pt) rectangle (30.00pt,-18.00pt)" in lines[1]
    assert lines[2].startswith(r"\path[fill=dporange]") and "circle[radius=3.00pt]" in lines[2]
    assert ",dashed,-stealth] (0.00pt,-0.00pt) -- (3.00pt,-0.00pt);" in lines[3]
    assert ".. controls" in lines[4]
    assert lines[5].endswith(r"{$\tau$};") and lines[6].endswith(r"{a \& b};") and "anchor=east" in lines[6]
