"""Files of arrays are read as far as they are what they say."""

import io
import zipfile

import numpy as np
import pytest

from derive.language.errors import LayerError
from derive.marking.programs.npz import arrays_of_file


def file_of(**arrays: object) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return buffer.getvalue()


def head(shape: str, kind: str = "<f8") -> bytes:
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize(
    "array",
    [np.arange(6.0).reshape(2, 3), np.float32(1.5), np.arange(3), np.zeros((0, 2)), np.asfortranarray(np.eye(3)[:2]),
     np.arange(4.0).astype(">f4"), np.array([True])],
    ids=str,
)  # fmt: skip
def test_arrays_come_back(array: np.ndarray) -> None:
    found = arrays_of_file(file_of(W=array))["W"]
    np.testing.assert_array_equal(found, array)
    assert found.shape == np.shape(array) and found.dtype.isnative and found.dtype.itemsize == array.dtype.itemsize


def test_files_of_savez_and_of_names_with_dots() -> None:
    buffer = io.BytesIO()
    np.savez(buffer, **{"layer.W": np.ones(2)})
    assert list(arrays_of_file(buffer.getvalue())) == ["layer.W"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "not a file of arrays"),
        (b"PK\x03\x04 cut off", "not a file of arrays"),
        (file_of(W=np.ones(100))[:-30], "not a file of arrays"),
        (file_of(W=np.array([object()], dtype=object)), "W holds object and not numbers"),
        (file_of(W=np.array(["text"])), "W holds <U4 and not numbers"),
        (file_of(W=np.ones(2, complex)), "W holds complex128 and not numbers"),
        (file_of(W=np.zeros(2, "f8,i4")), "W holds "),
        (zipped(W=b"text"), "W is not an array"),
        (zipped(W=head("(1000000, 1000000)")), "W is cut off"),
        (zipped(W=head("(-1,)")), "W is not an array"),
        (zipped(W=head("(2,)") + bytes(8)), "W is cut off"),
        (zipped(W=head("(2,", "<f8")), "W is not an array"),
        (zipped(W=head("(2,)", "|O")), "W holds object and not numbers"),
        (zipped(W=head("__import__('os').getpid()")), "W is not an array"),
        (zipped(W=b"\x93NUMPY\x02\x00\xff\xff\xff\x7f"), "W is not an array"),
        (zipped(**{f"a{k}": head("()") + bytes(8) for k in range(1001)}), "too large"),
    ],
    ids=lambda v: v[:30] if isinstance(v, str) else "",
)
def test_what_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(LayerError) as caught:
        arrays_of_file(data)
    assert caught.value.message.startswith(told)


def test_a_bomb_is_not_unpacked() -> None:
    data = zipped(W=head("(100000000,)") + bytes(1 << 20))
    grown = data.replace((len(head("(100000000,)")) + (1 << 20)).to_bytes(4, "little"), (1 << 31).to_bytes(4, "little"))
    assert grown != data
    with pytest.raises(LayerError, match="too large"):
        arrays_of_file(grown)
