"""How lines differ from the right ones."""

from tests.marking.marks import lines, marked


def test_which_entries_of_a_line_differ() -> None:
    difference = lines("rnn", "dh[t,n,i] = sum(dz[t,n,o]*W_y[o,i], o)")["dh"].difference
    assert difference is not None and difference.names == ("t", "n", "i") and "t = T" in difference.where


def test_a_line_for_one_place_is_compared_there() -> None:
    first, *_ = marked("rnn", "dh[T,n,i] = 2*sum(dz[T,n,o]*W_y[o,i], o)").lines  # the other places are missing
    difference = first.difference
    assert difference is not None and difference.names == ("n", "i") and difference.ratio == "2"


def test_repeated_tokens() -> None:
    """Where tokens are distinct, no sum shows."""
    difference = lines("embedding", "dW[v,e] = max([tok[n,s] == v]*dy[n,s,e], n, s)")["dW"].difference
    assert difference is not None


def test_a_transpose() -> None:
    difference = lines("linear", "dW = x.T @ dy")["dW"].difference
    assert difference is not None and difference.transposed and "(I, O)" in difference.shape
