"""Reads arrays from a file of NumPy's, ``.npz``, which may be anybody's: no objects, and no more than it says."""

from __future__ import annotations

import io
import zipfile
import zlib
from math import prod
from typing import IO, Any

import numpy as np

from derive.checking.arrays import Array
from derive.language.errors import LayerError

_LARGEST = 1 << 29  # bytes of all arrays together
_ARRAYS = 1000
_HEAD = 10_000  # characters of what an array says of itself
_AXES = 32


def arrays_of_file(data: bytes) -> dict[str, Array]:
    """The arrays by their names.  Raises LayerError where the file is no such one, or holds something else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _arrays(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise LayerError(f"not a file of arrays (.npz): {error}") from None


def _arrays(archive: zipfile.ZipFile) -> dict[str, Array]:
    members = archive.infolist()
    if len(members) > _ARRAYS or sum(member.file_size for member in members) > _LARGEST:
        raise LayerError(f"too large: {_ARRAYS} arrays at most, of {_LARGEST >> 20} MiB together")
    arrays = {}
    for member in members:
        name = member.filename.removesuffix(".npy")
        with archive.open(member) as file:
            arrays[name] = _array(file, name, member.file_size)
    return arrays


def _array(file: IO[bytes], name: str, size: int) -> Array:
    """One array, read only once what its head says has been checked."""
    try:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, kind = read(file, max_header_size=_HEAD)
    except Exception as error:  # whatever the reading of that text comes to
        raise LayerError(f"{name} is not an array: {str(error)[:200]}") from None
    if any(n < 0 for n in shape):
        raise LayerError(f"{name} is not an array: its shape is {shape}")
    if kind.hasobject or kind.kind not in "biuf" or len(shape) > _AXES:
        raise LayerError(f"{name} holds {kind} and not numbers")
    count = prod(int(n) for n in shape)
    if count * kind.itemsize > size:
        raise LayerError(f"{name} is cut off: it should have the shape {shape}")
    flat: Any = np.frombuffer(file.read(count * kind.itemsize), kind)
    if flat.size != count:
        raise LayerError(f"{name} is cut off: it should have the shape {shape}")
    return np.asarray(flat.reshape(shape, order="F" if fortran else "C"), kind.newbyteorder("="))
