"""What is in an expression: free and bound indices, tensors read, nodes."""

from hypothesis import given

from derive.language.expr import Expr
from derive.language.traverse import all_index_names, exchanged, free_symbols, names_read, transform
from tests.language.layers import parsed
from tests.language.strategies import expressions


def test_free_symbols_are_those_not_bound() -> None:
    found = {s.name for s in free_symbols(parsed("sum(W_h[i,k]*h[t-1,n,k], k) + H"))}
    assert found == {"i", "t", "n", "H"}
    assert {s.name for s in free_symbols(parsed("softmax(a[t,n,i], i)"))} == {"t", "n", "i", "H"}
    assert names_read(parsed("sum(W_h[i,k], k) + [tok[n] == i]*tau")) == {"W_h", "tok", "tau"}
    assert {"k", "H"} <= all_index_names(parsed("sum(w[k], k)"))


@given(expressions)
def test_transforming_by_nothing_changes_nothing(expr: Expr) -> None:
    assert transform(expr, lambda e: e) is expr
    assert expr.rebuilt(expr.children) == expr


def test_nodes_exchanged_for_others() -> None:
    line = parsed("tanh(a[t,n,i])*tanh(a[t,n,i]) + a[t,n,i]")
    others = {parsed("tanh(a[t,n,i])"): parsed("h[t,n,i]"), parsed("x[t,n,j]"): parsed("tau")}
    assert exchanged(line, others) == parsed("h[t,n,i]*h[t,n,i] + a[t,n,i]")
    assert exchanged(line, {}) is line
