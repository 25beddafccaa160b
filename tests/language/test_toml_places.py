"""Every text of a TOML document is found, and each of its characters where it stands."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.language.toml_places import Path, places_of

DOCUMENT = r'''# a comment with = and "quotes"
title = "A \"quoted\" title \u00e9"   # and another = "comment"
"equations" = """
a = 1
  b = \
     2
"""
literal = 'C:\no\escape'
several = ["one", 'two',  # first
   "three", ["nested"]]
number = 12
truth = true
table.of = { key = "value", "other key" = 'v' }
quotes = """""two""""" # ends in two quotes

[options]
f = ["tanh", "f"]

[when . "g".h]
assume = """x"""
'''


def leaves(data: Any, path: Path = ()) -> dict[Path, Any]:
    if isinstance(data, dict):
        return {k: v for key, inner in data.items() for k, v in leaves(inner, (*path, key)).items()}
    if isinstance(data, list):
        return {k: v for n, inner in enumerate(data) for k, v in leaves(inner, (*path, n)).items()}
    return {path: data}


def test_every_value_is_found_with_its_text() -> None:
    found = places_of(DOCUMENT, "layer.toml").values
    expected = leaves(tomllib.loads(DOCUMENT))
    assert {p: f.text for p, f in found.items()} == {
        p: v if isinstance(v, str) else str(v).lower() for p, v in expected.items()
    }


def test_each_character_stands_where_it_is_said_to() -> None:
    lines = DOCUMENT.split("\n")
    for path, found in places_of(DOCUMENT, "layer.toml").values.items():
        for character, (line, column) in zip(found.text, found.places, strict=False):
            source = lines[line - 1] + "\n"
            assert source[column - 1] in (character, "\\"), (path, character, line, column)


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("title",), 2, 1),
        (("equations",), 3, 1),
        (("table", "of", "other key"), 13, 29),
        (("options",), 16, 1),
        (("options", "f"), 17, 1),
        (("when", "g", "h"), 19, 1),
        (("when", "g", "h", "assume"), 20, 1),
    ],
)
def test_keys_stand_where_they_are_said_to(path: Path, line: int, column: int) -> None:
    assert places_of(DOCUMENT, "layer.toml").keys[path].places[0] == (line, column)


_KEYS = st.text("abcXYZ_-09", min_size=1, max_size=6)
_STRINGS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('"\\\n\t'), max_size=20)


@given(st.dictionaries(_KEYS, st.one_of(_STRINGS, st.lists(_STRINGS, max_size=3)), max_size=5))
def test_any_strings_are_found(data: dict[str, Any]) -> None:
    def basic(string: str) -> str:
        escaped = string.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return f'"{escaped}"'

    def written(value: Any) -> str:
        return basic(value) if isinstance(value, str) else "[" + ", ".join(map(basic, value)) + "]"

    document = "\n".join(f"{key} = {written(value)}" for key, value in data.items())
    assert tomllib.loads(document) == data
    assert {p: f.text for p, f in places_of(document, "").values.items()} == leaves(data)
