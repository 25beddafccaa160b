"""The course as a site: contents with a search over all pages, a page for each layer; nothing is asked of a server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from derive.book.course import Course
from derive.book.prose import blocks
from derive.book.tasks import Made, Task, folder
from derive.rendering.document import (
    Block,
    Document,
    Heading,
    Inlines,
    Items,
    Link,
    Math,
    Paragraph,
    Text,
    text,
)
from derive.rendering.html import contents
from derive.rendering.templates import environment, told_by_line
from derive.rendering.unicode import unicode


def site(course: Course, made: Sequence[tuple[Task, Made]]) -> dict[str, str]:
    """The pages by name of their file."""
    pages = {t.file: m.page for t, m in made if t.number}
    entries = [entry for t, m in made if t.number and m.document for entry in _entries(t, m.document)]
    document = Document(course.title, text(_line(course)), tuple(_contents(course, [t for t, _ in made if t.number])))
    with told_by_line():
        template = environment("html", course.templates).get_template("site.html.j2")
        pages["index.html"] = template.render(document=document, entries=_data(entries)).rstrip("\n") + "\n"
    return pages


def _line(course: Course) -> str:
    return " · ".join(filter(None, (course.subtitle, course.author, course.institution, course.date)))


def _contents(course: Course, tasks: Sequence[Task]) -> Iterator[Block]:
    yield from blocks(course.preface)
    for k, chapter in enumerate(course.chapters, 1):
        yield Heading(1, text(f"{k} {chapter.title}"))
        yield from blocks(chapter.text, level=2)
        here = [t for t in tasks if t.number.startswith(f"{k}.")]
        if here:
            yield Items(tuple(_entry(t) for t in here))
        if chapter.exercises:
            yield Paragraph(text(f"Exercises of this chapter are in the folder {folder(k)} of the handouts."))


def _entry(task: Task) -> Inlines:
    return Text(f"{task.number} "), Link(task.title, task.file)


def _entries(task: Task, document: Document) -> Iterator[dict[str, str]]:
    """What is searched: the sections of a page with their words."""
    file, heading, words = task.file, "", list[str]()
    places = iter(section.id for section in contents(document))
    for block in document.blocks:
        if isinstance(block, Heading):
            yield _found(task, file, heading, words)
            file, heading, words = f"{task.file}#{next(places)}", _plain(block.inlines), []
        elif isinstance(block, Paragraph):
            words.append(_plain(block.inlines))
        elif isinstance(block, Items):
            words += map(_plain, block.items)
    yield _found(task, file, heading, words)


def _found(task: Task, file: str, heading: str, words: Sequence[str]) -> dict[str, str]:
    return {"page": f"{task.number} {task.title}", "file": file, "heading": heading, "words": " ".join(words)}


def _plain(inlines: Inlines) -> str:
    return "".join(unicode(i.formula) if isinstance(i, Math) else str(getattr(i, "text", "")) for i in inlines)


def _data(entries: Sequence[dict[str, str]]) -> str:
    """The entries as a script's data, in which nothing ends the script."""
    return json.dumps(entries, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
