import pytest

from derive.language.load import layer
from derive.rendering.pytorch_values import drawn, range_of

FIELDS = {
    "indices": "n:N  v=0..V-1  k:K",
    "inputs": "x[n]  tok[n]  cls[n]  target[n,k]  m[n]  s[n]  tau[]  eps[]  w[n]",
    "params": "W[v]  b[k]",
    "integers": "tok cls",
    "assume": "sum(target[n,k], k) = 1; w[n]**2 = w[n]",
    "equations": """
y[n,k] = [cls[n] == k]*b[k]*target[n,k] + [x[n] > 0]*x[n]*W[tok[n]]*[m[n] > 0]*sqrt(s[n] + 1)*tau*w[n] + eps
""",
    "output": "y",
    "example": "N=2 V=3 K=4 eps=1e-5",
}


@pytest.mark.parametrize(
    ("name", "source"),
    {
        "x": "torch.randn(N)",
        "tok": "torch.randint(0, V, (N,))",
        "cls": "torch.randint(1, K+1, (N,))",
        "target": "torch.softmax(torch.randn(N, K), dim=1)",
        "m": "torch.randint(0, 2, (N,)).float()",
        "w": "torch.randint(0, 2, (N,)).float()",
        "s": "torch.rand(N)",
        "tau": "torch.rand(())",
        "eps": "1e-5",
        "W": "torch.randn(V)",
    }.items(),
)
def test_values_are_such_as_the_layer_takes(name, source):
    system = layer(**FIELDS)
    assert drawn(system, system.tensors[name]).replace(" ", "") == source.replace(" ", "")


def test_whole_numbers_that_nothing_bounds_are_0_or_1():
    system = layer(indices="n:N", inputs="x[n] c[n]", integers="c", equations="y[n] = x[n]*[c[n] == 2]", output="y")
    assert [int(bound) for bound in range_of(system, system.tensors["c"])] == [0, 1]


def test_the_author_may_say_what_is_drawn():
    said = layer(**FIELDS, pytorch={"inputs": {"x": "torch.rand(N)"}})
    assert drawn(said, said.tensors["x"]) == "torch.rand(N)" and drawn(said, said.tensors["s"]) == "torch.rand(N)"
    assert drawn(layer(**FIELDS), said.tensors["x"]) == "torch.randn(N)"
