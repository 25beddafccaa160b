"""The letters and vectors of a recurrence."""

from derive.calculus.sweep import derive
from derive.language.integers import index_symbol
from derive.language.load import layer
from derive.rendering.latex import latex
from derive.rendering.page import page
from derive.rendering.recurrence import (
    Letters,
    bold,
    ends,
    entry,
    free_letter,
    gradient_by,
    inside,
    letters_of,
    only_at_the_start,
    slashed,
    transposed,
    vector,
)

T = index_symbol("t")


def test_letters_of_the_recurrent_network(derivation):
    derived = derivation("rnn")
    (form,) = derived.closed_forms
    here = page(derived, None, None)
    assert letters_of(here, form) == Letters("J", "g", "s")
    assert latex(vector(here, form, T + 1)) == r"\mathbf h_{t+1}"
    assert latex(gradient_by(here, form, T)) == r"\frac{\partial\mathcal L}{\partial\mathbf h_{t}}"
    assert latex(slashed(vector(here, form, T), vector(here, form, T + 1))) == (
        r"\partial\mathbf h_{t}/\partial\mathbf h_{t+1}"
    )
    assert latex(transposed(here, "J", T + 1)) == r"J_{t+1}^{\top}"
    assert latex(bold(here, "g", T)) == r"\mathbf g_{t}"
    assert latex(entry(here, "J", T, (form.row, form.column))) == "J_{t,k,i}"


def test_letters_that_are_taken():
    lines = "h[0,n,i] = 0\nh[t,n,i] = tanh(sum(J[i,k]*h[t-1,n,k], k) + g[t,n,i])"
    taken = derive(layer(indices="t=1..T  n:N  i,k:H", inputs="g[t,n,i]", params="J[i,k]", equations=lines, output="h"))
    (form,) = taken.closed_forms
    letters = letters_of(page(taken, None, None), form)
    assert (letters.jacobian, letters.local) == ("K", "q")
    assert free_letter(page(taken, None, None), "g", "h", "u") == "u"


def test_a_greek_letter_is_taken_by_whatever_name():
    named = layer(indices="n:N", inputs="x[n] lam[] epsilon[]", equations="y[n] = lam*x[n] + epsilon", output="y")
    here = page(derive(named), None, None)
    assert free_letter(here, "lambda", "mu") == "mu" and free_letter(here, "eps", "nu") == "nu"


def test_where_a_recursion_starts_and_where_it_goes_on(derivation):
    derived = derivation("rnn")
    (form,) = derived.closed_forms
    assert tuple(map(str, ends(form))) == ("T", "1")
    assert latex(inside(page(derived, None, None), form)) == "t<T"
    assert only_at_the_start(form) is None


def test_a_local_part_of_the_last_step_only(derivation):
    (form,) = derivation("rnn_many_to_one").closed_forms
    assert str(form.local) == "[t == T]*sum(dy[n,o]*W_y[o,i], o)"
    assert str(only_at_the_start(form)) == "sum(dy[n,o]*W_y[o,i], o)"
