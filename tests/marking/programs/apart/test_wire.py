"""Messages hold what was put in, and nothing else is taken for one."""

import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from derive.marking.programs.apart.wire import MAGIC, TYPES, WireError, packed, unpacked

ARRAYS = arrays.arrays(
    st.sampled_from(sorted(TYPES)), arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
)


def message(head: object, data: bytes = b"") -> bytes:
    """A message with any head at all."""
    text = json.dumps(head).encode()
    return struct.pack("<4sI", MAGIC, len(text)) + text + data


@given(st.dictionaries(st.text(max_size=5), ARRAYS, max_size=3), st.text())
def test_arrays_and_words_come_back(given_arrays: dict, words: str) -> None:
    data = b"before" + packed({"told": words}, given_arrays)
    said, found, end = unpacked(data, 6)
    assert said == {"told": words} and list(found) == list(given_arrays) and end == len(data)
    for name, array in given_arrays.items():
        assert found[name].dtype == array.dtype and found[name].shape == array.shape
        assert found[name].tobytes() == array.tobytes()


def test_arrays_of_any_layout_and_byte_order() -> None:
    array = np.arange(6.0).reshape(2, 3)
    for same in (array.astype(">f8"), np.asfortranarray(array), array[::-1][::-1], np.broadcast_to(array, (2, 3))):
        np.testing.assert_array_equal(unpacked(packed({}, {"a": same}))[1]["a"], array)


def test_arrays_are_the_readers_own() -> None:
    found = unpacked(packed({}, {"a": np.zeros(2)}))[1]["a"]
    found[0] = 1.0
    assert found[0] == 1.0


@pytest.mark.parametrize(
    "array",
    [np.array([object()]), np.array(["text"]), np.array([1j]), np.zeros(1, "V8")],
    ids=["objects", "text", "complex", "void"],
)
def test_no_message_holds_objects(array: np.ndarray) -> None:
    with pytest.raises(WireError):
        packed({}, {"a": array})


@given(st.integers(0, 200))
def test_a_message_cut_off_is_none(length: int) -> None:
    data = packed({"told": "much"}, {"a": np.ones((2, 3))})
    with pytest.raises(WireError):
        unpacked(data[: min(length, len(data) - 1)])


@given(st.binary(max_size=60))
def test_other_bytes_are_no_message(data: bytes) -> None:
    with pytest.raises(WireError):
        unpacked(data)
    with pytest.raises(WireError):
        unpacked(struct.pack("<4sI", MAGIC, len(data)) + data)


@pytest.mark.parametrize(
    "arrays",
    [
        [["a", "|O8", [1]]],
        [["a", "<f8", [-1]]],
        [["a", "<f8", [True]]],
        [["a", "<f8", [1 << 60]]],
        [["a", "<f8", [1 << 20, 1 << 20]]],
        [["a", "<f8", [0] * 40]],
        [["a", "<f8", [0, 1 << 40, 1 << 40]]],
        [["a" * 300, "<f8", [1]]],
        [["a", "<f8", 1]],
        [["a", "f8,f8", [1]]],
        [["a", "<f8", [1]], ["a", "<f8", [1]]],
        [["a", "<f8"]],
        ["a"],
        {},
        [["a", "<f8", [0]]] * 20_000,
    ],
    ids=lambda a: str(a)[:40],
)
def test_arrays_that_cannot_be(arrays: object) -> None:
    with pytest.raises(WireError):
        unpacked(message({"words": {}, "arrays": arrays}, bytes(64)))


@pytest.mark.parametrize("head", [[], {}, {"words": [], "arrays": []}, {"words": {}, "arrays": 3}, 1], ids=str)
def test_heads_that_are_none(head: object) -> None:
    with pytest.raises(WireError):
        unpacked(message(head))


def test_a_head_nested_too_deeply() -> None:
    with pytest.raises(WireError):
        text = b"[" * 100_000
        unpacked(struct.pack("<4sI", MAGIC, len(text)) + text)
