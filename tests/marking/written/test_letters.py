"""A person's index runs over what is declared where that fits, else over the axes at which it stands."""

import pytest

from derive.language.errors import Fragment, LayerError
from derive.language.ranges import facts_of
from derive.language.scope import scope_of
from derive.marking.written.letters import letters, unshadowed
from tests.marking.answers import derivation


def ranges(layer: str, right: str, left: str = "") -> dict[str, str]:
    """The upper ends of the ranges of all indices of a line; ``left`` are those of a gradient: ``dW_h p q``."""
    backward = derivation(layer).backward
    name, *given = left.split() or [""]
    axes = backward.tensors[name].axes if name else ()
    places = [(letter, (axis.low, axis.high)) for letter, axis in zip(given, axes, strict=False)]
    found = letters(places, Fragment.of(right), scope_of(backward), facts_of(backward))
    return {index.name: str(index.high) for index in found.values()}


@pytest.mark.parametrize(
    ("layer", "left", "right", "expected"),
    [
        ("rnn", "dW_h i k", "sum(da[t,n,i]*h[t-1,n,k], t, n)", {"i": "H", "k": "H", "t": "T", "n": "N"}),
        ("rnn", "dW_h p q", "sum(da[t,m,p]*h[t-1,m,q], t, m)", {"p": "H", "q": "H", "t": "T", "m": "N"}),
        ("rnn", "dW_h n m", "sum(da[t,b,n]*h[t-1,b,m], t, b)", {"n": "H", "m": "H", "t": "T", "b": "N"}),
        ("rnn", "dl p q", "1", {"p": "T", "q": "N"}),
        ("rnn", "", "sum(da[s+1,n,i], s)", {"s": "T", "n": "N", "i": "H"}),
        ("linear", "dW i o", "sum(dy[n,o]*x[n,i], n)", {"i": "I", "o": "O", "n": "N"}),  # the transpose
        ("linear", "dW p q", "sum(dy[r,p]*x[r,q], r)", {"p": "O", "q": "I", "r": "N"}),
        ("birnn", "dh t n p", "dy[t,n,p]", {"t": "T", "n": "N", "p": "H"}),  # a part of y's axis
        ("embedding", "dW w c", "sum([tok[n,s] == w]*dy[n,s,c], n, s)", {"w": "V - 1", "c": "E", "n": "N", "s": "S"}),
        ("linear", "", "W.T[p,q] + W[r][s]", {"p": "I", "q": "O", "r": "O", "s": "I"}),
    ],
)
def test_ranges(layer: str, left: str, right: str, expected: dict[str, str]) -> None:
    assert ranges(layer, right, left) == expected


@pytest.mark.parametrize(
    ("layer", "right", "message"),
    [
        ("linear", "x[n,m]*dy[m,o]", "unknown index m"),  # over I and over N
        ("linear", "sum(b[o]*q, m)", "unknown index m"),
        ("lstm", "W_xi[i,d]*i", "i is a tensor of this layer"),
        ("rnn", "sum(x[t,n,j], T)", "T is a size of this layer"),
    ],
)
def test_what_runs_over_nothing_known_is_refused(layer: str, right: str, message: str) -> None:
    with pytest.raises(LayerError) as caught:
        ranges(layer, right)
    assert caught.value.message == message


@pytest.mark.parametrize(("right", "gone"), [("sum(dy[b,o]*x[b,i], b)", {"b"}), ("sum(dy[b,o], b) + b", set())])
def test_a_tensor_s_name_may_be_an_index_where_the_tensor_is_not_read(right: str, gone: set[str]) -> None:
    scope = scope_of(derivation("linear").backward)
    left = unshadowed(["o"], Fragment.of(right), scope)
    assert scope.tensors.keys() - left.tensors.keys() == gone
