"""Draws the plots of a document with Matplotlib, which is imported here and only when something is drawn."""

from __future__ import annotations

import io
import json
from typing import Any, Literal

from derive.rendering.document import Plot

Kind = Literal["svg", "pdf"]

# Told apart by eyes of any kind (Okabe and Ito 2008), and by the dashes without any colour.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#000000")
_DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))
_STYLE: Any = {  # Matplotlib types its settings by a list of all their names
    "svg.hashsalt": "derive", "svg.fonttype": "path", "font.family": "DejaVu Sans", "font.size": 9,
}  # fmt: skip


def drawn(plot: Plot, kind: Kind) -> bytes:
    """The picture as a file.  Equal plots give equal bytes; an SVG bears the data that it shows, for who reads it."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(6.4, 3.6), layout="constrained")
        axes = figure.subplots()
        for number, curve in enumerate(plot.curves):
            across, up = zip(*curve.points, strict=True)
            colour, dashes = _COLOURS[number % len(_COLOURS)], _DASHES[number % len(_DASHES)]
            axes.plot(across, up, color=colour, linestyle=dashes, linewidth=1.8, label=curve.label)
        axes.set_yscale("log")
        axes.set_xlabel(plot.across)
        axes.set_ylabel(plot.up)
        axes.grid(color="#dddddd", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, handlelength=3.5)
        target = io.BytesIO()
        figure.savefig(target, format=kind, metadata=_metadata(plot, kind))
    return target.getvalue()


def _metadata(plot: Plot, kind: Kind) -> dict[str, str | None]:
    """What a file says of itself: no date, so that it does not change from day to day."""
    if kind == "pdf":
        return {"Title": plot.name, "CreationDate": None, "Producer": None, "Creator": None}
    data = {c.label: [[x, float(f"{y:.4g}")] for x, y in c.points] for c in plot.curves}
    return {"Title": plot.alt, "Description": json.dumps(data), "Date": None, "Creator": None}
