"""Conditions dropped or turned, and settings that are not heeded."""

from derive.language.load import layer
from derive.marking.mutations.conditions import (
    dropped_conditions,
    ignored_settings,
    one_case,
    shifted_conditions,
    wrong_conditions,
)
from tests.marking.marks import lines
from tests.marking.mutations.found import changes

CAUSAL = layer(
    title="Sum of the past", indices="i,j:S", inputs="x[j]", equations="y[i] = sum([j <= i]*x[j], j)", output="y"
)


def test_a_comparison_with_its_end_the_other_way_or_the_other_way_round():
    assert changes(wrong_conditions, CAUSAL, "dx") == {
        "`[j < i]` stands where `[j <= i]` should": "sum([j < i]*dy[i], i)",
        "`[j >= i]` stands where `[j <= i]` should": "sum([j >= i]*dy[i], i)",
    }


def test_one_of_several_conditions_missing():
    (sentence,) = changes(dropped_conditions, "conv1d", "dx")
    assert sentence == "the condition `[(i+q-d*u)%s == 0]` is missing"


def test_a_padding_a_stride_and_a_dilation_not_heeded():
    found = changes(ignored_settings, "conv1d", "dW")
    assert {sentence: line for sentence, line in found.items() if " is not " in sentence} == {
        "`q` is not heeded: what you have is right for `[q == 0]` only": "sum(dy[n,o,p]*x[n,c,s*p+d*u], n, p)",
        "`s` is not heeded: what you have is right for `[s == 1]` only": "sum(dy[n,o,p]*x[n,c,p+d*u-q], n, p)",
        "`d` is not heeded: what you have is right for `[d == 1]` only": "sum(dy[n,o,p]*x[n,c,s*p+u-q], n, p)",
    }
    assert len(found) == 3 + 4  # pairs, and all of them


def test_an_equality_one_off():
    found = changes(shifted_conditions, "embedding", "dW")
    sentence = "`[tok[n,s] == v+1]` stands where `[tok[n,s] == v]` should"
    assert found[sentence] == "sum([tok[n,s] == v+1]*dy[n,s,e], n, s)"


def test_one_case_of_several_taken_everywhere():
    assert changes(one_case, "leaky_relu", "dx") == {
        "what you have is right where `[x[n,i] > 0]`, and you take it everywhere": "dy[n,i]",
        "what you have is right where `[x[n,i] <= 0]`, and you take it everywhere": "dy[n,i]*a",
    }
    found = changes(one_case, "hardswish", "dx")
    between = "what you have is right where `[-3 < x[n,i], x[n,i] < 3]`, and you take it everywhere"
    assert found[between] == "dy[n,i]*((1/6)*x[n,i] + (1/6)*(x[n,i] + 3))"
    assert changes(one_case, "relu", "dx") == {}  # it has one case, and 0 elsewhere


def test_several_settings_that_are_not_heeded() -> None:
    line = lines("conv1d", "dW[o,c,u] = sum(dy[n,o,p]*x[n,c,p+u], n, p)")["dW"]
    assert line.mistakes[0].kind == "ignored setting"
    assert all(f"`{name}`" in line.mistakes[0].sentence for name in "qds")
