"""What commands share."""

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
    assert (tmp_path / "a" / "b.txt").read_bytes() == b"\xc3\xbc" and (tmp_path / "a" / "c.bin").read_bytes() == b"\xff"
    with pytest.raises(LayerError, match="cannot write"):
        write(tmp_path / "a" / "b.txt" / "d", "")


def test_lines_have_no_blanks_at_their_end(capsys: pytest.CaptureFixture[str]) -> None:
    print_out("one two   ", width=5)
    assert capsys.readouterr().out == "one\ntwo\n"
