"""Terms are added where they land."""

from derive.calculus.sweep import derive
from derive.forms.numpy_code import code, source
from derive.language.load import layer, load
from tests.forms.forward import statements


def test_windows_are_added_in_one_call() -> None:
    text = source(derive(load("conv2d")).backward, ["dx"])
    assert text.count("add_windows(") == 2  # its definition and its use
    assert "2: (-q_h, (P_h, s_h), (K_h, d_h))" in text


def test_fused_code_is_given_compiled_helpers() -> None:
    convolution, pooling = (code(derive(load(n)).backward, ["dx"], fused=True).source for n in ("conv2d", "maxpool2d"))
    assert 'dx = add_product_windows((N, C, L_h, L_w), "onij,ocuv->nciujv", dy_rows, W, places)' in convolution
    assert pooling.count("add_windows(") == 1 and "def add_windows" not in pooling


def test_every_other_element_is_a_slice() -> None:
    lines = statements(
        indices="i=1..2*P  p:P", inputs="x[p]", equations="y[i] = [i % 2 == 0, i//2 >= 1, i//2 <= P]*x[i//2]"
    )  # fmt: skip
    assert lines == ["y = np.zeros((2 * P,), dtype)", "y[1::2] = x"]


def test_rows_that_words_name() -> None:
    lines = statements(
        indices="n:N  v=0..V-1  e:E", inputs="tok[n]  g[n,e]  W[v]", integers="tok",
        equations="a[n] = W[tok[n]]\ny[v,e] = sum([tok[n] == v]*g[n,e]*a[n], n)",
    )  # fmt: skip
    assert lines[1:] == ["y = np.zeros((V, E), dtype)", "np.add.at(y, tok, g * a[:, None])"]


def test_words_that_name_no_row_add_nothing() -> None:
    lines = statements(
        indices="n:N  v:V  e:E", inputs="tok[n]  g[n,e]  W[v]", integers="tok",
        equations="y[e,v] = sum([tok[n] == v]*g[n,e], n) + W[v]",
    )  # fmt: skip
    assert lines[-1] == (
        "np.add.at(y, np.s_[:, np.clip(tok - 1, 0, V - 1)], np.where(((tok >= 1) & (tok <= V))[:, None], g, 0).T)"
    )


def test_two_words_name_a_cell() -> None:
    system = layer(
        title="Cells", indices="n:N  i,k:V", inputs="row[n]  col[n]  A[i,k]", integers="row col",
        equations="y[n] = A[row[n],col[n]]", output="y",
    )  # fmt: skip
    assert "np.add.at(dA, (row - 1, col - 1), dy)" in source(derive(system).backward, ["dA"]).replace(
        "np.s_[row - 1, col - 1]", "(row - 1, col - 1)"
    )


def test_stamps_that_an_equality_places_are_added_in_one_call() -> None:
    lines = statements(
        indices="n:N  i=0..L-1  u=0..K-1  p=0..P-1", inputs="x[n,i]  W[u]", sizes="P = s*(L-1) + d*(K-1) + 1 - q; q",
        equations="y[n,p] = sum([s*i+d*u-q == p]*W[u]*x[n,i], i, u)",
    )  # fmt: skip
    assert lines[-1] == "y = add_windows((N, P), y_parts.transpose(0, 2, 1), {1: (-q, (L, s), (K, d))})"


def test_what_an_equality_spreads_apart_is_a_slice() -> None:
    lines = statements(indices="i=0..2*P  p=0..P-1", inputs="x[p]", equations="y[i] = sum([2*p == i]*x[p], p)")
    assert lines == ["y = np.zeros((2 * P + 1,), dtype)", "y[: 2 * P - 1 : 2] = x"]
