"""Submissions: which there are in a folder, and everything that can be wrong with a file."""

import os
from pathlib import Path

import pytest

from derive.language.errors import LayerError
from derive.marking.submission import Submission, checked, lines_of, opened, submissions, text_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "course").mkdir()
    return tmp_path / "course"


def put(path: Path, content: bytes = b"dW = dy.T @ x\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def names(folder: Path) -> dict[str, str]:
    return {s.name: s.file for s in submissions(folder)}


def test_files_and_folders_of_people(folder: Path) -> None:
    for name in ("zoe.txt", "adam.py", "mia/answers.txt", "mia/.cache/x", "noah/a.txt", "noah/deep/b.py"):
        put(folder / name)
    assert names(folder) == {
        "adam": "adam.py",
        "mia": "mia/answers.txt",
        "noah/a.txt": "noah/a.txt",
        "noah/deep/b.py": "noah/deep/b.py",
        "zoe": "zoe.txt",
    }
    assert list(names(folder)) == sorted(names(folder))


def test_names_are_told_apart(folder: Path) -> None:
    for name in ("eve.txt", "eve.py", "bob.txt", "bob/answers.txt"):
        put(folder / name)
    assert names(folder) == {n: n for n in ("bob.txt", "bob/answers.txt", "eve.py", "eve.txt")}


def test_what_is_hidden_or_left_by_programs_is_passed_over(folder: Path) -> None:
    for name in (".git/x", ".DS_Store", "__MACOSX/._eve.txt", "__pycache__/a.pyc", "Thumbs.db", "eve.txt"):
        put(folder / name)
    assert names(folder) == {"eve": "eve.txt"}


def test_an_empty_folder_of_a_person_is_a_submission_that_failed(folder: Path) -> None:
    (folder / "eve").mkdir()
    assert submissions(folder) == (Submission("eve", "eve", failure="there is no file in this folder"),)
    assert submissions(folder / "eve") == ()


def test_links_out_of_the_folder_are_refused(folder: Path) -> None:
    secret = put(folder.parent / "solution.txt")
    put(folder / "eve.txt")
    (folder / "inside.txt").symlink_to("eve.txt")
    (folder / "outside.txt").symlink_to(secret)
    (folder / "up").symlink_to(folder.parent, target_is_directory=True)
    (folder / "nowhere.txt").symlink_to("missing")
    (folder / "round.txt").symlink_to("round.txt")
    (folder / "mia").mkdir()
    (folder / "mia" / "answers.txt").symlink_to("../../solution.txt")
    (folder / "mia" / "folder").symlink_to("../..", target_is_directory=True)
    read = {s.name: opened(s) for s in submissions(folder)}
    assert {name for name, s in read.items() if s.failure} == set(read) - {"eve", "inside"}
    assert all(s.data is None and "outside the folder" in s.failure for s in read.values() if s.failure)
    assert read["inside"].data == read["eve"].data is not None


def test_a_link_to_a_folder_inside_is_no_submission_to_follow(folder: Path) -> None:
    put(folder / "mia" / "a.txt")
    (folder / "loop").symlink_to(".", target_is_directory=True)
    (link,) = (opened(s) for s in submissions(folder) if s.name == "loop")
    assert link.failure == "this is not a file"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    (pipe,) = submissions(folder)
    assert opened(pipe).failure == "this is not a file"


def test_a_name_that_is_no_text(folder: Path) -> None:
    try:
        put(Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.txt")))
    except OSError:
        pytest.skip("file names are text here")
    (odd,) = submissions(folder)
    odd.name.encode("utf-8")
    assert odd.file.endswith(".txt") and opened(odd).data


def test_a_folder_that_is_none() -> None:
    with pytest.raises(LayerError, match="cannot read the folder"):
        submissions(Path("no/such/folder"))


@pytest.mark.parametrize(
    ("name", "content", "failure"),
    [
        ("a.txt", b"", "there is nothing in it"),
        ("a.txt", b" \n\t\n", "there is nothing in it"),
        ("a.py", b"#" * 1_000_001, "too large: 1 MB at most"),
        ("a.txt", b"#" * 1_000_000, ""),
        ("a.npz", b"P" * 1_000_001, ""),
    ],
)
def test_what_can_be_read(folder: Path, name: str, content: bytes, failure: str) -> None:
    read = opened(Submission("a", name, put(folder / name, content)))
    assert read.failure == failure and (read.data is None) == bool(failure)


def test_a_gigabyte_is_not_read(folder: Path) -> None:
    with (folder / "huge.txt").open("wb") as file:
        file.truncate(10**9)
    (huge,) = submissions(folder)
    assert opened(huge).failure == "too large: 1 MB at most"


def test_a_missing_file(folder: Path) -> None:
    assert opened(Submission("a", "a.txt", folder / "a.txt")).failure == "cannot be read: No such file or directory"


def test_what_is_read_is_not_read_again(folder: Path) -> None:
    read = Submission("a", "a.txt", folder / "missing.txt", b"dW = 1")
    assert opened(read) is read


@pytest.mark.parametrize(
    ("file", "kind"), [("a.py", ".py"), ("a.NPZ", ".npz"), ("a.txt", ""), ("py", ""), ("a.tex", "")]
)
def test_kinds(file: str, kind: str) -> None:
    assert Submission("a", file).kind == kind


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    assert text_of("dγ = 1\r\ndβ = 2\rdx = 3\n".encode(encoding)) == "dγ = 1\ndβ = 2\ndx = 3\n"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ("dW = 1\ndγ = 2".encode("latin-1", "replace") + b"\xe9", "not a text in UTF-8 .line 2"),
        (b"%PDF-1.7\n%\xbf\xf7\xa2\xfe\n", "not a text in UTF-8 .line 2"),
        (b"dW = 1\0", "null bytes"),
        (b"\xff\xfe\x00", "not a text"),
    ],
)
def test_what_is_no_text(data: bytes, error: str) -> None:
    with pytest.raises(LayerError, match=error):
        text_of(data)


def test_of_markdown_the_listings_are_the_answer_and_lines_keep_their_numbers() -> None:
    page = (
        "# My answer\n\nBy the chain rule:\n\n```text\ndW = dy.T @ x\n```\nand so\n\n~~~\ndb = sum(dy[n], n)\n~~~\nqed"
    )
    kept = lines_of(page.encode(), "a.MD").split("\n")
    assert [(k, line) for k, line in enumerate(kept, 1) if line] == [(6, "dW = dy.T @ x"), (11, "db = sum(dy[n], n)")]
    assert len(kept) == len(page.split("\n"))
    assert lines_of(page.encode(), "a.txt") == page


def test_markdown_without_listings_is_taken_as_it_is() -> None:
    assert lines_of(b"dW = dy.T @ x\n", "a.md") == "dW = dy.T @ x\n"
    assert lines_of(b"```\ndW = 1", "a.md") == "\ndW = 1"


def test_data_from_elsewhere_is_checked_alike() -> None:
    assert checked(b"dW = 1") == b"dW = 1"
    with pytest.raises(LayerError, match="too large"):
        checked(b"#" * 1_000_001)
