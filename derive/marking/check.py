"""Marks an answer of any kind: a written derivation, a program, arrays, a function."""

from __future__ import annotations

from collections.abc import Iterator

from derive.language.system import System
from derive.marking.ground import Ground
from derive.marking.judge import judge
from derive.marking.record import NOT_ELSEWHERE, Line, Marking
from derive.marking.values import EXACT
from derive.marking.written.answer import read
from derive.steps.record import gradient_name


def mark_text(ground: Ground, text: str, file: str = "") -> Marking:
    """The marks of a written derivation, one for each of its lines."""
    lines = judge(ground, read(ground.derivation, text, file))
    return marking(ground, lines, file, EXACT)


def marking(ground: Ground, lines: tuple[Line, ...], file: str, resolution: float) -> Marking:
    """The marks of an answer, with what it leaves out and how closely it was looked at."""
    system = ground.system
    said = {line.name for line in lines} - {line.name for line in lines if line.remark == NOT_ELSEWHERE}
    wanted = (n for n in ground.derivation.wrt if n not in system.constants and gradient_name(n) not in said)
    failure = "" if lines else "there is no equation in it"
    return Marking(
        layer_name(system),
        lines,
        file,
        tuple(map(gradient_name, wanted)),
        resolution,
        tuple(place.point.sizes for place in ground.places),
        tuple(_remarks(ground)),
        failure,
    )


def layer_name(system: System) -> str:
    """The name of a layer with its options: "rnn, f=tanh"."""
    return ", ".join([system.name, *(f"{option}={value}" for option, value in system.chosen.items())])


def _remarks(ground: Ground) -> Iterator[str]:
    """What holds for every answer on this layer."""
    margin = min(place.point.margin for place in ground.places)
    if margin < float("inf"):
        yield "Values were compared away from kinks and ties: what a gradient is taken to be on one is not judged."
