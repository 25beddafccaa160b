"""A marking as a document."""

from derive.marking.reports.page import page
from derive.rendering.document import Heading, Listing, Text
from tests.marking.markings import FAILED, MARKING


def test_a_section_for_each_line_with_the_line_as_written() -> None:
    document = page(MARKING)
    headings = [block.inlines for block in document.blocks if isinstance(block, Heading)]
    assert len(headings) == len(MARKING.lines) and headings[0] == (Text("✓ da (line 1): right"),)
    listings = [block.source for block in document.blocks if isinstance(block, Listing)]
    assert set(listings) == {line.text for line in MARKING.lines if line.text} | {MARKING.lines[3].remark}


def test_the_sum_stands_before_the_lines() -> None:
    kinds = [block.kind for block in page(MARKING).blocks]
    assert kinds[0] == "paragraph" and kinds.index("heading") > 0


def test_a_failure_is_a_listing() -> None:
    assert Listing("text", FAILED.failure) in page(FAILED).blocks
