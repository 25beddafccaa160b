"""What commands share."""

import os
from pathlib import Path

import pytest

from derive.commands.console import chosen, complain, print_out, write
from derive.language.errors import LayerError


def test_options_are_pairs() -> None:
    assert chosen(["f=relu", " g = a=b "]) == {"f": "relu", "g": "a=b"} and chosen(None) == {}


@pytest.mark.parametrize("setting", ["f", "f=", "=relu", " = "])
def test_half_a_pair_is_refused(setting: str) -> None:
    with pytest.raises(LayerError, match="cannot read --set"):
        chosen([setting])


def test_errors_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    complain("no good")
    assert capsys.readouterr() == ("", "error: no good\n")


def test_files_are_written_with_their_folders(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b.txt", "ü")
    write(tmp_path / "a" / "c.bin", b"\xff")
    write(tmp_path / "a" / ("n" * 255), "as long as a name can be")
    assert (tmp_path / "a" / "b.txt").read_bytes() == b"\xc3\xbc" and (tmp_path / "a" / "c.bin").read_bytes() == b"\xff"
    with pytest.raises(LayerError, match="cannot write"):
        write(tmp_path / "a" / "b.txt" / "d", "")


@pytest.mark.parametrize("name", ["", ".", "..", "/"])
def test_a_folder_is_no_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LayerError, match="cannot write: Is a directory"):
        write(Path(name), "words")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe that has a name")
def test_a_pipe_is_written_to_and_a_link_stays_one(tmp_path: Path) -> None:
    pipe, link, file = tmp_path / "pipe", tmp_path / "link", tmp_path / "file"
    os.mkfifo(pipe)
    with os.fdopen(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
        write(pipe, "words")
        assert reader.read() == b"words" and pipe.is_fifo()
    file.write_text("before", encoding="utf-8")
    link.symlink_to(file)
    write(link, "after")
    assert link.is_symlink() and file.read_text(encoding="utf-8") == "after"


def test_lines_have_no_blanks_at_their_end(capsys: pytest.CaptureFixture[str]) -> None:
    print_out("one two   ", width=5)
    assert capsys.readouterr().out == "one\ntwo\n"
