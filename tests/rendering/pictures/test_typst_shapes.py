import pytest

from derive.rendering import formula as F
from derive.rendering.pictures.shapes import Box, Disc, Label, Picture, Shape, Stroke
from derive.rendering.pictures.typst_shapes import typst_shapes

EVIL = '#read("/etc/passwd") $a$ \\'
SHAPES = (
    Box(0, 4, 40, 20, "blue", "blue", 0.25, 4),
    Disc(8, 8, 4, None, "orange"),
    Stroke(((0, 0), (40, 0)), arrow=True, dashed=True),
    Stroke(((0, 0), (4, 0), (8, 4), (8, 8)), curved=True),
    Stroke(((0, 0), (4, 0), (8, 4))),
    Label(4, 4, F.Name("tau", "tau")),
    Label(4, 4, EVIL, anchor="end"),
)


def test_shapes_as_typst_has_them() -> None:
    first, *lines, last = typst_shapes(Picture(40, 20, SHAPES)).split("\n")
    assert (first, last) == ("box(width: 30pt, height: 15pt, {", "})")
    blue, pale = 'rgb("#0072b2")', 'rgb("#bfdcec")'
    size = "width: 30pt, height: 15pt, radius: 3pt"
    assert lines[0] == f"  place(dx: 0pt, dy: 3pt, rect({size}, fill: {pale}, stroke: {blue} + 0.75pt))"
    assert lines[1] == '  place(dx: 3pt, dy: 3pt, circle(radius: 3pt, fill: rgb("#d55e00"), stroke: none))'
    assert 'dash: "dashed"), curve.move((0pt, 0pt)), curve.line((26.1pt, 0pt))' in lines[2]
    assert "place(polygon(" in lines[2] and "(30pt, 0pt)" in lines[2]
    assert lines[3].endswith("curve.move((0pt, 0pt)), curve.cubic((3pt, 0pt), (6pt, 3pt), (6pt, 6pt))))")
    assert lines[4].endswith("curve.line((3pt, 0pt)), curve.line((6pt, 3pt))))")
    assert lines[5] == '  lettering(3pt, 3pt, 8.25pt, rgb("#1a1a1a"), "middle", m("τ", $τ$))'
    assert lines[6] == '  lettering(3pt, 3pt, 8.25pt, rgb("#1a1a1a"), "end", "#read(\\"/etc/passwd\\") $a$ \\\\")'


def test_a_picture_compiles_and_its_words_are_words(typeset_pdf, text_of) -> None:
    pdf = typeset_pdf(f'#picture(fitting({typst_shapes(Picture(400, 20, SHAPES))}), [caption], "alt")')
    assert EVIL.replace(" ", "") in text_of(pdf).replace(" ", "")


def test_an_unknown_shape_is_an_error() -> None:
    with pytest.raises(TypeError):
        typst_shapes(Picture(1, 1, (Shape(),)))
