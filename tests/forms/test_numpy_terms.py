"""Terms at the places where they land: the change of variable keeps the sum."""

import sympy

from derive.calculus.sweep import derive
from derive.forms.numpy_terms import element_landing, term_of, terms_of, window_landing
from derive.language.expr import Index
from derive.language.integers import FloorDiv, Mod, expand, index_symbol, size_symbol
from derive.language.load import layer, load
from derive.language.parser import parse_in
from derive.language.ranges import facts_of

S, D, Q = size_symbol("s"), size_symbol("d"), size_symbol("q")


def landed(name, gradient):
    backward = derive(load(name)).backward
    equation = backward.definitions(gradient)[0]
    names = frozenset(i.name for i in equation.indices)
    facts = facts_of(backward)
    term = term_of(equation.right, names, backward, facts.within(equation.indices))
    return equation, window_landing(term, equation.indices, backward, facts)


def test_the_input_gradient_of_a_strided_convolution_lands_in_windows() -> None:
    equation, landing = landed("conv2d", "dx")
    assert landing is not None
    assert not any(a.has(FloorDiv) or a.has(Mod) for f in landing.term.factors for a in getattr(f, "index", ()))
    for index, place in landing.places.items():
        position, offset = landing.runs[index]
        step = place.coeff(position.symbol)
        assert step.name.startswith("s_")
        assert expand(
            place - step * position.symbol - place.coeff(offset.symbol) * offset.symbol
        ).could_extract_minus_sign()
    assert all(str(f).startswith(("dy", "W")) for f in landing.term.factors)  # no guard is left


def test_a_plain_correlation_is_read_in_windows_and_does_not_land() -> None:
    backward = derive(load("conv2d")).backward
    equation = backward.definitions("y")[0]
    facts = facts_of(backward)
    term = term_of(next(terms_of(equation.right)), frozenset("nopr"), backward, facts.within(equation.indices))
    assert window_landing(term, equation.indices, backward, facts) is None


def test_the_gradient_of_a_table_lands_where_the_words_point() -> None:
    backward = derive(load("embedding")).backward
    equation = backward.definitions("dW")[0]
    term = term_of(equation.right, frozenset("ve"), backward, facts_of(backward).within(equation.indices))
    landing = element_landing(term, equation.indices)
    assert landing is not None
    [(index, place)] = landing.places.items()
    assert index.name == "v" and str(place) == "tok[n, s]"
    assert landing.term.over == () and [r.name for r in landing.runs[index]] == ["n", "s"]


def test_sums_are_merged_with_their_indices_apart() -> None:
    system = layer(
        title="Merge",
        indices="i,k:N",
        inputs="A[i,k]  x[k]",
        equations="y[i] = sum(A[i,k]*x[k], k)*sum(x[k], k)",
        output="y",
    )
    right = system.equations[0].right
    term = term_of(right, frozenset("i"), system, facts_of(system))
    assert len({i.name for i in term.over}) == 2
    assert len(term.factors) == 3


def test_terms_under_a_summation_sign() -> None:
    system = layer(title="Terms", indices="i,k:N", inputs="x[i]", equations="y[i] = x[i]", output="y")
    index = Index("i", sympy.Integer(1), size_symbol("N"))
    expr = parse_in(system, "x[i] + sum(x[k] - 2*x[i], k)", (index,))
    assert [str(t) for t in terms_of(expr)] == ["x[i]", "sum(x[k], k)", "sum(-2*x[i], k)"]
    assert index_symbol("i") == index.symbol
