"""The nodes of a line, what is around them, and what a mistake there makes of the line."""

from derive.language.expr import Elem, Reduce, num
from derive.marking.mutations.sites import Layer, elements_in, known_names, located, missing_conditions, needed
from tests.marking.mutations.found import RECURRENT, line_of

LINE = line_of(RECURRENT, "dh")
WEIGHT = next(s for s in LINE.sites if isinstance(s.node, Elem) and s.node.name == "W")


def test_a_node_is_replaced_and_the_rest_of_the_line_stays():
    assert str(WEIGHT.put(num(2))) == "dh_up[t,n,i] + [t < T]*sum(2*dh[t+1,n,k]*(1 - h[t+1,n,k]**2), k)"


def test_the_indices_in_scope_are_those_of_the_line_and_of_the_sums_around():
    assert [i.name for i in WEIGHT.scope] == ["t", "n", "i", "k"]


def test_a_term_is_found_from_inside_and_from_the_sum_around_it():
    sum_ = next(s for s in LINE.sites if isinstance(s.node, Reduce))
    assert LINE.term_at(()) is None
    assert LINE.term_at((0,)) == 0
    first = line_of("rnn", "dh")
    assert [first.term_at(s.path) for s in first.sites if isinstance(s.node, Reduce)] == [0, 1]
    assert LINE.term_at(sum_.path) is None  # its body has two terms


def test_conditions_are_missing_where_an_element_may_not_be_there():
    facts = next(s for s in LINE.sites if s.node == Elem("dh_up", LINE.gradient.left.index)).facts
    t, n, i = LINE.gradient.left.index
    conditions = missing_conditions(LINE.system, Elem("dh", (t + 1, n, i)), facts)
    assert [f"{c.left} {c.op} {c.right}" for c in conditions] == ["t < T"]
    assert missing_conditions(LINE.system, Elem("h", (t - 1, n, i)), facts) == ()  # there is h[0]
    assert missing_conditions(LINE.system, Elem("x", (t - 1, n, i)), facts) != ()
    assert missing_conditions(LINE.system, Elem("x", (t * 0, n, i)), facts) is None


def test_a_guard_is_needed_by_what_it_guards():
    (guard,) = (s for s in LINE.sites if str(s.node) == "[t < T]")
    (condition,) = guard.node.conditions
    assert needed(guard, condition, elements_in(LINE.expr))
    assert not needed(guard, condition, [WEIGHT.node])


def test_a_sum_is_named_only_among_several():
    first = line_of("rnn", "dh")
    sums = [s for s in first.sites if isinstance(s.node, Reduce)]
    assert [located(s) for s in sums] == [" in `sum(dz[t,n,o]*W_y[o,i], o)`", " in `sum(da[t+1,n,k]*W_h[k,i], k)`"]
    assert [located(s) for s in LINE.sites if isinstance(s.node, Reduce)] == [""]


def test_names_that_the_layer_does_not_have_are_not_known():
    t, n, i = LINE.gradient.left.index
    assert known_names(LINE, Elem("h", (t, n, i)))
    assert not known_names(LINE, Elem("h", (t, n, type(i)("unheard", integer=True))))


def test_a_layer_is_known_again_and_told_from_another_that_reads_alike():
    assert Layer(LINE.system) == Layer(LINE.system) and hash(Layer(LINE.system)) == hash(LINE.layer)
    assert Layer(line_of(RECURRENT, "dh").system) != LINE.layer
