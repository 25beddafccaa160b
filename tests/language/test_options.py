"""Options: one value each, and the texts that depend on it."""

from typing import Any

import pytest

from derive.language.errors import LayerError
from derive.language.fields import from_arguments
from derive.language.options import choose

FIELDS = from_arguments(
    {
        "name": "cell",
        "equations": "y[i] = f(x[i])*scale",
        "assume": "a = 1",
        "options": {"f": ["tanh", "relu", "f"], "scale": [2, "1/sqrt(H)"], "causal": [False, True]},
        "when": {"f": {"relu": {"assume": "b = 2", "note": "a kink"}}, "scale": {"2": {"note": "doubled"}}},
    }
)


def test_the_first_value_is_the_default() -> None:
    _, choice = choose(FIELDS, {})
    assert choice.chosen == {"f": "tanh", "scale": "2", "causal": "false"}
    assert {n: f.text for n, f in choice.fragments.items()} == {"f": "tanh", "scale": "2", "causal": "0"}
    assert choice.abstract == frozenset()


def test_settings_may_be_of_any_plain_type() -> None:
    _, choice = choose(FIELDS, {"scale": 2, "causal": True})
    assert choice.fragments["causal"].text == "1"
    assert choose(FIELDS, {"causal": "true"})[1].chosen["causal"] == "true"


def test_an_option_that_is_its_own_value_stays_abstract() -> None:
    _, choice = choose(FIELDS, {"f": "f"})
    assert choice.abstract == {"f"}
    assert "f" not in choice.fragments


def test_texts_that_depend_on_an_option_are_added() -> None:
    texts = {key: [t.text for t in found] for key, found in choose(FIELDS, {"f": "relu"})[0].texts.items()}
    assert texts["assume"] == ["a = 1", "b = 2"]
    assert texts["note"] == ["a kink", "doubled"]
    plain = {key: [t.text for t in found] for key, found in choose(FIELDS, {"scale": "1/sqrt(H)"})[0].texts.items()}
    assert plain["assume"] == ["a = 1"] and "note" not in plain


@pytest.mark.parametrize(
    ("settings", "message", "hint"),
    [
        ({"f": "tan"}, "option f of cell cannot be 'tan'", "it is one of tanh, relu, f"),
        (
            {"g": "tanh"},
            "cell has no option g",
            "its options: f = tanh, relu, f; scale = 2, 1/sqrt(H); causal = false, true",
        ),
        ({"cusal": True}, "cell has no option cusal", "did you mean causal?"),
        ({"f": None}, "option f of cell cannot be 'None'", "it is one of tanh, relu, f"),
    ],
)
def test_unknown_settings_name_those_allowed(settings: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(LayerError) as caught:
        choose(FIELDS, settings)
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"options": {"sum": ["tanh"]}}, "'sum' cannot be the name of an option"),
        ({"options": {"a b": ["tanh"]}}, "'a b' cannot be the name of an option"),
        ({"when": {"f": {"tanh": {"assume": "a = 1"}}}}, "[when.f.tanh]: there is no option f"),
        (
            {"options": {"f": ["tanh"]}, "when": {"f": {"relu": {"assume": "a"}}}},
            "[when.f.relu]: option f has no value relu",
        ),
        ({"options": {"f": ["tanh"]}, "when": {"f": {"relu": {}}}}, "option f has no value relu"),
    ],
)
def test_declarations_of_options_are_checked(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(LayerError) as caught:
        choose(from_arguments(fields), {})
    assert caught.value.message == message


def test_a_layer_without_options_says_so() -> None:
    with pytest.raises(LayerError) as caught:
        choose(from_arguments({"name": "plain"}), {"f": "relu"})
    assert caught.value.hint == "it has no options"
