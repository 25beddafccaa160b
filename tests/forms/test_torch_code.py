"""The PyTorch module: its gradients are those of PyTorch's own layers."""

import pytest
import torch

from derive.calculus.sweep import derive
from derive.forms.torch_code import torch_source
from derive.language.load import layer, load


def compiled(system, name):
    module: dict = {}
    exec(torch_source(derive(system)), module)
    return module[name]


def leaves(*shapes):
    generator = torch.Generator().manual_seed(5)
    return [torch.randn(s, generator=generator, dtype=torch.float64, requires_grad=True) for s in shapes]


def gradients(value, tensors, upstream=None):
    return torch.autograd.grad(value, tensors, upstream)


def close(found, expected):
    assert all(torch.allclose(a, b, rtol=1e-10, atol=1e-12) for a, b in zip(found, expected, strict=True))


def test_linear():
    x, w, b = leaves((4, 3), (5, 3), (5,))
    upstream = torch.randn(4, 5, dtype=torch.float64)
    mine, theirs = compiled(load("linear"), "Linear").apply(x, w, b), torch.nn.functional.linear(x, w, b)
    close([mine], [theirs])
    close(gradients(mine, (x, w, b), upstream), gradients(theirs, (x, w, b), upstream))


@pytest.mark.parametrize(("stride", "padding", "dilation"), [((1, 1), (0, 0), (1, 1)), ((2, 3), (1, 2), (2, 1))])
def test_convolution(stride, padding, dilation):
    x, w, b = leaves((2, 3, 9, 8), (4, 3, 2, 3), (4,))
    named = {"s": stride, "q": padding, "d": dilation}
    order = [line for line in torch_source(derive(load("conv2d"))).splitlines() if "def forward(ctx" in line][0]
    settings = [named[n[0]]["hw".index(n[2])] for n in order[order.index("b,") + 3 : -2].split(", ")]
    mine = compiled(load("conv2d"), "Conv2d").apply(x, w, b, *settings)
    theirs = torch.nn.functional.conv2d(x, w, b, stride, padding, dilation)
    upstream = torch.randn(theirs.shape, dtype=torch.float64)
    close(gradients(mine, (x, w, b), upstream), gradients(theirs, (x, w, b), upstream))


def test_a_loss_passes_on_what_comes_from_above():
    z, target = leaves((4, 3), (4, 3))
    probabilities = torch.softmax(target.detach(), dim=1)
    mine = compiled(load("cross_entropy"), "CrossEntropy").apply(z, probabilities)
    theirs = torch.nn.functional.cross_entropy(z, probabilities, reduction="sum")
    close(gradients(3 * mine, (z,)), gradients(3 * theirs, (z,)))


def test_integers_have_no_gradient():
    (w,) = leaves((5, 3))
    tok = torch.tensor([[0, 1], [4, 1]])
    mine, theirs = compiled(load("embedding"), "Embedding").apply(tok, w), torch.nn.functional.embedding(tok, w)
    upstream = torch.randn(theirs.shape, dtype=torch.float64)
    close(gradients(mine, (w,), upstream), gradients(theirs, (w,), upstream))


def test_several_outputs_and_names_that_the_class_uses_itself():
    system = layer(
        name="my-layer", title="Two", indices="i:N", inputs="ctx[i]  tensors[i]",
        equations="y[i] = sin(ctx[i])*tensors[i]\nz[i] = ctx[i]**2", output="y z",
    )  # fmt: skip
    a, b = leaves((4,), (4,))
    y, z = compiled(system, "MyLayer").apply(a, b)
    close(gradients((y * 2 + z).sum(), (a, b)), gradients((torch.sin(a) * b * 2 + a**2).sum(), (a, b)))


def test_an_abstract_function_is_passed_with_its_derivative():
    system = layer(
        title="Abstract", indices="i:N", inputs="x[i]", equations="y[i] = f(x[i])", output="y",
        options={"f": ["tanh", "f"]}, set={"f": "f"},
    )  # fmt: skip
    (x,) = leaves((4,))
    mine = compiled(system, "Layer").apply(x, torch.tanh, lambda v: 1 - torch.tanh(v) ** 2)
    close(gradients(mine.sum(), (x,)), gradients(torch.tanh(x).sum(), (x,)))


def test_functions_of_sizes_have_double_precision():
    system = layer(title="Sizes", indices="n:N  d:D", inputs="x[n]  q[d]", equations="y[n] = x[n]*log(D)", output="y")
    x, q = leaves((4,), (3,))
    close([compiled(system, "Layer").apply(x, q)], [x * torch.log(torch.tensor(3.0, dtype=torch.float64))])


@pytest.mark.parametrize("steps", [1, 3])
def test_a_gradient_that_is_zero_at_some_sizes_is_a_tensor_all_the_same(steps):
    system = layer(
        title="Late", indices="t=1..T", inputs="x[t]", params="w[]", output="h",
        equations="h[0] = 0\nh[t] = tanh(x[t] + w*[t > 1]*[t == T]*h[t-1])",
    )  # fmt: skip
    x, w = leaves((steps,), ())
    (dw,) = gradients(compiled(system, "Layer").apply(x, w).sum(), (w,))
    h = torch.tanh(x)
    last = torch.tanh(x[-1] + w * h[-2]) if steps > 1 else 0 * w
    close([dw], gradients(last, (w,)))
