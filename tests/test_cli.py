"""The command line: what it prints and writes, its exit codes, and that bad input never ends in a traceback."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import derive
from derive import cli
from derive.rendering.render import FORMATS

ROOT = Path(__file__).parents[1]

LAYER = """
indices   = "n:N  i:I  o:O"
inputs    = "x[n,i]"
params    = "W[o,i]"
equations = "{equation}"
output    = "y"
"""
GOOD = LAYER.format(equation="y[n,o] = tanh(sum(W[o,i]*x[n,i], i))")


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Carry out a command line: exit code, standard output, standard error."""

    def carry_out(*arguments: str) -> tuple[int, str, str]:
        exit_code = cli.run(arguments)
        out, err = capsys.readouterr()
        return exit_code, out, err

    return carry_out


Command = Callable[..., tuple[int, str, str]]


def test_list_names_every_layer_with_title_options_and_counterpart(command: Command) -> None:
    exit_code, out, _ = command("list")
    assert exit_code == 0
    for name in derive.catalogue():
        system = derive.load(name)
        assert name in out and system.title in out and system.torch in out
    lines = out.splitlines()
    assert lines.index("Dense layers") + 1 == next(k for k, line in enumerate(lines) if line.startswith("linear "))
    assert "f=tanh|relu" in out


def test_doc_writes_each_format_into_the_folder(command: Command) -> None:
    exit_code, out, err = command("doc", "linear", "--to", "md,tex", "--out", "new/folder")
    assert (exit_code, err) == (0, "")
    files = ["linear.md", "linear.tex", *derive.gradients("linear").pictures("md")]
    assert out.split() == [os.path.join("new/folder", name) for name in files]
    assert sorted(os.listdir("new/folder")) == sorted(files)
    assert Path("new/folder/linear.md").read_text(encoding="utf-8") == derive.gradients("linear").render("md")


def test_doc_writes_pages_slides_and_one_cheat_sheet_of_all_layers_as_pdf(command: Command) -> None:
    exit_code, out, err = command("doc", "linear", "relu", "--to", "typ,pdf,slides,cheatsheet")
    assert (exit_code, err) == (0, "")
    written = {p.name: p.read_bytes() for p in Path("output").iterdir()}
    kinds = [f"{name}{end}" for name in ("linear", "relu") for end in (".pdf", ".typ", "-slides.pdf")]
    assert sorted(written) == sorted([*kinds, "cheatsheet.pdf"])
    assert written["linear.pdf"] == derive.gradients("linear").render("pdf")
    assert written["linear-slides.pdf"] == derive.gradients("linear").render("slides")
    assert all(content.startswith(b"%PDF") for name, content in written.items() if name.endswith(".pdf"))


def test_an_exercise_has_no_cheat_sheet(command: Command) -> None:
    exit_code, out, err = command("doc", "linear", "--exercise", "--to", "pdf,cheatsheet")
    assert (exit_code, out) == (2, "") and "answers" in err


def test_an_exercise_may_be_pdf(command: Command) -> None:
    assert command("doc", "linear", "--exercise", "--to", "pdf")[0] == 0
    assert sorted(os.listdir("output")) == ["linear-answer.txt", "linear-exercise.pdf", "linear-solution.pdf"]


@pytest.fixture
def small_catalogue(monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """A catalogue of a few quick layers, of more than one group."""
    names = ("linear", "mse", "relu", "silu")
    monkeypatch.setattr(derive.api, "catalogue", lambda: names)
    return names


def test_doc_of_the_whole_catalogue_writes_every_page_and_an_index(
    command: Command, small_catalogue: tuple[str, ...]
) -> None:
    exit_code, out, err = command("doc", "--out", "pages")
    assert (exit_code, err) == (0, "")
    pages = [name for name in out.split() if name.endswith(".md")]
    assert pages == [os.path.join("pages", f"{name}.md") for name in (*small_catalogue, "index")]
    assert sorted(out.split()) == sorted(os.path.join("pages", name) for name in os.listdir("pages"))
    index = Path("pages/index.md").read_text(encoding="utf-8")
    for name in small_catalogue:
        assert f"[{name}]({name}.md)" in index
        page = Path(f"pages/{name}.md").read_text(encoding="utf-8")
        assert page == derive.gradients(name).render("md")


def test_pages_that_are_asked_for_by_name_come_without_an_index(command: Command) -> None:
    assert command("doc", "linear", "mse", "relu", "--to", "md,tex")[0] == 0
    pages = [name for name in os.listdir("output") if not name.endswith(".svg")]
    assert sorted(pages) == sorted(f"{n}.{to}" for n in ("linear", "mse", "relu") for to in ("md", "tex"))


def test_an_error_in_another_process_is_told_as_any(command: Command) -> None:
    for k in range(4):
        nowhere = LAYER.format(equation="y[n,o] = log(-(sum(W[o,i]*x[n,i], i)**2))")
        Path(f"layer{k}.toml").write_text(nowhere if k == 2 else GOOD, encoding="utf-8")
    exit_code, out, err = command("doc", *(f"layer{k}.toml" for k in range(4)))
    assert (exit_code, out) == (2, "")
    assert "found no values" in err and "Traceback" not in err
    assert not Path("output").exists()


def test_doc_of_a_layer_file_and_of_options(command: Command) -> None:
    Path("mine.toml").write_text(GOOD, encoding="utf-8")
    assert command("doc", "mine.toml")[0] == 0
    assert command("doc", "rnn", "--set", "f=relu", "--set", "g=softmax")[0] == 0
    picture = "rnn-f-relu-g-softmax-gradient-norms.svg"
    pages = [name for name in os.listdir("output") if name.endswith(".md")]
    assert sorted(pages) == ["mine.md", "rnn-f-relu-g-softmax.md"]
    assert Path("output", picture).read_bytes().startswith(b"<?xml")
    page = Path("output/rnn-f-relu-g-softmax.md").read_text(encoding="utf-8")
    assert page == derive.gradients(derive.load("rnn", f="relu", g="softmax")).render("md")


def test_doc_of_an_exercise_writes_it_with_its_solution_and_a_blank_answer(command: Command) -> None:
    exit_code, out, err = command("doc", "rnn", "--exercise", "--blank", "all", "--seed", "3", "--to", "md,tex")
    assert (exit_code, err) == (0, "")
    exercise = derive.gradients("rnn").exercise("all", 3)
    written = {p.name: p.read_bytes() for p in Path("output").iterdir()}
    assert written.keys() >= {f"rnn-{kind}.{to}" for kind in ("exercise", "solution") for to in ("md", "tex")}
    assert written["rnn-exercise.md"].decode() == exercise.render("md")
    assert written["rnn-solution.tex"].decode() == exercise.render("tex", solution=True)
    assert written["rnn-answer.txt"].decode() == exercise.answer
    assert {Path(line).name for line in out.split()} == written.keys()


def test_book_writes_a_course(command: Command) -> None:
    course = 'title = "T"\n[[chapter]]\ntitle = "One"\nlayers = ["relu"]\nexercises = ["relu"]\n'
    Path("mine.toml").write_text(course, encoding="utf-8")
    exit_code, out, err = command("book", "mine.toml", "--out", "made")
    assert (exit_code, err) == (0, "")
    files = ["mine.pdf", "site/01-01-relu.html", "site/index.html", "mine-handouts.zip"]
    assert out.split() == [os.path.join("made", file) for file in files]
    assert Path("made/mine.pdf").read_bytes().startswith(b"%PDF")


def test_book_of_a_course_that_is_wrong(command: Command) -> None:
    Path("mine.toml").write_text("[[chapter]]\ntitle = 'One'\nlayers = ['lineer']\n", encoding="utf-8")
    exit_code, out, err = command("book", "mine.toml")
    assert (exit_code, out) == (2, "") and "lineer" in err and "linear" in err


def test_doc_does_not_know_what_to_leave_out(command: Command) -> None:
    exit_code, out, err = command("doc", "linear", "--exercise", "--blank", "step")
    assert (exit_code, out) == (2, "")
    assert err == "error: cannot leave out 'step'\ndid you mean steps?\n"


def test_show_prints_each_step_with_its_rule_and_each_result(command: Command) -> None:
    exit_code, out, err = command("show", "linear")
    assert (exit_code, err) == (0, "")
    derivation = derive.gradients("linear")
    for name in derivation:
        assert f"∂L/∂{name}" in out
        assert all(step.rule in out for step in derivation[name].steps)
    assert "∂L/∂W = Σ_n" in out or "∂L/∂W[o,i] = Σ_n" in out
    assert max(map(len, out.splitlines())) <= 120


def test_show_of_chosen_gradients_and_options(command: Command) -> None:
    exit_code, out, _ = command("show", "rnn", "--wrt", "b_y", "--set", "f=relu")
    assert exit_code == 0
    assert "Gradient with respect to b_y[o]" in out
    assert "Gradient with respect to W_h" not in out
    assert "ReLU" in out


def test_verify_has_a_row_for_each_gradient_at_each_size(command: Command) -> None:
    exit_code, out, _ = command("verify", "rnn", "--set", "f=relu")
    assert exit_code == 0
    rows = [line.split() for line in out.splitlines()]
    for name in derive.load("rnn").params:
        assert sum(row[0] == f"d{name.name}" for row in rows if row) >= 3
    assert rows[0] == ["rnn", "f=relu", "g=linear", "ell=squared_error"]


def test_verify_of_the_whole_catalogue_tries_every_option(command: Command) -> None:
    exit_code, out, _ = command("verify")
    assert exit_code == 0
    headings = {line for line in out.splitlines() if line.split(" ")[0] in derive.catalogue()}
    for name in derive.catalogue():
        for option, values in derive.load(name).options.items():
            assert all(any(f"{option}={v}" in h.split() for h in headings if h.startswith(name)) for v in values)


@pytest.mark.parametrize("arguments", [("verify", "linear"), ("doc", "linear")], ids=" ".join)
def test_a_failed_check_ends_with_exit_code_1(
    command: Command, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setattr("derive.checking.verify.BAR", 0.0)
    exit_code, out, err = command(*arguments)
    assert exit_code == 1
    assert "FAILED" in out or "failed" in err


def test_code_runs(command: Command) -> None:
    exit_code, out, _ = command("code", "linear")
    assert exit_code == 0
    assert out == derive.gradients("linear").code()
    compile(out, "linear.py", "exec")


def test_version(command: Command) -> None:
    assert command("--version") == (0, f"derive {derive.__version__}\n", "")


BAD: dict[str, tuple[tuple[str, ...], str]] = {
    "unknown command": (("lsit",), "list"),
    "no command's argument": (("show",), "LAYER"),
    "unknown layer": (("doc", "lineer"), "linear"),
    "missing file": (("doc", "missing.toml"), "missing.toml"),
    "folder for a file": (("doc", "./"), "directory"),
    "broken TOML": (("doc", "broken.toml"), "broken.toml:1:"),
    "not text": (("doc", "binary.toml"), "UTF-8"),
    "unknown option": (("doc", "rnn", "--set", "ff=relu"), "did you mean f?"),
    "unknown value": (("doc", "rnn", "--set", "f=rleu"), "tanh, relu"),
    "option without value": (("doc", "rnn", "--set", "f"), "OPTION=VALUE"),
    "unknown flag": (("doc", "rnn", "--ot", "md"), "--to"),
    "unknown format": (("doc", "linear", "--to", "mdd"), "did you mean md?"),
    "no format": (("doc", "linear", "--to", ""), "formats: md, tex"),
    "unknown target": (("code", "linear", "--target", "nunpy"), "numpy"),
    "unknown tensor": (("show", "rnn", "--wrt", "W_g"), "did you mean W_"),
    "gradient by integers": (("show", "embedding", "--wrt", "tok"), "integers"),
    "gradient by the output": (("show", "linear", "--wrt", "y"), "from above"),
    "what to blank in no exercise": (("doc", "linear", "--blank", "all"), "add --exercise"),
    "a seed of no exercise": (("doc", "linear", "--seed", "1"), "add --exercise"),
    "a seed below 0": (("doc", "linear", "--exercise", "--seed", "-1"), "--seed"),
    "folder that is a file": (("doc", "linear", "--out", "good.toml/folder"), "cannot write"),
    "one name twice": (("doc", "linear", "linear.toml"), "two layers"),
    "a number that never ends": (("doc", "power.toml"), "power.toml:5:"),
    "a thousand brackets": (("doc", "brackets.toml"), "brackets.toml:5:"),
    "unknown name": (("doc", "name.toml"), "did you mean W?"),
    "a value that is nowhere defined": (("doc", "nowhere.toml"), "found no values"),
    "second layer bad": (("doc", "linear", "name.toml"), "did you mean W?"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_an_error_with_its_reason(command: Command, case: str) -> None:
    for name, equation in {
        "good": "y[n,o] = sum(W[o,i]*x[n,i], i)",
        "linear": "y[n,o] = sum(W[o,i]*x[n,i], i)",
        "power": "y[n,o] = sum(W[o,i]*x[n,i], i)*10**10**10",
        "brackets": f"y[n,o] = {'(' * 1000}sum(W[o,i]*x[n,i], i){')' * 1000}",
        "nowhere": "y[n,o] = log(-(sum(W[o,i]*x[n,i], i)**2))",
        "name": "y[n,o] = sum(w[o,i]*x[n,i], i)",
    }.items():
        Path(f"{name}.toml").write_text(LAYER.format(equation=equation), encoding="utf-8")
    Path("broken.toml").write_text("indices = n:N", encoding="utf-8")
    Path("binary.toml").write_bytes(b"\xff\xfe\x00")
    before = sorted(p.name for p in Path().rglob("*"))

    arguments, reason = BAD[case]
    exit_code, out, err = command(*arguments)

    assert exit_code == 2
    assert out == ""
    assert reason in err
    assert "Traceback" not in err
    assert sorted(p.name for p in Path().rglob("*")) == before  # nothing written


def test_a_document_is_written_whole_or_not_at_all(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("output").mkdir()
    Path("output/linear.md").write_text("before", encoding="utf-8")

    def full(self: Path, *_: object, **__: object) -> int:
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    exit_code, _, err = command("doc", "linear")
    assert exit_code == 2
    assert "No space left on device" in err
    assert os.listdir("output") == ["linear.md"]
    assert Path("output/linear.md").read_bytes() == b"before"


def test_an_interrupt_ends_quietly(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(derive.api, "load", interrupted)
    monkeypatch.setattr(derive.api, "gradients", interrupted)
    exit_code, out, err = command("doc", "linear")
    assert exit_code == 130
    assert "Traceback" not in out + err


def test_a_setting_goes_to_the_layers_that_have_it(command: Command) -> None:
    assert command("doc", "linear", "rnn", "--set", "f=relu")[0] == 0
    assert sorted(n for n in os.listdir("output") if n.endswith(".md")) == ["linear.md", "rnn-f-relu.md"]
    exit_code, _, err = command("doc", "linear", "conv2d", "--set", "f=relu")
    assert exit_code == 2
    assert "has no option f" in err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_output_that_takes_no_more_is_told() -> None:
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "derive", "list"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: cannot write") and "Traceback" not in ended.stderr


def test_letters_that_the_terminal_has_not_are_written_as_numbers() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    ended = subprocess.run(
        [sys.executable, "-m", "derive", "code", "linéaire Σ"], cwd=ROOT, env=environment, capture_output=True
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith(b"error: unknown layer 'lin\xe9aire \\u03a3'")


@pytest.mark.parametrize("name", list(FORMATS))
def test_help_names_every_format(command: Command, name: str) -> None:
    assert re.search(rf"\b{name}\b", command("doc", "--help")[1])


@pytest.mark.skipif(os.name != "posix", reason="pipes end programs on POSIX systems only")
def test_a_reader_that_goes_away_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "derive", "code", "rnn"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
