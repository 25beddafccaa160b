"""A marking as JSON.

The schema has a number, ``version``; docs/marking.md describes it.  JSON has no words for what is not finite: such a
number is written as the text "NaN", "Infinity" or "-Infinity".
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from derive.marking.hints import at_tier
from derive.marking.record import Marking

VERSION = 1


def json_text(marking: Marking, hints: int) -> str:
    """The marking as JSON text, with hints up to a tier."""
    return json.dumps(to_json(at_tier(marking, hints)), ensure_ascii=False, allow_nan=False, indent=2)


def to_json(marking: Marking) -> dict[str, Any]:
    """The marking as what JSON has: objects, arrays, texts, numbers, truth values and null."""
    return {"version": VERSION, "ok": marking.ok, **_plain(marking)}


def _plain(value: object) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {readable(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, str):
        return readable(value)
    if isinstance(value, Sequence):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int):
        return value
    return _number(value)


def readable(untrusted: str) -> str:
    """A text that any encoding of Unicode can write: halves of characters are replaced."""
    return untrusted.encode("utf-8", "replace").decode("utf-8")


def _number(value: Any) -> int | float | str:
    """A number as Python's own, also where NumPy counted it."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, int):
        return value
    number = float(value)
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
