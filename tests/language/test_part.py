"""The part of a layer that computes one tensor."""

from derive.language.load import layer, load
from derive.language.part import part_computing
from derive.language.schedule import schedule


def test_what_the_state_does_not_need_is_left_out() -> None:
    part = part_computing(load("rnn"), "h")
    assert set(part.tensors) == {"x", "h0", "W_x", "W_h", "b_h", "a", "h"}
    assert [e.name for e in part.equations] == ["h", "a", "h"]
    assert (part.outputs, part.loss) == (("h",), None)
    assert part.sizes == ("T", "N", "H", "D")
    assert "o" not in part.indices and set(part.lower) == set(part.sizes)
    assert len(schedule(part)) == 2


def test_what_is_assumed_of_what_is_left_out_is_forgotten() -> None:
    whole = load("rnn", ell="cross_entropy")
    assert whole.assumptions and not part_computing(whole, "h").assumptions
    assert part_computing(whole, "l").assumptions == whole.assumptions


def test_sizes_that_others_are_made_of_stay() -> None:
    whole = layer(
        indices="n:N  i=0..L-1  p=0..P-1",
        sizes="P = (L - K)//s + 1",
        inputs="x[n,i]",
        params="w[p]",
        outside="x = 0",
        equations="y[n,p] = w[p]*x[n,s*p]\nz[n] = sum(x[n,i], i)",
        output="y z",
        assume="K >= 2*s",
    )
    assert set(part_computing(whole, "y").sizes) == {"N", "L", "K", "s"}
    assert part_computing(whole, "y").constraints == whole.constraints
    other = part_computing(whole, "z")
    assert set(other.sizes) == {"N", "L"} and not other.derived and other.outside == {"x": 0.0}
    assert other.constraints == ()
