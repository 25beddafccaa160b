"""A submission: a file that somebody handed in, read with care for all that can be wrong with it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from derive.language.errors import LayerError

PROGRAM, ARRAYS = ".py", ".npz"
_LARGEST = {ARRAYS: 200_000_000}  # bytes of a submission
_LARGEST_TEXT = 1_000_000
_MARKDOWN = (".md", ".markdown", ".qmd", ".rmd")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


@dataclass(frozen=True)
class Submission:
    """What somebody handed in.

    name     by which reports call it; ``file`` the file, as messages call it
    path     where it is, None where it is ``data`` already
    data     the file's content, None where it is not read yet
    failure  why it cannot be read, else empty
    """

    name: str
    file: str
    path: Path | None = None
    data: bytes | None = None
    failure: str = ""

    @property
    def kind(self) -> str:
        """``.py`` for a program, ``.npz`` for arrays, nothing for text."""
        ending = os.path.splitext(self.file)[1].lower()
        return ending if ending in (PROGRAM, ARRAYS) else ""


def opened(submission: Submission) -> Submission:
    """The submission with its content, or with why it has none."""
    if submission.data is not None or submission.failure or submission.path is None:
        return submission
    try:
        return replace(submission, data=_content(submission.path, _LARGEST.get(submission.kind, _LARGEST_TEXT)))
    except LayerError as error:
        return replace(submission, failure=str(error))


def _content(path: Path, largest: int) -> bytes:
    """The bytes of a file; nothing else is opened, since a pipe would keep one waiting."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise LayerError("this is not a file")
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except (OSError, ValueError) as error:
        raise LayerError(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    return checked(data, largest)


def checked(data: bytes, largest: int = _LARGEST_TEXT) -> bytes:
    """The content if there is something in it, and not too much.  Raises LayerError."""
    if len(data) > largest:
        raise LayerError(f"too large: {largest // 1_000_000} MB at most")
    if not data.strip():
        raise LayerError("there is nothing in it")
    return data


def text_of(data: bytes) -> str:
    """A text from its bytes: UTF-8, or UTF-16 where it begins with that mark.  Raises LayerError."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise LayerError(f"not a text in UTF-8 (line {line})", hint="save it as plain text in UTF-8") from None
    if "\0" in text:
        raise LayerError("not a text: there are null bytes in it", hint="hand in a plain text file")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def lines_of(data: bytes, file: str) -> str:
    """The lines of a written answer; of Markdown with listings only what is in these, the other lines being empty."""
    lines = text_of(data).split("\n")
    if os.path.splitext(file)[1].lower() not in _MARKDOWN or not any(_FENCE.match(line) for line in lines):
        return "\n".join(lines)
    fence = ""
    for k, line in enumerate(lines):
        mark = _FENCE.match(line)
        lines[k] = line if fence and not mark else ""
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not line.strip(" `~"):
            fence = ""
    return "\n".join(lines)


# A folder of submissions


def submissions(folder: Path) -> tuple[Submission, ...]:
    """Those in a folder, by name: each file is one, and each file of a sub-folder, which is called after the folder.

    Hidden files are passed over; links are followed to files within the folder only.  Raises LayerError.
    """
    root = folder.resolve()
    try:
        entries = sorted(entry for entry in root.iterdir() if _counts(entry.name))
    except OSError as error:
        raise LayerError(f"cannot read the folder: {error.strerror or error}", os.fspath(folder)) from None
    found: list[Submission] = []
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink():
            found += _of_a_person(entry, root)
        else:
            found.append(_submission(entry.stem, entry, root))
    names = [s.name for s in found]
    found = [s if names.count(s.name) == 1 else replace(s, name=s.file) for s in found]
    return tuple(sorted(found, key=lambda s: (s.name, s.file)))


def _counts(name: str) -> bool:
    """Whether a file is somebody's: not hidden, and not left there by a program that packs or runs folders."""
    return not name.startswith((".", "__MACOSX", "__pycache__")) and name.lower() not in ("thumbs.db", "desktop.ini")


def _of_a_person(folder: Path, root: Path) -> list[Submission]:
    """The submissions in a sub-folder: called after it if there is one, else after it and the file."""
    files = list(_files(folder))
    if not files:
        return [Submission(folder.name, folder.name, failure="there is no file in this folder")]
    if len(files) == 1:
        return [_submission(folder.name, files[0], root)]
    return [_submission(file.relative_to(root).as_posix(), file, root) for file in files]


def _files(folder: Path) -> Iterator[Path]:
    """The files in a folder and below; a folder that cannot be read counts as one."""
    unreadable: list[Path] = []
    for where, folders, files in os.walk(folder, onerror=lambda error: unreadable.append(Path(error.filename))):
        folders[:] = sorted(filter(_counts, folders))
        yield from (Path(where, name) for name in sorted(filter(_counts, files)))
        yield from (Path(where, name) for name in folders if os.path.islink(os.path.join(where, name)))
    yield from unreadable


def _submission(name: str, path: Path, root: Path) -> Submission:
    """A file as a submission; names that are no text are written as text."""
    name, file = (os.fsencode(words).decode("utf-8", "replace") for words in (name, path.relative_to(root).as_posix()))
    try:
        inside = path.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):
        inside = not path.is_symlink()
    failure = "" if inside else "this is a link to something outside the folder, or to nothing"
    return Submission(name, file, None if failure else path, failure=failure)
