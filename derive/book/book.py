"""The whole course as one document, printed as a book: title page, contents, chapters, index of symbols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive.book.chapters import index_of_symbols, part
from derive.book.course import Course, numbers
from derive.book.prose import blocks
from derive.book.tasks import Made, Task, first_number, folder
from derive.rendering.document import Block, Document, Heading, Paragraph, text
from derive.rendering.pdf import compiled
from derive.rendering.templates import environment, told_by_line


def book(course: Course, made: Sequence[tuple[Task, Made]]) -> bytes:
    """The book as PDF; the same course gives the same bytes."""
    with told_by_line():
        template = environment("typ", course.templates).get_template("book.typ.j2")
        source = template.render(document=_document(course, made), course=course, logo=_logo(course))
    return compiled(source)


def _document(course: Course, made: Sequence[tuple[Task, Made]]) -> Document:
    parts = {t.number: m.document for t, m in made if m.document is not None}
    out: list[Block] = list(blocks(course.preface))
    for k, chapter in enumerate(course.chapters, 1):
        out.append(Heading(1, text(chapter.title)))
        out += blocks(chapter.text, level=2)
        for n, _ in enumerate(chapter.layers, first_number(chapter)):
            out += part(parts[f"{k}.{n}"], f"{k}.{n}")
        out += _set(k, made)
    out += [Heading(1, text("Index of symbols")), index_of_symbols(list(parts.items()))]
    return Document(course.title, text(course.subtitle), tuple(out))


def _set(chapter: int, made: Sequence[tuple[Task, Made]]) -> list[Block]:
    """What is set as exercises."""
    titles = [t.title for t, _ in made if t.exercise and t.exercise.folder == folder(chapter)]
    if not titles:
        return []
    listed = ", ".join(titles)
    return [Heading(2, text("Exercises")), Paragraph(text(f"Find the backward pass of: {listed}. See the handouts."))]


def _logo(course: Course) -> Mapping[str, str] | None:
    """The logo as Typst reads it: the format, and its bytes as numbers."""
    if course.logo is None:
        return None
    kind, content = course.logo
    return {"format": kind, "bytes": numbers(content)}
