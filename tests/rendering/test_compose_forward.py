from derive.rendering import document as D
from derive.rendering import formula as F
from derive.rendering.compose_forward import forward
from derive.rendering.latex import latex
from derive.rendering.page import page


def test_equations_are_numbered_and_show_every_limit(derivation):
    blocks = list(forward(page(derivation("rnn"), None, None)))
    equations = [b for b in blocks if isinstance(b, D.Equation)]
    assert [b.tag for b in equations] == ["1", "2", "3", "4", "5", "6", "7", ""]
    assert latex(equations[1].formula) == (
        r"a_{t,n,i}=\sum_{j=1}^{D}W_{x,ij}x_{t,n,j}+\sum_{k=1}^{H}W_{h,ik}h_{t-1,n,k}+b_{h,i}"
    )


def test_the_matrix_form_follows_for_one_sample(derivation):
    *_, paragraph, matrix = forward(page(derivation("rnn"), None, None))
    assert D.Text(" is left out)") in paragraph.inlines
    rows = [latex(F.row(*row)) for row in matrix.formula.rows]
    assert r"\mathbf a_{t}=W_{x}\mathbf x_{t}+W_{h}\mathbf h_{t-1}+\mathbf b_{h}" in rows
    assert r"\ell_{t}=\sum_{o}\bigl((\mathbf y_{t}-\mathbf{target}_{t})^{\odot2}\bigr)_{o}" in rows


def test_what_cannot_be_said_is_left_out(derivation):
    blocks = list(forward(page(derivation("maxpool1d"), None, None)))
    assert [type(b) for b in blocks] == [D.Heading, D.Equation]
