from dataclasses import replace

import pytest

from derive.batch import Job
from derive.book.course import Course
from derive.book.tasks import Made, Task, tasks
from derive.language.errors import LayerError
from derive.rendering import document as D


def test_a_task_for_each_layer_with_its_exercise(small: Course) -> None:
    linear, relu = tasks(small)
    assert (linear.number, relu.number) == ("1.2", "2.1")  # after the author's own section
    assert (linear.file, relu.file) == ("01-02-linear.html", "02-01-relu.html")
    assert linear.exercise is not None and linear.exercise.folder == "chapter-01"
    assert relu.exercise is not None and relu.exercise.folder == "chapter-01"
    assert linear.neighbours == (("", ""), ("ReLU", "02-01-relu.html"))
    assert relu.neighbours == (("Linear layer", "01-02-linear.html"), ("", ""))


def test_what_is_made_of_a_task(pairs: list[tuple[Task, Made]]) -> None:
    (_, linear), (_, relu) = pairs
    assert linear.ok and linear.document is not None
    assert not any(isinstance(b, D.Listing) for b in linear.document.blocks)
    assert [name for name, _ in linear.handouts] == [
        f"chapter-01/linear-{end}" for end in ("exercise.pdf", "solution.pdf", "answer.txt")
    ]
    assert linear.handouts[0][1].startswith(b"%PDF") and b"dW[o,i] = " in linear.handouts[2][1]
    assert 'href="./02-01-relu.html"' in linear.page and 'href="./index.html"' in relu.page


def test_two_handouts_are_not_one_file(small: Course) -> None:
    chapter, other = small.chapters
    again = replace(small, chapters=(replace(chapter, exercises=(Job("relu"), Job("relu"))), other))
    with pytest.raises(LayerError, match="two exercises would both be written as chapter-01/relu"):
        tasks(again)
    tasks(replace(small, chapters=(chapter, replace(other, exercises=(Job("relu"),)))))  # in another chapter
