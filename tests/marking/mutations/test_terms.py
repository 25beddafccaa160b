"""Terms that are missing, have the wrong sign or are counted twice."""

from derive.marking.mutations.terms import doubled_terms, dropped_terms, wrong_signs
from tests.marking.mutations.found import changes, mistakes


def test_the_derivative_of_softmax_is_no_diagonal_and_lacks_neither_part():
    found = mistakes("softmax", "dz", "dropped term")
    diagonal = "is only its diagonal: `y[n,k]*(1 - y[n,k])` with no sum, as if each entry changed itself alone"
    right = found[f"the derivative of softmax {diagonal}"]
    assert right == "sum(dy[n,l]*y[n,l]*(delta(l, k) - y[n,k])*delta(l, k), l)"
    of = "in the derivative of softmax, `y[n,l]*(delta(l, k) - y[n,k])`,"
    assert found[f"{of} `-y[n,k]` is missing"] == "sum(dy[n,l]*y[n,l]*delta(l, k), l)"
    assert found[f"{of} `delta(l, k)` is missing"] == "sum(-dy[n,l]*y[n,l]*y[n,k], l)"


def test_a_term_is_missing():
    assert changes(dropped_terms, "cross_entropy", "dz") == {
        "the term `p[n,k]` is missing": "-target[n,k]",
        "the term `-target[n,k]` is missing": "p[n,k]",
    }


def test_a_sign_is_wrong_of_the_whole_or_of_a_term():
    assert changes(wrong_signs, "cross_entropy", "dz") == {
        "the sign of the whole is wrong": "-(p[n,k] - target[n,k])",
        "`p[n,k]` is to be added, and you subtract it": "-p[n,k] - target[n,k]",
        "`target[n,k]` is to be subtracted, and you add it": "p[n,k] + target[n,k]",
    }


def test_a_term_counts_twice():
    assert changes(doubled_terms, "cross_entropy", "dz")["`p[n,k]` is counted twice"] == "2*p[n,k] - target[n,k]"
