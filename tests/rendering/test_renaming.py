from dataclasses import replace

import pytest

from derive.calculus.sweep import derive
from derive.language.expr import Call, Num
from derive.language.load import layer
from derive.language.traverse import transform
from derive.rendering.renaming import renaming, substeps_renaming

TWO_GATES = {
    "indices": "n:N  i,k:H  j:D",
    "inputs": "x[n,j]  z[n,k]",
    "params": "W_a[i,j]  U_a[i,k]  W_b[i,j]  U_b[i,k]",
    "equations": """
u[n,i] = sum(W_a[i,j]*x[n,j], j) + sum(U_a[i,k]*z[n,k], k)
v[n,i] = sum(W_b[i,j]*x[n,j], j) + sum(U_b[i,k]*z[n,k], k)
p[n,i] = tanh(u[n,i])
q[n,i] = {of_v}
y[n,i] = p[n,i] + q[n,i]
""",
    "output": "y",
}


def gates(of_v="tanh(v[n,i])"):
    """The gradients of two gates that differ at most in their activation, and the tensor of each gradient."""
    derived = derive(layer(**{**TWO_GATES, "equations": TWO_GATES["equations"].format(of_v=of_v)}))
    return {name: parts[0] for name, parts in derived.gradients.items()}, {f"d{n}": n for n in derived.system.tensors}


def test_the_same_steps_under_other_names():
    found, taken_by = gates()
    names = renaming(found["W_a"], found["W_b"], taken_by)
    assert {a: b for a, b in names.tensors.items() if a != b} == {
        "W_a": "W_b", "dW_a": "dW_b", "U_a": "U_b", "u": "v", "du": "dv",
    }  # fmt: skip
    assert names.tensors["x"] == "x"
    assert all(a == b for a, b in names.indices.items())


def test_indices_may_have_other_names_and_other_ranges_then():
    equations = "q[n,i] = sum(A[i,j]*x[n,j], j)\nk[n,i] = sum(B[i,e]*z[n,e], e)\ny[n,i] = q[n,i]*k[n,i]"
    fields = {"indices": "n:N i:I j:D e:E", "inputs": "x[n,j] z[n,e]", "params": "A[i,j] B[i,e]", "output": "y"}
    derived = derive(layer(**fields, equations=equations))
    taken_by = {f"d{n}": n for n in derived.system.tensors}
    names = renaming(derived.gradients["A"][0], derived.gradients["B"][0], taken_by)
    assert names.indices["j"] == "e" and names.tensors["q"] == "k" and names.tensors["x"] == "z"


def test_the_order_of_terms_is_part_of_the_words():
    found, taken_by = gates()
    assert renaming(found["W_a"], found["U_a"], taken_by) is None


def test_a_gradient_is_its_own_under_its_own_names():
    found, taken_by = gates()
    names = renaming(found["u"], found["u"], taken_by)
    assert all(a == b for a, b in (*names.tensors.items(), *names.indices.items()))


@pytest.mark.parametrize("of_v", ["sigmoid(v[n,i])", "tanh(2*v[n,i])", "tanh(v[n,i])*v[n,i]", "-tanh(v[n,i])"])
def test_another_function_or_number_is_no_repetition(of_v):
    found, taken_by = gates(of_v)
    assert renaming(found["u"], found["v"], taken_by) is None


def test_two_names_for_one_are_no_repetition():
    """A product of two tensors is no square, nor the other way about."""
    equations = "y[i] = a[i]*b[i]\nz[i] = c[i]*c[i]"
    derived = derive(layer(indices="i:I", inputs="a[i] b[i] c[i]", equations=equations, output="y, z"))
    found = {name: parts[0] for name, parts in derived.gradients.items()}
    taken_by = {f"d{n}": n for n in derived.system.tensors}
    assert renaming(found["a"], found["b"], taken_by) is None
    assert renaming(found["a"], found["c"], taken_by) is None and renaming(found["c"], found["a"], taken_by) is None


def test_another_place_is_no_repetition():
    equations = "h[0,i] = 0\nh[t,i] = h[t-1,i] + u[t,i]\ny[t,i] = h[t,i]*u[t,i]*v[t,i]"
    derived = derive(layer(indices="t=1..T i:I", inputs="u[t,i] v[t,i]", equations=equations, output="y"))
    taken_by = {f"d{n}": n for n in derived.system.tensors}
    (u,), (v,) = derived.gradients["u"], derived.gradients["v"]
    assert renaming(u, v, taken_by) is None and renaming(v, u, taken_by) is None


def every_step(steps):
    for step in steps:
        yield step
        yield from every_step(step.substeps)


def test_any_step_that_differs_is_seen():
    """However one step of a repetition is changed, in its lines, its rule or its words, it is one no more."""
    found, taken_by = gates()
    one, other = found["W_a"], found["W_b"]
    sevenfold = {"after": Num(7), "rule": "another rule", "sentence": "Another sentence."}
    for k, _ in enumerate(list(every_step(other.steps))):
        for field, value in sevenfold.items():
            assert renaming(one, replace(other, steps=_changed(other.steps, k, field, value)), taken_by) is None


def _changed(steps, k, field, value):
    """The steps with the k-th, counted through sub-steps, changed."""
    out, seen = [], 0
    for step in steps:
        inside = len(list(every_step(step.substeps)))
        if seen == k:
            step = replace(step, **{field: value})
        elif seen < k <= seen + inside:
            step = replace(step, substeps=_changed(step.substeps, k - seen - 1, field, value))
        seen += 1 + inside
        out.append(step)
    return tuple(out)


def test_the_result_has_to_agree():
    found, taken_by = gates()
    other = found["W_b"]
    wrong = transform(other.right, lambda n: Call("tanh", (n,)) if n == other.right else n)
    assert renaming(found["W_a"], replace(other, right=wrong), taken_by) is None


def test_a_gradient_from_above_is_not_one_that_was_derived():
    derived = derive(
        layer(indices="i:I", inputs="a[i] b[i]", equations="y[i] = a[i]\nz[i] = b[i]\nw[i] = z[i]**2", output="y, z, w")
    )
    taken_by = {**{f"d{n}": n for n in derived.system.tensors}, "dz_up": "z"}
    (a,), (b,), (z,) = (derived.gradients[n] for n in "abz")
    assert renaming(a, b, taken_by) is not None
    assert renaming(z, a, taken_by) is None


def test_single_rewrites_of_a_step():
    found, taken_by = gates()
    local = {name: found[name].steps[1] for name in ("W_a", "W_b", "u")}
    assert substeps_renaming(local["W_a"], local["W_b"], taken_by).tensors["u"] == "v"
    assert substeps_renaming(local["W_a"], local["u"], taken_by) is None
