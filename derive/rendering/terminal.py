"""A document on a terminal: Rich sets it, formulas are plain text."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from derive.rendering import document as D
from derive.rendering.formula import Formula
from derive.rendering.unicode import unicode


def terminal(document: D.Document) -> RenderableType:
    """The document as something that a Rich console prints; what pages fold away is left out."""
    title = Text(document.title, style="bold")
    return Group(title, *_with_space(running(document.subtitle)), *(r for b in document.blocks for r in _block(b)))


def _block(block: D.Block) -> Iterator[RenderableType]:
    match block:
        case D.Heading(level, inlines):
            heading = running(inlines)
            heading.stylize("bold")
            yield from _with_space(Rule(heading, align="left") if level == 1 else heading)
        case D.Paragraph(inlines):
            yield from _with_space(running(inlines))
        case D.Items(items):
            yield from (Padding(Text("• ") + running(item), (0, 0, 0, 2)) for item in items)
        case D.Equation(formula, tag, evidence):
            yield _line(formula, f"({tag})" if tag else "")
            if evidence is not None:
                yield Padding(_checked(evidence), (0, 0, 0, 6))
        case D.Step():
            yield from _step(block)
        case D.Result():
            yield from _with_space(_result(block))
        case D.Table(_, header, rows):
            yield from _with_space(_table(header, rows))
        case D.Listing(language, source):
            yield from _with_space(Syntax(source, language, background_color="default", word_wrap=False))
        case D.Plot():
            yield from _with_space(_plot(block))
        case D.Drawing(_, _, caption, alt):
            yield from _with_space(Group(running(caption), Padding(Text(alt), (0, 0, 0, 4))))
        case D.Room(lines):
            yield from (Text("") for _ in range(lines))
        case D.Details():
            pass
        case _:
            raise TypeError(f"no terminal form for {type(block).__name__}")


def _with_space(renderable: RenderableType) -> tuple[RenderableType, RenderableType]:
    return (Text(""), renderable)


def running(inlines: D.Inlines) -> Text:
    """Running text."""
    out = Text()
    for inline in inlines:
        match inline:
            case D.Text(words) | D.Link(words) | D.Reference(words):
                out.append(words)
            case D.Math(formula):
                out.append(unicode(formula), style="cyan")
            case D.Code(source):
                out.append(source, style="cyan")
            case D.Strong(words):
                out.append(words, style="bold")
            case D.Emphasis(words):
                out.append(words, style="italic")
            case _:
                raise TypeError(f"no terminal form for {type(inline).__name__}")
    return out


def _line(formula: Formula, right: str, indent: str = "") -> RenderableType:
    """A formula, and something at the right margin."""
    grid = Table.grid(expand=True, padding=(0, 2))
    grid.add_column()
    grid.add_column(justify="right", style="dim", no_wrap=True)
    grid.add_row(Text(indent + unicode(formula)), right)
    return Padding(grid, (0, 0, 0, 4))


def _step(step: D.Step) -> Iterator[RenderableType]:
    """A line of a derivation: the formula with its rule; below it the reason, the shape and what its check found."""
    yield Text("")
    yield _line(step.formula, f"{step.rule} ({step.number})", " " * len(unicode(step.indent)))
    reason = running(step.reason)
    reason.append(" Shape: " if reason else "Shape: ").append_text(running(step.shape)).append(".")
    if step.evidence is not None:
        reason.append(" ").append_text(_HELD if step.evidence.ok else _checked(step.evidence))
    yield Padding(reason, (0, 0, 0, 6))


_HELD = Text("✓", style="green")


def _result(result: D.Result) -> RenderableType:
    """The equations in a box, with what is said of them."""
    remarks = [running(r) for r in result.remarks]
    if remarks and result.evidence is not None:
        remarks[0].append(" ").append_text(_checked(result.evidence))
    return Panel(Group(*(Text(unicode(f), style="bold") for f in result.formulas), *remarks), expand=False)


def _checked(evidence: D.Evidence) -> Text:
    """What a check found: the largest relative error."""
    mark, style = ("✓", "green") if evidence.ok else ("✗ check FAILED", "bold red")
    return Text(f"{mark} {evidence.error:.0e}", style=style)


def _table(header: tuple[D.Inlines, ...], rows: tuple[tuple[D.Inlines, ...], ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for cell in header:
        table.add_column(running(cell))
    for row in rows:
        table.add_row(*map(running, row))
    return table


def _plot(plot: D.Plot) -> RenderableType:
    """The curves in figures, at some of their points."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    shown = [curve.points[:: max(1, len(curve.points) // 5)] for curve in plot.curves]
    for heading in (plot.across, *(f"{x:g}" for x, _ in shown[0])):
        table.add_column(heading, justify="left" if heading == plot.across else "right")
    for curve, points in zip(plot.curves, shown, strict=True):
        table.add_row(curve.label, *(f"{y:.1e}" for _, y in points))
    return Group(running(plot.caption), Padding(table, (0, 0, 0, 4)))
