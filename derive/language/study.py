"""What a layer file wants studied: how gradients fade over a recurrence, and what cutting it short leaves out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from derive.language.errors import Fragment, nearest
from derive.language.fields import Fields


@dataclass(frozen=True)
class Measured:
    """A layer whose gradient norms are measured: by which of its tensors, and values that parameters are set to."""

    layer: str
    tensor: str
    fixed: tuple[tuple[str, float], ...] = ()

    def __str__(self) -> str:
        return ", ".join([self.layer, *(f"{name} = {value:g}" for name, value in self.fixed)])


@dataclass(frozen=True)
class Study:
    """The table ``[study]`` of a layer file.

    norms       the layers whose gradient norms are measured beside each other
    truncation  the tensor whose gradient recurs: its Jacobians are bounded, its recurrence is cut short
    notes       prose: what the measured norms show
    """

    norms: tuple[Measured, ...] = ()
    truncation: str = ""
    notes: str = ""


def study_of(fields: Fields, computed: Collection[str]) -> Study:
    """The table as the file states it; ``computed`` are the tensors that the layer computes.  Raises LayerError."""
    for key, texts in fields.texts.items():
        kind, _, name = key.partition(".")
        if kind == "study" and name not in ("norms", "truncation", "notes"):
            raise texts[0].error(f"unknown key {name}", 0, "norms, truncation or notes")
    norms = tuple(_measured(word) for word in _words(fields, "study.norms"))
    cut = list(_words(fields, "study.truncation"))
    if len(cut) > 1:
        raise cut[1].error("one tensor is cut short")
    for word in cut:
        if word.text not in computed:
            raise word.error(f"no equation defines {word.text}", 0, nearest(word.text, computed))
    notes = " ".join(t.text.strip() for t in fields.text("study.notes"))
    return Study(norms, cut[0].text if cut else "", notes)


def _measured(word: Fragment) -> Measured:
    """``lstm.h``, or ``lstm.h:b_f=3`` with a parameter set to a number."""
    match = re.fullmatch(r"(\w+)\.(\w+)((?::\w+=-?\d+(?:\.\d+)?)*)", word.text)
    if match is None:
        raise word.error("expected a layer and one of its tensors", 0, "as in rnn.h lstm.h, or lstm.h:b_f=3")
    pairs = (setting.split("=") for setting in match[3].split(":")[1:])
    return Measured(match[1], match[2], tuple((name, float(value)) for name, value in pairs))


def _words(fields: Fields, key: str) -> Iterator[Fragment]:
    for text in fields.text(key):
        for match in re.finditer(r"[^\s,]+", text.text):
            yield text.part(*match.span())
