import pytest

from derive.language.expr import Mul, add, mul
from derive.rendering.latex import latex
from derive.rendering.notation import notation
from derive.rendering.operators import Style
from derive.rendering.typeset import Mark, typeset


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # elements
        ("W[o,i]", "W_{oi}"),
        ("W_h[i,k]", "W_{h,ik}"),
        ("W_h[i,k_2]", "W_{h,ik'}"),
        ("W_h[i,1]", "W_{h,i1}"),
        ("b[o]", "b_{o}"),
        ("x[n,i]", "x_{n,i}"),
        ("h[t-1,i]", "h_{t-1,i}"),
        ("h0[i]", "h_{i}^{(0)}"),
        ("target[n,o]", r"\mathrm{target}_{n,o}"),
        ("tau", r"\tau"),
        ("sigma[n]", r"\sigma_{n}"),
        ("x[tok[n],i]", r"x_{\mathrm{tok}_{n},i}"),
        # gradients and local derivatives
        ("dW_h[i,k]", r"\frac{\partial\mathcal L}{\partial W_{h,ik}}"),
        ("dh[t+1,i]", r"\frac{\partial\mathcal L}{\partial h_{t+1,i}}"),
        ("D(h[t,i], h[t-1,k])", r"\frac{\partial h_{t,i}}{\partial h_{t-1,k}}"),
        ("D(v[i]*w[i], v[k])", r"\frac{\partial}{\partial v_{k}}\,(v_{i}w_{i})"),
        ("D(tanh(v[i]), v[k])", r"\frac{\partial}{\partial v_{k}}\,\tanh(v_{i})"),
        ("D(loss, v[k])", r"\frac{\partial\mathcal L}{\partial v_{k}}\Bigr\vert_{\text{direct}}"),
        ("delta(i, k)", r"\delta_{ik}"),
        ("delta(t-1, t_2)", r"\delta_{t-1,t'}"),
        # sums, signs, parentheses
        ("v[i] - w[i]", "v_{i}-w_{i}"),
        ("-v[i] + w[i]", "-v_{i}+w_{i}"),
        ("v[i] + -2*w[i]", "v_{i}-2w_{i}"),
        ("v[i] - (w[i] - v[k])", "v_{i}-(w_{i}-v_{k})"),
        ("(v[i] + w[i])*v[k]", "(v_{i}+w_{i})v_{k}"),
        ("-(v[i] + w[i])*v[k]", "-(v_{i}+w_{i})v_{k}"),
        ("v[i]*(-w[i])", "-v_{i}w_{i}"),
        ("2*v[i]", "2v_{i}"),
        ("2*3**k", r"2\cdot3^{k}"),
        ("(v[i]*w[i])**2", "(v_{i}w_{i})^{2}"),
        ("v[i]**2", "v_{i}^{2}"),
        ("h0[i]**2", r"\bigl(h_{i}^{(0)}\bigr)^{2}".replace(r"\bigl", "").replace(r"\bigr", "")),
        ("dv[i]**2", r"\Bigl(\frac{\partial\mathcal L}{\partial v_{i}}\Bigr)^{2}"),
        ("tanh(v[i])**2", r"\tanh^{2}(v_{i})"),
        ("f(v[i])**2", "f(v_{i})^{2}"),
        ("v[i]**(-2)", r"\frac{1}{v_{i}^{2}}"),
        ("v[i]**(1/2)", r"\sqrt{v_{i}}"),
        ("0.044715*v[i]", r"0.044715v_{i}"),
        ("v[i]**(3/2)", "v_{i}^{3/2}"),
        ("v[i]/2", r"\frac{1}{2}\,v_{i}"),
        # quotients
        ("2*(v[i] - w[i])/N", r"\frac{2(v_{i}-w_{i})}{N}"),
        ("(v[i] - w[i])/sqrt(I)", r"\frac{v_{i}-w_{i}}{\sqrt{I}}"),
        ("v[i]/w[i]/v[k]", r"\frac{v_{i}}{w_{i}v_{k}}"),
        ("dv[i]*w[i]/sigma[n]", r"\frac{\partial\mathcal L}{\partial v_{i}}\,\frac{w_{i}}{\sigma_{n}}"),
        ("sum(v[i], i)/N", r"\frac{1}{N}\sum_{i}v_{i}"),
        # reductions
        ("sum(v[i]*w[i], i)", r"\sum_{i}v_{i}w_{i}"),
        ("sum(v[i] + w[i], i)", r"\sum_{i}(v_{i}+w_{i})"),
        ("sum(-v[i], i)", r"\sum_{i}(-v_{i})"),
        ("v[i]*sum(w[k], k)", r"v_{i}\sum_{k}w_{k}"),
        ("sum(w[k], k)*v[i]", r"\Bigl(\sum_{k}w_{k}\Bigr)\,v_{i}"),
        ("sum(w[k], k) + v[i]", r"\sum_{k}w_{k}+v_{i}"),
        ("sum(x[n,i], n, i)", r"\sum_{n,i}x_{n,i}"),
        ("mean(v[i], i)", r"\frac{1}{I}\,\sum_{i}v_{i}"),
        ("prod(v[i], i)", r"\prod_{i}v_{i}"),
        ("max(v[i], i)", r"\max_{i}v_{i}"),
        ("logsumexp(v[i], i)", r"\log\sum_{i}e^{v_{i}}"),
        ("softmax(x[n,i], i)", r"\operatorname{softmax}_{i}(\mathbf x_{n})"),
        ("softmax(v[i], i)", r"\operatorname{softmax}_{i}(\mathbf v)"),
        ("softmax(x[n,i]/tau, i)", r"\operatorname{softmax}_{i}\Bigl(\frac{x_{n,i}}{\tau}\Bigr)"),
        ("argmax(v[i], i)", r"\bigl[i=\operatorname{argmax}_{i'}v_{i'}\bigr]"),
        # functions
        ("log(v[i])", r"\log v_{i}"),
        ("log(v[i])*w[i]", r"(\log v_{i})w_{i}"),
        ("log(v[i] + 1)", r"\log(v_{i}+1)"),
        ("exp(v[i])", "e^{v_{i}}"),
        ("squared_error(v[i], w[i])", "(v_{i}-w_{i})^{2}"),
        ("cross_entropy(v[i], w[i])", r"-w_{i}\,\log v_{i}"),
        ("relu(v[i])", r"\operatorname{ReLU}(v_{i})"),
        # guards and conditions
        ("[t < T]*h[t+1,i]", r"[t<T]\,h_{t+1,i}"),
        ("h[t+1,i]*[t < T]", r"[t<T]\,h_{t+1,i}"),
        ("2*[t < T]*h[t+1,i]", r"2\,[t<T]\,h_{t+1,i}"),
        ("v[i]*[v[i] > 0]", r"v_{i}\,[v_{i}>0]"),
        ("[i == k]", "[i=k]"),
        ("[p % s == 0]*X[n,p//s]", r"[s\mid p]\,X_{n,p/s}"),
        ("X[n,p//s]", r"X_{n,\lfloor p/s\rfloor}"),
        # sizes as numbers
        ("v[i]*I", "v_{i}I"),
        ("v[i]*(K - 1)", "v_{i}(K-1)"),
    ],
)  # fmt: skip
def test_expressions_print_as_in_a_textbook(text, expected, tex):
    assert tex(text) == expected


def test_limits_are_shown_where_they_are_asked_for(tex):
    assert tex("sum(h[t,i], t, i)", limits=True) == r"\sum_{t=1}^{T}\sum_{i=1}^{I}h_{t,i}"


def test_the_changed_part_is_boxed_and_keeps_its_parentheses(expression, system):
    style = Style(notation(system))
    v, w = expression("v[i]"), expression("w[i]")
    assert latex(typeset(Mul((v, Mark(w))), style)) == r"v_{i}\,\boxed{w_{i}}"
    assert latex(typeset(Mul((Mark(add(v, w)), v)), style)) == r"\boxed{(v_{i}+w_{i})}\,v_{i}"
    assert latex(typeset(Mark(mul(v, w)), style)) == r"\boxed{v_{i}w_{i}}"


def test_a_given_upstream_gradient_has_a_bar(derivation):
    from derive.calculus.sweep import derive
    from derive.language.load import layer

    lines = "h[0,i] = 0\nh[t,i] = x[t,i]*h[t-1,i]"
    backward = derive(layer(title="R", indices="t=1..T  i:I", inputs="x[t,i]", equations=lines, output="h")).backward
    printed = [latex(typeset(e.right, Style(notation(backward)))) for e in backward.equations if e.name == "dh"]
    assert r"\bar{h}_{t,i}" in printed[0]
