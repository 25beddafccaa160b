import io

import pypdf
import pytest

from derive.language.load import catalogue
from derive.rendering import document as D
from derive.rendering.compose_cheatsheet import cheatsheet, part, sheet
from derive.rendering.pdf import compiled
from derive.rendering.render import printed, produced
from derive.rendering.unicode import unicode

FITS = "#context assert(query(<shrunk>) == (), message: repr(query(<shrunk>)))"


def test_a_layer_has_its_equations_and_every_gradient_in_both_forms(derivation):
    heading, equation, *gradients = part(derivation("linear"), None, None)
    assert heading == D.Heading(1, D.text("Linear layer"))
    assert unicode(equation.formula) == "y[n,o] = Σ_i W[o,i] x[n,i] + b[o]"
    assert [[unicode(f) for f in g.formulas] for g in gradients] == [
        ["∂L/∂W[o,i] = Σ_n ∂L/∂y[n,o] x[n,i]", "∂L/∂W = Σ_n ∂L/∂y[n] x[n]ᵀ"],
        ["∂L/∂b[o] = Σ_n ∂L/∂y[n,o]", "∂L/∂b = Σ_n ∂L/∂y[n]"],
        ["∂L/∂x[n,i] = Σ_o W[o,i] ∂L/∂y[n,o]", "∂L/∂x = Wᵀ ∂L/∂y"],
    ]


def test_what_was_checked_is_said_only_where_all_of_it_held(derivation, report_of):
    report = report_of(derivation("linear"))
    assert not any(isinstance(b, D.Paragraph) for b in part(derivation("linear"), None, report))
    good = type(report)(tuple(r for r in report.rows if r.ok))
    *_, last = part(derivation("linear"), None, good)
    assert last == D.Paragraph(D.text("✓ Every gradient checked: largest relative error 3.1e-16."))


def test_layers_follow_each_other(derivation):
    parts = [part(derivation(name), None, None) for name in ("linear", "relu")]
    assert cheatsheet(parts).blocks == (*parts[0], *parts[1])
    assert sheet(derivation("linear"), None, None) == cheatsheet(parts[:1])


def test_the_whole_catalogue_compiles_and_no_formula_is_too_wide(derivation):
    document = cheatsheet(part(derivation(name), None, None) for name in catalogue())
    assert compiled(printed(document, "typ", template="cheatsheet") + FITS)


@pytest.mark.parametrize("names", [("linear", "relu", "softmax", "cross_entropy"), ("rnn", "lstm")])
def test_some_layers_need_a_page_or_two(names, derivation):
    document = cheatsheet(part(derivation(name), None, None) for name in names)
    assert len(pypdf.PdfReader(io.BytesIO(produced(document, "cheatsheet"))).pages) <= 2
