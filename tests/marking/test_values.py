"""Values of lines beside the right ones."""

import numpy as np

from derive.marking.values import Value, close, holds, offsets, valued
from derive.marking.written.answer import read
from tests.marking.marks import ground_for


def value(layer: str, text: str, place: int = 0) -> Value | None:
    ground = ground_for(layer)
    (line,) = read(ground.derivation, text).lines
    assert line.left is not None and line.right is not None
    ground.places[place].know(ground.parts)
    return valued(ground.places[place].reader, ground.places[place], line.left, line.indices, line.right)


def test_a_value_agrees_with_the_truth_or_not() -> None:
    right, wrong = value("linear", "db[o] = sum(dy[n,o], n)"), value("linear", "db[o] = mean(dy[n,o], n)")
    assert right is not None and right.agrees() and holds([right, None])
    assert wrong is not None and not wrong.agrees() and not holds([right, wrong])
    assert not holds([None])


def test_a_line_for_one_place_says_nothing_of_the_others() -> None:
    found = value("rnn", "dh[T,n,i] = sum(dz[T,n,o]*W_y[o,i], o)")
    assert found is not None and found.agrees() and found.where[0] == found.right.shape[0] - 1


def test_a_place_that_is_not_there() -> None:
    assert value("rnn", "da[T+1,n,i] = 0") is None


def test_what_is_left_to_another_line() -> None:
    found = value("linear", "db[o] = 2*sum(dy[n,o], n)")
    assert found is not None and not found.agrees() and found.without((slice(None),)).agrees()


def test_undefined_values_are_not_close() -> None:
    assert not close(np.array([np.nan]), np.array([1.0]), 0.0)
    assert close(np.array([1.0 + 1e-12]), np.array([1.0]), 0.0) and not close(np.array([1.1]), np.array([1.0]), 0.0)


def test_offsets_of_a_left_side() -> None:
    ground = ground_for("rnn")
    (line,) = read(ground.derivation, "dh[1,n,i] = 0").lines
    place = ground.places[0]
    assert line.left is not None
    where = offsets(place.reader, line.left, line.indices, place.true("dh"))
    assert where is not None and where[0] == 1  # dh[0] comes first
