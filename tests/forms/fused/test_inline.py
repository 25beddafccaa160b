"""Which tensors a kernel does not keep."""

from derive.forms.fused.group import Fused, fuse
from derive.forms.fused.inline import inlined
from derive.forms.numpy_hoist import plan
from derive.forms.numpy_scope import Writer
from derive.language.load import layer
from derive.language.schedule import schedule


def kept(equations: str, *returned: str) -> list[str]:
    """The equations of the kernel that is left."""
    system = layer(indices="n:N  i,k:D", inputs="x[n,i]  z[n,i]  b[i]", equations=equations, output="y")
    whole, planned = plan(system, schedule(system))
    (fused,) = fuse(planned, Writer(whole), ("y", *returned))
    assert isinstance(fused, Fused)
    return [f"{e.left} = {e.right}" for e in inlined(fused).equations]


def test_a_sum_or_product_of_two_elements_is_computed_where_it_is_read() -> None:
    assert kept("a[n,i] = x[n,i] - b[i]\ny[n,i] = a[n,i]*sum(a[n,k]**2, k)") == [
        "y[n,i] = (x[n,i] - b[i])*sum((x[n,k] - b[k])**2, k)"
    ]


def test_what_is_returned_is_kept() -> None:
    assert len(kept("a[n,i] = x[n,i]*b[i]\ny[n,i] = a[n,i]*sum(a[n,k], k)", "a")) == 2


def test_what_takes_longer_is_kept() -> None:
    for long in ("exp(x[n,i])", "x[n,i]/z[n,i]", "x[n,i]*z[n,i]*b[i]", "sum(x[n,k]*z[n,k], k) + b[i]", "sqrt(x[n,i])"):
        assert len(kept(f"a[n,i] = {long}\ny[n,i] = a[n,i]*sum(a[n,k], k)")) == 2


def test_what_is_inlined_counts() -> None:
    chain = "a[n,i] = x[n,i] - b[i]\nc[n,i] = a[n,i]*z[n,i]\ny[n,i] = c[n,i]*sum(c[n,k], k)"
    assert kept(chain) == ["c[n,i] = (x[n,i] - b[i])*z[n,i]", "y[n,i] = c[n,i]*sum(c[n,k], k)"]
