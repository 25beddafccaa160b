"""Random products of tensors, summed over random indices: their matrix form is right, or it is refused."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.forms.matrix import NotMatrix, Reading, elaborated, matrix_form
from derive.language import expr as E
from derive.language.load import layer
from derive.language.system import Tensor
from derive.language.traverse import free_symbols
from tests.forms.matrix_values import World, agree, loops

FIELDS = {
    "title": "Tensors to multiply",
    "indices": "n,l:N i,m:I j:J k:K",
    "inputs": "x[n,i] z[n,j] w[n]",
    "params": "A[i,j] B[j,k] C[i,k] S[i,m] u[i] v[j] c[] Q[k,i,j]",
    "equations": """
a[n] = sum(x[n,i]*A[i,j]*z[n,j]*u[i]*v[j]*S[i,m], i, j, m)
y[n] = a[n]*w[n]*c*sum(B[j,k]*C[i,k]*Q[k,i,j], i, j, k)
""",
    "output": "y",
}
SYSTEM = layer(**FIELDS)
SIZES = {"N": 2, "I": 3, "J": 4, "K": 5}
NAMES = ("x", "z", "w", "A", "B", "C", "S", "u", "v", "c", "Q")


@st.composite
def elements(draw, names=NAMES):
    """An element of a tensor, each axis read by an index of its range."""
    tensor = SYSTEM.tensors[draw(st.sampled_from(names))]
    return E.Elem(tensor.name, tuple(draw(st.sampled_from(SYSTEM.siblings(a))).symbol for a in tensor.axes))


@st.composite
def equations(draw, bodies):
    """``out[...] = sum(body, ...)``: some of the indices of the body are left free, the others are summed."""
    body = draw(bodies)
    present = [i for i in SYSTEM.indices.values() if i.symbol in free_symbols(body)]
    free = tuple(draw(st.permutations(present))[: draw(st.integers(0, min(3, len(present))))])
    right = E.sum_(tuple(i for i in present if i not in free), body)
    system = replace(SYSTEM, tensors={**SYSTEM.tensors, "out": Tensor("out", free, "computed")})
    return system, E.Elem("out", tuple(i.symbol for i in free)), right, free


@st.composite
def products(draw):
    return E.mul(*draw(st.lists(elements(), min_size=2, max_size=4)))


def assert_right_or_refused(system, left, right, indices):
    form = matrix_form(system, left, right, indices)
    world = World(system, SIZES)
    for reading in {form.batched_reading, form.per_sample_reading}:
        if isinstance(reading, NotMatrix):
            assert reading.reason
            continue
        assert agree(reading, left, right, indices, world)
        again = elaborated(system, reading, indices)
        for env in world.places(indices, {}):
            assert loops(again, world, env) == pytest.approx(loops(right, world, env), rel=1e-9)


@settings(deadline=None, max_examples=150)
@given(equations(products()))
def test_a_product_is_right_or_refused(equation):
    assert_right_or_refused(*equation)


LINKS = {("n", "i"): "x", ("i", "j"): "A", ("j", "k"): "B"}


@given(st.permutations(range(3)), st.booleans())
def test_a_chain_of_matrices_is_always_said(order, backwards):
    """x A B, its factors in any order, as out[n,k] or out[k,n]: a chain without or with all transposed."""
    index = SYSTEM.indices
    factors = [E.Elem(name, tuple(index[a].symbol for a in ends)) for ends, name in LINKS.items()]
    free = (index["k"], index["n"]) if backwards else (index["n"], index["k"])
    right = E.sum_((index["i"], index["j"]), E.mul(*(factors[k] for k in order)))
    system = replace(SYSTEM, tensors={**SYSTEM.tensors, "out": Tensor("out", free, "computed")})
    form = matrix_form(system, E.Elem("out", tuple(i.symbol for i in free)), right, free)
    assert isinstance(form.batched_reading, Reading)
    assert str(form.batched) == ("B.T @ A.T @ x.T" if backwards else "x @ A @ B")


def test_an_index_of_three_matrices_is_refused():
    """Each of i, j, k, m is joined to the three others: no order of matrix products removes them."""
    i, j, k, m = (SYSTEM.indices[name] for name in "ijkm")
    ends = [("A", i, j), ("C", i, k), ("S", i, m), ("A", m, j), ("C", m, k), ("B", j, k)]
    right = E.sum_((i, j, k, m), E.mul(*(E.Elem(name, (a.symbol, b.symbol)) for name, a, b in ends)))
    system = replace(SYSTEM, tensors={**SYSTEM.tensors, "out": Tensor("out", (), "computed")})
    form = matrix_form(system, E.Elem("out"), right, ())
    assert isinstance(form.batched, NotMatrix)
    assert form.batched.reason == "index m is shared by three matrices, and a matrix product joins two"
