from derive.book.book import book
from derive.book.course import Course
from derive.book.tasks import Made, Task


def test_the_same_course_gives_the_same_book(small: Course, pairs: list[tuple[Task, Made]]) -> None:
    first = book(small, pairs)
    assert first.startswith(b"%PDF") and first == book(small, pairs)


def test_a_logo_stands_on_the_title_page(small: Course, pairs: list[tuple[Task, Made]]) -> None:
    from dataclasses import replace

    mark = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    assert book(replace(small, logo=("svg", mark)), pairs) != book(small, pairs)
