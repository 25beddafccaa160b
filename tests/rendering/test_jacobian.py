"""Jacobians of one step in matrix form."""

from derive.calculus.sweep import derive
from derive.language.integers import index_symbol
from derive.language.load import layer
from derive.rendering.jacobian import identity, jacobian, own_part, parts_of
from derive.rendering.latex import latex
from derive.rendering.page import page

T = index_symbol("t")


def recurrence(line: str, **more: str):
    derived = derive(
        layer(
            indices=f"t=1..T  n:N  i,k:{more.get('size', 'H')}", inputs="x[t,n,i]  z[t,n,i]  beta[]", params="W[i,k]",
            equations=f"h[0,n,i] = 0\nh[t,n,i] = {line}", output="h",
        )
    )  # fmt: skip
    (form,) = derived.closed_forms
    return page(derived, None, None), form


SUM = "sum(W[i,k]*h[t-1,n,k], k) + x[t,n,i]"


def test_without_a_way_round_it_is_the_matrix():
    here, form = recurrence(SUM)
    assert latex(jacobian(here, form, T + 1)) == "W"
    assert own_part(here, form) is None and not parts_of(form).identity


def test_the_identity_of_a_residual_connection_and_its_transpose():
    here, form = recurrence(f"h[t-1,n,i] + {SUM}")
    assert parts_of(form).identity
    assert latex(jacobian(here, form, T + 1)) == "I+W"
    assert latex(jacobian(here, form, T + 1, transposed=True)) == r"I+W^{\top}"


def test_a_minus_sign_in_front_of_the_rest():
    here, form = recurrence("h[t-1,n,i] - sum(W[i,k]*h[t-1,n,k], k) + x[t,n,i]")
    assert latex(jacobian(here, form, T + 1)) == "I-W"


def test_a_gate_is_a_diagonal_at_the_time_asked_for():
    here, form = recurrence(f"z[t,n,i]*h[t-1,n,i] + {SUM}")
    assert latex(jacobian(here, form, T + 1)) == r"\operatorname{diag}(\mathbf z_{t+1})+W"
    assert latex(jacobian(here, form, form.index.high)) == r"\operatorname{diag}(\mathbf z_{T})+W"
    assert latex(own_part(here, form)) == r"\operatorname{diag}(\mathbf z_{t+1})"


def test_a_number_scales_the_identity():
    here, form = recurrence(f"beta*h[t-1,n,i] + {SUM}")
    assert latex(jacobian(here, form, T + 1)) == r"\beta\,I+W"


def test_a_sum_of_numbers_is_put_in_parentheses():
    here, form = recurrence(f"beta*h[t-1,n,i] + h[t-1,n,i] + {SUM}")
    assert latex(jacobian(here, form, T + 1)) == r"(\beta+1)\,I+W"


def test_the_identity_has_another_letter_where_a_size_is_called_i():
    here, form = recurrence(f"h[t-1,n,i] + {SUM}", size="I")
    assert latex(identity(here)) == "E"
    assert latex(jacobian(here, form, T + 1)) == "E+W"


def test_what_matrix_notation_cannot_say_is_not_said():
    here, form = recurrence("sum(W[i,k]**h[t-1,n,k], k) + x[t,n,i]")
    assert jacobian(here, form, T + 1) is None
