from derive.language.integers import FloorDiv
from derive.language.traverse import (
    walk,
)
from derive.rendering.abbreviations import abbreviated


def test_an_even_quotient_in_the_range_of_an_index_has_its_name(expression, system):
    guarded = expression("[(i+q) % s == 0, (i+q)//s >= 0, (i+q)//s <= P-1]*X[n,(i+q)//s]")
    short, names = abbreviated(guarded, system)
    assert str(short) == "[(i+q)%s == 0, p >= 0, p <= P-1]*X[n,p]"
    assert {str(symbol): (str(quotient.args[0]), str(quotient.args[1])) for quotient, symbol in names.items()} == {
        "p": ("i + q", "s")
    }
    assert all(isinstance(q, FloorDiv) for q in names)


def test_a_name_that_is_in_use_is_not_taken(expression, system):
    guarded = expression("[(i+q) % s == 0, (i+q)//s >= 0, (i+q)//s <= P-1]*X[n,(i+q)//s]*X[n,p]")
    assert abbreviated(guarded, system) == (guarded, {})


def test_nothing_is_named_without_both_bounds_and_an_even_division(expression, system):
    for text in (
        "[(i+q) % s == 0, (i+q)//s >= 0]*X[n,(i+q)//s]",
        "[(i+q)//s >= 0, (i+q)//s <= P-1]*X[n,(i+q)//s]",
        "[(i+q) % s == 0, (i+q)//s >= 0, (i+q)//s <= P-2]*X[n,(i+q)//s]",
        "X[n,(i+q)//s]",
    ):
        expr = expression(text)
        assert abbreviated(expr, system) == (expr, {})


def test_every_place_is_replaced(derivation):
    derived = derivation("conv2d")
    for gradient in derived.gradients["x"]:
        short, names = abbreviated(gradient.right, derived.system)
        assert {s.name for s in names.values()} == {"p", "r"}
        assert not any("//" in str(n) for n in walk(short))
