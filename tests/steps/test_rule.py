"""What a rule is, and how a second index is named."""

from derive.language.expr import ONE, Elem
from derive.language.load import layer
from derive.steps.rule import Rewrite, fresh_index, rule, scope_of

SYSTEM = layer(
    title="Names", indices="t=1..T  n:N  i,k:H  o:O  c:C", inputs="x[t,n,i]  w[o,c,k]",
    equations="y[t,n,o] = sum(w[o,c,k]*x[t,n,k], c, k)", output="y",
)  # fmt: skip


def named(index, *taken):
    return fresh_index(SYSTEM.indices[index], SYSTEM, frozenset(taken)).name


def test_an_index_keeps_its_name_while_that_is_free():
    assert named("t") == "t"


def test_then_it_takes_another_declared_name_of_its_range():
    assert named("i", "i") == "k"


def test_then_a_customary_letter_and_at_last_a_number():
    assert named("t", "t") == "s"
    assert named("n", "n") == "m"
    assert named("t", "t", "s", "r") == "t_2"
    assert named("t", "t", "s", "r", "t_2") == "t_3"


def test_a_second_name_has_the_same_range():
    index = fresh_index(SYSTEM.indices["t"], SYSTEM, frozenset({"t"}))
    assert (index.low, index.high) == (SYSTEM.indices["t"].low, SYSTEM.indices["t"].high)


def test_a_rule_fills_its_sentence_and_says_nothing_where_it_does_not_match():
    @rule("one", "x = 1", "`{what}` is one.")
    def one(node, scope):
        return Rewrite(ONE, {"what": str(node)}) if isinstance(node, Elem) else None

    scope = scope_of(SYSTEM, (), ONE)
    assert one.rewrite(Elem("x", ()), scope) == (ONE, "`x` is one.")
    assert one.rewrite(ONE, scope) is None
