"""The templates of each format, and what they can call: how a format writes formulas and escapes text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import MappingProxyType

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from derive.language.errors import LayerError
from derive.rendering import html, markdown, myst, python_source, quarto, tex, typst

Filters = Mapping[str, Callable[..., object]]

_FILTERS: Mapping[str, Filters] = MappingProxyType(
    {
        "md": markdown.FILTERS,
        "tex": tex.FILTERS,
        "typ": typst.FILTERS,
        "html": html.FILTERS,
        "qmd": quarto.FILTERS,
        "myst": myst.FILTERS,
        "ipynb": python_source.FILTERS,
    }
)

_ELSE: Mapping[str, tuple[str, ...]] = MappingProxyType({"qmd": ("md",), "myst": ("md",)})  # where the rest is


def template_folder() -> Path:
    """The folder of the templates: in the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


@contextmanager
def told_by_line() -> Iterator[None]:
    """What goes wrong in a template comes out as a LayerError that says in which template, and at which line."""
    try:
        yield
    except LayerError:
        raise
    except TemplateSyntaxError as error:
        raise LayerError(
            f"a template is wrong: {error.message}", error.filename or error.name or "", error.lineno
        ) from error
    except TemplateNotFound as error:
        raise LayerError(f"there is no template {error.message}", *_place(error)) from error
    except Exception as error:
        place = _place(error)
        if not place[0]:
            raise
        raise LayerError(f"a template is wrong: {error}", *place) from error


def _place(error: BaseException) -> tuple[str, int]:
    """The innermost line of a template that an error came from."""
    found = ("", 0)
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith(".j2"):
            found = (file, trace.tb_lineno)
        trace = trace.tb_next
    return found


@cache
def environment(format: str, own: Path | None = None) -> ImmutableSandboxedEnvironment:
    """The templates of a format; those in ``own`` (or in its folder of that format) go before the program's.

    A template reaches what it is given and the filters: no file outside these folders, and nothing of Python's.
    """
    folders = ([own / format, own] if own else []) + [template_folder() / f for f in (format, *_ELSE.get(format, ()))]
    env = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(f) for f in folders]),
        undefined=StrictUndefined,
        autoescape=format == "html",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
    env.filters.update(_FILTERS[format])
    return env
