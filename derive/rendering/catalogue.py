"""The catalogue by groups, and its index as a document."""

from __future__ import annotations

import re
from collections.abc import Sequence

from derive.language.system import System
from derive.rendering.document import Block, Code, Document, Heading, Inlines, Link, Table, Text, text
from derive.rendering.naming import file
from derive.rendering.notation import notation
from derive.rendering.operators import Style
from derive.rendering.prose import reader

_TITLES = {
    "dense": "Dense layers",
    "convolution": "Convolutions",
    "pooling": "Pooling",
    "recurrent": "Recurrent networks",
    "gated": "Gated recurrent networks",
    "normalization": "Normalizations",
    "dropout": "Dropout",
    "activation": "Activations",
    "embedding": "Embeddings",
    "attention": "Attention",
    "loss": "Losses",
    "block": "Blocks",
    "training": "Training",
}
_END = re.compile(r"(?<=[.!?])\s")  # of a sentence


def grouped(systems: Sequence[System]) -> dict[str, list[System]]:
    """The layers by the title of their group, groups in the order of a course; those without one come last."""
    keys = dict.fromkeys([*_TITLES, *(s.group for s in systems if s.group), ""])
    found: dict[str, list[System]] = {}
    for key in keys:
        found.setdefault(_title(key), []).extend(s for s in systems if s.group == key)
    return {title: members for title, members in found.items() if members}


def _title(group: str) -> str:
    return _TITLES.get(group) or group.capitalize() or "Others"


def index(systems: Sequence[System], suffix: str) -> Document:
    """The catalogue as a page: a table for each group, with links to the pages of the layers, ``name.suffix``."""
    blocks: list[Block] = []
    for title, members in grouped(systems).items():
        blocks.append(Heading(1, text(title)))
        header = tuple(map(text, ("Layer", "What it does", "In PyTorch", "Options")))
        blocks.append(Table((3, 7, 4, 4), header, tuple(_row(s, suffix) for s in members)))
    subtitle = text("Each page derives the backward pass of a layer, step by step, and says what was checked.")
    return Document("The catalogue", subtitle, tuple(blocks))


def _row(system: System, suffix: str) -> tuple[Inlines, ...]:
    about = _END.split(system.prose.get("about", "").strip(), maxsplit=1)[0].replace("\n", " ")
    told = reader(system, Style(notation(system))).inlines(about or system.title)
    counterpart: Inlines = (Code(system.torch),) if system.torch else ()
    return (Link(system.name, file(system.name, suffix)),), told, counterpart, _options(system)


def _options(system: System) -> Inlines:
    """Each option with its values, the default first."""
    out: Inlines = ()
    for option, values in system.options.items():
        out += (*((Text("; "),) if out else ()), Code(option), Text(": " + ", ".join(values)))
    return out
