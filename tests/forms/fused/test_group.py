"""Which equations go together: runs of them over one range of rows."""

import pytest

from derive.calculus.sweep import derive
from derive.forms.fused.group import Fused, FusedRecurrence, arrays_of, equations_of, fuse
from derive.forms.numpy_hoist import plan
from derive.forms.numpy_scope import Writer
from derive.language.load import layer, load
from derive.language.schedule import schedule
from derive.language.system import System


def blocks(system: System, returned: tuple[str, ...] = ("y",)):
    whole, planned = plan(system, schedule(system))
    return fuse(planned, Writer(whole), returned)


def of(equations: str, **fields: str):
    declared = {"indices": "n,m:N  i,k:D  o:O", "inputs": "x[n,i]  w[o,i]  b[i]", "output": "y"}
    return blocks(layer(**{**declared, "equations": equations, **fields}))


def shown(found) -> list[list[str]]:
    """The tensors of each block; (those) that are held for a row only in brackets, sums over all rows with a plus."""
    out = []
    for block in found:
        names = [e.name for e in equations_of(block)]
        if isinstance(block, Fused):
            names = [f"({m.equation.name})" if m.equation.name in block.local else m.equation.name + "+" * m.summed
                     for m in block.members]  # fmt: skip
        out.append(names)
    return out


def test_a_run_ends_at_a_product_of_matrices() -> None:
    found = of("a[n,i] = x[n,i]**2 + b[i]\nz[n,o] = sum(w[o,i]*a[n,i], i)\ny[n,o] = 2*z[n,o]/(1 + z[n,o]**2)")
    assert shown(found) == [["a"], ["z"], ["y"]]
    assert [isinstance(b, Fused) for b in found] == [True, False, True]


def test_what_is_needed_within_a_row_only_is_held_for_it() -> None:
    assert shown(of("c[n] = mean(x[n,i], i)\na[n,i] = x[n,i] - c[n]\ny[n,i] = a[n,i]*sum(a[n,k], k)")) == [
        ["(c)", "(a)", "y"]
    ]


def test_no_member_reads_a_sum_over_all_rows() -> None:
    found = of("a[n,i] = x[n,i]**2 + b[i]\nc[i] = sum(a[n,i]*x[n,i], n)\ny[n,i] = a[n,i]*c[i] + b[i]")
    assert shown(found) == [["a", "c+"], ["y"]]


def test_no_member_reads_another_row() -> None:
    found = of("a[n,i] = x[n,i]**2 + b[i]\ny[n,m] = sum(a[n,i], i) - sum(a[m,i], i)")
    assert shown(found) == [["a"], ["y"]]


def test_a_sum_over_all_is_not_taken_again_for_each_row() -> None:
    assert not any(isinstance(b, Fused) for b in of("y[n,i] = x[n,i]*sum(x[m,k], m, k)"))


def test_rows_lie_apart_in_memory() -> None:
    (found,) = of("y[n,i] = x[n,i]**2 + b[i]")
    assert {m.row.name for m in found.members} == {"n"}


def test_a_mean_over_all_rows_is_divided_in_parts() -> None:
    found = of("a[n,i] = x[n,i]**2\ny[i] = 2*mean(a[n,i]*x[n,i], n)")
    (fused,) = found
    assert [str(e.right) for e in fused.equations] == ["x[n,i]**2", "2*a[n,i]*x[n,i]/N"]


def test_single_operations_are_left_to_numpy() -> None:
    assert not any(isinstance(b, Fused) for b in of("y[n,i] = x[n,i]*b[i]"))


def test_inside_a_recurrence() -> None:
    backward = derive(load("lstm")).backward
    loops = [b for b in blocks(backward, ("h", "dx")) if isinstance(b, FusedRecurrence)]
    fused = [item for loop in loops for item in loop.body if isinstance(item, Fused)]
    assert [len(f.members) for f in fused] == [6, 9]
    assert [set(f.local) for f in fused] == [set(), {"do", "dg", "df", "di"}]
    assert not {"do", "dg", "df", "di"} & set(arrays_of(loops[1]))


def recurrence(equations: str):
    """The body of a recurrence over t with a state h."""
    found = of(
        f"{equations}\nh[0,n,i] = h0[n,i]\ny[n,i] = h[T,n,i]",
        indices="t=1..T  n:N  i,j:D", inputs="x[t,n,i]  h0[n,i]  w[i,j]  v[i,j]",
    )  # fmt: skip
    return next(b for b in found if isinstance(b, FusedRecurrence))


def names(loop) -> list[list[str]]:
    return [[e.name for e in (item.equations if isinstance(item, Fused) else [item.equation])] for item in loop.body]


def test_products_come_before_what_does_not_need_them() -> None:
    loop = recurrence(
        "a[t,n,i] = sum(w[i,j]*h[t-1,n,j], j)\nr[t,n,i] = sigmoid(a[t,n,i])\n"
        "m[t,n,i] = sum(v[i,j]*h[t-1,n,j], j)\nh[t,n,i] = tanh(r[t,n,i]*m[t,n,i])*sigmoid(m[t,n,i])"
    )
    assert names(loop) == [["a"], ["m"], ["r", "h"]]


def test_what_is_read_at_another_step_or_after_the_loop_is_not_held_for_a_row() -> None:
    loop = recurrence(
        "a[t,n,i] = tanh(h[t-1,n,i])\nb[t,n,i] = tanh(a[t,n,i]) + a[t-1,n,i]\na[0,n,i] = h0[n,i]\n"
        "c[t,n,i] = tanh(b[t,n,i])\nh[t,n,i] = c[t,n,i]*sum(b[t,n,j], j)"
    )
    (kernel,) = loop.body
    assert isinstance(kernel, Fused)
    assert kernel.local == {"b", "c"}


def test_a_product_stays_behind_what_it_needs() -> None:
    loop = recurrence(
        "a[t,n,i] = tanh(h[t-1,n,i])*sigmoid(h[t-1,n,i]) + x[t,n,i]\nm[t,n,i] = sum(v[i,j]*a[t,n,j], j)\n"
        "h[t,n,i] = tanh(m[t,n,i])"
    )
    assert names(loop) == [["a"], ["m"], ["h"]]


def test_what_is_added_to_values_known_before_the_loop_is_a_member() -> None:
    loop = recurrence(
        "a[t,n,i] = sum(w[i,j]*x[t,n,j], j) + h[t-1,n,i]**2\nr[t,n,i] = sigmoid(a[t,n,i])\n"
        "h[t,n,i] = tanh(r[t,n,i])*sigmoid(r[t,n,i])"
    )
    (kernel,) = loop.body
    assert isinstance(kernel, Fused)
    assert [(m.equation.name, m.added) for m in kernel.members] == [("a", True), ("r", False), ("h", False)]
    assert str(kernel.equations[0].right) == "h[t-1,n,i]**2"


@pytest.mark.parametrize("name", ["layernorm", "batchnorm2d", "rmsnorm", "groupnorm", "instancenorm"])
def test_a_normalization_is_one_kernel(name: str) -> None:
    (found,) = blocks(derive(load(name)).backward, ("y", "dx", "dgamma"))
    assert isinstance(found, Fused)
