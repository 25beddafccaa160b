"""The fields of a layer, from a TOML file or from keyword arguments: one text a key, options apart."""

from __future__ import annotations

import os
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from derive.language.errors import Fragment, LayerError
from derive.language.toml_places import Path as KeyPath
from derive.language.toml_places import Places, places_of

KEYS = (
    "name", "title", "group", "torch", "indices", "inputs", "params", "equations", "loss", "output", "sizes", "outside",
    "assume", "integers", "constants", "example", "options", "when", "meaning", "pytorch",
    "study",
)  # fmt: skip
TABLES = ("meaning", "pytorch", "study")  # of texts by name
MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class Fields:
    """What a layer file says.

    name      of the layer: the file's
    texts     the texts of each key, known keys and prose alike; ``meaning.W`` for the meaning of W, and
              ``pytorch.state.weight`` for what PyTorch's parameter ``weight`` is made of
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
    return read_text(contents(path), str(path), name_of(path))


def name_of(path: Path) -> str:
    """The name of a file without its ending; what is no text in it is replaced."""
    return os.fsencode(path.stem).decode("utf-8", "replace")


def read_text(source: str, origin: str, name: str) -> Fields:
    """The fields of a layer file given as text."""
    try:
        data = tomllib.loads(source)
        places = places_of(source, origin)
    except tomllib.TOMLDecodeError as error:
        raise toml_error(source, origin, error) from None
    except RecursionError:
        raise LayerError("not a layer file: brackets nested too deeply", origin) from None
    return _Reader(data, places, origin).fields(name)


def from_arguments(arguments: Mapping[str, Any]) -> Fields:
    """The fields given in Python, by the same keys as in a file; a field that is None is left out."""
    data = {key: value for key, value in arguments.items() if value is not None}
    return _Reader(data, Places(), "").fields(str(data.get("name", "layer")))


@dataclass(frozen=True)
class _Reader:
    """Reads the fields out of nested data; ``places`` tells where each text stands, if they are from a file."""

    data: Mapping[str, Any]
    places: Places
    origin: str

    def fields(self, name: str) -> Fields:
        texts = self.entries({k: v for k, v in self.data.items() if k not in ("options", "when")}, ())
        options = {
            o: self.texts(v, ("options", o)) for o, v in self.table(self.data.get("options", {}), ("options",)).items()
        }
        for option, values in options.items():
            if not values:
                raise self.error(("options", option), f"option {option} has no value")
        return Fields(name, self.origin, texts, options, self.when())

    def when(self) -> dict[str, dict[str, dict[str, tuple[Fragment, ...]]]]:
        """The texts of ``[when.option.value]``."""
        out: dict[str, dict[str, dict[str, tuple[Fragment, ...]]]] = {}
        for option, by_value in self.table(self.data.get("when", {}), ("when",)).items():
            for value, extra in self.table(by_value, ("when", option)).items():
                path = ("when", option, value)
                out.setdefault(option, {})[value] = self.entries(self.table(extra, path), path)
        return out

    def entries(self, data: Mapping[str, Any], path: KeyPath) -> dict[str, tuple[Fragment, ...]]:
        """The texts of each key, those of a table under ``table.key``."""
        texts: dict[str, tuple[Fragment, ...]] = {}
        for key, value in data.items():
            if key in TABLES:
                texts |= self.leaves(value, (*path, key), key)
            else:
                texts[key] = self.known(value, (*path, key))
        return texts

    def leaves(self, value: Any, path: KeyPath, prefix: str) -> dict[str, tuple[Fragment, ...]]:
        """The texts of a table, and of the tables in it."""
        texts: dict[str, tuple[Fragment, ...]] = {}
        for key, inner in self.table(value, path).items():
            if isinstance(inner, Mapping):
                texts |= self.leaves(inner, (*path, key), f"{prefix}.{key}")
            else:
                texts[f"{prefix}.{key}"] = self.texts(inner, (*path, key))
        return texts

    def known(self, value: Any, path: KeyPath) -> tuple[Fragment, ...]:
        """The texts of a key; one that is nearly a known key is refused."""
        key = str(path[-1])
        if key not in KEYS and (hint := _nearly_known(key)):
            raise self.error(path, f"unknown key {key}", hint)
        if isinstance(value, Mapping):
            raise self.error(path, f"unknown table {key}", "the tables are options, when, meaning, pytorch and study")
        return self.texts(value, path)

    def texts(self, value: Any, path: KeyPath) -> tuple[Fragment, ...]:
        """A text or a list of texts; numbers and truth values count as texts."""
        items = list(value) if isinstance(value, list | tuple) else [value]
        if not all(isinstance(i, str | int | float) for i in items):
            raise self.error(path, f"{'.'.join(map(str, path))} must be a text")
        if isinstance(value, list | tuple):
            return tuple(self.text(item, (*path, k)) for k, item in enumerate(items))
        return (self.text(value, path),)

    def text(self, value: Any, path: KeyPath) -> Fragment:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        found = self.places.values.get(path)
        if found is None or (found.text != text and isinstance(value, str)):
            found = Fragment.of(text, self.origin or ".".join(map(str, path)))
        for at, character in enumerate(found.text):
            if unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\n\r\f":
                raise found.error(f"unexpected character 'U+{ord(character):04X}'", at)
        return found

    def table(self, value: Any, path: KeyPath) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            name = ".".join(map(str, path))
            raise self.error(path, f"{name} must be a table", f"write [{name}]")
        return {str(key): inner for key, inner in value.items()}

    def error(self, path: KeyPath, message: str, hint: str = "") -> LayerError:
        """An error at a key, or at the first of those in its table."""
        inside = (place for key, place in self.places.keys.items() if key[: len(path)] == path)
        place = self.places.keys.get(path) or self.places.values.get(path) or next(inside, None)
        if place is not None:
            return place.error(message, 0, hint)
        return LayerError(message, self.origin or ".".join(map(str, path)), hint=hint)


def _nearly_known(key: str) -> str:
    """The hint for a key that is probably a known one misspelt; prose keys are free otherwise."""
    for known in KEYS:
        likeness = SequenceMatcher(None, key.lower(), known).ratio()
        if likeness >= 0.8 or (likeness >= 0.65 and key[:1].lower() == known[0]):
            return f"did you mean {known}?"
    return ""


def contents(path: Path, what: str = "layer file") -> str:
    """The text of a file.  Raises LayerError."""
    try:
        if path.is_dir():
            raise LayerError(f"this is a directory, not a {what}", str(path))
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise LayerError(f"cannot read the {what}: {error.strerror or error}", str(path)) from None
    except ValueError as error:
        raise LayerError(f"cannot read the {what}: {error}", ascii(str(path))) from None
    if len(data) > MAX_BYTES:
        raise LayerError(f"{what} too large: {MAX_BYTES // 1_000_000} MB at most", str(path))
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise LayerError("not a text in UTF-8", str(path), line, column) from None


def toml_error(source: str, origin: str, error: Exception) -> LayerError:
    """What ``tomllib`` has against a text, with the place."""
    message = str(error)
    match = re.search(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    if match is None:
        return LayerError(f"not TOML: {message}", origin)
    lines = source.split("\n")
    line = int(match[1]) if match[1] else len(lines)
    column = int(match[2]) if match[2] else len(lines[-1]) + 1
    shown = lines[line - 1] if line <= len(lines) else ""
    return LayerError(f"not TOML: {message[: match.start()]}", origin, line, column, shown)
