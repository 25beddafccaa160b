"""The fields of a layer, from a TOML file or from keyword arguments: one text a key, options apart."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from derive.language.errors import Fragment, LayerError, nearest
from derive.language.toml_places import strings_of

KEYS = (
    "name", "title", "torch", "indices", "inputs", "params", "equations", "loss", "output", "sizes", "outside",
    "assume", "integers", "options", "when", "meaning",
)  # fmt: skip
MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class Fields:
    """What a layer file says.

    name      of the layer: the file's
    texts     the texts of each key, known keys and prose alike; ``meaning.W`` for the meaning of W
    options   the values of each option, the first is the default
    when      more texts for a key, where an option has a value: ``when[option][value][key]``
    """

    name: str
    origin: str
    texts: Mapping[str, tuple[Fragment, ...]]
    options: Mapping[str, tuple[Fragment, ...]] = field(default_factory=dict)
    when: Mapping[str, Mapping[str, Mapping[str, tuple[Fragment, ...]]]] = field(default_factory=dict)

    def text(self, key: str) -> tuple[Fragment, ...]:
        return self.texts.get(key, ())


def read_file(path: Path) -> Fields:
    """The fields of a layer file.  Raises LayerError."""
    return read_text(_contents(path), path.name, path.stem)


def read_text(source: str, origin: str, name: str) -> Fields:
    """The fields of a layer file given as text."""
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise _toml_error(source, origin, error) from None
    except RecursionError:
        raise LayerError("not a layer file: brackets nested too deeply", origin) from None
    places = {tuple(map(str, path)): text for path, text in strings_of(source, origin).items()}
    return _fields(data, places, origin, name)


def from_arguments(fields: Mapping[str, Any]) -> Fields:
    """The fields given in Python, by the same keys as in a file."""
    places: dict[tuple[str, ...], Fragment] = {}
    for key, value in fields.items():
        _place(value, (key,), places)
    return _fields(fields, places, "", str(fields.get("name", "layer")))


def _place(value: Any, path: tuple[str, ...], places: dict[tuple[str, ...], Fragment]) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _place(inner, (*path, str(key)), places)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            _place(inner, (*path, str(number)), places)
    else:
        places[path] = Fragment.of(_plain(value), ".".join(path))


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fields(data: Mapping[str, Any], places: Mapping[tuple[str, ...], Fragment], origin: str, name: str) -> Fields:
    texts: dict[str, tuple[Fragment, ...]] = {}
    options: dict[str, tuple[Fragment, ...]] = {}
    when: dict[str, dict[str, dict[str, tuple[Fragment, ...]]]] = {}

    def place(*path: str) -> LayerError:
        found = [f for p, f in places.items() if p[: len(path)] == path]
        return found[0].error("") if found else LayerError("", origin)

    def fail(path: tuple[str, ...], message: str, hint: str = "") -> LayerError:
        at = place(*path)
        return LayerError(message, at.file, at.line, at.column, at.source, hint)

    def strings(value: Any, path: tuple[str, ...]) -> tuple[Fragment, ...]:
        items = value if isinstance(value, list | tuple) else [value]
        if not all(isinstance(i, str | int | float) for i in items):
            raise fail(path, f"{'.'.join(path)} must be a text")
        if isinstance(value, list | tuple):
            return tuple(places[(*path, str(k))] for k in range(len(items)))
        return (places[path],)

    for key, value in data.items():
        if key == "options":
            for option, values in _table(value, key, fail).items():
                options[option] = strings(values, (key, option))
                if not options[option]:
                    raise fail((key, option), f"option {option} has no value")
        elif key == "when":
            for option, by_value in _table(value, key, fail).items():
                for choice, extra in _table(by_value, f"when.{option}", fail).items():
                    table = _table(extra, f"when.{option}.{choice}", fail)
                    made = when.setdefault(option, {}).setdefault(choice, {})
                    made.update({k: strings(v, (key, option, choice, k)) for k, v in table.items()})
        elif key == "meaning":
            for tensor, text in _table(value, key, fail).items():
                texts[f"meaning.{tensor}"] = strings(text, (key, tensor))
        elif key not in KEYS and (hint := nearest(key, KEYS)):
            raise fail((key,), f"unknown key {key}", hint)
        elif isinstance(value, Mapping):
            raise fail((key,), f"unknown table {key}", "the tables are options, when and meaning")
        else:
            texts[key] = strings(value, (key,))
    return Fields(name, origin, texts, options, when)


def _table(value: Any, key: str, fail: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise fail(tuple(key.split(".")), f"{key} must be a table", f"write [{key}]")
    return value


def _contents(path: Path) -> str:
    try:
        if path.is_dir():
            raise LayerError("this is a directory, not a layer file", str(path))
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise LayerError(f"cannot read the layer file: {error.strerror or error}", str(path)) from None
    except ValueError as error:
        raise LayerError(f"cannot read the layer file: {error}", ascii(str(path))) from None
    if len(data) > MAX_BYTES:
        raise LayerError(f"layer file too large: {MAX_BYTES // 1_000_000} MB at most", str(path))
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise LayerError("not a text in UTF-8", path.name, line, column) from None


def _toml_error(source: str, origin: str, error: Exception) -> LayerError:
    message = str(error)
    match = re.search(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    if match is None:
        return LayerError(f"not TOML: {message}", origin)
    lines = source.split("\n")
    line = int(match[1]) if match[1] else len(lines)
    column = int(match[2]) if match[2] else len(lines[-1]) + 1
    shown = lines[line - 1] if line <= len(lines) else ""
    return LayerError(f"not TOML: {message[: match.start()]}", origin, line, column, shown)
