import pytest

from derive.calculus.sweep import derive
from derive.language.expr import Index
from derive.language.integers import size_symbol
from derive.language.load import layer
from derive.rendering import formula as F
from derive.rendering.notation import letter_name, notation, printed_name


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("W", ("W", "", "")),
        ("W_h", ("W", "h", "")),
        ("h0", ("h", "", "0")),
        ("W1", ("W", "", "1")),
        ("W_1", ("W", "", "1")),
        ("W1_x", ("W", "x", "1")),
        ("b_in_x", ("b", "in,x", "")),
        ("target", ("target", "", "")),
    ],
)
def test_parts_of_a_name(name, parts):
    printed = printed_name(name)
    assert (printed.stem, printed.label, printed.number) == parts


def test_a_number_of_an_index_hangs_below_it():
    assert letter_name("k1") == F.Name("k1", "k", "1")


def test_gradients_and_upstream_gradients_are_known_by_their_tensors(system):
    printed = notation(system)
    assert printed.gradients["dW_h"] == "W_h" and printed.gradients["dy"] == "y"
    recurrent = layer(
        title="R", indices="t=1..T  i:I", inputs="x[t,i]", equations="h[0,i] = 0\nh[t,i] = x[t,i]*h[t-1,i]", output="h"
    )
    assert notation(derive(recurrent).backward).upstream == {"dh_up": "h"}


def test_parameters_with_two_axes_are_matrices(system):
    assert notation(system).matrices == {"W_h", "W"}


def test_labels_stand_upright_where_one_looks_like_an_index():
    gates = layer(title="G", indices="i:I", params="W_i[i]  W_f[i]", equations="y[i] = W_i[i]*W_f[i]", output="y")
    printed = notation(gates)
    assert printed.tensor("W_i").upright and printed.tensor("W_f").upright
    assert not printed.tensor("y").upright


def test_labels_are_all_upright_where_one_is_a_word():
    gates = layer(
        title="G", indices="j:I", inputs="x[j]", params="W_xi[j] b_i[j] b_mu[j]",
        equations="i[j] = W_xi[j]*x[j] + b_i[j]*b_mu[j]", output="i",
    )  # fmt: skip
    printed = notation(gates)
    assert printed.tensor("b_i").upright and not printed.tensor("b_mu").upright
    assert printed.tensor("W_xi").upright, "from x to i, and not the Greek letter"


def test_names_that_would_look_alike_do_not():
    alike = layer(title="A", indices="i:I", inputs="h0[i]  h_0[i]", equations="y[i] = h0[i]*h_0[i]", output="y")
    printed = notation(alike)
    assert (printed.tensor("h0").stem, printed.tensor("h_0").stem) == ("h", "h-0")


def test_an_index_made_by_renaming_has_a_prime(system):
    printed = notation(system)
    assert printed.index("k_2") == F.Name("k_2", "k", primes=1)
    assert printed.index("k_3").primes == 2
    declared = notation(layer(title="D", indices="k_2:K", inputs="x[k_2]", equations="y[k_2] = x[k_2]", output="y"))
    assert declared.index("k_2") == F.Name("k_2", "k", "2")


def test_an_index_with_two_ranges_has_no_stated_one(system):
    size = size_symbol("T")
    printed = notation(system).stating([Index("r", 1, size), Index("q", 1, size), Index("q", 0, size)])
    assert printed.ranges["r"] == (1, size) and "q" not in printed.ranges


def test_the_number_of_a_single_number_hangs_below_it():
    """A tensor's stands above, as its indices hang below."""
    system = layer(indices="i:I", inputs="x[i]  beta_1[]  w_1[i]", equations="y[i] = beta_1*w_1[i]*x[i]", output="y")
    printed = notation(system)
    assert (printed.tensor("beta_1").label, printed.tensor("beta_1").number) == ("1", "")
    assert (printed.tensor("w_1").label, printed.tensor("w_1").number) == ("", "1")
