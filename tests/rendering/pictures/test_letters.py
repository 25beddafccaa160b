import pytest

from derive.rendering import formula as F
from derive.rendering.pictures.letters import outline

W = F.Indexed(F.Name("W_h", "W", label="h"), (F.Name("i", "i"), F.Name("k", "k")), tight=True)
LOSS = F.Name("loss", "L", style="script")


def test_a_formula_is_set_with_its_scripts_below_the_line() -> None:
    bare, indexed = outline(F.Name("W", "W")), outline(W)
    assert indexed.right > bare.right and indexed.bottom < bare.bottom
    assert indexed.commands[0][0] == "M"


@pytest.mark.parametrize(
    "formula",
    [
        F.Fraction(F.row(F.PARTIAL, LOSS), F.row(F.PARTIAL, W)),
        F.row(F.Big("∑", F.Name("s", "s"), F.Name("T", "T")), F.Name("v", "v", style="bold"), F.Sign("⊙", "binary")),
        F.Script(F.Name("W", "W"), above=F.Sign("⊤")),
        F.Name("x_hat", "x", accent="hat"),
        F.Name("sigma", "sigma", style="bold"),
        F.Fenced("(", F.row(F.Name("t", "t"), F.PLUS, F.Number("1")), ")", 2),
        F.Function("softmax"),
        F.Name("target", "target"),
    ],
)
def test_whatever_labels_are_made_of_can_be_set(formula: F.Formula) -> None:
    assert outline(formula).right > 0.2


def test_words_are_words() -> None:
    assert outline("$5 \\x").right > outline("5").right
    assert outline(" ").commands == ()
