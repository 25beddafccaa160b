from derive.rendering.deck import Slide, deck
from derive.rendering.document import Document, Equation, Heading, Paragraph, text
from derive.rendering.formula import Name

A, B = Equation(Name("a", "a")), Equation(Name("b", "b"))
WORDS = Paragraph(text("Words."))


def test_a_heading_begins_a_slide_and_one_without_anything_below_it_is_none():
    blocks = (WORDS, Heading(1, text("One")), Heading(2, text("Two")), A, Heading(2, text("Three")), B)
    assert deck(Document("T", (), blocks)) == (
        Slide((), ((WORDS,),)),
        Slide(text("Two"), ((A,),)),
        Slide(text("Three"), ((B,),)),
    )


def test_the_first_slide_may_be_empty():
    assert deck(Document("T", (), ())) == (Slide((), ()),)


def test_a_paragraph_comes_with_what_follows_it_but_the_first():
    (_, slide) = deck(Document("T", (), (Heading(1, text("One")), WORDS, A, WORDS, WORDS, B, WORDS)))
    assert slide.units == ((WORDS,), (A,), (WORDS, WORDS, B), (WORDS,))
