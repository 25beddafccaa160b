"""What a layer file wants studied: how gradients fade over a recurrence, and what cutting it short leaves out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from derive.language.errors import Fragment, nearest
from derive.language.fields import Fields


@dataclass(frozen=True)
class Study:
    """The table ``[study]`` of a layer file.

    norms       layers and their tensors whose gradient norms are measured beside each other: ("rnn", "h"), …
    truncation  the tensor whose gradient recurs: its Jacobians are bounded, its recurrence is cut short
    """

    norms: tuple[tuple[str, str], ...] = ()
    truncation: str = ""


def study_of(fields: Fields, computed: Collection[str]) -> Study:
    """The table as the file states it; ``computed`` are the tensors that the layer computes.  Raises LayerError."""
    for key, texts in fields.texts.items():
        if key.startswith("study.") and key not in ("study.norms", "study.truncation"):
            raise texts[0].error(f"unknown key {key.removeprefix('study.')}", 0, "norms or truncation")
    norms = tuple(_layer_and_tensor(word) for word in _words(fields, "study.norms"))
    cut = list(_words(fields, "study.truncation"))
    if len(cut) > 1:
        raise cut[1].error("one tensor is cut short")
    for word in cut:
        if word.text not in computed:
            raise word.error(f"no equation defines {word.text}", 0, nearest(word.text, computed))
    return Study(norms, cut[0].text if cut else "")


def _layer_and_tensor(word: Fragment) -> tuple[str, str]:
    match = re.fullmatch(r"(\w+)\.(\w+)", word.text)
    if match is None:
        raise word.error("expected a layer and one of its tensors", 0, "as in rnn.h lstm.h")
    return match[1], match[2]


def _words(fields: Fields, key: str) -> Iterator[Fragment]:
    for text in fields.text(key):
        for match in re.finditer(r"[^\s,]+", text.text):
            yield text.part(*match.span())
