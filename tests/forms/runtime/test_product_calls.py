"""Which calls stand for which products, and that nothing is joined that must come one after the other."""

import numpy as np
import pytest

from derive.forms.runtime.product_calls import with_product_calls


def body(*lines: str, before: tuple[str, ...] = ()) -> list[str]:
    """The lines of a loop over t, after the change."""
    source = "\n".join([*before, "for t in range(1, 3):", *(f"    {line}" for line in lines)])
    return [line.strip() for line in with_product_calls(source).splitlines()[len(before) + 1 :]]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("y = x @ W.T + b", "y = multiply(x, W.T) + b"),
        ("y = a @ b @ c", "y = multiply(multiply(a, b), c)"),
        ("np.matmul(a, b, out=c)", "multiply(a, b, out=c)"),
        ('y = np.einsum("ij,jk->ik", a, b, optimize=True)', "y = contract('ij,jk->ik', a, b)"),
        ('y = np.einsum("ij,ij->i", a, b)', "y = contract('ij,ij->i', a, b)"),
        ('y = np.einsum("ij,jk,k->i", a, b, c, optimize=True)', "y = np.einsum('ij,jk,k->i', a, b, c, optimize=True)"),
        ("y += a @ b", "y += multiply(a, b)"),
        ("y = a * b", "y = a * b"),
    ],
)
def test_single_lines(line: str, expected: str) -> None:
    assert with_product_calls(line) == expected


def test_what_a_loop_adds() -> None:
    assert body("a[t - 1] += h[t - 1] @ W") == ["add_products((a[t - 1, ...], h[t - 1], W))"]
    assert body("a[t, 0] += h @ W") == ["add_products((a[t, 0, ...], h, W))"]


@pytest.mark.parametrize(
    "line",
    [
        "a[k] += h @ W",  # k may be an array, and a[k] a copy
        "a[t:] += h @ W",
        "a[min(t, 3)] += h @ W",
        "a += h @ W",  # may be a number
        "a[t] -= h @ W",
        "a[t] += a[t - 1] @ W",  # reads what it sets
    ],
)
def test_what_is_left_as_it_is(line: str) -> None:
    assert body(line) == [line.replace("h @ W", "multiply(h, W)").replace("a[t - 1] @ W", "multiply(a[t - 1], W)")]


def test_neighbours_that_do_not_need_each_other_are_one_call() -> None:
    lines = ("a[t] += h[t - 1] @ W", "b[t] += h[t - 1] @ V", "b[t] += x[t] @ U")
    assert body(*lines) == ["add_products((a[t, ...], h[t - 1], W), (b[t, ...], h[t - 1], V), (b[t, ...], x[t], U))"]
    assert len(body("if t < T:", *(f"    {line}" for line in lines))) == 2


@pytest.mark.parametrize(
    ("before", "lines"),
    [
        ((), ("a[t] += h @ W", "b[t] += a[t] @ V")),  # reads what the first sets
        ((), ("b[t] += a[t] @ V", "a[t] += h @ W")),  # sets what the first reads
        (("c = a",), ("a[t] += h @ W", "b[t] += c[t] @ V")),
        (("c = a[1:]",), ("a[t] += h @ W", "b[t] += c[t] @ V")),
        (("c = a.transpose(1, 0)", "d = c"), ("a[t] += h @ W", "b[t] += d[t] @ V")),
        (("c = np.asarray(a)",), ("a[t] += h @ W", "c[t] += x @ V")),  # adds to the same under another name
        (("c = f(a)",), ("a[t] += h @ W", "b[t] += c @ V")),  # who knows
        ((), ("a[t] += h @ W", "x[t] = 1.0", "b[t] += h @ V")),
    ],
)
def test_what_is_not_joined(before: tuple[str, ...], lines: tuple[str, ...]) -> None:
    assert sum(line.startswith("add_products(") for line in body(*lines, before=before)) == 2


def test_arrays_of_their_own_are_no_views() -> None:
    before = ("T, N = x.shape", "a = np.zeros((T, N))", "b = np.empty((T, N))", "W = V @ V")
    assert len(body("a[t] += x[t] @ W", "b[t] += x[t] @ V", before=before)) == 1


def test_a_number_among_numbers_is_added_to() -> None:
    scope = {"a": np.zeros(3), "h": np.ones((3, 4)), "w": np.ones(4), "range": range}

    def add_products(*terms: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        for out, left, right in terms:
            out += left @ right

    exec(with_product_calls("for t in range(1, 3):\n    a[t] += h[t] @ w"), scope | {"add_products": add_products})
    assert scope["a"].tolist() == [0, 4, 4]
