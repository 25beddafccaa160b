"""Layers from the catalogue, from a file, and from Python."""

import shutil
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from derive.language.errors import LayerError
from derive.language.load import catalogue, fields_of, layer, load
from derive.language.schedule import schedule
from derive.language.system import System

LINEAR = {
    "indices": "n:N  i:I  o:O",
    "inputs": "x[n,i]",
    "params": "W[o,i]  b[o]",
    "equations": "y[n,o] = sum(W[o,i]*x[n,i], i) + b[o]",
    "output": "y",
}


def test_the_catalogue_is_the_folder_of_layers() -> None:
    names = {p.stem for p in Path(str(resources.files("derive") / "layers")).glob("*.toml")}
    assert set(catalogue()) == names
    assert list(catalogue()) == sorted(names)


@pytest.mark.parametrize("name", catalogue())
def test_every_layer_of_the_catalogue_loads_with_every_value_of_its_options(name: str) -> None:
    system = load(name)
    assert system.name == name
    assert schedule(system)
    for option, values in system.options.items():
        for value in values:
            assert load(name, **{option: value}).chosen[option] == value


@pytest.mark.parametrize("name", catalogue())
def test_every_layer_says_what_it_is_and_what_its_tensors_and_sizes_mean(name: str) -> None:
    system = load(name)
    assert system.title != name and system.prose["about"]
    for tensor in (*system.inputs, *system.params):
        assert tensor.meaning, f"{name} does not say what {tensor.name} means"


def test_options_change_the_equations() -> None:
    assert "relu(a[t,n,i])" in str(load("rnn", f="relu"))
    assert load("rnn", f="relu", g="softmax").chosen == {"f": "relu", "g": "softmax", "ell": "squared_error"}
    assert load("rnn").assumptions == ()
    (assumption,) = load("rnn", ell="cross_entropy").assumptions
    assert str(assumption.left) == "sum(target[t,n,o], o)" and str(assumption.right) == "1"
    assert [i.name for i in assumption.indices] == ["t", "n"]


def test_a_path_loads_the_file(tmp_path: Path) -> None:
    source = Path(str(resources.files("derive") / "layers" / "linear.toml"))
    copy = tmp_path / "mine.toml"
    shutil.copy(source, copy)
    for given in (copy, str(copy)):
        assert load(given).name == "mine"
        assert load(given).equations == load("linear").equations


def test_a_file_without_its_ending_is_found_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(str(resources.files("derive") / "layers" / "linear.toml"), tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    assert load("mine").equations == load("linear").equations


def test_python_makes_the_same_layer_as_a_file() -> None:
    made, loaded = layer(**LINEAR), load("linear")
    assert made.equations == loaded.equations
    assert list(made.tensors) == list(loaded.tensors)
    assert made.lower == loaded.lower
    assert layer(**LINEAR, name="mine").name == "mine"


def test_a_system_is_itself() -> None:
    system = load("linear")
    assert load(system) is system
    with pytest.raises(LayerError, match="options are set where a layer is loaded"):
        load(system, f="relu")


def test_options_of_a_layer_made_in_python() -> None:
    fields = {**LINEAR, "equations": "y[n,o] = f(sum(W[o,i]*x[n,i], i))", "options": {"f": ["tanh", "relu"]}}
    assert "relu" in str(layer(**fields, set={"f": "relu"}))
    assert "tanh" in str(layer(**fields))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("lineer", "did you mean linear?"),
        ("RNN", "did you mean rnn?"),
        ("", "the catalogue has"),
        ("a" * 5000, "the catalogue has"),
    ],
)
def test_an_unknown_layer_suggests_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(LayerError) as caught:
        load(name)
    assert caught.value.message == f"unknown layer {name!r}"
    assert caught.value.hint.startswith(hint)


def test_the_fields_tell_the_options_before_any_is_chosen() -> None:
    fields = fields_of("rnn")
    assert [v.text for v in fields.options["f"]] == ["tanh", "relu", "sigmoid", "f"]
    assert isinstance(load("rnn"), System)


@pytest.mark.parametrize("source", [None, 3, b"rnn", ["rnn"]])
def test_what_is_no_name_and_no_path_is_refused(source: Any) -> None:
    with pytest.raises(LayerError, match="expected the name of a layer, the path of a layer file or a layer"):
        load(source)


@pytest.mark.parametrize("settings", ["f=relu", None, [("f", "relu")]])
def test_settings_are_a_mapping(settings: Any) -> None:
    with pytest.raises(LayerError, match="set is a mapping"):
        layer(equations="y = 1", output="y", set=settings)
