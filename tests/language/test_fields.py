"""The fields of a layer, from a file and from Python."""

import os
from pathlib import Path
from typing import Any

import pytest

from derive.language.errors import LayerError
from derive.language.fields import MAX_BYTES, from_arguments, read_file, read_text

TABLES = "the tables are options, when, meaning, pytorch and study"
SOURCE = """title = "A layer"
inputs = ["x[i]", "h[i]"]
about = "words"
when.f.relu.assume = "a = 1"
[meaning]
x = "the input"
[options]
f = ["tanh", "relu"]
scale = [1, true]
"""


def test_a_file_and_arguments_say_the_same() -> None:
    from_file = read_text(SOURCE, "a.toml", "a")
    data: dict[str, Any] = {
        "name": "a",
        "title": "A layer",
        "inputs": ["x[i]", "h[i]"],
        "about": "words",
        "when": {"f": {"relu": {"assume": "a = 1"}}},
        "meaning": {"x": "the input"},
        "options": {"f": ["tanh", "relu"], "scale": [1, True]},
    }
    from_python = from_arguments(data)

    def plain(texts: Any) -> Any:
        return [t.text for t in texts] if isinstance(texts, tuple) else {k: plain(v) for k, v in texts.items()}

    assert plain(from_file.texts) == {k: v for k, v in plain(from_python.texts).items() if k != "name"}
    assert plain(from_file.options) == plain(from_python.options) == {"f": ["tanh", "relu"], "scale": ["1", "true"]}
    assert plain(from_file.when) == plain(from_python.when) == {"f": {"relu": {"assume": ["a = 1"]}}}
    assert from_file.texts["meaning.x"][0].places[0] == (6, 6)
    assert from_python.name == from_file.name == "a"


def test_a_field_that_is_none_is_left_out() -> None:
    assert "loss" not in from_arguments({"loss": None, "output": "y"}).texts


@pytest.mark.parametrize(
    ("source", "line", "column", "message", "hint"),
    [
        ("\n equation = ''", 2, 2, "unknown key equation", "did you mean equations?"),
        ("[option]\nf = ['a']", 1, 1, "unknown key option", "did you mean options?"),
        ("Inputs = 'x'", 1, 1, "unknown key Inputs", "did you mean inputs?"),
        ("[about]\nx = 'a'", 1, 1, "unknown table about", TABLES),
        ("about.x = 'a'", 1, 1, "unknown table about", TABLES),
        ("[about.x]\ny = 'a'", 1, 1, "unknown table about", TABLES),
        ("inputs = {x = 'a'}", 1, 1, "unknown table inputs", TABLES),
        ("options = 'f'", 1, 1, "options must be a table", "write [options]"),
        ("[options]\nf = []", 2, 1, "option f has no value", ""),
        ("[options]\nf = [['a']]", 2, 1, "options.f must be a text", ""),
        ("title = 2020-01-01", 1, 1, "title must be a text", ""),
        ("[when.f]\nrelu = 'a'", 2, 1, "when.f.relu must be a table", "write [when.f.relu]"),
        ("[when.f.relu]\nasume = 'a'", 2, 1, "unknown key asume", "did you mean assume?"),
    ],
)
def test_what_a_file_gets_wrong_is_shown_at_its_place(
    source: str, line: int, column: int, message: str, hint: str
) -> None:
    with pytest.raises(LayerError) as caught:
        read_text(source, "a.toml", "a")
    error = caught.value
    assert (error.file, error.line, error.column, error.message, error.hint) == ("a.toml", line, column, message, hint)
    assert error.source == source.split("\n")[line - 1]


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [('title = "a\n', 1, 11), ("title = \n", 1, 9), ("a = 1\na = 2", 2, 6), ("\na = [1,", 2, 8)],
)
def test_what_is_no_toml_is_shown_at_its_place(source: str, line: int, column: int) -> None:
    with pytest.raises(LayerError, match="not TOML: ") as caught:
        read_text(source, "a.toml", "a")
    assert (caught.value.file, caught.value.line, caught.value.column) == ("a.toml", line, column)


@pytest.mark.parametrize("key", ["about", "pitfalls", "intro", "warning", "history", "see_also", "note"])
def test_prose_may_have_any_key_that_is_not_nearly_a_known_one(key: str) -> None:
    assert read_text(f"{key} = 'words'", "a.toml", "a").texts[key][0].text == "words"


def test_arguments_of_the_wrong_kind_are_refused() -> None:
    wrong: list[dict[str, Any]] = [{"title": object()}, {"inputs": [["x"]]}, {"options": "f"}, {"equations": b"y = 1"}]
    for fields in wrong:
        with pytest.raises(LayerError):
            from_arguments(fields)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    def refused(path: Path) -> LayerError:
        with pytest.raises(LayerError) as caught:
            read_file(path)
        return caught.value

    assert refused(tmp_path).message == "this is a directory, not a layer file"
    assert refused(tmp_path / "none.toml").message == "cannot read the layer file: No such file or directory"
    assert refused(Path("a\0b")).message == "cannot read the layer file: embedded null byte"
    (tmp_path / "latin.toml").write_bytes(b"title = 'ok'\nabout = 'caf\xe9'")
    error = refused(tmp_path / "latin.toml")
    assert (error.message, error.line, error.column) == ("not a text in UTF-8", 2, 13)
    (tmp_path / "large.toml").write_bytes(b"#" * (MAX_BYTES + 1))
    assert refused(tmp_path / "large.toml").message == "layer file too large: 1 MB at most"
    (tmp_path / "deep.toml").write_text("a = " + "[" * 100_000, encoding="utf-8")
    assert "deep" in refused(tmp_path / "deep.toml").message or "TOML" in refused(tmp_path / "deep.toml").message


@pytest.mark.skipif(os.name != "posix", reason="names of files are bytes on POSIX systems only")
def test_a_name_that_is_no_text_becomes_one(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"m\xff.toml")
    try:
        path.write_text("title = 'ok'", encoding="utf-8")
    except OSError:
        pytest.skip("this file system has names that are text only")
    assert read_file(path).name == "m\N{REPLACEMENT CHARACTER}"


def test_a_file_with_a_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    path = tmp_path / "w.toml"
    path.write_bytes(b"\xef\xbb\xbftitle = 'a'\r\nequations = '''\r\ny = 1\r\n'''\r\n")
    fields = read_file(path)
    assert (fields.name, fields.origin) == ("w", str(path))
    assert fields.texts["equations"][0].text == "y = 1\n"
    assert fields.texts["equations"][0].places[0] == (3, 1)


@pytest.mark.parametrize(("written", "name"), [(r"\u0000", "U+0000"), (r"\u001b[31m", "U+001B")])
def test_control_characters_have_no_place_in_a_layer(written: str, name: str) -> None:
    with pytest.raises(LayerError) as caught:
        read_text(f'title = "a"\nabout = "b{written}"\n', "a.toml", "a")
    assert (caught.value.message, caught.value.line, caught.value.column) == (f"unexpected character '{name}'", 2, 11)
    with pytest.raises(LayerError, match="unexpected character"):
        from_arguments({"about": "\ud800"})
