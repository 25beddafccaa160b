"""What commands share: arguments and options, files written whole, something shown on the terminal."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from derive.language.errors import LayerError

if TYPE_CHECKING:
    from rich.console import RenderableType

Layer = Annotated[str, typer.Argument(metavar="LAYER", help="A name of the catalogue or the path of a layer file.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="OPTION=VALUE", help="Choose the value of an option.")
]


def chosen(settings: Sequence[str] | None) -> dict[str, str]:
    """``["f=relu"]`` as ``{"f": "relu"}``."""
    pairs = [setting.partition("=") for setting in settings or ()]
    for name, equals, value in pairs:
        if not (name.strip() and equals and value.strip()):
            raise LayerError(f"cannot read --set {name}{equals}{value}", hint="write --set OPTION=VALUE")
    return {name.strip(): value.strip() for name, _, value in pairs}


def complain(message: str) -> None:
    """An error, on standard error."""
    typer.secho("error: ", fg="red", bold=True, nl=False, err=True)
    typer.echo(message, err=True)


def write(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; a device or a pipe, such as /dev/stdout, is written to."""
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(Path(os.path.realpath(path)), data)  # a link stays one
    except OSError as error:
        raise LayerError(f"cannot write: {error.strerror or error}", os.fspath(path)) from None


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(f".{os.getpid()}.part")  # a name may be as long as any
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def print_out(renderable: RenderableType, width: int = 10_000) -> None:
    """Print on a terminal as it fits, elsewhere in lines of at most ``width`` characters."""
    from rich.console import Console

    console = Console(highlight=False)
    if console.is_terminal:
        console.print(renderable)
        return
    console.width = width
    with console.capture() as captured:
        console.print(renderable)
    typer.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))
