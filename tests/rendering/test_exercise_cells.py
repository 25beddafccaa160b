"""The cells of an exercise's notebook: they run while they are empty, and mark what is written in them."""

import json

import pytest

import derive
from derive import api
from derive.language.load import load
from derive.rendering import document as D
from derive.rendering.exercise import to_find
from derive.rendering.page import page


def cells(name, **options):
    notebook = json.loads(api.gradients(load(name, **options)).exercise().render("ipynb"))
    return ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]


def test_a_cell_for_each_gradient_to_find_in_order():
    exercise = api.gradients("rnn").exercise()
    asked = to_find(page(api.gradients("rnn").record, None, None))
    found = [b.source for b in exercise.notebook.blocks if isinstance(b, D.Listing) and "derive.check" in b.source]
    assert [source.splitlines()[1] for source in found] == [f"{one.left} = " for one in asked]
    assert not any("derive.check" in b.source for b in exercise.document.blocks if isinstance(b, D.Listing))


def test_the_layer_is_the_one_with_the_options_that_were_chosen():
    setup = next(c for c in cells("rnn", f="relu") if c.startswith("import derive"))
    names = {}
    exec(setup, names)
    assert names["layer"].chosen == load("rnn", f="relu").chosen


def test_empty_cells_run_and_filled_ones_are_marked():
    setup, *answers = (c for c in cells("linear") if "import numpy" not in c)
    names = {}
    exec(setup, names)
    for source in answers:
        exec(source, names)
    right = {"dW[o,i]": "sum(dy[n,o]*x[n,i], n)", "db[o]": "sum(dy[n,o], n)", "dx[n,i]": "sum(dy[n,o]*W[o,i], o)"}
    for source, (left, right_side) in zip(answers, right.items(), strict=True):
        exec(source.replace(f"{left} = ", f"{left} = {right_side}"), names)
    marking = derive.check(names["layer"], "\n".join(names["answers"].values()))
    assert marking.ok and not marking.unanswered


@pytest.mark.parametrize("name", ["rnn", "conv2d"])
def test_no_cell_holds_an_answer(name):
    derivation = api.gradients(name)
    said = "".join(cells(name)).replace(" ", "")
    for one in to_find(page(derivation.record, None, None)):
        right = str(one.right).replace(" ", "")
        assert f"={right}" not in said
