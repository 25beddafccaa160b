"""The PyTorch program of a page runs as it is printed.  That its numbers are the layer's, the oracles check."""

import itertools

import pytest

from derive.language.load import catalogue, layer, load
from derive.rendering.compose_sizes import example_sizes, valued
from derive.rendering.pytorch_code import program

torch = pytest.importorskip("torch")


def settings(name):
    """All values of all options of a layer, in every combination."""
    options = load(name).options
    for values in itertools.product(*options.values()):
        yield load(name, **dict(zip(options, values, strict=True)))


SYSTEMS = [system for name in catalogue() for system in settings(name) if program(system)]


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: " ".join([s.name, *s.chosen.values()]))
def test_the_printed_lines_run_and_give_outputs_of_the_layer_s_shapes(system):
    torch.manual_seed(0)
    scope = {}
    exec(program(system), scope)
    sizes = example_sizes(system)
    for output in system.outputs or ("loss",):
        shape = tuple(valued(a.extent, sizes) for a in system.tensors[output].axes)
        assert tuple(scope[output].shape) == shape, output


def test_there_is_something_to_run():
    assert {"linear", "conv2d", "lstm"} <= {s.name for s in SYSTEMS}


def test_only_sizes_that_are_needed_are_given():
    system = load("linear")
    assert program(system) == (
        "import torch\n\nN, I, O = 32, 784, 10\nx = torch.randn(N, I)\n"
        "layer = torch.nn.Linear(in_features=I, out_features=O)\ny = layer(x)\n"
    )


FIELDS = {
    "indices": "n:N  i:I  p=0..P-1",
    "sizes": "P = 2*I",
    "inputs": "x[n,p]",
    "params": "W[i,p]",
    "equations": "y[n,i] = sum(W[i,p]*x[n,p], p)",
    "output": "y",
    "example": "N=3 I=2",
}


def test_sizes_that_follow_are_computed_and_weights_are_given_where_the_lines_use_them():
    lines = program(layer(**FIELDS, pytorch={"run": "y = x @ W.T"}))
    assert "N, I = 3, 2\nP = 2*I\nx = torch.randn(N, P)\nW = torch.randn(I, P) / P**0.5\n" in lines


def test_without_an_example_or_a_counterpart_there_is_no_program():
    assert not program(layer(**FIELDS))
    assert not program(layer(**{**FIELDS, "example": None}, pytorch={"run": "y = x @ W.T"}))


def test_long_calls_have_their_arguments_on_lines_of_their_own():
    build = f"torch.nn.Sequential({', '.join(f'torch.nn.Linear(I, {k})' for k in range(100, 108))})"
    lines = program(layer(**FIELDS, pytorch={"run": "y = x", "build": build})).splitlines()
    assert max(map(len, lines)) <= 96 and "layer = torch.nn.Sequential(" in lines and ")" in lines
