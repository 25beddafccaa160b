import pytest

from derive.forms import matrix_tree as M
from derive.forms.matrix import Reading, matrix_form
from derive.language.expr import Elem
from derive.language.load import layer, load
from derive.rendering.latex import latex
from derive.rendering.notation import notation
from derive.rendering.operators import Style
from derive.rendering.typeset_matrix import matrix_formula

LAYER = dict(
    title="Matrices", indices="n:N  i,k:I  o:O", inputs="x[n,i]  y0[n,o]  target[n,o]",
    params="W[o,i]  g[i]  tau[]  b[o]", output="out",
)  # fmt: skip


def forms(equation):
    system = layer(**LAYER, equations=f"{equation}\nout[n] = sum(z[n,o]*y0[n,o]*target[n,o], o) + sum(x[n,i], i)")
    line = system.equations[0]
    found = matrix_form(system, line.left, line.right, line.indices)
    style = Style(notation(system))
    return tuple(
        latex(matrix_formula(r.right, style)) if isinstance(r, Reading) else None
        for r in (found.per_sample_reading, found.batched_reading)
    )


@pytest.mark.parametrize(
    ("right", "per_sample", "batched"),
    [
        ("sum(W[o,i]*x[n,i], i) + b[o]", r"W\mathbf x+\mathbf b", r"\mathbf XW^{\top}+\mathbf b"),
        ("tanh(y0[n,o])", r"\tanh\bigl(\mathbf y^{(0)}\bigr)", r"\tanh\bigl(\mathbf Y^{(0)}\bigr)"),
        ("y0[n,o]*target[n,o]", r"\mathbf y^{(0)}\odot\mathbf{target}", r"\mathbf Y^{(0)}\odot\mathbf{target}"),
        ("y0[n,o]**2", r"\bigl(\mathbf y^{(0)}\bigr)^{\odot2}", r"\bigl(\mathbf Y^{(0)}\bigr)^{\odot2}"),
        ("(y0[n,o] - target[n,o])**2", r"\bigl(\mathbf y^{(0)}-\mathbf{target}\bigr)^{\odot2}", None),
        ("squared_error(b[o], target[n,o])", r"(\mathbf b-\mathbf{target})^{\odot2}", None),
        ("target[n,o]/b[o]", r"\frac{\mathbf{target}}{\mathbf b}", r"\frac{\mathbf{target}}{\mathbf b}"),
        ("2*target[n,o]/tau", r"\frac{2}{\tau}\,\mathbf{target}", None),
        ("-target[n,o]", r"-\mathbf{target}", r"-\mathbf{target}"),
        ("sum(W[o,i]*g[i]*x[n,i], i)", r"W(\mathbf g\odot\mathbf x)", r"(\mathbf g\odot\mathbf X)W^{\top}"),
    ],
)  # fmt: skip
def test_matrix_forms(right, per_sample, batched):
    found = forms(f"z[n,o] = {right}")
    loose = [f.replace(r"\bigl", "").replace(r"\bigr", "") if f else f for f in (per_sample, batched)]
    got = [f.replace(r"\bigl", "").replace(r"\bigr", "") if f else f for f in found]
    assert got[0] == loose[0]
    assert batched is None or got[1] == loose[1]


@pytest.mark.parametrize(
    ("tensor", "per_sample"),
    [
        ("h", r"W_{y}^{\top}\,\frac{\partial\mathcal L}{\partial\mathbf z_{t}}"
              r"+[t<T]\,W_{h}^{\top}\,\frac{\partial\mathcal L}{\partial\mathbf a_{t+1}}"),
        ("a", r"\frac{\partial\mathcal L}{\partial\mathbf h_{t}}\odot\bigl(1-\mathbf h_{t}^{\odot2}\bigr)"),
        ("W_h", r"\sum_{t,n}\frac{\partial\mathcal L}{\partial\mathbf a_{t,n}}\,\mathbf h_{t-1,n}^{\top}"),
    ],
)  # fmt: skip
def test_the_gradients_of_a_recurrence(tensor, per_sample, derivation):
    derived = derivation("rnn")
    one = derived.gradients[tensor][0]
    found = matrix_form(derived.backward, one.left, one.right, one.indices).per_sample_reading
    assert isinstance(found, Reading)
    assert latex(matrix_formula(found.right, Style(notation(derived.backward)))) == per_sample


def test_a_convolution_is_named_by_its_sign():
    system = load("conv2d")
    line = system.equations[0]
    found = matrix_form(system, line.left, line.right, line.indices).per_sample_reading
    assert isinstance(found, Reading)
    assert latex(matrix_formula(found.right, Style(notation(system)))).startswith(r"x\star W+b")


def test_a_convolution_with_what_is_given_of_a_gradient_has_its_bar(derivation):
    backward = derivation("lstm").backward
    given = M.Convolution("correlation", Elem("x", ()), Elem("dh_up", ()), (), (), ())
    assert latex(matrix_formula(given, Style(notation(backward)))) == r"x\star\bar{h}"
