from derive.rendering import document as D
from derive.rendering import formula as F
from derive.rendering.compose_end import checks, code, rules, update
from derive.rendering.latex import latex
from derive.rendering.page import page


def words(inlines):
    return "".join(latex(i.formula) if isinstance(i, D.Math) else i.text for i in inlines)


def test_one_step_of_gradient_descent(derivation):
    *_, equation = update(page(derivation("linear"), None, None))
    rows = [latex(F.row(*r)) for r in equation.formula.rows]
    assert rows == [
        r"W\leftarrow W-\eta\,\frac{\partial\mathcal L}{\partial W}",
        r"b\leftarrow b-\eta\,\frac{\partial\mathcal L}{\partial b}",
    ]
    assert not list(update(page(derivation("maxpool1d"), None, None)))


def test_the_code_runs(derivation):
    *_, listing = code(page(derivation("linear"), None, None))
    assert listing.language == "python"
    compile(listing.source, "page", "exec")


def test_the_table_of_checks_has_the_figures_of_the_report(derivation, report_of):
    _, _, table, sizes = checks(page(derivation("linear"), None, report_of(derivation("linear"))))
    assert [[words(c) for c in row] for row in table.rows] == [
        [r"\partial\mathcal L/\partial W", "3.1e-16 ✓", "1.5e-03 ✗"],
        [r"\partial\mathcal L/\partial b", "0 ✓", "–"],
        [r"\partial\mathcal L/\partial x", "0 ✓", "–"],
    ]
    assert [words(i) for i in sizes.items] == ["sizes 1: N=3, I=2, O=4", "sizes 2: N=1, I=5, O=2"]


def test_without_a_report_nothing_is_said_of_checks(derivation):
    assert not list(checks(page(derivation("linear"), None, None)))


def test_the_sizes_at_which_steps_were_checked_are_those_of_the_record(derivation, evidence_of):
    derived, found = derivation("linear"), evidence_of("linear")
    *_, sizes = checks(page(derived, found, None))
    assert [words(i) for i in sizes.items] == list(found.of(derived.gradients["W"][0].steps[0]).points)


def test_the_rules_used_and_where(derivation):
    here = page(derivation("linear"), None, None)
    *_, table = rules(here)
    used = {words(row[0]): words(row[2]).split(", ") for row in table.rows}
    assert "delta contraction" in used and "softmax" not in used
    numbers = {f"D{k}" for k in range(1, len(here.steps) + 1)}
    assert all(set(where) <= numbers for where in used.values())


def test_the_steps_of_a_rule_are_references(derivation):
    *_, table = rules(page(derivation("linear"), None, None))
    references = [i for row in table.rows for i in row[2] if isinstance(i, D.Reference)]
    assert references and all(r.text == r.number for r in references)
