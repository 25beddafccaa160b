"""Whether a system is well formed: every name, every place that is read, every definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive.language.equations import Line
from derive.language.errors import Fragment
from derive.language.system import System


def check(system: System, places: Mapping[str, Fragment], lines: Sequence[Line]) -> None:
    """Raise LayerError at the first thing that is wrong."""
