"""Pictures of curves as files."""

import json
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from derive.rendering.document import Curve, Plot, text
from derive.rendering.plots import drawn

TWO = Plot(
    "two",
    (Curve("first", ((0.0, 1.0), (1.0, 0.1), (2.0, 0.012345678))), Curve("second & <last>", ((0.0, 1.0), (2.0, 3e-9)))),
    "steps",
    "norm",
    "Two curves that fall.",
    text("What is seen."),
)


def test_an_svg_bears_its_data_and_its_words() -> None:
    root = ElementTree.fromstring(drawn(TWO, "svg"))
    said = {e.tag.rpartition("}")[2]: e.text for e in root.iter()}
    assert json.loads(said["description"] or "") == {
        "first": [[0.0, 1.0], [1.0, 0.1], [2.0, 0.01235]],
        "second & <last>": [[0.0, 1.0], [2.0, 3e-09]],
    }
    assert said["title"] == "Two curves that fall."
    assert "date" not in said


@pytest.mark.parametrize(("kind", "start"), [("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_the_same_plot_gives_the_same_file(kind: str, start: bytes) -> None:
    first = drawn(TWO, kind)  # type: ignore[arg-type]
    assert first.startswith(start)
    assert first == drawn(TWO, kind)  # type: ignore[arg-type]
    assert b"Date" not in first


def test_curves_are_told_apart_by_colour_and_by_dashes() -> None:
    many = Plot("many", tuple(Curve(str(k), ((0.0, 1.0), (1.0, 0.5))) for k in range(6)), "x", "y", "", ())
    root = ElementTree.fromstring(drawn(many, "svg"))
    styles = [e.get("style") or "" for e in root.iter() if "stroke-width: 1.8" in (e.get("style") or "")]
    colours = {part for s in styles for part in s.split("; ") if part.startswith("stroke: ")}
    dashes = {part for s in styles for part in s.split("; ") if part.startswith("stroke-dasharray")}
    assert len(colours) == 6 and len(dashes) == 5  # and one without


def test_matplotlib_is_imported_only_where_something_is_drawn() -> None:
    source = "import sys, derive; derive.gradients('rnn').render('md'); sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", source], check=False).returncode == 0
