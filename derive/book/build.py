"""Everything that comes of a course: the book, the site, and a zip of handouts and answer sheets."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from derive.book.book import book
from derive.book.course import Course
from derive.book.site import site
from derive.book.tasks import Made, Task, made, tasks
from derive.processes import each

_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip can say: the same course gives the same bytes


@dataclass(frozen=True)
class Built:
    """The files by name, and the layers of which a check failed."""

    files: Mapping[str, str | bytes]
    failed: tuple[str, ...]


def built(course: Course) -> Built:
    """Derive, check and print every layer of a course, and bind them."""
    found = tasks(course)
    results = each(made, found, [t.name for t in found], [len(t.job.system().equations) for t in found])
    pairs: list[tuple[Task, Made]] = list(zip(found, results, strict=True))
    files: dict[str, str | bytes] = {f"{course.name}.pdf": book(course, pairs)}
    files |= {f"site/{name}": page for name, page in site(course, pairs).items()}
    handouts = [file for _, m in pairs for file in m.handouts]
    if handouts:
        files[f"{course.name}-handouts.zip"] = zipped(handouts)
    return Built(files, tuple(dict.fromkeys(t.name for t, m in pairs if not m.ok)))


def zipped(files: Sequence[tuple[str, bytes]]) -> bytes:
    """Files in a zip, in the order of their names, without the date of today."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files):
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return target.getvalue()
