"""Equations as textbooks print them, and with the same values as in index form."""

import re

import pytest

from derive.calculus.sweep import derive
from derive.checking.sizes import choose_sizes
from derive.forms.matrix import NotMatrix, Reading, elaborated, matrix_form, matrix_of
from derive.language.errors import LayerError
from derive.language.load import catalogue, layer, load
from derive.language.parser import parse_in
from tests.forms.matrix_values import World, agree, loops

SIZES = {"T": 4, "N": 3, "H": 5, "D": 2, "O": 6, "I": 4, "J": 7, "K": 5, "V": 8, "S": 4, "E": 3, "L": 3}

RECURRENT = {
    "title": "Elman network",
    "indices": "t=1..T n:N i,k:H j:D o:O",
    "inputs": "x[t,n,j] h0[n,i]",
    "params": "W_x[i,j] W_h[i,k] b_h[i] W_y[o,i]",
    "equations": """
h[0,n,i] = h0[n,i]
a[t,n,i] = sum(W_x[i,j]*x[t,n,j], j) + sum(W_h[i,k]*h[t-1,n,k], k) + b_h[i]
h[t,n,i] = tanh(a[t,n,i])
y[t,n,o] = sum(W_y[o,i]*h[t,n,i], i)
""",
    "output": "y",
}
PERCEPTRON = {
    "title": "Perceptron",
    "indices": "n:N i:I k:K o:O",
    "inputs": "x[n,i] r[n]",
    "params": "W[k,i] b[k] U[o,k] g[k]",
    "equations": """
a[n,k] = sum(W[k,i]*x[n,i], i) + b[k]
y[n,o] = r[n]*sum(U[o,k]*g[k]*relu(a[n,k]), k)
""",
    "output": "y",
}
ATTENTION = {
    "title": "Attention",
    "indices": "n:N s,t,r:S d:D e:E",
    "inputs": "x[n,s,e]",
    "params": "W_q[e,d] W_k[e,d]",
    "equations": """
q[n,s,d] = sum(x[n,s,e]*W_q[e,d], e)
k[n,s,d] = sum(x[n,s,e]*W_k[e,d], e)
z[n,s,t] = sum(q[n,s,d]*k[n,t,d], d)/sqrt(D)
p[n,s,t] = softmax(z[n,s,t], t)
y[n,s,e] = sum(p[n,s,t]*x[n,t,e], t)
""",
    "output": "y",
}
BATCH_NORM = {
    "title": "Batch normalisation",
    "indices": "n,m:N i:I",
    "inputs": "x[n,i]",
    "params": "g[i] b[i]",
    "equations": """
mu[i] = mean(x[n,i], n)
c[n,i] = x[n,i] - mu[i]
v[i] = mean(c[n,i]**2, n)
y[n,i] = g[i]*c[n,i]/sqrt(v[i] + 1/100) + b[i]
""",
    "output": "y",
}


def form_of(system, line, tensors=()):
    """The matrix form of a line of text over the tensors of a system, and what it was made from."""
    left, right = (part.strip() for part in line.split(" = ", 1))
    elem = parse_in(system, left, tuple(system.indices.values()), tensors)
    indices = tuple(system.indices[p.name] for p in elem.index if p.is_Symbol and p.name in system.indices)
    return elem, parse_in(system, right, indices, tensors), indices


def readings(system, elem, right, indices):
    form = matrix_form(system, elem, right, indices)
    return form.per_sample_reading, form.batched_reading


def assert_same_values(system, elem, right, indices, sizes=SIZES):
    """Both readings have the values of the index form: as a tree, and as text read back into index form."""
    world = World(system, {name: sizes[name] for name in system.sizes})
    for reading in readings(system, elem, right, indices):
        if isinstance(reading, NotMatrix):
            assert reading.reason
            continue
        assert agree(reading, elem, right, indices, world)
        again = elaborated(system, reading, indices)
        if again is not None:
            for env in world.places(indices, {}):
                assert loops(again, world, env) == pytest.approx(loops(right, world, env), rel=1e-9)


def lines(fields):
    """Every equation of a layer and of its backward pass, by the name of its left side."""
    derivation = derive(layer(**fields) if isinstance(fields, dict) else load(fields))
    forward = [(e.left, e.right, e.indices) for e in derivation.system.all_equations]
    backward = [(g.left, g.right, g.indices) for gs in derivation.gradients.values() for g in gs]
    return derivation.backward, {str(e[0]): e for e in (*forward, *backward)}


PRINTED = [
    (RECURRENT, "a[t,n,i]", "a[t] = W_x @ x[t] + W_h @ h[t-1] + b_h", "a[t] = x[t] @ W_x.T + h[t-1] @ W_h.T + b_h"),
    (RECURRENT, "h[0,n,i]", "h[0] = h0", "h[0] = h0"),
    (RECURRENT, "h[t,n,i]", "h[t] = tanh(a[t])", "h[t] = tanh(a[t])"),
    (RECURRENT, "dh[t,n,i]", "dh[t] = W_y.T @ dy[t] + [t < T]*W_h.T @ da[t+1]",
     "dh[t] = dy[t] @ W_y + [t < T]*da[t+1] @ W_h"),
    (RECURRENT, "dh[0,n,i]", "dh[0] = W_h.T @ da[1]", "dh[0] = da[1] @ W_h"),
    (RECURRENT, "dW_h[i,k]", "dW_h = sum(outer(da[t,n], h[t-1,n]), t, n)", "dW_h = sum(da[t].T @ h[t-1], t)"),
    (RECURRENT, "db_h[i]", "db_h = sum(da[t,n], t, n)", "db_h = sum(da[t], t, n)"),
    (PERCEPTRON, "a[n,k]", "a = W @ x + b", "a = x @ W.T + b"),
    (PERCEPTRON, "dx[n,i]", "dx = W.T @ da", "dx = da @ W"),
    (PERCEPTRON, "dW[k,i]", "dW = sum(outer(da[n], x[n]), n)", "dW = da.T @ x"),
    (PERCEPTRON, "db[k]", "db = sum(da[n], n)", "db = sum(da, n)"),
    (ATTENTION, "q[n,s,d]", "q = x @ W_q", None),
    (ATTENTION, "z[n,s,t]", "z = q @ k.T/sqrt(D)", None),
    (ATTENTION, "p[n,s,t]", "p = softmax(z, t)", None),
    (ATTENTION, "dp[n,s,t]", "dp = dy @ x.T", None),
    (ATTENTION, "dk[n,s,d]", "dk = dz.T @ q/sqrt(D)", None),
    (ATTENTION, "dW_q[e,d]", "dW_q = sum(x[n].T @ dq[n], n)", None),
    (BATCH_NORM, "mu[i]", "mu = mean(x, n)", "mu = mean(x, n)"),
    (BATCH_NORM, "c[n,i]", "c = x - mu", "c = x - mu"),
    (BATCH_NORM, "db[i]", "db = sum(dy, n)", "db = sum(dy, n)"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "name", "per_sample", "batched"), PRINTED)
def test_as_textbooks_print_it(fields, name, per_sample, batched):
    system, found = lines(fields)
    said = [str(r) if isinstance(r, Reading) else None for r in readings(system, *found[name])]
    assert said == [per_sample, batched]


@pytest.mark.parametrize("fields", [RECURRENT, PERCEPTRON, ATTENTION, BATCH_NORM], ids=lambda f: f["title"])
def test_every_line_has_the_values_of_its_index_form(fields):
    system, found = lines(fields)
    for line in found.values():
        assert_same_values(system, *line)


MATRICES = {
    "title": "Matrices",
    "indices": "n,m:N i:I j,q:J k:K l:L",
    "inputs": "x[n,i] z[n,j] w[n] y0[n,i]",
    "params": "A[i,j] B[j,k] C[i,k] E[i,j] u[i] v[j] W[l,i,j] P[j,q] p[]",
    "equations": """
a[n] = sum(x[n,i]*A[i,j]*z[n,j], i, j) + sum(y0[n,i]*E[i,j]*u[i]*v[j], i, j)
b[n] = sum(P[j,q]*z[n,q]*B[j,k]*C[i,k], i, j, k, q) + sum(W[l,i,j], i, j, l)
y[n] = w[n]*a[n]*b[n]*p
""",
    "output": "y",
}


@pytest.mark.parametrize(
    ("line", "per_sample", "batched"),
    [
        ("C[i,k] = sum(A[i,j]*B[j,k], j)", "A @ B", "A @ B"),
        ("B[j,k] = sum(A[i,j]*C[i,k], i)", "A.T @ C", "A.T @ C"),
        ("A[i,j] = u[i]*v[j]", "outer(u, v)", "outer(u, v)"),
        ("A[i,j] = v[j]*u[i]", "outer(u, v)", "outer(u, v)"),
        ("A[i,j] = u[i]*A[i,j]", "diag(u) @ A", "diag(u) @ A"),
        ("A[i,j] = A[i,j]*v[j]", "A @ diag(v)", "A @ diag(v)"),
        ("C[i,k] = sum(A[i,j]*v[j]*B[j,k], j)", "A @ diag(v) @ B", "A @ diag(v) @ B"),
        ("A[i,j] = A[i,j]*E[i,j]", "A*E", "A*E"),
        ("u[i] = sum(A[i,j]*E[i,j], j)", "sum(A*E, j)", "sum(A*E, j)"),
        ("v[j] = sum(A[i,j]*E[i,j], i)", "sum(A*E, i)", "sum(A*E, i)"),
        ("u[i] = sum(A[i,j]*v[j], j)", "A @ v", "A @ v"),
        ("u[i] = sum(A[i,j]*B[j,k], j, k)", "A @ sum(B, k)", "A @ sum(B, k)"),
        ("u[i] = u[i]*sum(A[i,j]*v[j], j)", "u*(A @ v)", "u*(A @ v)"),
        ("u[i] = 2*sum(A[i,j]*v[j], j)/N", "2*A @ v/N", "2*A @ v/N"),
        ("u[i] = sum(v[q]*v[q], q)*u[i]", "(v @ v)*u", "(v @ v)*u"),
        ("u[i] = sum(v[j]*v[q]*P[j,q], j, q)*u[i]", "(v @ (P @ v))*u", "(v @ (P @ v))*u"),
        ("v[j] = sum(P[j,q]*sum(P[q,j], j), q)", "P @ sum(P, q)", "P @ sum(P, q)"),
        ("v[j] = [v[j] > 0]*tanh(v[j])**2", "[v > 0]*tanh(v)**2", "[v > 0]*tanh(v)**2"),
        ("P[j,q] = P[q,j]", "P.T", "P.T"),
        ("P[j,q] = P[j,q] + P[q,j]", "P + P.T", "P + P.T"),
        ("v[j] = P[j,j]", None, None),
        ("C[i,k] = sum(A[i,j]*B[j,k]*v[j]*C[i,k], j)", "(A @ diag(v) @ B)*C", "(A @ diag(v) @ B)*C"),
        ("u[i] = sum(C[i,k]*sum(B[j,k]*v[j], j), k)", "C @ B.T @ v", "C @ B.T @ v"),
        ("u[i] = u[i]**p/(p + 1)", "u**p/(p + 1)", "u**p/(p + 1)"),
        ("u[i] = u[i]**u[i]", None, None),
        ("x[n,i] = x[n,i]**w[n]", "x[n]**w[n]", None),
        ("P[j,q] = softmax(P[j,q], j)*argmax(P[j,q], q)", "softmax(P, j)*argmax(P, q)", "softmax(P, j)*argmax(P, q)"),
        ("v[j] = max(P[j,q], q) + logsumexp(P[q,j], q)", "max(P, q) + logsumexp(P, j)", "max(P, q) + logsumexp(P, j)"),
        ("W[l,i,j] = W[l,i,j]*v[j]", "W[l] @ diag(v)", "W[l] @ diag(v)"),
        ("x[n,i] = sum(A[i,j]*v[j]*z[n,j], j)", "A @ (v*z)", "(v*z) @ A.T"),
        ("x[n,i] = w[n]*x[n,i]", "w*x", "diag(w) @ x"),
        ("x[n,i] = x[n,i]*u[i]", "x*u", "x*u"),
        ("x[n,i] = u[i]*sum(A[i,j]*z[n,j], j)", "u*(A @ z)", "u*(z @ A.T)"),
        ("A[i,j] = sum(w[n]*x[n,i]*z[n,j], n)", "sum(w[n]*outer(x[n], z[n]), n)", "x.T @ diag(w) @ z"),
        ("A[i,j] = sum(x[n,i]*y0[n,i]*z[n,j], n)", "sum(outer(x[n]*y0[n], z[n]), n)", "(x*y0).T @ z"),
        ("x[n,i] = x[n,i] - w[n]", "x - w", None),
        ("w[n] = sum(x[n,i]*y0[n,i], i)", "x @ y0", "sum(x*y0, i)"),
        ("w[n] = sum(x[n,i]*A[i,j]*z[n,j], i, j)", "x @ (A @ z)", "sum(x*(z @ A.T), i)"),
    ],
)  # fmt: skip
def test_products(line, per_sample, batched):
    system = layer(**MATRICES)
    elem, right, indices = form_of(system, line)
    said = [str(r.right) if isinstance(r, Reading) else None for r in readings(system, elem, right, indices)]
    assert said == [per_sample, batched]
    assert_same_values(system, elem, right, indices)


def test_the_jacobian_of_a_recurrence():
    derivation = derive(layer(**RECURRENT))
    (closed,) = derivation.closed_forms
    system, others = derivation.backward, tuple(i for i in closed.indices if i != closed.column)
    jacobian = matrix_of(system, closed.jacobian, (closed.row, closed.column), others)
    assert str(jacobian) == "diag(1 - h[t+1]**2) @ W_h"
    assert str(matrix_of(system, closed.jacobian, (closed.column, closed.row), others)) == "W_h.T @ diag(1 - h[t+1]**2)"
    assert str(matrix_of(system, closed.local, (closed.column,), others)) == "W_y.T @ dy[t]"


def test_a_vector_of_what_does_not_vary_is_refused():
    system = layer(**MATRICES)
    elem, right, indices = form_of(system, "u[i] = p*w[1]")
    assert matrix_form(system, elem, right, indices).batched == NotMatrix("the right side is the same for every i")


def test_the_batch_index_and_the_text_of_a_form():
    system, found = lines(RECURRENT)
    hidden = matrix_form(system, *found["dh[t,n,i]"])
    assert hidden.batch == system.indices["n"] == matrix_form(system, *found["dW_h[i,k]"]).batch
    assert str(hidden) == "dy[t] @ W_y + [t < T]*da[t+1] @ W_h"
    assert str(hidden.per_sample_reading.spoken) == "dh[t,n] = W_y.T @ dy[t,n] + [t < T]*W_h.T @ da[t+1,n]"
    system, found = lines(ATTENTION)
    queries = matrix_form(system, *found["q[n,s,d]"])
    assert isinstance(queries.batched, NotMatrix) and str(queries) == "x @ W_q"


@pytest.mark.parametrize("name", catalogue())
def test_every_line_of_the_catalogue_is_right_or_refused(name):
    system, found = lines(name)
    sizes = choose_sizes(system, 3, 0)
    for line in found.values():
        form = matrix_form(system, *line)
        if form.per_sample_reading == form.batched_reading and not is_text(form.batched):
            continue
        assert_same_values(system, *line, sizes)


def is_text(right):
    return not isinstance(right, NotMatrix) and right.parseable


@pytest.mark.parametrize(
    ("text", "message"),
    [("diag(A) @ v", "diag takes a vector; here are axes (i, j)"), ("diag(u, u) @ A", "diag takes 1 argument, here 2")],
)
def test_diag_takes_one_vector(text, message):
    system = layer(**MATRICES)
    with pytest.raises(LayerError, match=re.escape(message)):
        parse_in(system, text, (system.indices["i"], system.indices["j"]))
