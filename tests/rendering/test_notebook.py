"""Notebooks: what is in their cells, and that they run."""

import base64
import json

import nbformat
import pytest
from nbclient import NotebookClient

from derive import api
from derive.rendering import document as D
from derive.rendering import formula as F
from derive.rendering.notebook import notebook
from derive.rendering.pictures.shapes import Disc, Picture

A = F.Name("a", "a")
DRAWING = D.Drawing("page-graph", Picture(10, 10, (Disc(5, 5, 2),)), D.text("Seen."), "a [disc]")


def cells(*blocks):
    return json.loads(notebook(D.Document("T", D.text("S"), blocks)))["cells"]


def test_a_heading_or_a_listing_that_runs_begins_a_cell():
    blocks = (
        D.Paragraph(D.text("first")),
        D.Heading(1, D.text("H")),
        D.Equation(A, "1"),
        D.Listing("python", "x = 1\ny = 2\n", runs=True),
        D.Listing("python", "import torch\n"),
        D.Paragraph(D.text("last")),
    )
    found = cells(*blocks)
    assert [c["cell_type"] for c in found] == ["markdown", "markdown", "markdown", "code", "markdown"]
    assert ["".join(c["source"]) for c in found][:4] == [
        "# T\n\nS",
        "first",
        "## H\n\n$$a \\tag*{(1)}$$",
        "x = 1\ny = 2",
    ]
    assert "```python\nimport torch\n```\n\nlast" in "".join(found[-1]["source"])


def test_a_notebook_is_valid_and_bears_no_trace_of_a_run():
    source = notebook(D.Document("T", (), (D.Listing("python", "1", runs=True),)))
    read = nbformat.reads(source, as_version=4)
    nbformat.validate(read)
    assert [c.id for c in read.cells] == ["cell-1", "cell-2"]
    assert read.cells[1].outputs == [] and read.cells[1].execution_count is None
    assert read.metadata.kernelspec.name == "python3"


def test_pictures_are_attached_to_their_cell():
    found = cells(D.Details("more", (DRAWING,)), D.Paragraph((D.Link("x", "other.svg"),)))
    (shown,) = (c for c in found if "attachments" in c)
    assert r"![a \[disc\]](attachment:page-graph.svg)" in "".join(shown["source"])
    assert "(other.svg)" in "".join(shown["source"])
    data = base64.b64decode(shown["attachments"]["page-graph.svg"]["image/svg+xml"])
    assert data.startswith(b"<svg")


def test_the_same_layer_gives_the_same_bytes():
    first, second = (api.gradients("rnn").render("ipynb") for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", ["linear", "rnn"])
def test_a_notebook_runs_from_top_to_bottom(name, tmp_path):
    read = nbformat.reads(api.gradients(name).render("ipynb"), as_version=4)
    NotebookClient(read, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [o for c in read.cells if c.cell_type == "code" for o in c.outputs]
    printed = "".join(o.text for o in outputs if o.output_type == "stream")
    assert "dW" in printed and "relative error" in printed
    assert sum("image/png" in o.data for o in outputs if o.output_type == "display_data") == 1
    assert not any(o.output_type == "error" for o in outputs)


def test_the_notebook_of_an_exercise_runs_while_it_is_empty(tmp_path):
    read = nbformat.reads(api.gradients("linear").exercise().render("ipynb"), as_version=4)
    nbformat.validate(read)
    NotebookClient(read, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    marked = [o for c in read.cells if c.cell_type == "code" for o in c.outputs if "text/markdown" in o.get("data", {})]
    assert len(marked) == 3 and not any(o.output_type == "error" for o in marked)
