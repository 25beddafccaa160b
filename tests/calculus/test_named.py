"""An expression is recognised as the element that an equation defines, inside its range only."""

from derive.calculus.named import element_equal_to, element_with
from derive.language.load import layer
from derive.language.parser import parse_expression
from derive.language.scope import scope_of as names_of
from derive.steps.rule import scope_of

SYSTEM = layer(
    title="Shifted",
    indices="t=1..T  i:I",
    inputs="x[t,i]  s[i]",
    equations="""
        h[t,i] = tanh(x[t,i])
        z[t,i] = s[i]*(x[t,i] + 1)
    """,
    output="h z",
)


def found(text: str, equation: int, part: int | None = None) -> str:
    node = parse_expression(text, names_of(SYSTEM))
    scope = scope_of(SYSTEM, (SYSTEM.indices["t"], SYSTEM.indices["i"]), node)
    given = SYSTEM.equations[equation]
    if part is None:
        return str(element_equal_to(node, given, scope))
    return str(element_with(node, given.right.children[part], given, scope))


def test_an_instance_of_the_right_side_is_the_element():
    assert found("tanh(x[t,i])", 0) == "h[t,i]"


def test_an_instance_that_may_lie_outside_the_range_is_not():
    assert found("tanh(x[t-1,i])", 0) == "None"


def test_a_part_of_the_right_side_tells_the_element():
    assert found("x[t,i] + 1", 1, part=1) == "z[t,i]"


def test_a_part_that_does_not_tell_every_place_does_not():
    assert found("s[i]", 1, part=0) == "None"
