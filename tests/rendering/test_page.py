from derive.rendering.document import Math, Reference
from derive.rendering.latex import latex
from derive.rendering.page import equation_number, indices_of, names_of, page


def test_steps_are_numbered_in_the_order_of_the_page(derivation):
    here = page(derivation("rnn"), None, None)
    numbers = [here.number(s) for one in here.gradients() for s in here.shown(one)]
    assert numbers == [f"D{k}" for k in range(1, len(numbers) + 1)] and len(numbers) > 20


def test_shapes(derivation):
    here = page(derivation("conv2d"), None, None)
    (sizes,) = here.shape(here.system.tensors["y"].axes)
    assert isinstance(sizes, Math)
    assert latex(sizes.formula) == r"N\times O\times P_{h}\times P_{w}"
    (none,) = here.shape(())
    assert none.text == "a single number"


def test_every_index_on_the_page_has_its_range_stated(derivation):
    derived = derivation("rnn")
    stated = page(derived, None, None).style.notation.ranges
    for index in indices_of(derived):
        assert stated.get(index.name, (index.low, index.high)) == (index.low, index.high)
    assert set(derived.system.indices) < set(stated)


def test_the_indices_of_the_author_are_known_from_those_made(derivation):
    assert names_of(derivation("rnn")).words >= {"t", "n", "i", "k", "T", "H"}


def test_equations_have_their_numbers_and_recurrences_are_known(derivation):
    here = page(derivation("rnn"), None, None)
    assert equation_number(here, here.system.all_equations[1]) == Reference("(2)", "2")
    assert here.recurrent == {"t"}
    assert page(derivation("conv2d"), None, None).recurrent == frozenset()


def test_without_checks_there_is_no_evidence(derivation, evidence_of):
    derived = derivation("linear")
    step = derived.gradients["W"][0].steps[0]
    assert page(derived, None, None).evidence_of(step) is None
    found = page(derived, evidence_of("linear"), None).evidence_of(step)
    assert found.ok and found.points == 3 and found.error < 1e-11
    together = page(derived, evidence_of("linear"), None).evidence_of_all(derived.gradients["W"][0])
    assert together.ok and together.points == found.points and found.error <= together.error


def test_the_shape_of_a_gradient_is_that_of_its_tensor_unless_it_is_a_part_of_it(derivation):
    derived = derivation("rnn")
    here = page(derived, None, None)
    whole, start = ("".join(getattr(i, "text", "") for i in here.shape_of(one)) for one in derived.gradients["h"])
    assert (whole, start) == ("Shape: , like .", "Shape: .")  # words without their formulas


def test_a_long_quotient_has_a_short_name_and_a_sentence(derivation):
    here = page(derivation("conv2d"), None, None)
    (one,) = derivation("conv2d").gradients["x"]
    short, said = here.short(one.right)
    assert "//" not in str(short)
    assert [latex(p.formula) for p in said if isinstance(p, Math)] == [
        "p=(i+q_{h}-d_{h}u)/s_{h}",
        "r=(j+q_{w}-d_{w}v)/s_{w}",
    ]
