"""What a terminal shows, as plain text: without colours, in lines of a given width."""

from __future__ import annotations

import io

from rich.console import Console, RenderableType


def plain(shown: RenderableType, width: int) -> str:
    """Plain text, in lines of at most ``width`` characters."""
    console = Console(file=io.StringIO(), width=width, color_system=None, highlight=False, legacy_windows=False)
    with console.capture() as captured:
        console.print(shown)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"
