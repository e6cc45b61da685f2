"""The collector's share of a process that takes in facts by the thousand."""

from __future__ import annotations

import gc

COLLECT = (50_000, 20, 100)  # allocations and collections before the collector looks


def settle() -> None:
    """What lives long is not looked through again and again; call it when all is built.

    Facts come and go by the thousand, and none of them can be part of a circle.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)
