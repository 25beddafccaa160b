"""Options of a layer: the choice of a value for each, and what depends on the choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from derive.language.declarations import NAME
from derive.language.errors import Fragment, LayerError, nearest
from derive.language.fields import Fields
from derive.language.scope import FUNCTIONS

_TRUTH = {"true": "1", "false": "0"}


@dataclass(frozen=True)
class Choice:
    """The values chosen.

    chosen     the value of each option, as written
    fragments  what stands for each option's name in the layer's text
    abstract   options whose value is their own name: an abstract function
    """

    chosen: Mapping[str, str]
    fragments: Mapping[str, Fragment]
    abstract: frozenset[str]


def choose(fields: Fields, settings: Mapping[str, object]) -> tuple[Fields, Choice]:
    """The fields as they are with the settings (and defaults elsewhere).  Raises LayerError."""
    for name in settings:
        if name not in fields.options:
            raise LayerError(f"{fields.name} has no option {name}", hint=_known_options(fields, name))
    _check_names(fields)
    chosen: dict[str, str] = {}
    fragments: dict[str, Fragment] = {}
    for name, values in fields.options.items():
        wanted = _plain(settings[name]) if name in settings else values[0].text
        match = [v for v in values if v.text == wanted]
        if not match:
            allowed = ", ".join(v.text for v in values)
            raise LayerError(f"option {name} of {fields.name} cannot be {wanted!r}", hint=f"it is one of {allowed}")
        chosen[name] = wanted
        if wanted != name:
            fragments[name] = replace(match[0], text=_TRUTH[wanted]) if wanted in _TRUTH else match[0]
    abstract = frozenset(n for n, v in chosen.items() if v == n)
    return _with_conditional_texts(fields, chosen), Choice(chosen, fragments, abstract)


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_names(fields: Fields) -> None:
    for name, values in fields.options.items():
        if not NAME.fullmatch(name) or name in FUNCTIONS:
            raise values[0].error(f"{name!r} cannot be the name of an option", 0, "a name of its own, such as f")


def _known_options(fields: Fields, name: str) -> str:
    if not fields.options:
        return "it has no options"
    listed = "; ".join(f"{n} = {', '.join(v.text for v in values)}" for n, values in fields.options.items())
    return nearest(name, fields.options) or f"its options: {listed}"


def _with_conditional_texts(fields: Fields, chosen: Mapping[str, str]) -> Fields:
    """The fields with the texts that ``[when.option.value]`` adds, or puts in the place of others."""
    texts = dict(fields.texts)
    for option, by_value in fields.when.items():
        values = [v.text for v in fields.options.get(option, ())]
        for value, extra in by_value.items():
            if value not in values:
                known = f"option {option} has no value {value}" if values else f"there is no option {option}"
                some = next(iter(extra.values()), None)
                error = some[0].error(f"[when.{option}.{value}]: {known}") if some else LayerError(known, fields.origin)
                raise error
            if chosen[option] == value:
                for key, more in extra.items():
                    texts[key] = more if _is_one(key) else texts.get(key, ()) + more
    return replace(fields, texts=texts)


def _is_one(key: str) -> bool:
    """Whether a key has one text, so that a second one replaces the first."""
    return key in ("title", "torch", "example") or "." in key
