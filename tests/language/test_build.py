"""From fields to a System."""

from typing import Any

import pytest

from derive.language.build import MAX_EQUATIONS
from derive.language.errors import LayerError
from derive.language.load import layer
from tests.language.layers import FIELDS, system

SMALL: dict[str, Any] = {"indices": "n:N  k:K", "inputs": "z[n,k]", "equations": "p[n,k] = softmax(z[n,k], k)"}


def test_all_fields_arrive() -> None:
    made = layer(
        **SMALL,
        name="head",
        title="A head",
        torch="torch.nn.Softmax",
        loss="sum(p[n,k]*z[n,k], n, k)",
        assume="sum(z[n,k], k) = 1; K >= 2",
        outside="z = -inf",
        about="Words.",
        meaning={"z": "scores", "K": "classes", "k": "a class"},
        options={"f": ["tanh", "relu"]},
    )
    assert (made.name, made.title, made.torch) == ("head", "A head", "torch.nn.Softmax")
    assert made.prose == {"about": "Words."}
    assert made.meanings == {"z": "scores", "K": "classes", "k": "a class"}
    assert made.tensors["z"].meaning == "scores"
    assert made.lower == {"N": 1, "K": 2}
    assert made.outside == {"z": float("-inf")}
    (assumption,) = made.assumptions
    assert (str(assumption.left), str(assumption.right), assumption.line) == (
        "sum(z[n,k], k)",
        "1",
        "sum(z[n,k], k) = 1",
    )
    assert [i.name for i in assumption.indices] == ["n"]
    assert made.loss is not None and str(made.loss.right) == "sum(p[n,k]*z[n,k], n, k)"
    assert made.outputs == ()
    assert (dict(made.options), dict(made.chosen)) == ({"f": ("tanh", "relu")}, {"f": "tanh"})


def test_outputs_may_be_several() -> None:
    fields = {**SMALL, "equations": "p[n,k] = softmax(z[n,k], k); q[n,k] = 2*p[n,k]"}
    for output in ("p q", "q, p", ["p", "q"]):
        assert set(layer(**fields, output=output).outputs) == {"p", "q"}


def test_sizes_come_in_the_order_of_the_ranges() -> None:
    made = layer(
        indices="n:N  i=0..L-1  p=0..P-1",
        sizes="q; P = (L - K)//s + 1",
        inputs="x[n,i]",
        outside="x = 0",
        equations="y[n,p] = x[n,s*p]",
        output="y",
    )
    assert made.sizes == ("N", "L", "q", "K", "s")
    assert list(made.derived) == ["P"]


def test_every_index_takes_a_value():
    """Where a least value of a size does not see to that, it is a condition on the sizes."""
    made = layer(
        indices="p=0..L-K  u=0..K-1  a=0..L-1  t=1..T-2", inputs="x[a]  g[t]", params="w[u]",
        equations="y[p] = sum(w[u]*x[p+u], u)*sum(g[t], t)", output="y",
    )  # fmt: skip
    assert list(map(str, made.constraints)) == ["L-K >= 0"]
    assert made.lower["T"] == 3


def test_the_loss_may_be_in_matrix_form() -> None:
    made = layer(**SMALL, loss="sum((p - z)**2)")
    assert made.loss is not None and str(made.loss.right) == "sum((p[n,k] - z[n,k])**2, n, k)"


@pytest.mark.parametrize(
    ("fields", "file", "line", "column", "message"),
    [
        ({"equations": ""}, "equations", 1, 1, "no equation here"),
        ({"equations": "\n # none\n"}, "equations", 1, 1, "no equation here"),
        ({"equations": None}, "", 0, 0, "a layer needs equations"),
        ({"output": None}, "", 0, 0, "a layer needs a loss or an output"),
        ({"output": "hh"}, "output", 1, 1, "no equation defines the output hh"),
        ({"output": "h x"}, "output", 1, 3, "no equation defines the output x"),
        ({"loss": "sum(v)"}, "output", 1, 1, "a layer has a loss or an output, not both"),
        ({"loss": "v[i]", "output": None}, "loss", 1, 3, "index i is neither on the left nor summed over"),
        ({"loss": "v", "output": None}, "loss", 1, 1, "v has 1 index, here it has none: axes (i) are left over"),
        ({"loss": ["tau", "tau"], "output": None}, "loss.1", 1, 1, "a layer has one loss"),
        ({"outside": "x"}, "outside", 1, 1, "expected what is read outside a tensor's range"),
        ({"outside": "x = 1"}, "outside", 1, 1, "expected what is read outside a tensor's range"),
        ({"outside": "x = 0; z = 0"}, "outside", 1, 8, "unknown tensor z"),
        ({"integers": "tk"}, "integers", 1, 1, "unknown input tk"),
        ({"integers": "tok W_h"}, "integers", 1, 5, "W_h is a parameter, not an input"),
        ({"assume": "K > H; H >= K"}, "assume", 1, 1, "no sizes satisfy K > H, H >= K"),
        ({"sizes": "s; q; P = -5"}, "sizes", 1, 1, "no sizes satisfy P = -5"),
        ({"assume": "tau"}, "assume", 1, 1, "expected an equality, or a condition on sizes"),
        ({"assume": "tau = 1; sum(v[i], i) = q_"}, "assume", 1, 25, "unknown name q_"),
        ({"assume": "K >= 2; sum(h[t,n,i], i) = 1"}, "assume", 1, 9, "h is computed: nothing is assumed of it"),
        ({"outside": "x = 0; x = -inf"}, "outside", 1, 8, "what is read outside x is said twice"),
        ({"assume": "v = 1"}, "assume", 1, 1, "v has 1 index, here it has none: axes (i) are left over"),
        ({"meaning": {"xx": "?"}}, "meaning.xx", 1, 1, "meaning of xx, which the layer does not have"),
        ({"equations": "y[i] = 1;" * (MAX_EQUATIONS + 1)}, "equations", 1, 1801, "too many equations: 200 at most"),
        ({"equations": "a = 1" + " " * 20_000}, "equations", 1, 1, "text too long: 20005 characters, 20000 at most"),
    ],
)
def test_bad_fields_are_refused_at_their_place(
    fields: dict[str, Any], file: str, line: int, column: int, message: str
) -> None:
    with pytest.raises(LayerError) as caught:
        system(**fields)
    assert (caught.value.file, caught.value.line, caught.value.column) == (file, line, column)
    assert caught.value.message == message


def test_abstract_functions_stay() -> None:
    made = layer(**{**FIELDS, "equations": "y[i] = f(v[i])", "output": "y"}, options={"f": ["f", "tanh"]})
    assert str(made.equations[0].right) == "f(v[i])"


def test_the_run_of_pytorch_may_be_parts_of_which_an_option_replaces_one() -> None:
    run = {"state": "h = layer(x)", "output": "y = h"}
    fields: dict[str, Any] = {
        "equations": "y[i] = tanh(v[i])", "output": "y", "options": {"g": ["linear", "softmax"]},
        "pytorch": {"run": run}, "when": {"g": {"softmax": {"pytorch": {"run": {"output": "y = h.softmax(dim=-1)"}}}}},
    }  # fmt: skip
    assert layer(**{**FIELDS, **fields}).pytorch.run == "h = layer(x)\ny = h"
    assert layer(**{**FIELDS, **fields}, set={"g": "softmax"}).pytorch.run == "h = layer(x)\ny = h.softmax(dim=-1)"


def test_an_example_may_give_the_usual_values_of_single_numbers() -> None:
    fields = {"indices": "i:I", "inputs": "x[i]  eps[]", "equations": "y[i] = x[i]/eps", "output": "y"}
    system = layer(**fields, example="I=4 eps=1e-5")
    assert (system.example, system.numbers) == ({"I": 4}, {"eps": "1e-5"})
    for wrong in ("I=4 x=2", "I=1e-5 eps=1", "I=4 eps=", "eps=1"):
        with pytest.raises(LayerError):
            layer(**fields, example=wrong)
