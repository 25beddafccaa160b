"""What holds for part of an index is added to a slice; what holds everywhere is assigned."""

from tests.forms.forward import statements

TIME = {"indices": "t=1..T  n:N", "inputs": "x[t,n]  z[t,n]"}


def test_a_guard_on_one_index_becomes_a_slice() -> None:
    assert statements(equations="y[t,n] = z[t,n] + [t < T]*x[t+1,n]", **TIME) == [
        "y = np.array(z)",
        "y[: T - 1] += x[1:]",
    ]


def test_zeros_where_no_term_holds_everywhere() -> None:
    assert statements(equations="y[t,n] = [t > 1]*x[t-1,n]", **TIME) == [
        "y = np.zeros((T, N), dtype)",
        "y[1:] = x[: T - 1]",
    ]


def test_a_sum_of_contractions_needs_one_array_only() -> None:
    lines = statements(
        indices="n:N  s:S  d,e:D", inputs="x[n,s,d]", params="W[e,d]  b[e]",
        equations="y[n,s,e] = sum(W[e,d]*x[n,s,d], d) - b[e]",
    )  # fmt: skip
    assert lines == ['y = np.einsum("ed,nsd->nse", W, x, optimize=True)', "y -= b"]


def test_a_sum_with_terms_that_are_repeated_is_added_up_in_place() -> None:
    matrices = {"indices": "n:N  i:D", "inputs": "x[n,i]  z[n,i]  g[i]  b[i]  r[n]"}
    assert statements(equations="y[n,i] = g[i]*x[n,i] + b[i]", **matrices) == ["y = g * x", "y += b"]
    assert statements(equations="y[n,i] = r[n]*(2*x[n,i] - b[i] - z[n,i])", **matrices) == [
        "y = 2 * x",
        "y -= b",
        "y -= z",
        "y *= r[:, None]",
    ]
    assert statements(equations="y[n,i] = g[i]*x[n,i] + 2*z[n,i]", **matrices) == ["y = g * x + 2 * z"]
    assert statements(equations="y[n,i] = x[n,i] + b[i]", **matrices) == ["y = x + b"]


def test_base_cases_and_loops_fill_one_array() -> None:
    lines = statements(equations="y[0,n] = 0\ny[t,n] = y[t-1,n] + x[t,n]", **TIME)
    assert lines == [
        "y = np.empty((T + 1, N), dtype)",
        "y[0] = 0",
        "for t in range(1, T + 1):",
        "    y[t] = y[t - 1] + x[t - 1]",
    ]


def test_a_loop_runs_the_way_the_recurrence_does() -> None:
    lines = statements(equations="y[T+1,n] = 0\ny[t,n] = y[t+1,n] + x[t,n]", **TIME)
    assert "for t in range(T, 0, -1):" in lines


def test_guards_on_the_loop_index_are_tested_once() -> None:
    lines = statements(equations="y[0,n] = 0\ny[t,n] = y[t-1,n] + [t > 2]*x[t-2,n] + [t > 2]*y[t-2,n]", **TIME)
    assert lines[-4:] == [
        "    y[t] = y[t - 1]",
        "    if t > 2:",
        "        y[t] += x[t - 3]",
        "        y[t] += y[t - 2]",
    ]


def test_a_constant_fills_its_array() -> None:
    assert statements(equations="y[t,n] = 2", **TIME) == ["y = np.full((T, N), 2, dtype)"]
