from derive.calculus.sweep import derive
from derive.language.load import load
from derive.rendering import document as D
from derive.rendering.compose import compose
from derive.rendering.exercise import to_find
from derive.rendering.exercise_points import points
from derive.rendering.exercise_solution import solution
from derive.rendering.page import page


def test_the_solution_is_the_derivation_with_points() -> None:
    derivation = derive(load("rnn"))
    here = page(derivation, None, None)
    whole = compose(derivation, None, None)
    solved = solution(whole, here, to_find(here))
    assert solved.title == "Elman recurrent network: solution"
    headings = [b for b in solved.blocks if isinstance(b, D.Heading)]
    worth = [
        b.inlines[-1].text for b in headings if isinstance(b.inlines[-1], D.Text) and "point" in b.inlines[-1].text
    ]
    assert len(worth) == len(to_find(here)) and worth[3] == " (3 points)"
    (table,) = (b for b in solved.blocks if isinstance(b, D.Table) and b.header[-1] == D.text("Points"))
    assert table.rows[-1][-1] == D.text(str(sum(points(one, here) for one in to_find(here))))
    assert len(solved.blocks) == len(whole.blocks) + 2
    assert [b for b in solved.blocks if isinstance(b, D.Result)] == [b for b in whole.blocks if isinstance(b, D.Result)]
