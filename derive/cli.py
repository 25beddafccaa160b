"""The command line, thin over the public surface.  Exit code 0 good, 1 a check failed, 2 bad input."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import derive
from derive.language.errors import LayerError, nearest

if TYPE_CHECKING:
    from rich.console import Console

    from derive.language.system import System

app = typer.Typer(
    help="Derive the backward pass of neural-network layers from their forward equations, step by step, each step checked.",
    epilog="LAYER is a name of the catalogue or the path of a layer file.  Exit code: 0 good, 1 a check failed, 2 bad input.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

One = Annotated[str, typer.Argument(metavar="LAYER", help="A name of the catalogue, or the path of a layer file.")]
Several = Annotated[list[str], typer.Argument(metavar="LAYER...", help="Names of the catalogue, or paths of layer files.")]
Settings = Annotated[list[str], typer.Option("--set", metavar="OPTION=VALUE", help="Choose the value of an option.")]


def main() -> None:
    """The command ``derive``."""
    if hasattr(signal, "SIGPIPE"):  # end like any other filter when the reader of a pipe goes away
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Carry out a command line and give its exit code; errors of the input go to standard error."""
    try:
        app(args=list(arguments), prog_name="derive")
    except SystemExit as done:
        return int(done.code or 0)
    except KeyboardInterrupt:
        return 130
    except LayerError as error:
        _complain(str(error))
    except RecursionError:
        _complain("the layer is too long or too deeply nested")
    return 2


def _complain(message: str) -> None:
    typer.secho("error: ", fg="red", bold=True, nl=False, err=True)
    typer.echo(message, err=True)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"derive {derive.__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Options of every command."""


@app.command("list")
def list_() -> None:
    """List the catalogue: name, title, options (the first value is the default), PyTorch counterpart."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for heading in ("name", "title", "options", "PyTorch"):
        table.add_column(heading)
    for name in derive.catalogue():
        system = derive.load(name)
        options = "\n".join(f"{option}={'|'.join(values)}" for option, values in system.options.items())
        table.add_row(name, system.title, options, system.torch)
    _console().print(table)


@app.command()
def doc(
    layers: Several,
    to: Annotated[str, typer.Option(metavar="FORMATS", help="Formats, with commas between.")] = "md",
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write.")] = Path("output"),
    settings: Settings = [],  # noqa: B006 - Typer reads the default and never changes it
) -> None:
    """Write the derivation of each layer as a document, every step of it checked."""
    formats = _formats(to)
    systems = [derive.load(layer, **_options(settings)) for layer in layers]
    stems = _stems(systems)
    failed = False
    with _progress(len(systems)) as advance:
        for system, stem in zip(systems, stems, strict=True):
            advance(stem)
            derivation = derive.gradients(system)
            pages = {out / f"{stem}.{to}": derivation.render(to) for to in formats}
            for path, page in pages.items():
                _write(path, page)
                typer.echo(os.fspath(path))
            if not derivation.evidence().ok or not derivation.verify().ok:
                _complain(f"a check of {stem} failed: its document says which")
                failed = True
    raise typer.Exit(int(failed))


@app.command()
def code(
    layer: One,
    target: Annotated[str, typer.Option(metavar="TARGET", help="The library it is written for.")] = "numpy",
    settings: Settings = [],  # noqa: B006
) -> None:
    """Print the forward and backward pass as source."""
    typer.echo(derive.gradients(derive.load(layer, **_options(settings))).code(target), nl=False)


def _options(settings: Sequence[str]) -> dict[str, str]:
    """``["f=relu"]`` as ``{"f": "relu"}``."""
    pairs = [setting.partition("=") for setting in settings]
    for name, equals, value in pairs:
        if not (name.strip() and equals and value.strip()):
            raise LayerError(f"cannot read --set {name}{equals}{value}", hint="write --set OPTION=VALUE")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _formats(to: str) -> list[str]:
    """``md,tex`` as a list."""
    from derive.rendering.render import FORMATS

    wanted = list(dict.fromkeys(part.strip() for part in to.split(",")))
    for name in wanted:
        if name not in FORMATS:
            raise LayerError(f"unknown format {name!r}", hint=nearest(name, FORMATS) or f"formats: {', '.join(FORMATS)}")
    return wanted


def _stems(systems: Sequence[System]) -> list[str]:
    """The name of each layer's files: the layer's own, and the options that are not the default."""
    stems = []
    for system in systems:
        chosen = [f"{o}-{system.chosen[o]}" for o, values in system.options.items() if system.chosen[o] != values[0]]
        stems.append("-".join([system.name, *chosen]))
    twice = next((s for k, s in enumerate(stems) if s in stems[:k]), None)
    if twice is not None:
        raise LayerError(f"two layers would both be written as {twice}", hint="give each its own run and --out")
    return stems


def _write(path: Path, page: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_text(page, encoding="utf-8", newline="\n")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise LayerError(f"cannot write: {error.strerror or error}", os.fspath(path)) from None


def _console(stderr: bool = False) -> Console:
    """A console; where the output is no terminal, nothing is broken into lines."""
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = 10_000
    return console


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """A progress bar on standard error, on a terminal only; call what it gives with the name of each piece of work."""
    console = _console(stderr=True)
    if not console.is_terminal:
        yield lambda name: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=total)
        done = -1

        def advance(name: str) -> None:
            nonlocal done
            done += 1
            progress.update(task, completed=done, description=name)

        yield advance
