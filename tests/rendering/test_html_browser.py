"""Pages as a real browser shows them: nothing is asked for, nothing is too wide, tensors can be pointed at."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

import pytest

from derive.api import gradients
from derive.calculus.sweep import derive
from derive.language.load import catalogue, layer, load
from derive.rendering.catalogue import index
from derive.rendering.compose import compose
from derive.rendering.render import printed
from tests.chromium import Browser, needs_chromium, started

pytestmark = needs_chromium
PHONE = 360


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with started(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def page_of(derivation, evidence_of, tmp_path_factory):
    """The file of a layer's page."""
    folder = tmp_path_factory.mktemp("pages")

    @cache
    def written(name: str) -> Path:
        file = folder / f"{name}.html"
        file.write_text(printed(compose(derivation(name), evidence_of(name), None), "html"), encoding="utf-8")
        return file

    return written


TOO_WIDE = """
  [...document.querySelectorAll("body *")].filter((e) => {
    const r = e.getBoundingClientRect();
    return r.width && r.right > document.documentElement.clientWidth + 0.5
      && !e.closest(".formula, .wide, .scroll, .skip, .word, .contents details:not([open])");
  }).map((e) => e.outerHTML.slice(0, 200))
"""


@pytest.mark.parametrize("name", catalogue())
def test_a_page_asks_for_nothing_complains_of_nothing_and_fits_a_phone(name, browser, page_of):
    browser.open(page_of(name), PHONE, 740)
    assert (browser.said, browser.asked) == ([], [])
    assert browser("document.documentElement.scrollWidth") == PHONE
    assert browser(TOO_WIDE) == []
    assert browser("[...document.fonts].map((f) => f.status)") == ["loaded"]


LIT = "document.querySelectorAll('main .lit').length"
SHOWN = "document.querySelector('#_panel').hidden ? '' : document.querySelector('#_panel').innerText"


def places(browser: Browser, name: str) -> int:
    found: int = browser(f"document.querySelectorAll('main [data-of=\"{name}\"]').length")
    return found


def test_clicking_a_tensor_marks_all_its_places_and_says_what_it_is(browser, page_of):
    browser.open(page_of("rnn"))
    assert browser(LIT) == 0 and browser(SHOWN) == ""
    browser.click('.step [data-of="W_h"]')
    assert browser(LIT) == places(browser, "W_h") > 10
    said = browser(SHOWN)
    assert "parameter" in said and "weights from the state one step before" in said and f"{browser(LIT)} places" in said
    browser.click('.step [data-of="h"]')
    assert browser(LIT) == places(browser, "h") and "hidden state" in browser(SHOWN)
    browser.click('.step [data-of="h"]')
    assert browser(LIT) == 0 and browser(SHOWN) == ""
    assert browser.said == []


def test_the_same_by_keyboard(browser, page_of):
    browser.open(page_of("linear"))
    active = "document.activeElement.dataset ? document.activeElement.dataset.of || '' : ''"
    for _ in range(200):
        browser.press("Tab")
        if browser(active):
            break
    first = browser(active)
    assert first
    browser.press("Enter")
    assert browser(LIT) == places(browser, first)
    assert first in browser("document.activeElement.dataset.of")
    browser.press("ArrowRight")
    second = browser(active)
    assert second and second != first
    browser.press("Enter")
    assert browser(LIT) == places(browser, second)
    browser.press("ArrowLeft")
    assert browser(active) == first
    browser.press("Escape")
    assert browser(LIT) == 0 and browser(SHOWN) == ""
    assert browser(active)  # where the reader was


def test_buttons_of_the_panel_go_from_place_to_place(browser, page_of):
    browser.open(page_of("linear"))
    browser.click('.step [data-of="W"]')
    at = """(() => { const all = [...document.querySelectorAll("main .lit")];
        return [all.indexOf(document.querySelector(".here")), all.length]; })()"""
    start = browser(at.replace(".here", ".step .lit"))[0]
    browser.click("#_panel [data-move='1']")
    assert browser(at) == [start + 1, places(browser, "W")]
    browser.click("#_panel [data-move='-1']")
    browser.click("#_panel [data-move='-1']")
    assert browser(at)[0] == start - 1
    browser.click("#_panel [data-close]")
    assert browser(LIT) == 0


PAPER = "getComputedStyle(document.body).backgroundColor"
WHITE = "rgb(255, 255, 255)"


def test_dark_where_the_system_is_and_by_the_button(browser, page_of):
    browser.open(page_of("linear"), prefers_color_scheme="light")
    assert browser(PAPER) == WHITE
    browser.click("#_theme")
    assert browser(PAPER) != WHITE and browser("document.querySelector('#_theme').ariaPressed") == "true"
    browser.click("#_theme")
    assert browser(PAPER) == WHITE
    browser("localStorage.clear()")
    browser.open(page_of("linear"), prefers_color_scheme="dark")
    assert browser(PAPER) != WHITE


def contrast(browser: Browser, selector: str) -> float:
    """The contrast of an element's letters with the page, as WCAG 2 defines it."""
    script = f"""(() => {{
      const light = (c) => {{ const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255)
        .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126*r + 0.7152*g + 0.0722*b; }};
      const [a, b] = [light(getComputedStyle(document.querySelector("{selector}")).color), light({PAPER})];
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }})()"""
    found: float = browser(script)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("selector", ["main p", "h2", ".why", ".rule", ".good", ".error", "a", "button"])
def test_letters_stand_out_from_the_paper(selector, scheme, browser, page_of):
    browser.open(page_of("linear"), prefers_color_scheme=scheme)
    assert contrast(browser, selector) >= 4.5


def test_reasons_can_be_folded_away(browser, page_of):
    browser.open(page_of("linear"))
    open_ones = "document.querySelectorAll('details.why[open]').length"
    count = browser(open_ones)
    assert count > 3
    browser.click("#_fold")
    assert browser(open_ones) == 0
    browser.click("#_fold")
    assert browser(open_ones) == count


def test_an_address_leads_to_a_step(browser, page_of):
    browser.open(page_of("rnn"), part="#D20")
    top = browser("document.getElementById('D20').getBoundingClientRect().top")
    assert 0 <= top < 450


@pytest.mark.parametrize("name", ["linear", "conv2d", "rnn", "lstm", "batchnorm2d", "attention"])
def test_on_paper_nothing_is_cut_off_and_everything_is_open(name, browser, page_of):
    browser.open(page_of(name), 673, 1000)  # the width of A4 between its margins
    browser.call("Emulation.setEmulatedMedia", media="print")
    assert set(browser("[...document.querySelectorAll('.formula')].map((e) => getComputedStyle(e).overflowX)")) == {
        "visible"
    }
    beyond = """[...document.querySelectorAll(".formula > math")].filter(
        (e) => e.getBoundingClientRect().right > document.body.getBoundingClientRect().right + 1)
        .map((e) => e.textContent)"""
    assert browser(beyond) == []
    printed_pages = base64.b64decode(browser.call("Page.printToPDF", preferCSSPageSize=True)["data"])
    assert printed_pages.startswith(b"%PDF")
    hidden = """[...document.querySelectorAll("details.more")].filter(
        (d) => !d.querySelector(".row").getBoundingClientRect().height).length"""
    assert browser(hidden) == 0


def test_a_page_can_be_read_without_scripts(browser, page_of):
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(page_of("linear"))
        assert browser("document.querySelector('.tools').hidden && document.querySelector('#_panel').hidden") is True
        assert browser("document.querySelectorAll('[tabindex=\"0\"]').length") == 0
        assert browser("document.querySelector('.step math').getBoundingClientRect().height") > 10
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


NASTY = """<script>alert(1)</script><img src=x onerror=alert(2)> "onclick='alert(3)' & ]]> --> </style></title>"""


def test_nothing_of_the_authors_runs(browser, tmp_path):
    nasty = layer(
        title=NASTY, indices="i:I", inputs="x[i]", equations="y[i] = x[i]**2", output="y", about=NASTY,
        meaning={"x": NASTY},
    )  # fmt: skip
    page = tmp_path / "page.html"
    page.write_text(printed(compose(derive(nasty), None, None), "html"), encoding="utf-8")
    browser.open(page)
    assert (browser.said, browser.asked) == ([], [])
    assert browser("document.title") == browser("document.querySelector('h1').textContent") == NASTY
    assert browser("document.querySelectorAll('script, main img').length") == 1
    browser.click('main [data-of="x"]')
    assert NASTY in browser(SHOWN) and browser.said == []


def test_sums_are_large_and_parentheses_grow(browser, page_of):
    browser.open(page_of("rnn"))
    tall = "(s) => document.querySelector(s).getBoundingClientRect().height"
    assert browser(f"({tall})('.formula munderover > mo')") > 20
    assert browser(f"({tall})('.formula mo[minsize=\"1.8em\"]')") > 25


def test_an_exercise_and_the_index_fit_a_phone_too(browser, tmp_path):
    exercise, listed = tmp_path / "exercise.html", tmp_path / "index.html"
    exercise.write_text(str(gradients("rnn").exercise().render("html")), encoding="utf-8")
    listed.write_text(printed(index([load(name) for name in catalogue()], "html"), "html"), encoding="utf-8")
    for file in (exercise, listed):
        browser.open(file, PHONE, 740)
        assert (browser.said, browser.asked) == ([], [])
        assert browser("document.documentElement.scrollWidth") == PHONE and browser(TOO_WIDE) == []
    assert browser("document.querySelector('td a').getAttribute('href')").endswith(".html")
