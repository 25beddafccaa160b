"""An answer's lines and a person's own names, computed from the truth."""

from derive.marking.sheet import Sheet, is_whole
from derive.marking.values import holds
from derive.marking.written.answer import read
from tests.marking.marks import ground_for


def sheet(layer: str, text: str) -> Sheet:
    ground = ground_for(layer)
    return Sheet(ground, read(ground.derivation, text))


def test_helpers_are_computed_from_true_values() -> None:
    made = sheet("linear", "g[n,o] = 2*dy[n,o]\ndb[o] = sum(g[n,o], n)/2")
    assert holds(made.values(made.lines[1]))
    assert made.helpers_read(made.lines[1]) == ("g",)


def test_a_helper_that_needs_itself_has_no_value_and_takes_its_readers_along() -> None:
    made = sheet("linear", "g[n,o] = g[n,o]\nh[n,o] = g[n,o]\ndb[o] = sum(dy[n,o], n)")
    assert [line.name for line in made.lines] == ["db"]


def test_the_gradients_on_which_a_line_rests() -> None:
    made = sheet("rnn", "s = dh\nda = s*(1 - h**2) + dz @ W_y")
    assert made.gradients_read(made.lines[1]) == {"dh", "dz"}


def test_a_recurrent_helper_has_a_value() -> None:
    text = "s[t,n,i] = h[t,n,i] + [t < T]*s[t+1,n,i]"
    assert [line.name for line in sheet("rnn", text).lines] == ["s"]


def test_a_general_line_leaves_a_place_to_the_line_for_it() -> None:
    text = "dh[t,n,i] = sum(da[t+1,n,k]*W_h[k,i], k)*[t < T] + sum(dz[t,n,o]*W_y[o,i], o)*[t < T]"
    alone = sheet("rnn", text)
    assert not holds(alone.values(alone.lines[0]))
    both = sheet("rnn", f"{text}\ndh[T,n,i] = sum(dz[T,n,o]*W_y[o,i], o)")
    assert [is_whole(line) for line in both.lines] == [True, False]
    assert all(holds(both.values(line)) for line in both.lines)
