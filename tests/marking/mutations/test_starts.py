"""The same mistake where a recurrence starts."""

from derive.calculus.sweep import derive
from derive.language.load import load
from derive.marking.mutations import at_the_start, mutants


def starts(layer: str, tensor: str, kind: str) -> dict[str, list[str]]:
    """What a mistake makes of the base cases of a gradient, by the sentence about it."""
    derivation = derive(load(layer))
    made = [m for m in mutants(derivation, derivation.gradients[tensor][0], {}) if m.mistake.kind == kind]
    return {m.mistake.sentence: [f"{s.left} = {s.right}" for s in at_the_start(derivation, m)] for m in made}


def test_who_transposes_a_matrix_at_every_step_does_so_at_the_first() -> None:
    assert starts("rnn", "h", "transposed") == {
        "transposed: `W_h[i,k]` stands where `W_h[k,i]` should": ["dh[0,n,i] = sum(da[1,n,k]*W_h[i,k], k)"]
    }


def test_a_path_left_out_is_left_out_at_the_start_and_one_that_is_not_there_changes_nothing() -> None:
    found = starts("rnn", "h", "dropped path")
    assert found["your dh leaves out the path through `a[t+1,n,k]`"] == ["dh[0,n,i] = 0"]
    assert found["your dh leaves out the path through `z[t,n,o]`"] == ["dh[0,n,i] = sum(da[1,n,k]*W_h[k,i], k)"]


def test_what_does_not_exist_at_the_start_is_no_part_of_it() -> None:
    found = starts("lstm", "c", "dropped factor")
    assert found["the factor `f[t+1,n,j]` is missing"] == ["dc[0,n,j] = dc[1,n,j]"]


def test_a_start_that_follows_another_formula_has_mistakes_of_its_own() -> None:
    assert set(map(tuple, starts("rnn_one_to_many", "y", "dropped path").values())) == {()}
