"""The collector's share of a process that takes in facts by the thousand."""

from __future__ import annotations

import gc

from monitor.engines.memory import COLLECT, settle


def test_what_is_built_is_not_looked_through_again():
    before = gc.get_threshold()
    try:
        settle()

        assert COLLECT == gc.get_threshold()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
