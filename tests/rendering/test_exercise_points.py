from derive.calculus.sweep import derive
from derive.language.load import load
from derive.rendering.exercise_points import points, worth
from derive.rendering.page import page


def test_a_point_for_each_reader_and_one_for_the_result() -> None:
    here = page(derive(load("rnn")), None, None)
    of = here.derivation.gradients
    assert points(of["h"][0], here) == 3  # read by the output and by the next step
    assert points(of["h"][1], here) == 2  # the first state has no output
    assert points(of["z"][0], here) == 1  # handed on
    assert worth(of["h"][0], here) == "3 points" and worth(of["z"][0], here) == "1 point"
