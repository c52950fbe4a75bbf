"""Coverage is off in a library and on again after it, else the figure would say too little."""

import sys
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest

from tests.untraced import untraced


def tracer(frame: FrameType, event: str, argument: Any) -> None:
    """Follows nothing."""


@pytest.mark.parametrize("fails", [False, True])
def test_coverage_is_off_in_a_library_and_on_again_after_it(fails: bool) -> None:
    within = []

    def library() -> None:
        within.append(sys.gettrace())
        if fails:
            raise KeyError

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        with suppress(KeyError):
            untraced(library)()
        after = sys.gettrace()
    finally:
        sys.settrace(before)
    assert within == [None]
    assert after is tracer
