"""The same layer in PyTorch: lines that run, what its parameters are called there, and what differs."""

from __future__ import annotations

from collections.abc import Iterator

from derive.rendering.document import Block, Code, Heading, Inlines, Listing, Paragraph, Table, text
from derive.rendering.page import Page
from derive.rendering.pytorch_code import program


def in_pytorch(page: Page) -> Iterator[Block]:
    """The section on PyTorch, where the layer says anything of it."""
    lines = page.system.pytorch
    source = program(page.system)
    blocks: list[Block] = []
    if source:
        blocks += [Paragraph(text("These lines run as they stand.")), Listing("python", source)]
    if lines.state:
        header = tuple(map(text, ("PyTorch's name", "Here", "Shape")))
        blocks.append(Table((4, 6, 3), header, tuple(_row(page, *entry) for entry in lines.state.items())))
    if lines.notes:
        blocks.append(Paragraph(page.prose(lines.notes)))
    if blocks:
        yield Heading(1, text("In PyTorch"))
        yield from blocks


def _row(page: Page, name: str, here: str) -> tuple[Inlines, ...]:
    """A parameter or buffer: a tensor of the layer with its shape, or how it is put together from several."""
    tensor = page.system.tensors.get(here)
    if tensor is None:
        return (Code(name),), (Code(here),), ()
    return (Code(name),), (page.name(here),), page.shape(tensor.axes)
