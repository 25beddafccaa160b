"""A small course, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.book.build import Built, built
from derive.book.course import Course, course
from derive.book.tasks import Made, Task, made, tasks

SOURCE = r"""
title = 'Gradients & <b>more</b> $x$ #read("y") \input{z}'
author = "A. U. Thor"
institution = "Somewhere"
date = "Today"
preface = 'Before <script>alert(1)</script> #read("/etc/passwd").'
leave_out = ["code", "checks", "rules", "pytorch", "symbols", "sizes"]

[[chapter]]
title = "Dense & plain"
text = "## My own section\n\nWords."
layers = ["linear"]
exercises = ["linear", "relu"]

[[chapter]]
title = "Curves"
layers = ["relu"]
"""


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Course:
    path: Path = tmp_path_factory.mktemp("course") / "small.toml"
    path.write_text(SOURCE, encoding="utf-8")
    return course(str(path))


@pytest.fixture(scope="session")
def pairs(small: Course) -> list[tuple[Task, Made]]:
    return [(task, made(task)) for task in tasks(small)]


@pytest.fixture(scope="session")
def all_of_it(small: Course) -> Built:
    return built(small)
