"""The templates of each format, and what they can call: how a format writes formulas and escapes text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from derive.rendering import markdown, tex

Filters = Mapping[str, Callable[..., object]]

_FILTERS: Mapping[str, Filters] = MappingProxyType({"md": markdown.FILTERS, "tex": tex.FILTERS})


def template_folder() -> Path:
    """The folder of the templates: in the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def environment(format: str, own: Path | None = None) -> Environment:
    """The templates of a format; those in ``own`` (or in its folder of that format) go before the program's."""
    folders = ([own / format, own] if own else []) + [template_folder() / format]
    env = Environment(
        loader=ChoiceLoader([FileSystemLoader(f) for f in folders]),
        undefined=StrictUndefined,
        autoescape=False,
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
