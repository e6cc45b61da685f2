"""Which notice goes next, and when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.channels.channel import Limits
from monitor.delivery.lanes import Item, Lanes, Rate
from tests.alerts.changes import resolved
from tests.storage.notices import T0, fired, notice

FREELY = Rate(Limits(per_minute=6000, burst=100))
WECOM = Limits(per_minute=18, burst=18, reserve=6)


def item(change=None, at=0.0, **given) -> Item:
    return Item(notice(change, **given), T0 + at)


def choose(lanes: Lanes, rate: Rate, at: float = 0.0) -> str | None:
    found, _ = lanes.choose(T0 + at, rate, 0.0)
    if found is not None:
        lanes.remove(found)
        rate.take(T0 + at)
    return found and found.notice.id


def test_critical_goes_before_normal_before_digest():
    """In a lane the oldest first."""
    lanes = Lanes()
    for change in (
        fired("info", severity="info"), fired("first"), fired("second"),
        fired("urgent", severity="critical"),
    ):  # fmt: skip
        lanes.put(item(change))

    order = [choose(lanes, FREELY) for _ in range(5)]

    assert ["urgent", "first", "second", "info"] == [name.split("|")[0] for name in order if name]
    assert order[4] is None


def test_what_has_to_wait_lets_others_pass():
    """A retry later does not hold back what is ready."""
    lanes = Lanes()
    lanes.put(item(fired("later"), at=9))
    lanes.put(item(fired("ready")))

    assert "ready|r1|1|fired|ops" == choose(lanes, FREELY)
    assert (None, T0 + 9) == lanes.choose(T0, FREELY, 0.0)
    assert (None, T0 + 20) == lanes.choose(T0, FREELY, T0 + 20)


def test_news_of_an_alert_never_overtakes_that_it_fired():
    """Also when that is one of many in a digest or a group."""
    lanes = Lanes()
    change = fired()
    group = item(fired("stock"), at=9, also=(change,))
    lanes.put(group)
    lanes.put(item(resolved(change, T0 + 1)))

    assert choose(lanes, FREELY) is None
    lanes.remove(group)
    assert "angry|r1|1|resolved|ops" == choose(lanes, FREELY)


def test_it_wakes_for_what_expires():
    """So that people are told in time that they were not told."""
    lanes = Lanes()
    lanes.put(item(fired(ttl_s=20), at=60))

    assert (None, T0 + 20) == lanes.choose(T0, FREELY, 0.0)
    assert [] == lanes.expired(T0 + 19)
    assert 1 == len(lanes.expired(T0 + 20))


def test_unsent_news_of_one_alert_is_found():
    """Not that in groups: it tells of others too."""
    lanes = Lanes()
    change = fired()
    for made in (item(change), item(fired("other")), item(resolved(change, T0 + 1)),
                 item(fired("x"), also=(change,))):  # fmt: skip
        lanes.put(made)

    assert ["fired", "resolved"] == [
        found.notice.change.change for found in lanes.of(change.told_as)
    ]


def test_the_least_missed_is_shed_first():
    """The oldest of the lowest lane."""
    lanes = Lanes()
    for change in (fired("a", severity="critical"), fired("b"), fired("c")):
        lanes.put(item(change))

    assert "b" == lanes.lowest().notice.change.rule
    assert 3 == len(lanes)
    assert {"critical": 1, "normal": 2, "digest": 0} == lanes.depth()


def test_a_reserve_is_kept_for_critical_notices():
    """WeCom: 18 a minute, of which 12 may be others."""
    rate = Rate(WECOM)
    sent = 0
    while rate.ready_at(T0, False) <= T0:
        rate.take(T0)
        sent += 1

    assert 12 == sent
    for _ in range(6):
        assert rate.ready_at(T0, True) <= T0
        rate.take(T0)
    assert rate.ready_at(T0, True) > T0


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 5)), min_size=1, max_size=150))
def test_no_minute_has_more_than_the_rate(demand):
    """Whatever is asked for and when: the receiver's limit of 20 a minute is never met."""
    rate, now, sent = Rate(WECOM), T0, []

    for critical, pause in demand:
        now += pause
        if rate.ready_at(now, critical) <= now:
            rate.take(now)
            sent.append((now, critical))

    for start, _ in sent:
        minute = [critical for at, critical in sent if start <= at < start + 60]
        assert len(minute) <= 18
        if not any(minute):
            assert len(minute) <= 12


@given(st.booleans(), st.integers(1, 60))
def test_waiting_as_long_as_it_says_is_enough(critical, count):
    """Else a worker would turn without sending."""
    rate, now = Rate(WECOM), T0

    for _ in range(count):
        now = max(now, rate.ready_at(now, critical))
        assert rate.ready_at(now, critical) <= now + 1e-6
        rate.take(now)
