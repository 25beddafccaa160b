"""The corpora of known mistakes and of right answers, data in TOML, and the ground for each layer in them."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from derive.calculus.sweep import derive
from derive.language.load import load
from derive.language.system import System
from derive.marking.check import mark_text
from derive.marking.ground import Ground, ground_of
from derive.marking.programs.functions import mark_program
from derive.marking.record import Marking

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """An answer to a layer of the catalogue, or to one of a person's ``own``.

    wrong  the name on its first wrong line, "" where all are right; ``kinds`` any of which names the mistake in it
    """

    id: str
    layer: str = ""
    own: str = ""
    options: dict[str, str] = field(default_factory=dict, hash=False)
    answer: str = ""
    program: str = ""
    wrong: str = ""
    kinds: tuple[str, ...] = ()

    @property
    def system(self) -> System:
        return _system(self.own, self.layer, tuple(self.options.items()))

    def ground(self, seed: int) -> Ground:
        return _ground(self.own, self.layer, tuple(self.options.items()), seed)

    def marking(self, seed: int) -> Marking:
        if self.program:
            return mark_program(self.ground(seed), self.program, f"{self.id}.py")
        return mark_text(self.ground(seed), self.answer, f"{self.id}.txt")


def known_mistakes() -> list[Case]:
    return list(_cases("known_mistakes", "mistake"))


def right_answers() -> list[Case]:
    return list(_cases("right_answers", "answer"))


def _cases(folder: str, key: str) -> Iterator[Case]:
    for file in sorted((HERE / folder).glob("*.toml")):
        for number, entry in enumerate(tomllib.loads(file.read_text(encoding="utf-8"))[key], 1):
            name = f"{file.stem}-{number}-{entry.get('layer') or entry['own']}"
            yield Case(name, **{**entry, "kinds": tuple(entry.get("kinds", ()))})


@cache
def _system(own: str, layer: str, options: tuple[tuple[str, str], ...]) -> System:
    return load(HERE / "known_mistakes" / "layers" / f"{own}.toml") if own else load(layer, **dict(options))


@cache
def _ground(own: str, layer: str, options: tuple[tuple[str, str], ...], seed: int) -> Ground:
    return ground_of(derive(_system(own, layer, options)), seed)
