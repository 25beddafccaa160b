"""The writer keeps lines, temporaries and blocks; the scope proves what it is asked."""

import sympy

from derive.forms.numpy_scope import Writer, scope_of
from derive.language.expr import Compare, Index, size
from derive.language.integers import index_symbol, size_symbol
from derive.language.load import layer

SYSTEM = layer(title="Scope", indices="t=1..T", inputs="x[t]", equations="h[0] = 0\nh[t] = h[t-1] + x[t]", output="h")
T, t = size_symbol("T"), index_symbol("t")
INDEX = Index("t", sympy.Integer(1), T)


def test_a_temporary_is_used_again_but_not_outside_its_block() -> None:
    writer = Writer(SYSTEM)
    assert writer.named("a", "f(x)", "key") == ("a", ())
    assert writer.named("b", "f(x)", "key") == ("a", ())
    with writer.block("if T > 1:"):
        inside, _ = writer.named("c", "g(x)", "other")
    after, _ = writer.named("c", "g(x)", "other")
    assert inside != after
    assert writer.lines == ["    a = f(x)", "    if T > 1:", "        c = g(x)", "    c_2 = g(x)"]


def test_large_temporaries_are_deleted_after_their_last_use() -> None:
    writer = Writer(SYSTEM)
    writer.named("a", "f(x)", "a")
    writer.line("y = a + 1")
    with writer.block("for t in range(T):"):
        writer.line("z[t] = a")
        writer.line("w[t] = 0")
    writer.line("v = 2")
    writer.release()
    assert writer.lines[-2:] == ["    del a", "    v = 2"]


def test_facts_of_indices_and_of_blocks() -> None:
    scope = scope_of(Writer(SYSTEM)).over([INDEX])
    assert scope.proved(T - t) and not scope.proved(T - t - 1)
    assert scope.at_least_zero(T - 1).text == "T - 1"
    assert scope.at_least_zero(T - 2).text == "max(T - 2, 0)"
    loop = scope_of(Writer(SYSTEM)).looping([INDEX]).in_block((Compare("<", size(t), size(T)),))
    assert loop.proved(T - t - 1)


def test_an_integer_without_indices_is_the_argument_of_its_name() -> None:
    writer = Writer(layer(indices="n:N", inputs="x[n] k[]", integers="k", equations="y[n] = [n != k]*x[n]", output="y"))
    assert writer.size(size_symbol("k")).text == "k" and not writer.sizes


def test_a_comment_stays_one_comment() -> None:
    writer = Writer(SYSTEM)
    writer.comment("word " * 60)
    assert len(writer.lines) > 1
    assert all(line.startswith("    # ") and len(line) < 120 for line in writer.lines)


def test_storage_holds_the_base_cases() -> None:
    assert Writer(SYSTEM).bounds("h") == ((0, T),)
