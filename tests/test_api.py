"""The public surface in Python: what the README and the design promise of it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import derive
from derive.language.parser import parse_in


@pytest.fixture(scope="module")
def linear() -> derive.Derivation:
    return derive.gradients("linear")


@pytest.fixture(scope="module")
def rnn() -> derive.Derivation:
    return derive.gradients(derive.load("rnn", f="relu"), wrt=["W_h"])


def test_public_names_are_importable() -> None:
    for name in derive.__all__:
        assert getattr(derive, name) is not None
        assert name in dir(derive)
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        derive.lod  # noqa: B018


def test_importing_derive_waits_for_no_heavy_library() -> None:
    program = "import sys, derive; print([m for m in ('sympy', 'numpy', 'jinja2') if m in sys.modules])"
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_name_a_path_a_layer_and_its_fields_are_the_same_layer(tmp_path: Path) -> None:
    fields = {
        "indices": "n:N  i:I  o:O",
        "inputs": "x[n,i]",
        "params": "W[o,i]  b[o]",
        "equations": "y[n,o] = sum(W[o,i]*x[n,i], i) + b[o]",
        "output": "y",
    }
    file = tmp_path / "mine.toml"
    file.write_text("\n".join(f'{key} = "{value}"' for key, value in fields.items()), encoding="utf-8")
    results = [
        {name: str(d[name].index) for name in d}
        for d in map(derive.gradients, ["linear", file, str(file), derive.load("linear"), derive.Layer(**fields)])
    ]
    assert all(r == results[0] for r in results)


def test_gradients_of_linear_are_the_textbook_ones(linear: derive.Derivation) -> None:
    assert list(linear) == list(linear.wrt) == ["W", "b", "x"]
    assert str(linear["W"].index) == "sum(dy[n,o]*x[n,i], n)"
    assert str(linear["b"].index) == "sum(dy[n,o], n)"
    assert str(linear["x"].index) == "sum(dy[n,o]*W[o,i], o)"
    assert str(linear["W"].matrix) == "dy.T @ x"
    assert str(linear["x"].matrix) == "dy @ W"


def test_wrt_chooses_and_intermediate_gradients_come_along(rnn: derive.Derivation) -> None:
    assert rnn.wrt == ("W_h",)
    assert list(rnn)[-1] == "W_h" and {"y", "z", "h", "a"} <= set(rnn)
    assert "W_x" not in rnn
    assert list(derive.gradients("linear", wrt="W")) == ["W"]


def test_a_gradient_has_the_shape_of_its_tensor(rnn: derive.Derivation) -> None:
    assert tuple(map(str, rnn["W_h"].shape)) == ("H", "H")
    assert tuple(map(str, rnn["h"].shape)) == ("T", "N", "H")


def test_steps_lead_from_the_chain_rule_to_the_result(rnn: derive.Derivation) -> None:
    for name in rnn:
        steps = rnn[name].steps
        assert steps[0].rule == "chain rule"
        assert all(a.after == b.before for a, b in zip(steps, steps[1:], strict=False))
        assert steps[-1].after == rnn[name].index


def test_equations_hold_base_cases_too() -> None:
    both = derive.gradients("rnn", wrt=["h0"])["h"].equations
    assert [line.split(" = ")[0] for line in both] == ["dh[t,n,i]", "dh[0,n,i]"]


def test_latex_is_balanced_and_names_both_sides(rnn: derive.Derivation) -> None:
    latex = rnn["W_h"].latex()
    assert latex.count("{") == latex.count("}") and "$" not in latex
    assert latex.startswith(r"\frac{\partial")
    assert r"\sum" in latex.split("=", 1)[1]
    assert latex in rnn["W_h"]._repr_latex_()


def test_function_evaluates_the_gradients(linear: derive.Derivation) -> None:
    rng = np.random.default_rng(7)
    x, W, b, dy = (rng.standard_normal(s) for s in [(3, 2), (4, 2), (4,), (3, 4)])
    out = linear.function()(x=x, W=W, b=b, dy=dy)
    np.testing.assert_allclose(out["y"], x @ W.T + b, rtol=1e-13)
    np.testing.assert_allclose(out["dW"], dy.T @ x, rtol=1e-13)
    np.testing.assert_allclose(out["db"], dy.sum(0), rtol=1e-13)
    np.testing.assert_allclose(out["dx"], dy @ W, rtol=1e-13)
    assert linear.function() is linear.function()


def test_checks_are_run_once_and_pass(linear: derive.Derivation) -> None:
    assert linear.verify().ok and linear.verify() is linear.verify()
    assert linear.evidence().ok and linear.evidence() is linear.evidence()
    assert linear.verify().rows


def test_jupyter_shows_the_document(linear: derive.Derivation) -> None:
    assert linear._repr_markdown_() == linear.render("md") == linear.render()
    assert linear.render("tex").rstrip().endswith(r"\end{document}")


@pytest.mark.parametrize("to", ["pdf", "slides", "cheatsheet"])
def test_pdf_is_bytes_and_the_same_ones_every_time(linear: derive.Derivation, to: str) -> None:
    first = linear.render(to)
    assert isinstance(first, bytes) and first.startswith(b"%PDF") and first == linear.render(to)
    assert linear.pictures(to) == {}


def test_pictures_are_files_beside_the_page(linear: derive.Derivation) -> None:
    rnn = derive.gradients("rnn")
    for to, ending, start in (("md", "svg", b"<?xml"), ("tex", "pdf", b"%PDF")):
        files = rnn.pictures(to)
        assert files[f"rnn-gradient-norms.{ending}"].startswith(start)
        assert all(name in str(rnn.render(to)) for name in files)
    assert rnn.pictures("md").keys() >= {"rnn-graph.svg", "rnn-unrolled.svg", "rnn-curves.svg"}
    assert linear.pictures("tex") == linear.pictures("html") == {}  # drawings are part of these pages
    with pytest.raises(derive.LayerError, match="docx"):
        linear.pictures("docx")


def test_representations_can_be_read(linear: derive.Derivation) -> None:
    assert repr(linear).splitlines()[:2] == [
        "Derivation of linear (Linear layer)",
        "  dW[o,i] = sum(dy[n,o]*x[n,i], n)",
    ]
    assert repr(linear["b"]) == "db[o] = sum(dy[n,o], n)"
    assert len(repr(derive.load("rnn"))) < 2000


def test_what_is_not_there_is_named_with_what_is(linear: derive.Derivation) -> None:
    with pytest.raises(derive.LayerError, match="did you mean W_h"):
        derive.gradients("rnn", wrt=["Wh"])
    with pytest.raises(derive.LayerError, match="there are W, b, x"):
        linear["nothing"]
    with pytest.raises(KeyError):
        linear["nothing"]
    assert linear.get("nothing") is None
    with pytest.raises(derive.LayerError, match="md, tex"):
        linear.render("docx")
    with pytest.raises(derive.LayerError, match="numpy"):
        linear.code("jax")
    with pytest.raises(derive.LayerError, match="did you mean linear"):
        derive.load("liner")


def test_a_template_of_ones_own_replaces_the_programs(linear: derive.Derivation, tmp_path: Path) -> None:
    (tmp_path / "document.md.j2").write_text("Mine: << document.title >>", encoding="utf-8")
    assert linear.render("md", templates=tmp_path) == "Mine: Linear layer\n"


def test_index_form_is_text_of_the_language(rnn: derive.Derivation) -> None:
    for name in rnn:
        part = rnn[name].parts[0]
        assert parse_in(rnn.record.backward, str(rnn[name].index), part.indices) == rnn[name].index


def test_a_name_asked_for_twice_is_derived_once() -> None:
    assert derive.gradients("linear", wrt=["W", "W"]).wrt == ("W",)


def test_there_is_no_gradient_by_the_loss() -> None:
    with pytest.raises(derive.LayerError, match="gradients are those of the loss") as caught:
        derive.gradients("mse", wrt="loss")
    assert caught.value.hint == "choose from y, target, l"


def test_what_is_no_name_is_an_unknown_name(linear: derive.Derivation) -> None:
    assert 3 not in linear
    with pytest.raises(KeyError, match="no gradient by 3"):
        linear[3]  # type: ignore[index]
    with pytest.raises(derive.LayerError, match="no tensor 3"):
        derive.gradients("linear", wrt=[3])  # type: ignore[list-item]
    with pytest.raises(KeyError, match="unknown format None"):
        linear.render(None)  # type: ignore[arg-type]


@pytest.mark.parametrize("template", [b"<< nothing >>", b"<% if %>", b"\xff\xfe"])
def test_a_wrong_template_is_told(linear: derive.Derivation, tmp_path: Path, template: bytes) -> None:
    (tmp_path / "paragraph.md.j2").write_bytes(template)
    with pytest.raises(derive.LayerError, match="a template is wrong"):
        linear.render("md", templates=str(tmp_path))


def test_a_folder_of_templates_that_does_not_exist_is_told(linear: derive.Derivation, tmp_path: Path) -> None:
    with pytest.raises(derive.LayerError, match="no such folder of templates"):
        linear.render("md", templates=tmp_path / "nothing")


def test_an_exercise_has_its_solution_and_an_answer_file(linear: derive.Derivation) -> None:
    exercise = linear.exercise()
    assert exercise.render("md") == exercise._repr_markdown_() == linear.exercise("steps", 0).render()
    assert "Gradients to find" in exercise.render("tex")
    assert "Numeric checks" in exercise.render("md", solution=True)
    assert "dW[o,i] = \n" in exercise.answer
    assert exercise.pictures("md").keys() == {"linear-forward-graph.svg"}
    assert exercise.pictures("md", solution=True) == linear.pictures("md")
    with pytest.raises(derive.LayerError, match="cannot leave out 'result'\ndid you mean results"):
        linear.exercise("result")  # type: ignore[arg-type]
    with pytest.raises(derive.LayerError, match="unknown format"):
        exercise.render("docx")
