"""Values that are needed more than once are computed once."""

import pytest

from derive.language.load import layer
from tests.forms.compare import assert_agrees, drawn
from tests.forms.forward import statements

MATRICES = {"indices": "i,k:N  j:K", "inputs": "A[i,j]  B[i,j]  C[i,j]  u[i]  v[j]"}


def shared_lines(equations: str, **fields: str) -> list[str]:
    return [line for line in statements(equations=equations, **{**MATRICES, **fields}) if "shared" in line]


def test_a_sum_that_two_equations_need_is_computed_once() -> None:
    assert shared_lines("z[i,j] = (A[i,j] - u[i])*B[i,j]\ny[i,j] = z[i,j] + (A[i,j] - u[i])*C[i,j]") == [
        "A_shared = A - u[:, None]",
        "z = A_shared * B",
        "y = z + A_shared * C",
    ]


def test_of_a_product_the_factors_over_the_same_indices() -> None:
    lines = shared_lines("z[k] = sum(A[i,j]*B[i,j]*v[j]*[i == k], i, j)\ny[i,j] = A[i,j]*B[i,j]*u[i]*C[i,j] + z[i]")
    assert lines[0] == "A_shared = A * B"


def test_other_names_of_indices_make_no_difference() -> None:
    lines = shared_lines("z[i] = sum(tanh(A[k,j])*B[k,j]*u[i], k, j)\ny[i,j] = tanh(A[i,j]) + z[i]")
    assert lines[0] == "A_shared = np.tanh(A)"


@pytest.mark.parametrize(
    "equations",
    [
        "y[i,j] = A[i,j]*B[i,j]",  # once
        "y[i,j] = (u[i] + 1)*A[i,j] + (u[i] + 1)*B[i,j]",  # a vector is cheap
        "y[i,j] = [A[i,j] > 0]*log(A[i,j]) + [A[i,j] > 0]*B[i,j]*log(A[i,j])",  # not finite beside the guard
        "y[i,j] = (A[i,j] - B[i,j])*C[i,j] + (B[i,j] - A[i,j])*C[i,j]",  # not the same
    ],
)
def test_what_is_not_shared(equations: str) -> None:
    assert shared_lines(equations) == []


RECURRENT = {
    "title": "Gated", "indices": "t=1..T  n:N  i,k:H", "inputs": "x[t,n,i]  W[i,k]",
    "equations": """
s[T+1,n,i] = 0
g[t,n,i] = tanh(x[t,n,i])
s[t,n,i] = x[t,n,i] + [t < T]*sum(s[t+1,n,k]*g[t+1,n,k]*(1 - g[t+1,n,k]**2)*W[k,i], k)
y[i,k] = sum(s[t,n,i]*g[t,n,i]*(1 - g[t,n,i]**2)*x[t,n,k], t, n)
z[i] = sum(s[t,n,i]*g[t,n,i]*(1 - g[t,n,i]**2), t, n)
""",
    "output": "y z",
}  # fmt: skip


def test_a_value_in_a_loop_is_read_at_other_steps_too() -> None:
    system = layer(**RECURRENT)
    for steps in (1, 2, 5):
        assert_agrees(system, drawn(system, {"T": steps, "N": 3, "H": 2}, steps), ["y", "z"])
    lines = statements("y", **{**RECURRENT, "output": "y"})
    assert "g_shared = g * (1 - g**2)" in lines
    assert "        s[t - 1] += s[t] * g_shared[t] @ W" in lines


def test_a_value_of_what_recurs_is_kept_in_the_loop() -> None:
    lines = statements(
        equations="y[0,n] = 0\ny[t,n] = x[t,n]*tanh(y[t-1,n]) + z[t,n]\nz[t,n] = x[t,n] + tanh(y[t-1,n])**2",
        title="Loop", indices="t=1..T  n:N", inputs="x[t,n]",
    )  # fmt: skip
    assert not any("shared" in line for line in lines)  # y[0] is out of the declared range
    lines = statements(
        equations="c[0,n] = 0\nc[t,n] = c[t-1,n] + y[t-1,n]\ny[0,n] = 0\ny[t,n] = x[t,n]*tanh(c[t,n]) + tanh(c[t,n])",
        title="Loop", indices="t=1..T  n:N", inputs="x[t,n]",
    )  # fmt: skip
    assert "    c_shared[t - 1] = np.tanh(c[t])" in lines


def test_a_base_case_outside_the_range_is_not_in_the_shared_tensor() -> None:
    system = layer(
        title="Outside", indices="t=1..T  n:N", inputs="h0[n]  x[t,n]", output="y",
        equations="h[0,n] = h0[n]\nh[t,n] = x[t,n]*tanh(h[t-1,n])\ny[t,n] = tanh(h[t-1,n]) + tanh(h[t,n])",
    )  # fmt: skip
    assert_agrees(system, drawn(system, {"T": 4, "N": 3}, 1), ["y"])


@pytest.mark.parametrize("power", range(3, 7))
def test_a_factor_that_stands_more_than_twice(power: int) -> None:
    system = layer(equations=f"y[i,j] = {'*'.join(['A[i,j]'] * power)}", output="y", **MATRICES)
    assert_agrees(system, drawn(system, {"N": 3, "K": 2}, power), ["y"])
