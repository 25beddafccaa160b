from derive.calculus.sweep import derive
from derive.language.load import layer
from derive.rendering import document as D
from derive.rendering.compose import compose
from derive.rendering.compose_brief import as_before, how_to_see_steps, instead_of_steps, others
from derive.rendering.latex import latex
from derive.rendering.page import page

GATES = {
    "name": "gates",
    "indices": "n:N  i:H  j:D  e:E",
    "inputs": "x[n,j]  z[n,e]  eps[]",
    "params": "A[i,j]  B[i,e]",
    "constants": "eps",
    "equations": """
u[n,i] = sum(A[i,j]*x[n,j], j)
v[n,i] = sum(B[i,e]*z[n,e], e)
p[n,i] = tanh(u[n,i])*sigmoid(v[n,i])/eps
y[n,i] = p[n,i]
""",
    "loss": "sum(y[n,i]**2, n, i)",
    "options": {"k": ["K", "J"]},
}


def words(inlines):
    return "".join(latex(i.formula) if isinstance(i, D.Math) else i.text for i in inlines)


def gates(wrt=None, **settings):
    fields = {k: v for k, v in GATES.items() if k not in ("name", "options")}
    return page(derive(layer(**fields, **settings), wrt), None, None)


def said_of(here, name):
    return words(instead_of_steps(here, here.derivation.gradients[name][0]))


def test_a_repetition_names_what_stands_in_place_of_what():
    here = gates()
    first, last = (here.number(s) for s in (here.derivation.gradients["A"][0].steps[k] for k in (0, -1)))
    assert said_of(here, "B") == rf"As for A ({first} to {last}), with v, z and e in place of u, x and j."


def test_what_is_passed_on_names_the_equation():
    assert said_of(gates(), "p") == (
        "Equation (4) gives it another name, y_{n,i}, and nothing else reads it: the gradient is passed on as it is."
    )


def test_the_section_of_a_repetition_has_its_result_and_no_steps(derivation):
    here = gates()
    document = compose(here.derivation, None, None)
    steps = [b for b in document.blocks if isinstance(b, D.Step)]
    assert len(steps) == sum(len(here.lines(g)) for g in here.gradients())
    results = [b for b in document.blocks if isinstance(b, D.Result)]
    assert len(results) == len(list(here.gradients()))


def test_constants_close_the_backward_pass_and_say_how_to_see_their_steps():
    here = gates()
    document = compose(here.derivation, None, None)
    headings = [words(b.inlines) for b in document.blocks if isinstance(b, D.Heading) and b.level == 2]
    assert headings[-1] == "Gradients of the constants" and not any("varepsilon" in h for h in headings)
    assert words(how_to_see_steps(here)) == (
        r"Nobody trains \varepsilon; only its gradient is given, and derive show layer.toml --wrt eps prints the steps."
    )


def test_a_constant_that_is_asked_for_has_a_section_with_steps():
    document = compose(gates(("eps",)).derivation, None, None)
    headings = [words(b.inlines) for b in document.blocks if isinstance(b, D.Heading) and b.level == 2]
    assert r"Gradient with respect to \varepsilon" in headings and "Gradients of the constants" not in headings
    assert isinstance(document.blocks[-1], D.Table)


def test_readers_that_are_alike_share_a_line():
    equations = "u[i] = A[i]*x[i]\nv[i] = B[i]*x[i]\ny[i] = u[i] + tanh(v[i])"
    derived = derive(layer(indices="i:I", inputs="x[i]", params="A[i] B[i]", equations=equations, output="y"))
    here = page(derived, None, None)
    (x,) = derived.gradients["x"]
    chain, local = here.lines(x)
    assert len(local) == 2 and here.number(local[0]) == here.number(local[1])
    assert words(others(here, local[1:])) == "Likewise B_{i} for v_{i}."
    assert others(here, ()) == () and as_before(here, chain[0]) == ()
    first = here.number(local[0])
    said = words(as_before(here, local[1]))
    assert said == f"Its single steps are those of {first}, with v and B in place of u and A."
