from dataclasses import replace

from derive.calculus.sweep import derive
from derive.language.load import layer
from derive.rendering import document as D
from derive.rendering.compose_setting import known_symbols, setting, subtitle, symbols
from derive.rendering.latex import latex
from derive.rendering.page import page


def words(inlines):
    return "".join(latex(i.formula) if isinstance(i, D.Math) else i.text for i in inlines)


def test_the_options_and_the_counterpart_are_named(derivation):
    said = words(subtitle(page(derivation("rnn"), None, None)))
    assert said.endswith("for f = tanh, g = linear, ell = squared_error; in PyTorch torch.nn.RNN.")


def test_prose_of_the_author_comes_first_with_its_key(derivation):
    derived = derivation("linear")
    derived = replace(derived, system=replace(derived.system, prose={"about": "On `W`.", "pitfalls": "Of `b[o]`."}))
    about, pitfalls = setting(page(derived, None, None))
    assert words(about.inlines) == "On W."
    assert words(pitfalls.inlines) == "Pitfalls. Of b_{o}."


def test_one_line_says_what_was_checked_with_the_figures_of_the_records(derivation, evidence_of, report_of):
    derived = derivation("linear")
    derived = replace(derived, system=replace(derived.system, prose={}))
    (checked,) = list(setting(page(derived, evidence_of("linear"), report_of(derived))))
    steps = sum(len(g.steps) for parts in derived.gradients.values() for g in parts)
    said = words(checked.inlines)
    assert f"{steps} of {steps} steps hold" in said
    assert "3 of 4 comparisons agree, largest relative error 1.5e-03" in said
    assert "complex step" in said


def test_the_table_of_symbols(derivation):
    blocks = list(symbols(page(derivation("conv2d"), None, None)))
    (table,) = (b for b in blocks if isinstance(b, D.Table))
    rows = [tuple(map(words, row)) for row in table.rows]
    assert [row[:3] for row in rows] == [
        ("x_{n,c,i,j}", r"N\times C\times L_{h}\times L_{w}", "input"),
        ("W_{o,c,u,v}", r"O\times C\times K_{h}\times K_{w}", "parameter"),
        ("b_{o}", "O", "parameter"),
        ("y_{n,o,p,r}", r"N\times O\times P_{h}\times P_{w}", "output"),
    ]
    said = " ".join(words(b.inlines) for b in blocks if isinstance(b, D.Paragraph))
    assert r"i=0,\ldots,L_{h}-1" in said


def test_integers_losses_and_meanings():
    looked_up = layer(
        title="T", indices="n:N  v:V", inputs="tok[n]", integers="tok", params="w[v]", equations="y[n] = w[tok[n]]",
        loss="sum(y[n], n)",
    )  # fmt: skip
    (table,) = (b for b in symbols(page(derive(looked_up), None, None)) if isinstance(b, D.Table))
    assert [words(row[2]) for row in table.rows] == ["input, whole numbers", "parameter", "computed", "loss"]
    assert len(table.header) == 3 and words(table.rows[-1][1]) == "a single number"


def test_a_layer_without_indices_says_nothing_of_them():
    numbers = layer(title="T", inputs="x[] a[]", equations="y = a*x**2", output="y")
    assert not [b for b in symbols(page(derive(numbers), None, None)) if isinstance(b, D.Paragraph)]


def test_what_is_known_of_each_tensor(derivation):
    known = {s.name: s for s in known_symbols(page(derivation("rnn"), None, None))}
    weights = known["W_h"]
    assert (latex(weights.formula), words(weights.shape), weights.role) == ("W_{h,ik}", r"H\times H", "parameter")
    assert words(weights.meaning).startswith("weights")
    assert list(known)[-1] == "loss"
