"""A rule that throws, which is a mistake of ours: the others are asked all the same.

one tick          its answer is unknown: by it nothing fires, and nothing ends
`MOST` in a row   it is switched off until rules are read anew, and people are told
                  (engines/own.py); its open alerts end with their broadcast
"""

from __future__ import annotations

import traceback

MOST = 3


class Faults:
    """Those of one rule."""

    def __init__(self) -> None:
        self.times = 0
        self.in_a_row = 0
        self.trouble = ""  # where it threw last, for whoever mends it

    def threw(self) -> None:
        """Note the exception that is being handled."""
        self.times += 1
        self.in_a_row += 1
        self.trouble = traceback.format_exc()

    def found(self, trouble: str) -> None:
        """Another process that asks the same rule has switched it off."""
        self.times, self.in_a_row, self.trouble = max(self.times, MOST), MOST, trouble

    def went(self) -> None:
        """It was asked, and did not throw."""
        self.in_a_row = 0

    @property
    def off(self) -> bool:
        """Whether it is asked no more."""
        return self.in_a_row >= MOST

    @property
    def what(self) -> str:
        """In a line."""
        return self.trouble.strip().rpartition("\n")[2]
