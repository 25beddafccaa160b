"""Mistakes in a gradient that another rests on."""

from derive.calculus.sweep import derive
from derive.language.load import load
from derive.marking.mutations import carried
from derive.rendering.page import page


def found(layer: str, tensor: str, part: int = 0) -> dict[str, tuple[str, str]]:
    derivation = derive(load(layer))
    numbers = page(derivation, None, None).steps
    mutants = carried(derivation, derivation.gradients[tensor][part], numbers)
    return {m.mistake.sentence: (str(m.right), f"{m.mistake.gradient} {m.mistake.step}") for m in mutants}


def test_a_mistake_in_one_gradient_shows_in_the_next_and_is_told_of_the_first():
    right, where = found("rnn", "b_h")["the mistake is in da: `h[t,n,i]` stands where `h[t,n,i]**2` should"]
    assert right == "sum(dh[t,n,i]*(1 - h[t,n,i]), t, n)"
    assert where == "da D14"


def test_what_is_said_of_a_path_needs_no_more_words():
    right, _ = found("rnn", "a")["your dh leaves out the path through `a[t+1,n,k]`"]
    assert right == "sum(dz[t,n,o]*W_y[o,i], o)*(1 - h[t,n,i]**2)"


def test_a_gradient_at_another_step_has_the_mistake_there():
    right, _ = found("rnn", "h")["the mistake is in da: `h[t-1,n,i]` stands where `h[t,n,i]` should"]
    assert right == "sum(dz[t,n,o]*W_y[o,i], o) + [t < T]*sum(dh[t+1,n,k]*(1 - h[t,n,k]**2)*W_h[k,i], k)"


def test_a_gradient_at_a_fixed_place_has_the_mistakes_of_that_place_alone():
    rights = found("rnn", "h0")
    assert (
        rights["the mistake is in dh: transposed: `W_h[i,k]` stands where `W_h[k,i]` should"][0]
        == "sum(da[1,n,k]*W_h[i,k], k)"
    )
    assert not any("dz" in right for right, _ in rights.values())
