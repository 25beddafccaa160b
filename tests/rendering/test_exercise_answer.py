import re

import pytest

from derive.calculus.sweep import derive
from derive.language.load import catalogue, layer, load
from derive.language.parser import parse_value
from derive.language.scope import scope_of
from derive.rendering.exercise import to_find
from derive.rendering.exercise_answer import answer, task
from derive.rendering.page import page
from derive.steps.record import Derivation


def blank(derivation: Derivation) -> str:
    here = page(derivation, None, None)
    return answer(here, to_find(here))


def test_a_commented_line_with_shape_and_points_and_nothing_on_the_right() -> None:
    lines = blank(derive(load("rnn", f="relu"))).splitlines()
    assert lines[0] == "# Elman recurrent network, for f = relu, g = linear, ell = squared_error"
    assert lines[2] == "# derive check rnn rnn-f-relu-answer.txt --set f=relu marks the file."
    assert lines[lines.index("dW_h[i,k] = ") - 1] == "# dW_h[i,k]: shape H x H, 2 points"
    assert "dh[0,n,i] = " in lines


@pytest.mark.parametrize("name", catalogue())
def test_every_line_is_a_comment_or_an_element_of_a_gradient(name: str) -> None:
    derivation = derive(load(name))
    scope = scope_of(derivation.backward)
    asked = []
    for line in filter(None, blank(derivation).splitlines()):
        if not line.startswith("#"):
            left, equals, right = line.partition("=")
            assert equals and not right.strip()
            asked.append(left.strip())
            parse_value(left.strip(), scope)
    parts = [task(p) for parts in derivation.gradients.values() for p in parts]
    assert asked and set(asked) <= set(parts) and len(asked) == len(set(asked))


def test_the_title_of_an_author_cannot_become_a_line() -> None:
    nasty = layer(title="A\ndx[i] = 1", indices="i:I", inputs="x[i]", equations="y[i] = x[i]**2", output="y")
    assert re.findall(r"^[^#\n].*$", blank(derive(nasty)), re.MULTILINE) == ["dx[i] = "]
