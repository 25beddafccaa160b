"""The cells of a notebook that call the code: for every layer they run, and notice a wrong gradient."""

import pytest

from derive.checking.trial import trial
from derive.forms.function import BackwardFunction
from derive.language.load import catalogue
from derive.rendering import document as D
from derive.rendering.notebook_trial import with_trial


def sources(derived):
    """The code, the values and the check of a layer's notebook."""
    code = D.Listing("python", BackwardFunction(derived).source, runs=True)
    made = with_trial(D.Document("T", (), (code,)), trial(derived))
    return [b.source for b in made.blocks if isinstance(b, D.Listing)]


@pytest.mark.parametrize("name", catalogue())
def test_the_cells_of_every_layer_run_and_agree(name, derivation, capsys):
    code, values, check, plot = sources(derivation(name))
    names = {}
    for source in (code, values, check):
        exec(compile(source, name, "exec"), names)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == len(trial(derivation(name)).moved) > 0
    compile(plot, name, "exec")


def test_functions_that_a_layer_leaves_open_are_there(derivation):
    names = {}
    for source in sources(derivation("rnn", f="f"))[:3]:
        exec(source, names)
    assert callable(names["f"]) and callable(names["f_prime"])


def test_a_wrong_gradient_is_noticed(derivation):
    code, values, check, _ = sources(derivation("linear"))
    names = {}
    exec(code.replace("dW = ", "dW = 1.001 * "), names)
    exec(values, names)
    with pytest.raises(AssertionError, match="dW is not what the loss says"):
        exec(check, names)


def test_nothing_is_added_where_there_is_no_code(derivation):
    page = D.Document("T", (), (D.Listing("python", "import torch"),))
    assert with_trial(page, trial(derivation("linear"))) == page
