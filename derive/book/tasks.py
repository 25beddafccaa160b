"""What is done for each layer of a course, in a process of its own: its page, and its exercise where it is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from derive import api
from derive.batch import Job
from derive.book.chapters import without
from derive.book.course import Chapter, Course
from derive.book.prose import blocks
from derive.language.errors import LayerError
from derive.rendering.document import Document, Heading, Inlines, Link, Paragraph, Text
from derive.rendering.exercise_blanks import Blank
from derive.rendering.naming import stem
from derive.rendering.render import produced


@dataclass(frozen=True)
class Exercise:
    """How a layer is set as an exercise: in which folder of the handouts, and what is left out."""

    folder: str
    blank: Blank
    seed: int


@dataclass(frozen=True)
class Task:
    """A layer of a course.

    number     of its section, such as 3.2, empty for a layer that is set as an exercise only; ``name`` of its files
    neighbours the pages before and after: title and file, either empty
    """

    job: Job
    name: str
    title: str
    number: str
    exercise: Exercise | None
    leave_out: tuple[str, ...]
    single_steps: bool
    templates: Path | None
    neighbours: tuple[tuple[str, str], tuple[str, str]] = (("", ""), ("", ""))

    @property
    def file(self) -> str:
        """The name of its page on the site."""
        return f"{'-'.join(f'{int(k):02d}' for k in self.number.split('.'))}-{self.name}.html"


@dataclass(frozen=True)
class Made:
    """What came of a task: its part of the book, its page of the site, its handouts, whether all checks held."""

    document: Document | None
    page: str
    handouts: tuple[tuple[str, bytes], ...]
    ok: bool


def tasks(course: Course) -> list[Task]:
    """A task for each layer, in order, with the exercise it is set as; those only set as exercises come last.

    Raises LayerError where a layer cannot be loaded, and where two handouts would be one file.
    """
    found: list[Task] = []
    for k, chapter in enumerate(course.chapters, 1):
        found += [_task(course, job, f"{k}.{n}") for n, job in enumerate(chapter.layers, first_number(chapter))]
    for k, chapter in enumerate(course.chapters, 1):
        for job, exercise in _exercises(chapter, k):
            same = next((n for n, t in enumerate(found) if t.job == job and t.exercise is None), None)
            if same is None:
                found.append(replace(_task(course, job, ""), exercise=exercise))
            else:
                found[same] = replace(found[same], exercise=exercise)
    _check_handouts([f"{t.exercise.folder}/{t.name}" for t in found if t.exercise])
    return _beside_each_other(found)


def _check_handouts(names: Sequence[str]) -> None:
    twice = next((name for k, name in enumerate(names) if name in names[:k]), None)
    if twice is not None:
        raise LayerError(
            f"two exercises would both be written as {twice}",
            hint="set each layer once in a chapter, and give layer files names of their own",
        )


def first_number(chapter: Chapter) -> int:
    """The number of the section of the first layer: the author's own sections come before it."""
    own = blocks(chapter.text, level=2)
    return 1 + sum(isinstance(block, Heading) and block.level == 2 for block in own)


def _task(course: Course, job: Job, number: str) -> Task:
    system = job.system()
    return Task(job, stem(system), system.title, number, None, course.leave_out, course.single_steps, course.templates)


def _exercises(chapter: Chapter, number: int) -> Iterator[tuple[Job, Exercise]]:
    for job in chapter.exercises:
        yield job, Exercise(folder(number), chapter.blank, chapter.seed)


def folder(chapter: int) -> str:
    """Where the handouts of a chapter are."""
    return f"chapter-{chapter:02d}"


def _beside_each_other(found: list[Task]) -> list[Task]:
    pages = [t for t in found if t.number]
    ends = [("", ""), *((t.title, t.file) for t in pages), ("", "")]
    beside = {id(t): (ends[k], ends[k + 2]) for k, t in enumerate(pages)}
    return [replace(t, neighbours=beside[id(t)]) if id(t) in beside else t for t in found]


def made(task: Task) -> Made:
    """Derive a layer, check it, and print what the course wants of it."""
    derivation = api.gradients(task.job.system())
    document, page = None, ""
    if task.number:
        document = without(derivation.document(), task.leave_out, task.single_steps)
        shown = replace(document, blocks=(Paragraph(_links(task)), *document.blocks))
        page = str(produced(shown, "html", task.templates))
    handouts = tuple(_handouts(task, derivation)) if task.exercise else ()
    return Made(document, page, handouts, derivation.evidence().ok and derivation.verify().ok)


def _handouts(task: Task, derivation: api.Derivation) -> Iterator[tuple[str, bytes]]:
    assert task.exercise is not None
    exercise = derivation.exercise(task.exercise.blank, task.exercise.seed)
    start = f"{task.exercise.folder}/{task.name}"
    for kind, document in (("exercise", exercise.document), ("solution", exercise.solution)):
        content = produced(document, "pdf", task.templates)
        yield f"{start}-{kind}.pdf", content if isinstance(content, bytes) else content.encode()
    yield f"{start}-answer.txt", exercise.answer.encode()


def _links(task: Task) -> Inlines:
    """To the contents, and to the pages before and after."""
    out: Inlines = (Link("Contents", "index.html"),)
    for words, (title, file) in zip(("Before", "Next"), task.neighbours, strict=True):
        out += (Text(f" · {words}: "), Link(title, file)) if file else ()
    return out
