"""Conditions as masks: one for the conditions on the same indices, and what they compare computed once."""

from tests.forms.forward import statements

FIELDS = {"indices": "n:N  i=0..L-1  p=0..P-1  j=0..L-1", "inputs": "x[n,p]  W[i,j]  v[i]", "sizes": "P; K; s; q"}


def test_bounds_of_one_place_are_one_mask_of_a_place_with_a_name() -> None:
    lines = statements(equations="y[n,i] = sum([0 <= i+q-s*p, i+q-s*p < K]*x[n,p], p)", **FIELDS)
    assert lines == [
        "places = np.arange(L)[:, None] + q - s * np.arange(P)",
        "mask = (0 <= places) & (places < K)",
        "y = x @ mask.astype(dtype).T",
    ]


def test_conditions_on_different_indices_are_masks_of_their_own() -> None:
    lines = statements(equations="y[n] = sum([i <= j, 2*i <= q*j, s*p != i+q]*x[n,p]*W[i,j], i, j, p)", **FIELDS)
    masks = [line for line in lines if line.startswith("mask")]
    assert masks == [
        "mask = (np.arange(L)[:, None] <= np.arange(L)) & ((2 * np.arange(L))[:, None] <= q * np.arange(L))",
        "mask_2 = s * np.arange(P) != (np.arange(L) + q)[:, None]",
    ]


def test_conditions_on_values_are_not_kept_under_a_name() -> None:
    assert statements(equations="y[i] = [v[i] > 0, v[i] < K]*v[i]", **FIELDS) == [
        "y = np.where((v > 0) & (v < K), v, 0)"
    ]


def test_conditions_on_sizes_are_tested_once() -> None:
    assert statements(equations="y[n] = sum([K > 1, K < q]*x[n,p], p)", **FIELDS) == [
        "y = np.zeros((N,), dtype)",
        "if K > 1 and K < q:",
        "    y[:] = x.sum(axis=1)",
    ]
