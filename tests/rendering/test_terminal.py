"""A document on the terminal: nothing of it is lost but what pages fold away."""

from rich.console import Console, RenderableType

from derive.rendering import document as D
from derive.rendering import formula as F
from derive.rendering.pictures.shapes import Picture
from derive.rendering.terminal import terminal

X, Y = F.Name("x", "x"), F.Name("y", "y")


def plain(renderable: RenderableType, width: int = 60) -> list[str]:
    console = Console(width=width, no_color=True)
    with console.capture() as captured:
        console.print(renderable)
    return [line.rstrip() for line in captured.get().splitlines() if line.strip()]


def page(*blocks: D.Block) -> D.Document:
    return D.Document("Title", D.text("subtitle"), blocks)


def test_title_first() -> None:
    assert plain(terminal(page())) == ["Title", "subtitle"]


def test_running_text_keeps_every_kind_of_inline() -> None:
    inlines = (D.Text("a "), D.Math(X), D.Code(" c[0] "), D.Strong("d "), D.Emphasis("e"), D.Reference(" D7", "D7"))
    lines = plain(terminal(page(D.Paragraph(inlines), D.Items((inlines,)))))
    assert lines[2:] == ["a x c[0] d e D7", "  • a x c[0] d e D7"]


def test_markup_in_the_text_is_text() -> None:
    assert plain(terminal(page(D.Paragraph(D.text("h[t-1] [bold] [/]")))))[2:] == ["h[t-1] [bold] [/]"]


def test_a_step_shows_formula_rule_number_reason_shape_and_what_its_check_found() -> None:
    formula = F.row(F.EQUALS, X)
    step = D.Step(formula, X, "chain rule", "D1", D.text("Because."), D.text("N"), D.Evidence(2e-16, 3, True))
    first, second = plain(terminal(page(step)))[2:]
    assert first.startswith("      = x")  # below the equals sign of the line that it goes on from
    assert first.split() == ["=", "x", "chain", "rule", "(D1)"]
    assert first.endswith("(D1)")
    assert second.strip() == "Because. Shape: N. ✓"


def test_a_failed_check_says_so() -> None:
    equation = D.Equation(X, "1", D.Evidence(0.5, 3, False))
    first, second = plain(terminal(page(equation)))[2:]
    assert first.split() == ["x", "(1)"]
    assert "FAILED" in second


def test_results_tables_and_code_are_there() -> None:
    table = D.Table((1, 1), (D.text("head"), D.text("other")), ((D.text("cell"), (D.Math(Y),)),))
    blocks = (D.Result((X, Y), (D.text("remark"),)), table, D.Listing("python", "a = b[0]\n"))
    lines = plain(terminal(page(*blocks)))[2:]
    assert [line.strip(" │") for line in lines[1:4]] == ["x", "y", "remark"]
    assert [line.split() for line in lines[5:]] == [["head", "other"], ["cell", "y"], ["a", "=", "b[0]"]]


def test_headings_and_what_is_folded_away() -> None:
    folded = D.Details("more", (D.Paragraph(D.text("hidden")),))
    lines = plain(terminal(page(D.Heading(1, D.text("One")), D.Heading(2, D.text("Two")), folded)))[2:]
    assert lines[0].startswith("One ─") and lines[1:] == ["Two"]


def test_a_plot_is_told_in_figures() -> None:
    curves = (D.Curve("one", ((0.0, 1.0), (1.0, 0.5))), D.Curve("two", ((0.0, 1.0), (1.0, 2e-9))))
    plot = D.Plot("name", curves, "steps", "norm", "Two curves.", D.text("caption"))
    assert plain(terminal(page(plot)))[2:] == [
        "caption", "    steps         0         1", "    one     1.0e+00   5.0e-01", "    two     1.0e+00   2.0e-09",
    ]  # fmt: skip


def test_a_drawing_is_told_and_room_is_empty():
    drawing = D.Drawing("graph", Picture(1, 1, ()), D.text("What is seen."), "y reads x.")
    assert plain(terminal(page(drawing, D.Room(1))))[2:] == ["What is seen.", "    y reads x."]
