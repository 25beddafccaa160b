from dataclasses import replace

from derive.calculus.sweep import derive
from derive.language.expr import Elem, Partial
from derive.language.load import layer
from derive.rendering.coverage import Briefly, Passed, Repeated, Whole, coverage, is_passed_on, likewise, main_steps

GATES = {
    "indices": "n:N  i:H  j:D",
    "inputs": "x[n,j]  eps[]",
    "params": "A[i,j]  B[i,j]",
    "equations": """
s = 1 + eps**2
u[n,i] = sum(A[i,j]*x[n,j], j)
v[n,i] = sum(B[i,j]*x[n,j], j)
p[n,i] = tanh(u[n,i])/s
z[n,i] = p[n,i]*sigmoid(v[n,i])
y[n,i] = linear(z[n,i])
""",
    "loss": "sum(y[n,i]**2, n, i)",
}


def covered(**changes):
    derived = derive(layer(**{**GATES, **changes}))
    found = coverage(derived, {f"d{n}": n for n in derived.system.tensors})
    return derived, {name: found[id(parts[0])] for name, parts in derived.gradients.items()}


def test_steps_are_shown_once():
    derived, how = covered()
    assert how["A"] == Whole() and isinstance(how["B"], Repeated)
    assert how["B"].earlier is derived.gradients["A"][0]
    assert how["B"].names.tensors["u"] == "v"


def test_another_name_for_a_tensor_passes_its_gradient_on():
    derived, how = covered()
    assert how["z"] == Passed()
    assert not is_passed_on(derived.gradients["y"][0])  # the loss reads it
    assert not is_passed_on(derived.gradients["A"][0])


def test_twice_a_tensor_is_no_other_name():
    equations = GATES["equations"].replace("linear(z[n,i])", "2*z[n,i]")
    assert covered(equations=equations)[1]["z"] == Whole()


def test_a_shifted_copy_is_no_other_name():
    fields = {"indices": "p=0..P-1", "inputs": "x[p]", "outside": "x = 0", "equations": "y[p] = x[p-1]", "output": "y"}
    assert not is_passed_on(derive(layer(**fields)).gradients["x"][0])


def test_constants_and_what_only_they_need_come_last():
    _, how = covered(constants="eps")
    assert how["eps"] == how["s"] == Briefly()
    assert not any(isinstance(h, Briefly) for name, h in how.items() if name not in ("eps", "s"))
    assert not any(isinstance(h, Briefly) for h in covered()[1].values())


def test_a_constant_that_is_asked_for_is_shown():
    derived = derive(layer(**GATES, constants="eps"), ("eps",))
    assert Briefly() not in coverage(derived, {}).values()


def test_where_all_is_constant_nothing_comes_last():
    derived = derive(layer(indices="i:I", inputs="x[i]", constants="x", equations="y[i] = x[i]**2", output="y"))
    assert list(coverage(derived, {}).values()) == [Whole()]


def test_single_rewrites_are_shown_once(derivation):
    derived, _ = covered()
    taken_by = {f"d{n}": n for n in derived.system.tensors}
    x = derived.gradients["x"][0].steps
    found = likewise(x, taken_by)
    assert set(found) == {id(x[2])} and found[id(x[2])].earlier is x[1]
    assert found[id(x[2])].names.tensors["A"] == "B"
    shorter = replace(x[2], substeps=x[2].substeps[:-1])
    assert not likewise((x[1], shorter), taken_by)


def test_a_chain_rule_that_says_nothing_is_left_out(derivation):
    (one,) = derivation("rnn").gradients["l"]
    first = one.steps[0].after
    assert isinstance(first, Partial) and (first.of, first.wrt) == (Elem("loss"), one.of)
    assert main_steps(one) == one.steps[1:]
