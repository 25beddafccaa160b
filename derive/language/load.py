"""Loading layers: by catalogue name, from a file, or from the same fields in Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from derive.language.build import build
from derive.language.checks import check
from derive.language.errors import LayerError, nearest
from derive.language.fields import Fields, from_arguments, read_file, read_text
from derive.language.options import choose
from derive.language.schedule import in_order
from derive.language.system import System

_SUFFIX = ".toml"


def load(source: str | Path | System, /, **options: object) -> System:
    """A layer: the name of one in the catalogue, the path of a layer file, or a System as it is.

    Raises LayerError.
    """
    if isinstance(source, System):
        if options:
            raise LayerError("options are set where a layer is loaded; this one is already")
        return source
    if not isinstance(source, str | Path):
        what = f"expected the name of a layer, the path of a layer file or a layer, got {source!r}"
        raise LayerError(what, hint='as in load("linear")')
    return _system(fields_of(source), options)


def layer(**fields: Any) -> System:
    """A layer from the fields of a layer file, given as keyword arguments; ``set`` chooses options.

    Raises LayerError.
    """
    settings = fields.pop("set", {})
    if not isinstance(settings, Mapping):
        raise LayerError(f"set is a mapping of options, got {settings!r}", hint='as in set={"f": "relu"}')
    return _system(from_arguments(fields), dict(settings))


def catalogue() -> tuple[str, ...]:
    """The names of the catalogue's layers, in alphabetical order."""
    return tuple(sorted(entry.name.removesuffix(_SUFFIX) for entry in _entries()))


def fields_of(source: str | Path) -> Fields:
    """What a layer file says, before any option is chosen."""
    if isinstance(source, Path) or _is_path(source):
        return read_file(Path(source))
    for entry in _entries():
        if entry.name == source + _SUFFIX:
            return read_text(entry.read_text(encoding="utf-8"), entry.name, source)
    if _is_file(Path(source)):
        return read_file(Path(source))
    hint = nearest(source, catalogue()) or f"the catalogue has {', '.join(catalogue())}"
    raise LayerError(f"unknown layer {source!r}", hint=hint)


def _system(fields: Fields, options: dict[str, object]) -> System:
    fields, choice = choose(fields, options)
    built = build(fields, choice)
    check(built)
    return in_order(built.system)


def _entries() -> Iterator[Any]:
    for entry in resources.files("derive").joinpath("layers").iterdir():
        if entry.name.endswith(_SUFFIX):
            yield entry


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file can have
        return False


def _is_path(source: str) -> bool:
    return source.endswith(_SUFFIX) or "/" in source or "\\" in source
