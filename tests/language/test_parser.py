"""The ways into the language; whatever the text, nothing is executed and nothing but LayerError is raised."""

import builtins
import sys
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from derive.language.errors import Fragment, LayerError
from derive.language.expr import Elem, Expr, Index
from derive.language.integers import index_symbol, size_symbol
from derive.language.load import load
from derive.language.parser import (
    elements_in,
    has_matrix_operation,
    left_over,
    parse_expression,
    parse_in,
    parse_integer,
    parse_place,
    parse_value,
)
from derive.language.system import System, Tensor
from tests.language.layers import SCOPE, SYSTEM, parsed

RNN = load("rnn")


def gradients(system: System) -> dict[str, Tensor]:
    return {f"d{t.name}": Tensor(f"d{t.name}", t.axes, "gradient") for t in system.tensors.values()}


def over(*names: str) -> tuple[Index, ...]:
    return tuple(RNN.indices[name] for name in names)


@pytest.mark.parametrize(
    ("indices", "source", "read"),
    [
        ("ik", "sum(outer(da[t,n], h[t-1,n]), t, n)", "sum(da[t,n,i]*h[t-1,n,k], t, n)"),
        ("ik", "sum(da[t].T @ h[t-1], t)", "sum(sum(da[t,n,i]*h[t-1,n,k], n), t)"),
        ("tni", "W_y.T @ dz[t,n] + [t < T]*W_h.T @ da[t+1,n]",
         "sum(W_y[o,i]*dz[t,n,o], o) + sum([t < T]*W_h[k,i]*da[t+1,n,k], k)"),
        ("tni", "dz[t] @ W_y + [t < T]*da[t+1] @ W_h",
         "sum(dz[t,n,o]*W_y[o,i], o) + sum([t < T]*da[t+1,n,k]*W_h[k,i], k)"),
        ("tni", "dh[t]*(1 - h[t]**2)", "dh[t,n,i]*(1 - h[t,n,i]**2)"),
        ("tni", "dh*(1 - h**2)", "dh[t,n,i]*(1 - h[t,n,i]**2)"),
        ("i", "sum(da, t, n)", "sum(da[t,n,i], t, n)"),
        ("i", "sum(da[t,n,i], t, n)", "sum(da[t,n,i], t, n)"),
        ("ni", "W_h.T @ da[1,n]", "sum(W_h[k,i]*da[1,n,k], k)"),
        ("tno", "2*(y - target)", "2*(y[t,n,o] - target[t,n,o])"),
        ("oi", "sum(dz[t].T @ h[t], t)", "sum(sum(dz[t,n,o]*h[t,n,i], n), t)"),
    ],
)  # fmt: skip
def test_a_person_s_gradients_are_read_in_either_form(indices: str, source: str, read: str) -> None:
    assert str(parse_in(RNN, source, over(*indices), gradients(RNN))) == read


def test_more_tensors_may_be_given_as_a_list() -> None:
    assert parse_in(RNN, "dz[t,n,o]", over(*"tno"), list(gradients(RNN).values())) == Elem(
        "dz", tuple(i.symbol for i in over(*"tno"))
    )


@pytest.mark.parametrize(
    ("indices", "source", "column", "message"),
    [
        ("ik", "da[t,n,i]*h[t-1,n,k]", 4, "index t is neither on the left nor summed over"),
        ("ik", "sum(outer(da[t], h[t-1]), t)", 5, "outer takes two vectors; one argument has axes (n, i)"),
        ("i", "sum(da, t)", 5, "da has 3 indices, here it has none: axes (n, i) are left over"),
        ("oi", "sum(h[t].T @ dz[t], t)", 5, "h has 3 indices, here it has 1: axes (i, o) do not fit axes (o, i)"),
        ("tni", "dq[t,n,i]", 1, "unknown tensor dq"),
    ],
)
def test_what_does_not_fit_its_left_side_is_refused(indices: str, source: str, column: int, message: str) -> None:
    with pytest.raises(LayerError) as caught:
        parse_in(RNN, source, over(*indices), gradients(RNN))
    assert (caught.value.column, caught.value.message) == (column, message)


def test_a_left_index_is_not_run_over_twice() -> None:
    """W_h[i] leaves an axis with the range of i; it must not silently become the diagonal."""
    with pytest.raises(LayerError, match="W_h has 2 indices, here it has 1"):
        parse_in(RNN, "W_h[i]", over("i"))


def test_an_index_printed_with_a_number_has_the_range_of_its_stem() -> None:
    assert parsed("sum(v[i_2], i_2)") == parsed("sum(v[i_2], i_2)")
    assert str(parsed("sum(W_h[i,k_2]*w[k_2], k_2)")) == "sum(W_h[i,k_2]*w[k_2], k_2)"
    with pytest.raises(LayerError, match="z_2 is not an index"):
        parsed("sum(v[i], z_2)")


def test_integers_and_places() -> None:
    t, i = index_symbol("t"), index_symbol("i")
    assert parse_integer("2*t - T//2 + 1", SCOPE).subs({t: 3, size_symbol("T"): 5}) == 5
    name, places = parse_place(Fragment.of("h[T+1, i]"), SCOPE)
    assert (name, places) == ("h", ((size_symbol("T") + 1, 2), (i, 7)))
    assert parse_place(Fragment.of("y"), SCOPE) == ("y", ())
    for bad in ["2", "y + 1", "f(y)", "(x @ y)[i]", "[t < T]"]:
        with pytest.raises(LayerError, match="the left side of an equation is one element"):
            parse_place(Fragment.of(bad), SCOPE)


def test_elements_are_found_where_they_stand() -> None:
    text = Fragment.of("tau*sum(W_h[i,k]*w, k) + v[tok[n]]")
    assert [(name, len(places), at) for name, places, at in elements_in(text, SCOPE)] == [
        ("tau", 0, 0), ("W_h", 2, 8), ("w", 0, 17), ("v", 1, 25), ("tok", 1, 27),
    ]  # fmt: skip


def test_matrix_operations_are_recognised() -> None:
    for source in ("W_h @ w", "W_h.T", "outer(v, w)", "2*diag(v)"):
        assert has_matrix_operation(Fragment.of(source))
    assert not has_matrix_operation(Fragment.of("sum(W_h[i,k]*w[k], k)"))


def test_what_is_left_over_is_shown_at_the_element_that_lacks_an_index() -> None:
    error = left_over(Fragment.of("tau*W_h[i]"), SCOPE, "an axis is left over")
    assert (error.column, error.message) == (5, "W_h has 2 indices, here it has 1: an axis is left over")
    assert left_over(Fragment.of("tau"), SCOPE, "an axis is left over").message == "an axis is left over"


def test_an_option_stands_for_its_text() -> None:
    from dataclasses import replace

    scope = replace(SCOPE, options={"p": Fragment.of("2 + tau"), "g": Fragment.of("tanh"), "s_0": Fragment.of("3")})
    assert str(parse_expression("p*g(v[i])", scope)) == "(2 + tau)*tanh(v[i])"
    assert str(parse_expression("v[i-s_0]", scope)) == "v[i-3]"
    looping = replace(SCOPE, options={"p": Fragment.of("q_0"), "q_0": Fragment.of("p + 1")})
    with pytest.raises(LayerError, match="unknown name p"):
        parse_expression("p", looping)


# Whatever the text

_VOCABULARY = (
    "tau v W_h h w tok i k t n H T s sum softmax tanh outer diag max D delta f x y __class__ __import__ os eval open "
    "lambda print exec T.T .T @ ** // % + - * / ( ) [ ] , < <= == != 1 2 0 0.5 10 99999 1e9 ' \" : = . \n"
)
_WORDS = st.sampled_from(_VOCABULARY.split(" "))
TEXTS = st.one_of(
    st.lists(_WORDS, max_size=25).map(" ".join),
    st.lists(_WORDS, max_size=25).map("".join),
    st.text(max_size=40),
)


def attempt(source: str) -> Expr | None:
    try:
        return parse_value(source, SCOPE).expr
    except LayerError as error:
        assert error.line >= 1 and error.column >= 1
        return None


@given(TEXTS)
@example("__import__('os').system('true')")
@example("(1).__class__.__mro__[1].__subclasses__()")
@example("exec(open)")
@example("9**9**9**9")
@example("v[" * 40 + "i" + "]" * 40)
@example("sum(" * 50 + "v[i]" + ", i)" * 50)
@example("T" * 5000 + "[i]")
@example("*".join(["(T+H+D+O+s+q)"] * 300))
@example("v[" + "*".join(["(T+H+D+O+s+q)"] * 300) + "]")
@example("v[" + "//".join(["(T+H)"] * 300) + "]")
@example("((9**60)**60)**60")
def test_any_text_gives_an_expression_or_a_layer_error(source: str) -> None:
    attempt(source)


@given(TEXTS)
def test_no_text_is_executed(source: str) -> None:
    """An audit hook would see code compiled from the text, a file opened, a module imported."""
    with _Watched() as seen:
        attempt(source)
    assert not seen


class _Watched:
    """Notes what must not happen while a text is read: anything compiled to code, executed, imported or opened."""

    hooked = False
    active: list[str] | None = None

    def __enter__(self) -> list[str]:
        if not _Watched.hooked:
            sys.addaudithook(_Watched.hook)
            _Watched.hooked = True
        _Watched.active = seen = []
        return seen

    def __exit__(self, *_: Any) -> None:
        _Watched.active = None

    @staticmethod
    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if _Watched.active is not None and event in ("exec", "import", "open", "os.system", "subprocess.Popen"):
            _Watched.active.append(f"{event} {arguments!r}")


def test_the_watch_sees_what_it_should() -> None:
    with _Watched() as seen:
        builtins.eval("1 + 1")
    assert seen


def test_the_system_of_the_scope_is_left_as_it_was() -> None:
    before = str(SYSTEM)
    parse_in(SYSTEM, "W_h @ w", (SYSTEM.indices["i"],))
    assert str(SYSTEM) == before
