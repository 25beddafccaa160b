from dataclasses import replace
from io import BytesIO

from pypdf import PdfReader

from derive.book.book import book
from derive.book.course import Course
from derive.book.tasks import Made, Task


def test_the_same_course_gives_the_same_book(small: Course, pairs: list[tuple[Task, Made]]) -> None:
    first = book(small, pairs)
    assert first.startswith(b"%PDF") and first == book(small, pairs)


def test_a_logo_stands_on_the_title_page(small: Course, pairs: list[tuple[Task, Made]]) -> None:
    mark = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    assert book(replace(small, logo=("svg", mark)), pairs) != book(small, pairs)


def test_no_page_is_headed_by_the_chapter_before(small: Course, pairs: list[tuple[Task, Made]]) -> None:
    pages = [page.extract_text() for page in PdfReader(BytesIO(book(small, pairs))).pages]
    first = next(k for k, page in enumerate(pages) if page.startswith("2 Curves"))
    assert pages[first - 1].startswith("Dense & plain") and pages[first + 1].startswith("Curves")
    before = next(page for page in pages if "Before <script>" in page)
    assert before.startswith("Before") and "Contents" not in before
