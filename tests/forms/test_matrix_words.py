"""What is said in words about a matrix form."""

import pytest

from derive.forms.matrix import NotMatrix, Reading, matrix_form
from derive.forms.matrix_words import described, why_transposed
from tests.forms.test_matrix import ATTENTION, RECURRENT, lines
from tests.forms.test_matrix_convolution import FIELDS, convolutions

AGAINST = "Reading a matrix against its {} is multiplying by its transpose."


def said(fields, name, batched=False):
    system, found = lines(fields)
    form = matrix_form(system, *found[name])
    reading = form.batched_reading if batched else form.per_sample_reading
    assert isinstance(reading, Reading)
    return why_transposed(system, reading.right)


def test_a_gradient_reads_the_matrix_against_its_rows():
    assert said(RECURRENT, "dh[t,n,i]") == (
        "`y[t,n,o]` sums over the second index of `W_y`; the gradient sums over the first. " + AGAINST.format("rows"),
        "`a[t,n,i]` sums over the second index of `W_h`; the gradient sums over the first. " + AGAINST.format("rows"),
    )


def test_a_matrix_multiplied_from_the_right_is_read_against_its_columns():
    assert said(ATTENTION, "dp[n,s,t]") == (
        "`y[n,s,e]` sums over the first index of `x`; the gradient sums over the second. " + AGAINST.format("columns"),
    )


def test_rows_against_rows_and_columns_against_columns():
    assert said(RECURRENT, "dW_x[i,j]", batched=True) == (
        "The sum runs over the rows of `da[t]` and the rows of `x[t]`; a matrix product sums over the columns of its "
        "left factor, so `da[t]` is transposed.",
    )
    assert said(ATTENTION, "z[n,s,t]") == (
        "The sum runs over the columns of `k` and the columns of `q`; a matrix product sums over the rows of its right "
        "factor, so `k` is transposed.",
    )


@pytest.mark.parametrize("name", ["a[t,n,i]", "h[t,n,i]", "dW_h[i,k]"])
def test_nothing_to_say_where_nothing_is_transposed(name):
    assert said(RECURRENT, name) == ()


def test_convolutions_in_words():
    words = {line.left.name: described(node) for _, line, node in convolutions(FIELDS)}
    assert words == {
        "y": "The correlation of `x` with `W`. Along `p` the window starts at `s*p-q` and its taps `u` lie `d` apart. "
        "It is summed over `c` as well.",
        "dW": "The correlation of `x` with `dy`. Along `u` the window starts at `d*u-q` and its taps `p` lie `s` "
        "apart. It is summed over `n` as well.",
        "dx": "The transposed convolution of `dy` with `W`: the kernel is flipped, read forwards while the signal is "
        "read backwards. Along `i` the taps lie `d` apart and the entries of the signal lie `s` apart, with padding "
        "`q`. It is summed over `o` as well. At `s = 1` it is the convolution with the flipped kernel.",
    }


def test_a_refusal_is_a_sentence():
    assert str(NotMatrix("`x` is odd")) == "no matrix form: `x` is odd"
