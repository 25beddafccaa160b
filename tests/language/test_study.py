"""The table of what a layer file wants studied."""

from typing import Any

import pytest

from derive.language.errors import LayerError
from derive.language.load import layer
from derive.language.study import Measured, Study
from derive.language.system import System

FIELDS: dict[str, Any] = {
    "indices": "t=1..T  n:N  i,k:H",
    "inputs": "x[t,n,i]",
    "params": "W[i,k]",
    "equations": "h[0,n,i] = 0\nh[t,n,i] = tanh(sum(W[i,k]*h[t-1,n,k], k) + x[t,n,i])",
    "output": "h",
}


def made(**study: str) -> System:
    return layer(**FIELDS, study=study)


def test_the_table_arrives() -> None:
    study = made(norms="rnn.h lstm.h:b_f=3", truncation="h", notes="They\nfade.").study
    assert study.norms == (Measured("rnn", "h"), Measured("lstm", "h", (("b_f", 3.0),)))
    assert (study.truncation, study.notes) == ("h", "They\nfade.")
    assert [str(one) for one in study.norms] == ["rnn", "lstm, b_f = 3"]


def test_a_layer_without_the_table_is_not_studied() -> None:
    assert layer(**FIELDS).study == Study()


def test_several_settings_of_one_layer() -> None:
    (one,) = made(norms="net.h:b=-1.5:c=0").study.norms
    assert one.fixed == (("b", -1.5), ("c", 0.0))


@pytest.mark.parametrize(
    ("study", "file", "column", "message"),
    [
        ({"norm": "rnn.h"}, "study.norm", 1, "unknown key norm"),
        ({"norms": "rnn.h lstm"}, "study.norms", 7, "expected a layer and one of its tensors"),
        ({"norms": "rnn.h:b_f"}, "study.norms", 1, "expected a layer and one of its tensors"),
        ({"truncation": "x"}, "study.truncation", 1, "no equation defines x"),
        ({"truncation": "h h"}, "study.truncation", 3, "one tensor is cut short"),
    ],
)
def test_what_is_wrong_is_shown_at_its_place(study: dict[str, str], file: str, column: int, message: str) -> None:
    with pytest.raises(LayerError) as caught:
        made(**study)
    assert (caught.value.file, caught.value.column, caught.value.message) == (file, column, message)
