import pytest

from derive.rendering.document import Code, Math, Text
from derive.rendering.latex import latex
from derive.rendering.notation import notation
from derive.rendering.operators import Style
from derive.rendering.prose import reader


@pytest.fixture
def read(system):
    return reader(system, Style(notation(system)), system.indices.values())


def said(read, prose):
    return [latex(p.formula) if isinstance(p, Math) else p for p in read.inlines(prose)]


def test_formulas_between_backquotes_are_set(read):
    assert said(read, "Since `x[n,i]` is read, `s = t+1` and `[t < T]` hold.") == [
        Text("Since "), "x_{n,i}", Text(" is read, "), "s=t+1", Text(" and "), "[t<T]", Text(" hold."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("h0", "h^{(0)}"),
        ("tau", r"\tau"),
        ("W_h", "W_{h}"),
        ("h[t-1]", r"\mathbf h_{t-1}"),
        ("W[o]", r"\mathbf W_{o}"),
        ("I", "I"),
        ("f'(v[i])*v[i]", "f'(v_{i})v_{i}"),
        ("f''(v[i])", "f''(v_{i})"),
        ("delta(i, k_2)", "\\delta_{ik'}"),
        ("D(h[t,i], v[k])", r"\frac{\partial h_{t,i}}{\partial v_{k}}"),
    ],
)
def test_what_may_stand_there(source, expected, read):
    assert said(read, f"`{source}`") == [expected]


@pytest.mark.parametrize(
    "source", ["nothing_known", "f = tanh", "x[n", r"\input{/etc/passwd}", "__import__('os')", "torch.nn"]
)
def test_what_does_not_parse_stays_code(source, read):
    assert read.inlines(f"`{source}`") == (Code(source),)


def test_a_condition_stands_without_its_brackets(read):
    condition = read.condition("[t == T]")
    assert isinstance(condition, Math) and latex(condition.formula) == "t=T"
    assert read.condition("no condition") == Code("no condition")


def test_a_gradient_as_a_whole(derivation):
    derived = derivation("rnn")
    style = Style(notation(derived.backward))
    read = reader(derived.backward, style)
    assert said(read, "`dW_h` of `loss`") == [
        r"\frac{\partial\mathcal L}{\partial W_{h}}", Text(" of "), r"\mathcal L",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("h[t-1]", r"\mathbf H_{t-1}"),
        ("h[t-1,n]", r"\mathbf h_{t-1}"),
        ("h[0,n] = 0", r"\mathbf h_{0}=0"),
        ("a[1,n] = W_x @ x[1,n] + W_h @ h[0,n]", r"\mathbf a_{1}=W_{x}\mathbf x_{1}+W_{h}\mathbf h_{0}"),
        ("da[t,n] = diag(f(h[t,n])) @ dh[t,n]", Code("da[t,n] = diag(f(h[t,n])) @ dh[t,n]")),
    ],
)
def test_vectors_of_one_sample_and_matrix_form(source, expected, derivation):
    derived = derivation("rnn")
    assert said(reader(derived.backward, Style(notation(derived.backward))), f"`{source}`") == [expected]
