import json
import re

from derive.book.course import Course
from derive.book.site import site
from derive.book.tasks import Made, Task


def test_contents_lead_to_every_page(small: Course, pairs: list[tuple[Task, Made]]) -> None:
    pages = site(small, pairs)
    assert sorted(pages) == ["01-02-linear.html", "02-01-relu.html", "index.html"]
    assert {*re.findall(r'href="\./([\w-]+\.html)"', pages["index.html"])} == pages.keys() - {"index.html"}


def test_the_search_knows_every_section(small: Course, pairs: list[tuple[Task, Made]]) -> None:
    index = site(small, pairs)["index.html"]
    found = re.search(r'<script type="application/json" id="_entries">(.*?)</script>', index, re.DOTALL)
    entries = json.loads(found[1] if found else "")
    assert {e["file"].partition("#")[0] for e in entries} == {"01-02-linear.html", "02-01-relu.html"}
    assert "Gradient with respect to W[o,i]" in {e["heading"] for e in entries}


def test_words_of_the_author_are_no_markup(small: Course, pairs: list[tuple[Task, Made]]) -> None:
    for page in site(small, pairs).values():
        assert "<b>more" not in page and "<script>alert" not in page
        assert "http://" not in page.replace("http://www.w3.org/", "")
