"""What a mutant is: the line of a gradient, with a mistake in it."""

from derive.marking.mutations import told_of
from derive.marking.record import Mistake
from tests.marking.mutations.found import RECURRENT, all_mutants


def test_a_mutant_is_the_line_of_its_gradient_and_says_where_the_mistake_was_made():
    mutant = next(m for m in all_mutants(RECURRENT, "dh") if m.mistake.kind == "transposed")
    assert (str(mutant.left), [i.name for i in mutant.indices]) == ("dh[t,n,i]", ["t", "n", "i"])
    assert str(mutant.right) == "dh_up[t,n,i] + [t < T]*sum(dh[t+1,n,k]*(1 - h[t+1,n,k]**2)*W[i,k], k)"
    assert (mutant.mistake.gradient, mutant.mistake.step) == ("dh", "D3")


def test_a_mutant_says_which_term_it_touches_so_that_two_can_be_made_together():
    mutants = {m.mistake.sentence: m for m in all_mutants("rnn", "dh")}
    assert mutants["your dh leaves out the path through `z[t,n,o]`"].term == 0
    assert mutants["the factor `W_h[k,i]` is missing"].term == 1
    assert mutants["the sign of the whole is wrong"].term is None


def test_a_mistake_that_shows_in_another_gradient_says_where_it_is():
    sign = Mistake("wrong sign", "the sign of the whole is wrong", "da", "D14")
    assert told_of(sign, "db_h").sentence == "the mistake is in da: the sign of the whole is wrong"
    assert told_of(sign, "da") == sign
    path = Mistake("dropped path", "your da leaves out the path through `h[t,n,i]`", "da", "D13")
    assert told_of(path, "db_h") == path
