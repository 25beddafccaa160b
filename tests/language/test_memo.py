"""A function of a system is computed once for each system, told by what it is and not by what it says."""

from __future__ import annotations

from dataclasses import replace

import derive
from derive.language.memo import once_per_system


def test_one_system_is_computed_once_and_another_like_it_by_itself():
    seen = []

    @once_per_system
    def title(system):
        seen.append(system)
        return system.title

    one = derive.load("linear")
    other = replace(one, title="Another")
    assert [title(one), title(one), title(other), title(one)] == [one.title, one.title, "Another", one.title]
    assert len(seen) == 2 and seen[0] is one and seen[1] is other
