from derive.rendering import document as D
from derive.rendering.formula import Name


def test_words_and_pieces_take_turns():
    a = Name("a", "a")
    assert D.said("{} is {}.", a, D.Strong("it")) == (D.Math(a), D.Text(" is "), D.Strong("it"), D.Text("."))
    assert D.said("nothing") == D.text("nothing") == (D.Text("nothing"),)


def test_errors_have_two_digits():
    assert D.figure(3.14159e-16) == "3.1e-16" and D.figure(0.0) == "0"


def test_a_block_is_printed_by_the_template_of_its_kind():
    assert D.Heading(1, ()).kind == "heading"
    assert D.Step(Name("a", "a"), None, "rule", "D1", (), ()).kind == "step"
