from derive.rendering import formula as F

A, B = F.Name("a", "a"), F.Name("b", "b")


def test_rows_inside_rows_are_opened_up():
    assert F.row(A, F.row(F.PLUS, B)) == F.Row((A, F.PLUS, B))
    assert F.row(A) == A
    assert F.parts_of(A) == (A,) and F.parts_of(F.Row((A, B))) == (A, B)


def test_joining_puts_something_between():
    assert F.joined((A, B, A), F.COMMA) == F.Row((A, F.COMMA, B, F.COMMA, A))


def test_terms_have_their_signs_between_them():
    assert F.added([(True, A), (False, B), (True, A)]) == F.Row((F.NEGATIVE, A, F.PLUS, B, F.MINUS, A))
    assert F.added([(False, A)]) == A


def test_a_formula_is_parted_where_its_relation_stands():
    assert F.rows_of(F.row(A, F.EQUALS, B)) == ((A, F.Row((F.EQUALS, B))),)
    assert F.rows_of(F.Lines(((A, B), (B, A)))) == ((A, B), (B, A))
    assert F.rows_of(A) == ((F.Row(()), A),)


def test_delimiters_are_as_tall_as_what_they_hold():
    half = F.Fraction(F.Number("1"), F.Number("2"))
    assert F.fenced("(", A, ")").size == 0
    assert F.fenced("(", F.fenced("(", A, ")"), ")").size == 1
    assert F.fenced("(", F.row(A, F.PLUS, half), ")").size == 2
    assert F.fenced("(", F.Fraction(half, A), ")").size == 3
    assert F.fenced("(", F.Big("∑", A), ")").size == 2
    assert F.fenced("(", F.Big("∑", A, B), ")").size == 3


def test_a_fraction_on_one_line():
    assert F.slashed(F.Fraction(F.Number("3"), F.Number("2"))) == F.Row((F.Number("3"), F.Sign("/"), F.Number("2")))
    of_a_sum = F.slashed(F.Fraction(F.row(A, F.PLUS, B), B))
    assert of_a_sum == F.Row((F.Fenced("(", F.Row((A, F.PLUS, B)), ")"), F.Sign("/"), B))


def test_walking_meets_every_node():
    of_all = F.row(
        F.Script(A, B, F.Number("2")), F.Indexed(A, (B,)), F.Root(F.Fraction(A, B)), F.Marked(A),
        F.Big("∑", A, B), F.Lines(((A, B),)),
    )  # fmt: skip
    kinds = {type(n) for n in F.walk(of_all)}
    assert kinds == {
        F.Row,
        F.Script,
        F.Name,
        F.Number,
        F.Indexed,
        F.Root,
        F.Fraction,
        F.Marked,
        F.Big,
        F.Lines,
    }
    assert sum(n == A for n in F.walk(of_all)) == 6


def test_parts_are_replaced_from_the_outside_in():
    x, y = F.Name("x", "x"), F.Name("y", "y")
    whole = F.Row((F.Fraction(x, F.Root(x)), F.Script(y, None, x), F.Big("∑", x), F.Lines(((x, F.Marked(y)),))))
    changed = F.replaced(whole, lambda node: y if node == x else None)
    assert x not in F.walk(changed) and len(F.walk(changed)) == len(F.walk(whole))
    assert F.replaced(whole, lambda node: None) == whole
    assert F.replaced(whole, lambda node: x if isinstance(node, F.Row) else None) == x
