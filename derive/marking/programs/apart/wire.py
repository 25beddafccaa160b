"""Messages between the process of an untrusted program and the one that marks it: a few words and plain arrays.

Nothing is unpickled.  A message is ``DRV1``, the length of its head, the head as JSON, and the arrays' bytes one after
another; whoever reads it trusts neither the lengths nor the types.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

Array = Any  # a NumPy array of any type

MAGIC = b"DRV1"
TYPES = frozenset({"|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8"})
_PREFIX = struct.Struct("<4sI")
_HEAD = 1 << 20  # bytes that a head may have
LONGEST = 200  # characters of a name
_AXES = 32
_ARRAYS = 10_000


class WireError(ValueError):
    """A message that is cut off, or not made as messages are."""


def packed(words: Mapping[str, Any], arrays: Mapping[str, Array] | None = None) -> bytes:
    """A message of JSON values and arrays by name."""
    plain = {name: _little_endian(np.asarray(array)) for name, array in (arrays or {}).items()}
    listed = [[name, array.dtype.str, list(array.shape)] for name, array in plain.items()]
    head = json.dumps({"words": dict(words), "arrays": listed}).encode()
    if len(head) > _HEAD:
        raise WireError("too many words")
    return b"".join((_PREFIX.pack(MAGIC, len(head)), head, *(a.tobytes() for a in plain.values())))


def unpacked(data: bytes, start: int = 0) -> tuple[dict[str, Any], dict[str, Array], int]:
    """The words and arrays of the message that begins at ``start``, and where it ends.  Raises WireError."""
    if len(data) - start < _PREFIX.size:
        raise WireError("cut off")
    magic, length = _PREFIX.unpack_from(data, start)
    at = start + _PREFIX.size
    if magic != MAGIC or length > _HEAD or length > len(data) - at:
        raise WireError("not a message, or cut off")
    words, listed = _head(data[at : at + length])
    at += length
    arrays: dict[str, Array] = {}
    for name, kind, shape in listed:
        count, type_ = prod(shape), np.dtype(kind)
        if name in arrays or count * type_.itemsize > len(data) - at:
            raise WireError("an array that is cut off, or twice there")
        try:
            arrays[name] = np.frombuffer(data, type_, count, at).reshape(shape).copy()
        except ValueError as error:  # no elements along one axis, and more than can be along others
            raise WireError(str(error)) from None
        at += count * type_.itemsize
    return words, arrays, at


def _head(text: bytes) -> tuple[dict[str, Any], list[tuple[str, str, tuple[int, ...]]]]:
    """The head of a message, every part of it of the type that it must have."""
    try:
        head = json.loads(text)
    except (ValueError, RecursionError):
        raise WireError("a head that is no JSON") from None
    match head:
        case {"words": dict(words), "arrays": list(listed)} if len(listed) <= _ARRAYS:
            return words, [_described(one) for one in listed]
    raise WireError("a head without words and arrays")


def _described(array: object) -> tuple[str, str, tuple[int, ...]]:
    match array:
        case [str(name), str(kind), list(shape)] if kind in TYPES and len(shape) <= _AXES and len(name) <= LONGEST:
            if all(type(n) is int and 0 <= n < 1 << 48 for n in shape):
                return name, kind, tuple(shape)
    raise WireError("an array of another kind")


def _little_endian(array: Array) -> Array:
    plain = np.asarray(array, array.dtype.newbyteorder("<"))
    if plain.dtype.str not in TYPES:
        raise WireError(f"no message holds arrays of type {array.dtype}")
    return plain
