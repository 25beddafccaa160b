"""The names of the files that a layer's document is written to."""

from __future__ import annotations

import re

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
