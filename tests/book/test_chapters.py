from derive.book.chapters import index_of_symbols, part, without
from derive.rendering import document as D
from derive.rendering import formula as F

X = F.Name("x", "x")
STEP = D.Step(X, None, "rule", "D1", (D.Reference("(1)", "1"),), (), None, D.Details("more", (D.Equation(X, "2"),)))
PAGE = D.Document(
    "Page",
    (),
    (
        D.Paragraph(D.text("first")),
        D.Heading(1, D.text("Code")),
        D.Listing("python", "x"),
        D.Heading(1, D.text("Backward pass")),
        STEP,
        D.Items(((D.Reference("D1", "D1"),),)),
        D.Table((1,), (D.text("h"),), (((D.Reference("D1", "D1"),),),)),
    ),
)


def test_sections_are_left_out_by_their_heading() -> None:
    kept = without(PAGE, ["Code"], single_steps=True).blocks
    assert [type(b) for b in kept] == [D.Paragraph, D.Heading, D.Step, D.Items, D.Table]
    assert without(PAGE, [], single_steps=True) == PAGE


def test_single_steps_are_left_out() -> None:
    (step,) = (b for b in without(PAGE, [], single_steps=False).blocks if isinstance(b, D.Step))
    assert step.details is None


def test_a_part_has_numbers_of_its_own() -> None:
    title, *blocks = part(PAGE, "3.2")
    assert title == D.Heading(2, D.text("Page"))
    assert [b.level for b in blocks if isinstance(b, D.Heading)] == [3, 3]
    (step,) = (b for b in blocks if isinstance(b, D.Step))
    assert (step.number, step.reason) == ("3.2.D1", (D.Reference("(3.2.1)", "3.2.1"),))
    assert step.details == D.Details("more", (D.Equation(X, "3.2.2"),))
    assert blocks[-2] == D.Items(((D.Reference("3.2.D1", "3.2.D1"),),))
    assert blocks[-1].rows == (((D.Reference("3.2.D1", "3.2.D1"),),),)


def test_the_index_has_every_meaning_of_a_symbol_and_where() -> None:
    def document(meaning: str) -> D.Document:
        return D.Document("t", (), (), (D.Symbol("x", X, (), "input", D.text(meaning)),))

    pages = [
        ("2.1", document("a word")),
        ("2.2", document("a word")),
        ("9.1", document("a pixel")),
        ("10.1", document("a frame")),
    ]
    table = index_of_symbols(pages)
    assert [(row[1], row[2]) for row in table.rows] == [
        (D.text("a word"), D.text("2.1, 2.2")),
        (D.text("a pixel"), D.text("9.1")),
        (D.text("a frame"), D.text("10.1")),
    ]
