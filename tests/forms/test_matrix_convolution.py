"""Windowed sums by their names, and the definitions of those names."""

import itertools

import pytest

from derive.calculus.sweep import derive
from derive.forms.matrix import NotMatrix, Reading, elaborated, matrix_form
from derive.forms.matrix_build import nodes
from derive.forms.matrix_tree import Convolution
from derive.language.load import layer
from tests.forms.matrix_values import World, loops
from tests.forms.test_matrix import form_of

FIELDS = {
    "title": "Convolution along a line",
    "indices": "n:N o:O c:C i=0..L-1 u=0..K-1 p=0..P-1",
    "sizes": "P = (L + 2*q - d*(K-1) - 1)//s + 1",
    "inputs": "x[n,c,i]",
    "params": "W[o,c,u] b[o]",
    "outside": "x = 0",
    "equations": "y[n,o,p] = sum(W[o,c,u]*x[n,c,s*p+d*u-q], c, u) + b[o]",
    "output": "y",
}
PLANE = {
    "title": "Convolution of a plane, each channel by itself",
    "indices": "n:N c:C i=0..L-1 j=0..M-1 u=0..K-1 v=0..R-1 p=0..P-1 r=0..Q-1",
    "sizes": "P = (L - (K-1) - 1)//s + 1\nQ = M - d*(R-1)",
    "inputs": "x[n,c,i,j]",
    "params": "W[c,u,v]",
    "equations": "y[n,c,p,r] = sum(W[c,u,v]*x[n,c,s*p+u,r+d*v], u, v)",
    "output": "y",
}
TRANSPOSED = {
    "title": "Transposed convolution along a line",
    "indices": "n:N o:O c:C i=0..L-1 u=0..K-1 p=0..P-1",
    "sizes": "P = s*(L-1) + d*(K-1) + 1 - 2*q",
    "inputs": "x[n,c,i]",
    "params": "W[c,o,u]",
    "equations": "y[n,o,p] = sum([s*i+d*u-q == p]*W[c,o,u]*x[n,c,i], c, i, u)",
    "output": "y",
}
SIZES = {"N": 2, "O": 3, "C": 2, "L": 9, "K": 3, "s": 2, "d": 2, "q": 1, "M": 8, "R": 2}


def by_definition(convolution, world, env):
    """The value of a convolution at one place of the result, by the definition of its slides."""
    signal, kernel = convolution.signal, convolution.kernel
    total = 0.0
    for at in world.places((*convolution.over, *(s.tap for s in convolution.slides)), env):
        places = {}
        for slide in convolution.slides:
            stride, dilation, padding = (world.number(z, at) for z in (slide.stride, slide.dilation, slide.padding))
            where, tap = at[slide.place.name], at[slide.tap.name]
            if convolution.kind == "correlation":
                places[slide] = (stride * where + dilation * tap - padding, 0)
            elif slide.in_kernel:
                places[slide] = divmod(where + padding - stride * tap, dilation)
            else:
                places[slide] = divmod(where + padding - dilation * tap, stride)
        if all(rest == 0 for _, rest in places.values()):
            total += read(signal, convolution.slides, places, world, at, in_kernel=False) * read(
                kernel, convolution.slides, places, world, at, in_kernel=True
            )
    return total


def read(elem, slides, places, world, at, in_kernel):
    """An element with its windowed axes at given places, zero outside."""
    own = iter([places[s][0] for s in slides if s.in_kernel == in_kernel])
    index = [at[p.name] if p.is_Symbol else next(own) for p in elem.index]
    offsets = [i - low for i, low in zip(index, world.lows[elem.name], strict=True)]
    array = world.arrays[elem.name]
    return array[tuple(offsets)] if all(0 <= o < n for o, n in zip(offsets, array.shape, strict=True)) else 0.0


def convolutions(fields):
    """(equation, its convolution) for each equation and gradient that has one."""
    derivation = derive(layer(**fields))
    lines = [*derivation.system.equations, *itertools.chain(*derivation.gradients.values())]
    for line in lines:
        form = matrix_form(derivation.backward, line.left, line.right, line.indices)
        if isinstance(form.per_sample, NotMatrix):
            continue
        for node in nodes(form.per_sample):
            if isinstance(node, Convolution):
                yield derivation.backward, line, node


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (FIELDS, {"y": "correlation of x and W", "dW": "correlation of x and dy",
                  "dx": "transposed convolution of dy and W"}),
        (PLANE, {"y": "correlation of x and W", "dW": "correlation of x and dy",
                 "dx": "transposed convolution of dy and W"}),
        (TRANSPOSED, {"y": "transposed convolution of x and W", "dW": "correlation of dy and x",
                      "dx": "correlation of dy and W"}),
        ({**FIELDS, "sizes": "P = L + 2*q - K + 1", "equations": FIELDS["equations"].replace("s*p+d*u", "p+u")},
         {"y": "correlation of x and W", "dW": "correlation of x and dy", "dx": "convolution of dy and W"}),
    ],
)  # fmt: skip
def test_a_convolution_and_its_gradients_by_name(fields, expected):
    assert {line.left.name: str(node) for _, line, node in convolutions(fields)} == expected


@pytest.mark.parametrize("fields", [FIELDS, PLANE, TRANSPOSED], ids=lambda f: f["title"])
def test_the_names_mean_what_the_index_form_computes(fields):
    for system, line, node in convolutions(fields):
        world = World(system, {name: SIZES[name] for name in system.sizes})
        bias = FIELDS is fields and line.left.name == "y"
        for env in itertools.islice(world.places(line.indices, {}), 0, None, 3):
            rest = world.arrays["b"][env[line.left.index[1].name] - 1] if bias else 0.0
            assert by_definition(node, world, env) + rest == pytest.approx(loops(line.right, world, env), rel=1e-9)


def test_the_slides_tell_stride_dilation_and_padding():
    slides = {line.left.name: node.slides[0] for _, line, node in convolutions(FIELDS)}
    told = {n: (s.place.name, s.tap.name, str(s.stride), str(s.dilation), str(s.padding)) for n, s in slides.items()}
    assert told == {"y": ("p", "u", "s", "d", "q"), "dW": ("u", "p", "d", "s", "q"), "dx": ("i", "u", "s", "d", "q")}


def test_text_says_what_is_added():
    system = layer(**FIELDS)
    equation = system.equations[0]
    reading = matrix_form(system, equation.left, equation.right, equation.indices).batched_reading
    assert isinstance(reading, Reading)
    assert str(reading) == "y = (correlation of x and W) + b[o]"
    assert elaborated(system, reading, equation.indices) is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("y[n,o,p] = max(x[n,o,s*p+d*u-q], u)", "no sum of products"),
        ("y[n,o,p] = sum(x[n,o,s*p+d*u-q], u)", "no sum of products of two tensors"),
        ("y[n,o,p] = sum([u <= p]*W[o,c,u]*x[n,c,s*p+d*u-q], c, u)", "cuts the window off"),
        ("y[n,o,p] = sum(W[o,c,u]*x[n,c,s*p+d*u-q]*b[c], c, u)", "no sum of products of two tensors"),
        ("y[n,o,p] = sum(W[o,c,K-1]*x[n,c,s*p+d*u-q], c, u)", "no sliding window"),
        ("y[n,o,p] = sum(W[o,c,u]*W[o,u,u]*x[n,c,s*p+d*u-q], c, u)", "no sum of products of two tensors"),
        ("y[n,o,p] = sum(W[o,u,u]*x[n,o,s*p+d*u-q], u)", "only one of two tensors"),
        ("y[n,o,p] = sum(W[o,c,u]*x[n,c,s*p-d*u], c, u)", "neither a correlation nor a convolution"),
        ("x[n,c,i] = sum(W[o,c,u]*y[n,o,i-u], o, u)", "nothing says"),
        ("x[n,c,i] = sum([i-u >= 0]*W[o,c,u]*y[n,o,i-u], o, u)", "nothing says"),
        ("x[n,c,i] = sum([(i-d*u)//s >= 0, (i-d*u)//s < P]*W[o,c,u]*y[n,o,(i-d*u)//s], o, u)", "nothing says"),
        ("y[n,o,p] = sum([s*i+d*u-q == p, u < i]*W[o,c,u]*x[n,c,i], c, i, u)", "cuts the window off"),
        ("y[n,o,p] = sum(W[p,c,u]*x[n,c,s*p+d*u-q], c, u)", "more than where its window stands"),
    ],
)
def test_what_has_no_name_says_why(line, reason):
    system = layer(**FIELDS)
    form = matrix_form(system, *form_of(system, line))
    assert isinstance(form.batched, NotMatrix)
    assert reason in form.batched.reason
