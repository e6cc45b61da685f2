"""A body within bounds, and how many of something: the rest is shown by the doors' tests."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request

from monitor.clock import ManualClock
from monitor.console.access import Access
from monitor.console.gate import Gate, RefusedError, limit, visit
from tests.console.acted import PEOPLE, TOKENS


def test_a_visit_says_what_the_request_says():
    """
    The cookie that https demands is looked at first.
    """
    request = make_mocked_request(
        "GET",
        "/",
        headers={
            "Host": "wall.example", "Origin": "https://wall.example", "X-CSRF": "c",
            "Cookie": "sid=plain; __Host-sid=secure", "Authorization": "bearer t ",
        },
    )  # fmt: skip
    found = visit(request)

    assert ("wall.example", "https://wall.example", "c", "secure", "t") == (
        found.host,
        found.origin,
        found.csrf,
        found.cookie,
        found.bearer,
    )


def test_nobody_is_refused_with_the_reason():
    """
    401 to see, 403 to change what the role does not allow.
    """
    gate = Gate(Access(PEOPLE), ManualClock())
    bearer = {"Authorization": f"Bearer {TOKENS['viewer']}"}

    with pytest.raises(RefusedError, match="no session"):
        gate.caller(make_mocked_request("GET", "/"))
    assert "wall-1" == gate.caller(make_mocked_request("GET", "/", headers=bearer)).name
    with pytest.raises(RefusedError, match="needs the role operator"):
        gate.changer(make_mocked_request("POST", "/", headers=bearer), "operator")


@pytest.mark.parametrize("asked", ["0", "501", "x", "٣", "9999"])
def test_a_limit_is_a_number_within_bounds(asked: str):
    """
    And the usual one where nobody asks.
    """
    assert 100 == limit(make_mocked_request("GET", "/"), 100, 500)
    assert 7 == limit(make_mocked_request("GET", "/?limit=7"), 100, 500)
    with pytest.raises(RefusedError):
        limit(make_mocked_request("GET", f"/?limit={asked}"), 100, 500)
