"""Settings of the convolutions: strides over the kernel, cells nothing reads, wide padding, groups, one channel."""

from __future__ import annotations

from tests.oracles.pytorch import Setting

GROUPS = {"grouped": "true"}


def line(layer: str, length: str, channels: str, options: dict[str, str] | None = None) -> Setting:
    """``length`` is L K s q d along the line; ``channels`` is N C O, and G where there are groups."""
    sizes = dict(zip("LKsqd", map(int, length.split()), strict=True))
    return Setting(layer, _channels(channels) | sizes, options or {})


def plane(layer: str, height: str, width: str, channels: str, options: dict[str, str] | None = None) -> Setting:
    """``height`` and ``width`` are L K s q d along each axis, and e where there is output padding."""
    sizes = {
        f"{name}_{axis}": int(value)
        for axis, values in (("h", height), ("w", width))
        for name, value in zip("LKsqde", values.split(), strict=False)
    }
    return Setting(layer, _channels(channels) | sizes, options or {})


def _channels(values: str) -> dict[str, int]:
    return dict(zip("NCOG", map(int, values.split()), strict=False))


SETTINGS = [
    line("conv1d", "7 3 1 0 1", "3 2 4"),
    line("conv1d", "9 2 3 0 1", "1 1 1"),  # a stride over the kernel: places that nothing reads
    line("conv1d", "11 3 2 4 3", "2 1 3"),  # a remainder, a dilation, padding beyond the kernel
    line("conv1d", "5 1 2 0 4", "1 3 2"),  # a kernel of one
    line("conv1d", "1 3 1 1 1", "4 2 1"),  # a signal of one value
    line("conv1d", "6 6 5 0 1", "2 2 2"),  # one window
    line("conv1d", "8 3 2 1 2", "2 3 2 4", GROUPS),
    line("conv1d", "7 2 3 1 1", "1 1 1 3", GROUPS),  # depthwise
    line("conv1d", "6 3 1 1 1", "3 1 2 5", GROUPS),  # depthwise with two outputs a channel
    line("conv1d", "9 2 2 0 3", "2 4 3 1", GROUPS),  # one group
    plane("conv2d", "5 2 1 0 1", "4 3 1 0 1", "3 2 4"),
    plane("conv2d", "7 2 3 0 1", "6 2 4 1 1", "1 1 1"),  # strides over the kernel
    plane("conv2d", "8 3 2 2 2", "9 2 3 1 3", "2 1 3"),  # all at once, with remainders
    plane("conv2d", "3 2 2 5 1", "2 3 1 4 2", "2 3 1"),  # padding beyond the kernel
    plane("conv2d", "4 1 1 0 1", "5 1 1 0 1", "3 4 2"),  # 1×1
    plane("conv2d", "1 1 1 0 1", "1 3 2 1 1", "1 2 2"),  # an image of one pixel
    plane("conv2d", "6 3 2 1 1", "7 2 3 2 2", "2 2 3 4", GROUPS),
    plane("conv2d", "5 3 1 1 1", "6 3 1 1 1", "3 1 1 4", GROUPS),  # depthwise
    plane("conv2d", "7 2 4 0 2", "5 3 2 3 1", "1 1 2 3", GROUPS),
    plane("conv2d", "5 2 2 1 1", "4 2 1 0 3", "2 3 2 1", GROUPS),  # one group
    plane("conv_transpose2d", "3 2 1 0 1 0", "4 3 1 0 1 0", "3 2 4"),
    plane("conv_transpose2d", "3 4 2 1 1 0", "4 4 2 1 1 1", "2 3 2"),  # twice as large
    plane("conv_transpose2d", "3 2 3 0 1 2", "2 2 5 1 1 3", "1 1 1"),  # strides over the kernel: gaps
    plane("conv_transpose2d", "4 3 2 2 3 1", "3 2 3 1 4 2", "2 1 3"),  # all at once
    plane("conv_transpose2d", "1 3 1 0 2 1", "5 3 2 3 1 0", "2 2 1"),  # output padding below the dilation only
    plane("conv_transpose2d", "5 1 1 0 1 0", "4 1 1 0 1 0", "1 3 2"),  # 1×1
]
