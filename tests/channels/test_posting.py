"""What a receiver's answer means, in words of our own."""

from __future__ import annotations

import aiohttp
import pytest

from monitor.channels.posting import (
    LARGEST,
    Answer,
    as_delivery_error,
    post,
    refuse,
    retry_after_s,
)
from monitor.errors import DeliveryError
from tests.receiver import Reply, receiving

DATE = "Sun, 22 Nov 2026 21:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": " 1.5 "}, 1.5),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "1e9"}, 3600.0),
        ({"Retry-After": "Sun, 22 Nov 2026 21:00:30 GMT", "Date": DATE}, 30.0),
        ({"Retry-After": "Sun, 22 Nov 2026 20:00:30 GMT", "Date": DATE}, None),
        ({"Retry-After": "Sun, 22 Nov 2026 21:00:30 GMT"}, None),
    ],
)
def test_the_wait_is_read_in_both_its_forms(headers, expected):
    """A date is counted from the receiver's own clock; nonsense is no wait."""

    assert expected == retry_after_s(headers)


@pytest.mark.parametrize(
    ("status", "retry"),
    [(200, None), (204, None), (301, False), (400, False), (401, False), (404, False),
     (408, True), (413, False), (425, True), (429, True), (500, True), (501, False),
     (502, True), (503, True), (504, True)],
)  # fmt: skip
def test_a_status_says_whether_trying_again_can_help(status, retry):
    """429 and most of 5xx; never another 4xx, nor a redirect."""
    found = None
    try:
        refuse(Answer(status, {}, b""))
    except DeliveryError as error:
        found = error.retry

    assert retry is found


def test_what_others_raise_holds_a_url_and_ours_does_not():
    """The same error, in words of our own."""
    broken = as_delivery_error(aiohttp.InvalidURL("https://x/secret"))
    reset = as_delivery_error(ConnectionResetError("secret"))
    late = as_delivery_error(TimeoutError("secret"))
    bug = as_delivery_error(KeyError("secret"))

    assert [
        ("its address is no URL", False),
        ("the connection broke", True),
        ("no answer in time", True),
        ("bug: KeyError", False),
    ] == [(error.reason, error.retry) for error in (broken, reset, late, bug)]
    assert DeliveryError is type(as_delivery_error(DeliveryError("x", retry=False)))


async def test_a_huge_answer_is_read_up_to_a_bound():
    """A receiver can not fill our memory."""
    async with receiving() as receiver:
        receiver.always = Reply(text="x" * (LARGEST * 4))
        async with aiohttp.ClientSession() as session:
            answer = await post(session, f"{receiver.url}/", b"", {})

    assert LARGEST <= len(answer.body) < 3 * LARGEST
