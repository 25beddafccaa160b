"""The site of a course in a real browser: its search finds sections, and nothing is asked for or complained of."""

from pathlib import Path

from derive.book.course import Course
from derive.book.site import site
from derive.book.tasks import Made, Task
from tests.chromium import needs_chromium, started

pytestmark = needs_chromium

TYPED = """
(words) => {
  const field = document.getElementById("_words");
  field.value = words;
  field.dispatchEvent(new Event("input"));
  return [...document.querySelectorAll("#_found a")].map((a) => [a.textContent, a.getAttribute("href")]);
}
"""


def test_the_search_finds_sections(small: Course, pairs: list[tuple[Task, Made]], tmp_path: Path) -> None:
    for name, page in site(small, pairs).items():
        (tmp_path / name).write_text(page, encoding="utf-8")
    with started(tmp_path / "profile") as browser:
        browser.open(tmp_path / "index.html", 360, 740)
        found = browser(f'({TYPED})("gradient w[o,i]")')
        assert found and found[0][0].endswith("Gradient with respect to W[o,i]")
        assert (tmp_path / found[0][1].partition("#")[0]).is_file()
        assert browser(f'({TYPED})("no such words")') == []
        assert browser("document.getElementById('_found').textContent") == "Nothing was found."
        assert (browser.said, browser.asked) == ([], [])
        assert browser("document.documentElement.scrollWidth") == 360
        file, mark, place = found[0][1].partition("#")
        browser.open(tmp_path / file, part=mark + place)
        assert browser("document.querySelector(':target') !== null")
        assert (browser.said, browser.asked) == ([], [])


def test_there_is_a_site(small: Course, pairs: list[tuple[Task, Made]]) -> None:
    assert "_entries" in site(small, pairs)["index.html"]
