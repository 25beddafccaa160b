import pytest

from derive.language.load import layer, load
from derive.rendering.pictures.windows import sized, windows


def window_of(**fields: str):  # type: ignore[no-untyped-def]
    system = layer(outside="x = 0", output="y", **fields)
    return system, *windows(system)


CONV = {
    "indices": "i=0..L-1  u=0..K-1  p=0..P-1",
    "sizes": "P = (L + 2*q - d*(K-1) - 1)//s + 1",
    "inputs": "x[i]",
    "params": "W[u]",
    "equations": "y[p] = sum(W[u]*x[s*p+d*u-q], u)",
}


def test_a_window_is_read_off_the_index() -> None:
    _, window = window_of(**CONV)
    (axis,) = window.axes
    assert (axis.input.name, axis.output.name, axis.inside.name, window.weight) == ("i", "p", "u", "W")


def test_which_output_reads_which_input() -> None:
    system, window = window_of(**CONV)
    sizes = sized(system, window)
    assert sizes is not None and (sizes.inside, sizes.stride) == ((3,), 2)
    assert sizes.read_by((1,)) == {(1,): (0,), (2,): (1,), (3,): (2,)}  # 2p + u - 1
    assert sizes.readers_of((3,)) == {(1,): (2,), (2,): (0,)}
    assert {cell for _, _, cell in sizes.reads if cell < (0,)} == {(-1,)}


def test_at_stride_1_readers_meet_the_kernel_from_its_end() -> None:
    system, window = window_of(**CONV)
    sizes = sized(system, window, stride=1)
    assert sizes is not None
    assert [u for _, u in sorted(sizes.readers_of((1,)).items())] == [(2,), (1,), (0,)]


@pytest.mark.parametrize(
    ("name", "axes"),
    [
        ("conv2d", 2),
        ("maxpool1d", 1),
        ("avgpool2d", 2),
        ("linear", 0),
        ("rnn", 0),
        ("attention", 0),
        ("conv_transpose2d", 2),
    ],
)
def test_only_what_slides_has_a_window(name: str, axes: int) -> None:
    assert [len(w.axes) for w in windows(load(name))] == [axes] * bool(axes)


def test_a_window_without_a_stride_moves_by_one() -> None:
    system, window = window_of(
        indices="i=0..L-1  u=0..K-1  p=0..P-1", sizes="P = L - K + 1", inputs="x[i]",
        equations="y[p] = mean(x[p+u], u)",
    )  # fmt: skip
    sizes = sized(system, window)
    assert sizes is not None and sizes.stride == 1 and window.weight == ""


def test_a_condition_spreads_an_input_over_outputs() -> None:
    (window,) = windows(load("conv_transpose2d"))
    sizes = sized(load("conv_transpose2d"), window)
    assert window.read.name == "x" and all(a.outwards for a in window.axes)
    assert sizes is not None and sizes.stride == 2 and sizes.inside == (3, 3)
    readers = sizes.readers_of((1, 1))
    assert len(readers) == 9 and all((2 + u, 2 + v) == (p + 1, r + 1) for (p, r), (u, v) in readers.items())
