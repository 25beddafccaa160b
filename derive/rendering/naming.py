"""The names of the files that a layer's document is written to, and of the layer in commands."""

from __future__ import annotations

import re
import shlex

from derive.language.load import catalogue
from derive.language.system import System


def stem(system: System) -> str:
    """The name of a layer's page without its ending: the layer's own, and the options that are not the default."""
    chosen = [f"{o}-{system.chosen[o]}" for o, values in system.options.items() if system.chosen[o] != values[0]]
    return "-".join([system.name, *chosen])


def file(stem: str, format: str) -> str:
    """The name of a file of a format."""
    if format in ("slides", "cheatsheet"):
        return f"{stem}-{format}.pdf"
    return f"{stem}.myst.md" if format == "myst" else f"{stem}.{format}"


def picture(system: System, shows: str) -> str:
    """The name of a picture beside the page, which may stand in a link as it is."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", f"{stem(system)}-{shows}")


def loaded_by(system: System) -> str:
    """What a layer is loaded by: its name in the catalogue, or the name of its file."""
    return system.name if system.name in catalogue() else f"{system.name}.toml"


def command(verb: str, system: System, *arguments: str) -> str:
    """A command of the program on a layer as a shell takes it, with the options that are not the default."""
    changed = (f"{o}={system.chosen[o]}" for o, values in system.options.items() if system.chosen[o] != values[0])
    settings = (word for setting in changed for word in ("--set", setting))
    return shlex.join(["derive", verb, loaded_by(system), *arguments, *settings])
