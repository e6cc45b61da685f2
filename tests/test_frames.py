"""
What passes from the doors to the core.
"""

import pytest

from monitor.frames import Batch, Frame


def test_a_frame_is_what_the_platform_sent() -> None:
    """
    It can not be changed, and needs no position, key or topic.
    """
    frame = Frame(data=b"{}", received_at=1.0)

    assert (None, None, None) == (frame.position, frame.key, frame.topic)
    with pytest.raises(AttributeError):
        frame.data = b"[]"  # type: ignore[misc]


def test_a_batch_has_heard_nothing_but_its_events_unless_it_says_so() -> None:
    """
    `heard` names rooms that were heard from without a fact.
    """
    assert () == Batch(source="s", events=[], received_at=1.0).heard
