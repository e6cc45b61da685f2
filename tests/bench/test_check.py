"""The engine's figures and alerts are those of the simplest thing that could be right."""

import msgspec
import pytest

from monitor.bench.check import SMALL, check


@pytest.mark.parametrize("wire", ["native", "cloudevents"])
def test_the_oracle_reproduces_the_checksum(wire):
    """
    2,000 facts over 100 s, some sent twice and some late: windows of 10 s and 1 min roll on.
    """
    verdict = check(msgspec.structs.replace(SMALL, events=6_000, per_second=60.0, wire=wire))

    assert [] == verdict.differences
    assert verdict.oracle == verdict.engine


def test_most_rules_of_the_check_fire():
    """
    A rule that never fires would prove nothing.
    """
    verdict = check(msgspec.structs.replace(SMALL, events=8_000))

    assert verdict.rules_that_fired >= 12
    assert verdict.alerts > 100
