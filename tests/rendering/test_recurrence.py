"""The letters and vectors of a recurrence."""

from derive.calculus.sweep import derive
from derive.language.integers import index_symbol
from derive.language.load import layer
from derive.rendering.latex import latex
from derive.rendering.page import page
from derive.rendering.recurrence import Letters, bold, entry, gradient_by, letters_of, slashed, transposed, vector

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
