"""The command line, thin over the public surface.  Exit code 0 good, 1 a check failed, 2 bad input."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import derive
from derive.commands.check import check
from derive.commands.console import Layer, Settings, chosen, complain, print_out, write
from derive.language.errors import LayerError, nearest

if TYPE_CHECKING:
    from rich.console import RenderableType

    from derive.batch import Checks, Job
    from derive.language.system import System
    from derive.rendering.exercise_blanks import Blank

app = typer.Typer(
    help="From the forward equations of a neural-network layer to its backward pass, step by step, each step checked.",
    epilog="LAYER is a name of the catalogue or the path of a layer file. Exit: 0 good, 1 a check failed, 2 bad input.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Layers = Annotated[list[str] | None, typer.Argument(metavar="LAYER", help="By default, the whole catalogue.")]
Tensors = Annotated[
    list[str] | None, typer.Option("--wrt", metavar="TENSOR", help="Take the gradients by these tensors only.")
]


def main() -> None:
    """The command ``derive``."""
    if hasattr(signal, "SIGPIPE"):  # end like any other filter when the reader of a pipe goes away
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a letter that it has no code for is written as its number
            stream.reconfigure(errors="backslashreplace")
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
        complain(str(error))
    except OSError as error:  # the terminal, or where the output was sent, takes no more
        complain(f"cannot write: {error.strerror or error}")
    except RecursionError:
        complain("the layer is too long or too deeply nested")
    return 2


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
    """List the catalogue by groups: name, title, options (the first value is the default), PyTorch counterpart."""
    from rich.table import Table

    from derive.rendering.catalogue import grouped

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for heading in ("name", "title", "options", "PyTorch"):
        table.add_column(heading)
    for group, members in grouped([derive.load(name) for name in derive.catalogue()]).items():
        table.add_row()
        table.add_row(f"[bold]{group}[/]")
        for system in members:
            options = "\n".join(f"{option}={'|'.join(values)}" for option, values in system.options.items())
            table.add_row(system.name, system.title, options, system.torch)
    print_out(table)


@app.command()
def show(
    layer: Layer,
    wrt: Tensors = None,
    settings: Settings = None,
) -> None:
    """Show the derivation of a layer on the terminal."""
    from derive.rendering.terminal import terminal

    derivation = derive.gradients(derive.load(layer, **chosen(settings)), wrt or None)
    print_out(terminal(derivation.document()), width=120)


@app.command()
def doc(
    layers: Layers = None,
    to: Annotated[str, typer.Option(metavar="FORMATS", help="Formats, with commas between.")] = "md",
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write.")] = Path("output"),
    settings: Settings = None,
    exercise: Annotated[bool, typer.Option("--exercise", help="Write exercises, solutions and blank answers.")] = False,
    blank: Annotated[
        str, typer.Option(metavar="WHAT", help="What an exercise leaves out: results, steps or all.")
    ] = "steps",
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Chooses the gaps of an exercise and its values.")] = 0,
) -> None:
    """Write the derivation of each layer as a document, every step of it checked.

    Without LAYER, the whole catalogue, and an index of it.  The formats are md,
    qmd, myst, html, pdf, tex, typ, ipynb; slides, which is NAME-slides.pdf, on
    which one step appears at a time; and cheatsheet, which is cheatsheet.pdf,
    all gradients of all the layers.

    With --exercise the gradients are to be found: written are NAME-exercise,
    NAME-solution, and NAME-answer.txt, which derive check marks when it is
    filled in.
    """
    from derive import batch, processes

    formats = _formats(to, exercise)
    if not exercise and (blank, seed) != ("steps", 0):
        raise LayerError("--blank and --seed are for exercises", hint="add --exercise")
    jobs, systems = _loaded(layers or derive.catalogue(), chosen(settings))
    stems = _stems(systems)
    exercises = partial(batch.exercises, formats=formats, blank=_blank(blank), seed=seed)
    pages = partial(batch.pages, formats=formats)
    work: Callable[[Job], batch.Pages | batch.Handout] = exercises if exercise else pages
    written = processes.each(work, jobs, stems, _lengths(systems))
    files: dict[str, str | bytes] = {}
    for stem, of in zip(stems, written, strict=True):
        files |= of.files(stem)
    files |= batch.together([of for of in written if isinstance(of, batch.Pages)], formats)
    if not (layers or exercise):
        files |= _indexes(systems, formats)
    for name, content in files.items():
        write(out / name, content)
    for name in files:
        typer.echo(os.fspath(out / name))
    failed = [stem for stem, of in zip(stems, written, strict=True) if not of.ok]
    for stem in failed:
        complain(f"a check of {stem} failed: its document says which")
    raise typer.Exit(int(bool(failed)))


@app.command()
def book(
    course: Annotated[
        str, typer.Argument(metavar="COURSE", help="A course file, or the name of one that comes with derive.")
    ] = "twelve_weeks",
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write.")] = Path("book"),
) -> None:
    """Make a course: a book (PDF), a site with search (HTML), and a zip of exercises, solutions and answer files.

    The file says title, author, chapters, their layers and exercises; see the one that comes with derive.
    """
    from derive.book.build import built
    from derive.book.course import course as read

    made = built(read(course))
    for name, content in made.files.items():
        write(out / name, content)
        typer.echo(os.fspath(out / name))
    for name in made.failed:
        complain(f"a check of {name} failed: its page says which")
    raise typer.Exit(int(bool(made.failed)))


@app.command()
def verify(
    layers: Layers = None,
    settings: Settings = None,
) -> None:
    """Check the gradients of each layer: gradient, method, sizes, relative error.

    Without LAYER, the whole catalogue, with each value of each option.
    """
    from derive import batch, processes

    options = chosen(settings)
    jobs, systems = _loaded(layers, options) if layers else _whole_catalogue(options)
    results = processes.each(batch.checks, jobs, [s.name for s in systems], _lengths(systems))
    for system, found in zip(systems, results, strict=True):
        print_out(_checks(system, found))
    raise typer.Exit(0 if all(found.ok for found in results) else 1)


app.command()(check)


@app.command()
def code(
    layer: Layer,
    target: Annotated[
        str, typer.Option(metavar="TARGET", help="The library it is written for: numpy or torch.")
    ] = "numpy",
    settings: Settings = None,
) -> None:
    """Print the forward and backward pass as source."""
    typer.echo(derive.gradients(derive.load(layer, **chosen(settings))).code(target), nl=False)


def _loaded(layers: Sequence[str], settings: Mapping[str, str]) -> tuple[list[Job], list[System]]:
    """The layers, each with those of the settings that it has; one of them at least has to have each."""
    from derive.batch import Job

    systems = [derive.load(layer) for layer in layers]
    if any(all(option not in system.options for system in systems) for option in settings):
        derive.load(layers[0], **settings)  # says what there is instead
    jobs = []
    for layer, system in zip(layers, systems, strict=True):
        jobs.append(Job(layer, {o: v for o, v in settings.items() if o in system.options}))
    return jobs, [job.system() if job.options else system for job, system in zip(jobs, systems, strict=True)]


def _lengths(systems: Sequence[System]) -> list[int]:
    """Roughly how long the work on each layer takes."""
    return [len(s.equations) for s in systems]


def _indexes(systems: Sequence[System], formats: Sequence[str]) -> dict[str, str | bytes]:
    """The index of the catalogue in each format of pages."""
    from derive.rendering.catalogue import index
    from derive.rendering.naming import file
    from derive.rendering.render import COMPOSED, produced

    return {file("index", to): produced(index(systems, to), to) for to in formats if to not in COMPOSED}


def _formats(to: str, exercise: bool) -> list[str]:
    """``md,tex`` as a list."""
    from derive.rendering.render import FORMATS

    wanted = list(dict.fromkeys(part.strip() for part in to.split(",")))
    for name in wanted:
        if name not in FORMATS:
            hint = nearest(name, FORMATS) or f"formats: {', '.join(FORMATS)}"
            raise LayerError(f"unknown format {name!r}", hint=hint)
    if exercise and "cheatsheet" in wanted:
        raise LayerError("a cheat sheet has the answers of an exercise", hint="write it without --exercise")
    return wanted


def _blank(what: str) -> Blank:
    """What an exercise is to leave out."""
    from derive.rendering.exercise_blanks import BLANKS

    found = next((blank for blank in BLANKS if blank == what), None)
    if found is None:
        hint = nearest(what, BLANKS) or f"there are {', '.join(BLANKS)}"
        raise LayerError(f"cannot leave out {what!r}", hint=hint)
    return found


def _stems(systems: Sequence[System]) -> list[str]:
    """The name of each layer's files."""
    from derive.rendering.naming import stem

    stems = [stem(system) for system in systems]
    twice = next((s for k, s in enumerate(stems) if s in stems[:k]), None)
    if twice is not None:
        raise LayerError(f"two layers would both be written as {twice}", hint="give each its own run and --out")
    return stems


def _whole_catalogue(settings: Mapping[str, str]) -> tuple[list[Job], list[System]]:
    """Every layer of the catalogue with its defaults, and with each other value of each option in turn."""
    from derive.batch import Job

    jobs: list[Job] = []
    for job, first in zip(*_loaded(derive.catalogue(), settings), strict=True):
        others = [{o: v} for o, values in first.options.items() if o not in job.options for v in values[1:]]
        jobs += [job, *(Job(job.source, {**job.options, **other}) for other in others)]
    return jobs, [job.system() for job in jobs]


def _checks(system: System, found: Checks) -> RenderableType:
    """What the checks of a layer found: a row for each gradient, method and sizes, and one for all the steps."""
    from rich.console import Group
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for heading in ("gradient", "method", "sizes", "error", ""):
        table.add_column(heading)
    for *words, error, ok in found.rows:
        table.add_row(*words, *_verdict(error, ok))
    table.add_row("each step", "before = after", f"{found.steps} of them", *_verdict(found.worst, found.steps_ok))
    options = " ".join(f"{option}={value}" for option, value in system.chosen.items())
    return Group(f"[bold]{system.name}[/] {options}".rstrip(), table, "")


def _verdict(error: float, ok: bool) -> tuple[str, str]:
    return f"{error:.1e}", "ok" if ok else "[bold red]FAILED[/]"
