"""
RFC 3339 times are read to the same second and fraction, one by one or as a column.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FrameError
from monitor.formats.instants import FEWEST, instant, instants

FIRST = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (1_795_370_000.25, "2026-11-22T17:53:20.25Z"),
        (1_795_370_000.0, "2026-11-22T17:53:20Z"),
        (1_795_370_000.0, "2026-11-23T01:53:20+08:00"),
        (1_795_370_000.5, "2026-11-22t17:53:20.5z"),
        (1_795_370_000.123456, "2026-11-22 17:53:20.123456789Z"),
    ],
)
def test_a_time_is_epoch_seconds(at: float, text: str) -> None:
    """
    Z or an offset, a fraction or none, small letters too.
    """
    assert at == instant(text)


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("bad time", "yesterday"),
        ("bad time", ""),
        ("bad time", "2026-11-22T17:53:20"),  # no zone: an hour off is worse than none
        ("bad time", "2026-11-22"),
        ("bad time", "2026-02-30T17:53:20Z"),
        ("bad time", "2026-11-22T25:53:20Z"),
        ("bad time", "2026-11-22T17:53:60Z"),
        ("bad time", "2026-W47-7T17:53:20Z"),
        ("bad time", "٢٠٢٦-11-22T17:53:20Z"),
        ("time too long ago", "1970-01-01T00:00:00Z"),
        ("time too far ahead", "9999-12-31T23:59:59Z"),
        ("time too far ahead", "9999-12-31T23:59:59-23:59"),
        ("time too long ago", "0001-01-01T00:00:00+23:59"),
        ("bad time", "0000-01-01T00:00:00Z"),
    ],
)
def test_what_is_no_time_is_refused(reason: str, text: str) -> None:
    """
    Alone, and in the middle of a column of good ones.
    """
    with pytest.raises(FrameError) as alone:
        instant(text)
    with pytest.raises(FrameError) as among:
        instants(["2026-11-22T17:53:20Z"] * FEWEST + [text] + ["2026-11-22T17:53:20Z"])

    assert reason == alone.value.reason == among.value.reason


def spelled(moment: datetime, digits: int) -> str:
    text = moment.strftime("%Y-%m-%dT%H:%M:%S.%f")
    return f"{text[:19]}Z" if digits == 0 else f"{text[: 20 + digits]}Z"


@given(
    st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1)),  # noqa: DTZ001  hypothesis wants them naive
    st.lists(st.integers(0, 86_400_000_000), min_size=FEWEST, max_size=FEWEST + 20),
    st.sampled_from([0, 1, 3, 6]),
)
def test_a_column_is_read_as_each_of_its_times_is(
    start: datetime, offsets: list[int], digits: int
) -> None:
    """
    Times of one shape, on one day or over midnight: the matrix and the single reading agree.
    """
    start = start.replace(tzinfo=UTC)
    texts = [spelled(start + timedelta(microseconds=offset), digits) for offset in offsets]

    assert [instant(text) for text in texts] == instants(texts)


@given(st.lists(st.text("0123456789-T:.Z", min_size=20, max_size=24), max_size=3))
def test_a_column_with_anything_in_it_is_read_or_refused(odd: list[str]) -> None:
    """
    Nothing gets past the matrix that would not be read alone.
    """
    texts = ["2026-11-22T17:53:20.25Z"] * FEWEST + odd
    try:
        expected = [instant(text) for text in texts]
    except FrameError:
        with pytest.raises(FrameError):
            instants(texts)
    else:
        assert expected == instants(texts)


@pytest.mark.parametrize("place", range(23))
@pytest.mark.parametrize("letter", ["0", "9", "x", "/", ":", "-", "é", " "])
def test_one_wrong_letter_is_not_overlooked(place: int, letter: str) -> None:
    """
    Every place of a time, in the first row and in a later one.
    """
    good = "2026-11-22T17:53:20.25Z"
    bad = good[:place] + letter + good[place + 1 :]
    for texts in ([bad, *[good] * FEWEST], [*[good] * FEWEST, bad], [bad] * FEWEST):
        try:
            expected = [instant(text) for text in texts]
        except FrameError:
            with pytest.raises(FrameError):
                instants(texts)
        else:
            assert expected == instants(texts)


def test_the_first_and_last_second_of_the_bounds_are_in() -> None:
    """
    The years 2000 to 2100.
    """
    assert FIRST.timestamp() == instant("2000-01-01T00:00:00Z")
    assert 4_102_444_800 == instant("2100-01-01T00:00:00Z")
