import re
from xml.etree import ElementTree

from derive.rendering import formula as F
from derive.rendering.pictures.shapes import Box, Disc, Label, Picture, Stroke
from derive.rendering.pictures.svg import DARK, LIGHT, arrow_head, dark_style, svg

NS = "{http://www.w3.org/2000/svg}"
ONE = Picture(
    100,
    50.5,
    (
        Box(1, 2, 30, 20, "blue", "blue", 0.25, 4),
        Box(1, 2, 3, 4, None, "orange"),
        Disc(50, 20, 5),
        Stroke(((0, 0), (10, 0), (20, 5), (40, 20)), arrow=True, curved=True, dashed=True),
        Label(10, 10, F.Name("h", "h")),
        Label(10, 30, "a < b & c", anchor="start"),
    ),
)


def test_a_picture_is_a_file_that_stands_for_itself() -> None:
    root = ElementTree.fromstring(svg(ONE, 'What <it> & "shows"'))
    assert root.tag == f"{NS}svg" and root.attrib["viewBox"] == "0 0 100 50.5"
    assert root.findtext(f"{NS}title") == 'What <it> & "shows"'
    kinds = [e.tag.removeprefix(NS) for e in root][2:]
    assert kinds == ["rect", "rect", "circle", "path", "polygon", "path", "path"]
    assert "href" not in svg(ONE) and "text" not in kinds


def test_letters_are_steps_of_whole_units_from_the_place_of_the_label() -> None:
    (*_, path) = svg(Picture(20, 20, (Label(10, 10, "l"),))).splitlines()[:-1]
    assert re.fullmatch(r'<path d="m[-0-9 mlqcz]+" transform="translate\([-.\d]+ [-.\d]+\)scale\(0.044\)" .*/>', path)
    x, y = 0, 0
    for a, b in re.findall(r"(-?\d+)[ ]?(-?\d+)", path.split('"')[1]):
        x, y = x + int(a), y + int(b)
    assert abs(x) <= 250 and abs(y) <= 250


def test_a_page_may_bring_the_colours() -> None:
    assert "<style>" in svg(ONE) and "<style>" not in svg(ONE, style=False)
    assert f".dp-s-quiet{{stroke:{DARK['quiet']}}}" in dark_style()


def test_every_ink_has_a_colour_on_either_paper() -> None:
    assert LIGHT.keys() == DARK.keys()
    drawn = svg(ONE)
    assert "prefers-color-scheme:dark" in drawn and f".dp-f-blue{{fill:{DARK['blue']}}}" in drawn
    assert f'fill="{LIGHT["blue"]}" fill-opacity="0.25"' in drawn


def test_an_arrow_points_where_it_goes() -> None:
    tip, left, right = arrow_head((10, 0), (0, 0))
    assert tip == (10, 0) and left[0] == right[0] < 10 and left[1] == -right[1]


def test_the_same_picture_gives_the_same_file() -> None:
    assert svg(ONE) == svg(ONE)
