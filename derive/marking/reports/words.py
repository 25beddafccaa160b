"""What is said of an answer and of each of its lines: sentences as running text, of no format yet.

Answers are untrusted.  Running text is printed literally by every format; what a terminal would obey, such as escape
sequences and marks that turn the direction of writing, is replaced here.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from derive.marking.record import MISSING, Difference, Entry, Line, Marking, Mistake
from derive.rendering.document import Code, Inlines, Items, Paragraph, Strong, Text, figure, sentences, text

MARKS = {"right": "✓", "follows": "✓", "wrong": "✗", "unjudged": "·"}
VERDICTS = {
    "right": "right",
    "follows": "right given your earlier lines",
    "wrong": "wrong",
    "unjudged": "not judged",
}
EVERYWHERE = "every entry"
_LONGEST = 400  # characters of a line of an answer that a report repeats
_ENTRIES = 4  # differing entries that it shows
_SIZES = 4  # sizes that it names


def clean(untrusted: str, longest: int = 0) -> str:
    """A text with what cannot be printed replaced, line breaks kept; cut where it is longer than ``longest``."""
    shown = "".join(map(_printable, untrusted[: longest + 1] if longest else untrusted))
    return shown[: longest - 1] + "…" if 0 < longest < len(shown) else shown


def _printable(character: str) -> str:
    if character.isprintable() or character == "\n":
        return character
    return " " if character in "\t\r" else "\N{REPLACEMENT CHARACTER}"


def prose(words: str) -> Inlines:
    """Words with formulas between backquotes; a backquote without its partner is a letter like any other."""
    pieces = clean(words).split("`")
    if len(pieces) % 2 == 0:
        pieces[-2:] = ["`".join(pieces[-2:])]
    return tuple(Code(p) if k % 2 else Text(p) for k, p in enumerate(pieces) if p)


def heading(line: Line) -> str:
    """What a line is called: "dW_h (line 3)", without what it lacks of them."""
    name = clean(line.name, _LONGEST).replace("\n", " ")
    if not line.number:
        return name or "answer"
    return f"{name} (line {line.number})" if name else f"line {line.number}"


def verdict(line: Line) -> str:
    """ "✗ dW_h (line 3): wrong"."""
    said = line.remark if line.remark in MISSING else VERDICTS[line.verdict]
    return f"{MARKS[line.verdict]} {heading(line)}: {said}"


def points(line: Line) -> str:
    """ "1.5 of 2", or nothing without a scheme."""
    return "" if line.points is None or line.out_of is None else f"{line.points:.4g} of {line.out_of:.4g}"


def source(line: Line) -> str:
    """The line as written."""
    return clean(line.text.strip("\r\n"), _LONGEST)


def said(line: Line, hints: int) -> Iterator[Paragraph | Items]:
    """What there is to say of a line."""
    remark = remarked(line)
    if remark and "\n" not in remark and remark not in MISSING:
        yield Paragraph(prose(_sentence(remark)))
    if line.difference is not None:
        if where := sentences(*_where(line.difference)):
            yield Paragraph(where)
        if line.difference.entries:
            yield from _entries(line.difference)
    yield from _mistakes(line, hints)
    right = line.right.splitlines()
    if len(right) == 1:
        yield Paragraph((Text("Right: "), Code(right[0])))
    elif right:
        yield Paragraph(text("Right:"), leads=True)
        yield Items(tuple((Code(part),) for part in right))


def pointed(line: Line) -> str:
    """A remark that has to keep its lines, such as an error with a caret under the place; else nothing."""
    remark = remarked(line)
    return clean(remark) if "\n" in remark else ""


def remarked(line: Line) -> str:
    """What is remarked of a line, and what would be right."""
    return "\n".join(filter(None, (line.remark, line.advice)))


def _sentence(words: str) -> str:
    """Words as a sentence: with a capital unless they begin with a name, and with a full stop."""
    first = words.partition(" ")[0]
    if first.isalpha() and first.islower() and len(first) > 2:
        words = words[0].upper() + words[1:]
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _where(difference: Difference) -> Iterator[Inlines]:
    """Shape, ratio and place of a difference."""
    if difference.shape:
        yield prose(_sentence(difference.shape))
    if difference.transposed:
        yield text(
            "Your value is the right one with its axes in another order: a transpose is missing, or one too many."
        )
    if difference.ratio == "-1":
        yield text("Your value is the right one with the opposite sign.")
    elif difference.ratio:
        yield (Text("Your value is "), Code(difference.ratio), Text(" times the right one."))
    if difference.where and not (difference.ratio and difference.where == EVERYWHERE):
        yield prose(_sentence(f"Where: {difference.where}"))
    if 0 < difference.error < math.inf and not difference.ratio and not difference.shape:
        yield text(f"The largest difference is {figure(difference.error)} of the largest right value.")


def _entries(difference: Difference) -> Iterator[Paragraph | Items]:
    """A few entries that differ, yours and the right one."""
    yield Paragraph(text(f"At {in_words(difference.sizes)}:" if difference.sizes else "For example:"), leads=True)
    yield Items(tuple(_entry(entry, difference.names) for entry in difference.entries[:_ENTRIES]))


def _entry(entry: Entry, names: Sequence[str]) -> Inlines:
    yours, right = _apart(entry)
    values = (Text("yours is "), Strong(yours), Text(", right is "), Strong(right))
    if len(names) == len(entry.place) > 0:
        return (*values, Text(f" at {in_words(dict(zip(names, entry.place, strict=True)))}"))
    return (*values, Text(f" at {entry.place}")) if entry.place else values


def _apart(entry: Entry) -> tuple[str, str]:
    """Two values with as many digits as it takes to see that they differ."""
    for digits in (4, 6, 9, 12, 17):
        yours, right = f"{entry.yours:.{digits}g}", f"{entry.right:.{digits}g}"
        if yours != right:
            break
    return yours, right


def in_words(numbers: Mapping[str, int]) -> str:
    """ "N = 3, T = 5"."""
    return ", ".join(f"{name} = {number}" for name, number in numbers.items())


def _mistakes(line: Line, hints: int) -> Iterator[Paragraph | Items]:
    """Which mistake it is, or that it is none that is known."""
    if len(line.mistakes) == 1:
        yield Paragraph(_mistake(line.mistakes[0]))
    elif line.mistakes:
        yield Paragraph(text("Two mistakes together:"), leads=True)
        yield Items(tuple(map(_mistake, line.mistakes)))
    elif line.verdict == "wrong" and line.difference is not None and not line.difference.shape and hints >= 2:
        yield Paragraph(text("Wrong, and not a mistake I know."))
    if line.others:
        yield Paragraph(text("At the sizes and values tried, this would look the same:"), leads=True)
        yield Items(tuple(map(_mistake, line.others)))


def _mistake(mistake: Mistake) -> Inlines:
    where = f" (step {mistake.step})" if mistake.step else ""
    return prose(_sentence(mistake.sentence.rstrip(".") + where))


# The answer as a whole


def counted(marking: Marking) -> str:
    """ "2 of 3 lines right, 1 wrong"."""
    judged = Counter(line.verdict for line in marking.lines if line.verdict != "unjudged")
    if not judged:
        return "No gradient was answered."
    parts = [f"{judged['right']} of {sum(judged.values())} right"]
    parts += [f"{judged[v]} {VERDICTS[v]}" for v in ("follows", "wrong") if judged[v]]
    return ", ".join(parts) + "."


def total(marking: Marking) -> tuple[float, float] | None:
    """Points given and to be had; None without a scheme."""
    scored = [
        (line.points, line.out_of) for line in marking.lines if line.points is not None and line.out_of is not None
    ]
    return (sum(p for p, _ in scored), sum(o for _, o in scored)) if scored else None


def summary(marking: Marking) -> Iterator[Inlines]:
    """What is said at the end, a paragraph each."""
    if marking.failure:
        return
    parts = [text(counted(marking))]
    if (sums := total(marking)) is not None:
        parts.append((Text("Points: "), Strong(f"{sums[0]:.4g} of {sums[1]:.4g}"), Text(".")))
    yield sentences(*parts)
    if marking.unanswered:
        yield (Text("Not answered: "), *_codes(marking.unanswered), Text("."))
    for remark in marking.remarks:
        yield prose(_sentence(remark))
    if marking.sizes and marking.resolution:
        yield text(_resolution(marking))


def _resolution(marking: Marking) -> str:
    shown = [" ".join(f"{name}={size}" for name, size in sizes.items()) or "no sizes" for sizes in marking.sizes]
    more = f" and at {len(shown) - _SIZES} more" if len(shown) > _SIZES else ""
    tried = "; ".join(shown[:_SIZES])
    return (
        f"Values were compared at {tried}{more}. Relative differences below {figure(marking.resolution)} are not seen."
    )


def _codes(names: Sequence[str]) -> Inlines:
    out: Inlines = ()
    for name in names:
        out += (Text(", "), Code(clean(name))) if out else (Code(clean(name)),)
    return out
