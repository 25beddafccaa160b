"""The axes of the person's own tensors follow from their lines, in whichever order these stand."""

import pytest

from tests.marking.answers import answer, line


@pytest.mark.parametrize(
    ("layer", "text", "axes"),
    [
        ("rnn", "u[t,n,i] = dh[t,n,i]*h[t,n,i]", "T N H"),
        ("rnn", "u = dh*h", "T N H"),
        ("rnn", "u[t] = dz[t] @ W_y", "T N H"),
        ("rnn", "u = sum(dz, t, n)", "O"),
        ("rnn", "u = sum(dz)", ""),
        ("rnn", "u[p] = sum(dz[t,n,p], t, n)", "O"),
        ("rnn", "u[t] = v[t] @ W_y\nv = 2*dz", "T N H"),  # v is defined after it is read
        ("rnn", "u[t] = u[t+1] @ W_h + dz[t] @ W_y", "T N H"),  # needs itself: the other term tells
        ("rnn", "u[t,n,i] = sum(u[t+1,n,k]*W_h[k,i], k) + sum(dz[t,n,o]*W_y[o,i], o)", "T N H"),
        ("rnn", "u[T] = dz[T] @ W_y\nu[t] = dz[t] @ W_y", "T N H"),
        ("rnn", "u[t,n,i] = 2*v[t,n,i]\nv[t,n,i] = u[t+1,n,i]*dh[t,n,i]", "T N H"),  # need each other
        ("attention", "u[n,i] = sum(dp[n,i,j]*p[n,i,j], j)", "N L"),
    ],
)
def test_axes(layer: str, text: str, axes: str) -> None:
    found = answer(layer, text)
    assert [one.error for one in found.lines] == [None] * len(found.lines)
    assert " ".join(str(axis.extent) for axis in found.helpers["u"].axes) == axes
    assert found.helpers["u"].kind == "computed"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("u[T] = dz[T] @ W_y", "u is defined at a fixed place only"),
        ("u[t] = dz[t] @ W_h", "these do not fit"),
        ("u[t] = dz[t]\nu[T] = dh[T]", "this has shape"),
        ("u = nothing", "unknown name nothing"),
        ("v = nothing\nu = v", "v is a name of your own, and its line 1 could not be read"),
    ],
)
def test_what_tells_no_axes_is_an_error_of_its_line(text: str, message: str) -> None:
    found = line("rnn", text).error
    assert found is not None and (found.message.startswith(message) or "W_h has shape (H, H)" in found.message)
