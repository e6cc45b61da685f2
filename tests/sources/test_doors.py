"""Who is let in to which source, who is not, and who is no longer listened to."""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from monitor.clock import ManualClock
from monitor.sources.doors import Failures
from monitor.sources.webhook import WebhookSettings
from monitor.sources.websocket_server import WebsocketServerSettings
from tests.services import until
from tests.sources.peers import Reading, Site

JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def site():
    made = Site()
    yield made
    await made.close()


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as made:
        yield made


def hook(name="orders", token="a-token-of-orders", **more):
    return WebhookSettings(name=name, format="native", token=token, **more).source(ManualClock())


def server(name="tools", token="a-token-of-tools", **more):
    return WebsocketServerSettings(name=name, format="native", token=token, **more).source(
        ManualClock()
    )


def bearer(token):
    return {**JSON, "Authorization": f"Bearer {token}"}


async def post(session, site, headers, path="/ingest", data=b"{}"):
    url = f"http://127.0.0.1:{site.port}{path}"
    async with session.post(url, data=data, headers=headers) as answer:
        return answer.status


async def shake(session, site, headers):
    try:
        async with session.ws_connect(site.websocket, headers=headers):
            return 101
    except aiohttp.WSServerHandshakeError as error:
        return error.status


async def test_the_token_chooses_the_source(site, session):
    """Of several of a kind."""
    one, other = hook("one", "token-number-one"), hook("other", "token-number-two")
    await site.open(one, other)
    async with Reading(one) as first, Reading(other) as second:
        await post(session, site, bearer("token-number-two"), data=b"2")
        await post(session, site, bearer("token-number-one"), data=b"1")

    assert ([b"1"], [b"2"]) == (first.data, second.data)


async def test_without_the_right_token_nothing_is_read(site, session):
    """401 before any data, for both kinds of door, and it is counted."""
    orders, tools = hook(), server()
    await site.open(orders, tools)
    async with Reading(orders) as first, Reading(tools) as second:
        statuses = [
            await post(session, site, JSON),
            await post(session, site, bearer("wrong")),
            await post(session, site, bearer("ÿ")),
            await post(session, site, {**JSON, "Authorization": "Basic abc"}),
            await shake(session, site, {}),
            await shake(session, site, bearer("wrong")),
        ]

    assert [401] * 6 == statuses
    assert ([], [], 4, 2) == (first.data, second.data, orders.health.refused, tools.health.refused)


async def test_the_right_token_opens_the_websocket(site, session):
    """And a plain GET there is told what it is."""
    tools = server()
    await site.open(tools)
    async with Reading(tools) as reading:
        async with session.ws_connect(site.websocket, headers=bearer("a-token-of-tools")) as one:
            await one.send_str("1")
            await until(lambda: reading.frames)
        url = site.ingest
        async with session.get(url, headers=bearer("a-token-of-tools")) as answer:
            plain = answer.status

    assert ([b"1"], 426) == (reading.data, plain)


async def test_a_token_of_another_source_is_told_so(site, session):
    """It is no guess, so it does not count as one."""
    await site.open(hook(), server())

    statuses = [await post(session, site, bearer("a-token-of-tools")) for _ in range(12)]
    statuses.append(await shake(session, site, bearer("a-token-of-orders")))

    assert [403] * 13 == statuses


async def test_a_hook_is_named_by_its_path(site, session):
    """Two may share a token; one of another source does not fit."""
    one, other = hook("one", "the-same-token"), hook("other", "the-same-token")
    third = hook("third", "another-token")
    await site.open(one, other, third)
    async with Reading(one) as first, Reading(other) as second:
        statuses = [
            await post(session, site, bearer("the-same-token"), "/hooks/other", b"2"),
            await post(session, site, bearer("the-same-token"), "/hooks/third"),
            await post(session, site, bearer("the-same-token"), "/hooks/nobody"),
            await post(session, site, bearer("wrong"), "/hooks/nobody"),
            await post(session, site, JSON, "/hooks/other"),
        ]

    assert [202, 403, 403, 401, 401] == statuses
    assert ([], [b"2"]) == (first.data, second.data)


async def test_after_ten_wrong_tokens_a_minute_nobody_listens(site, session, clock):
    """Not even to the right one, or guessing would go on; a minute later it may try again."""
    orders = hook()
    await site.open(orders, clock=clock)
    async with Reading(orders):
        for _ in range(10):
            assert 401 == await post(session, site, bearer("wrong"))
            clock.advance(1)
        async with session.post(site.ingest, headers=bearer("wrong")) as answer:
            refused = answer.status, answer.headers["Retry-After"]
        right = await post(session, site, bearer("a-token-of-orders"))
        clock.advance(50)
        later = await post(session, site, bearer("a-token-of-orders"))

    assert ((429, "50"), 429, 202) == (refused, right, later)
    assert 12 == orders.health.refused  # those who were told to wait are counted, too


async def test_open_doors_need_no_token_where_there_is_one_source(site, session):
    """The demo on loopback; each kind is counted by itself."""
    orders, tools = hook(token=""), server(token="")
    await site.open(orders, tools)
    async with Reading(orders), Reading(tools):
        statuses = [
            await post(session, site, JSON),
            await post(session, site, JSON, "/hooks/orders"),
            await post(session, site, JSON, "/hooks/nobody"),
            await shake(session, site, {}),
        ]

    assert [202, 202, 404, 101] == statuses


@pytest.mark.parametrize(
    ("leaves", "anybody"),
    [
        ([hook("one", ""), hook("other", "")], True),
        ([hook("one", "")], False),
        ([hook("one", "a-token-of-one")], True),
        ([], True),
    ],
)
async def test_doors_are_closed_where_that_is_not_clear(site, session, leaves, anybody):
    """Two without a token, doors that are not open, a source with a token, none at all."""
    await site.open(*leaves, anybody=anybody)

    assert 401 == await post(session, site, JSON)


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 101),
        ("http://127.0.0.1:{port}", 101),
        ("https://tool.example", 101),
        ("http://evil.example", 403),
        ("http://127.0.0.1:1", 403),
        ("http://evil.example:{port}", 403),
        ("null", 403),
        ("http://[", 403),
    ],
)
async def test_a_page_of_elsewhere_can_not_send_through_open_doors(site, session, origin, status):
    """A browser lets any page open a WebSocket to 127.0.0.1, but says whose page it is."""
    tools = server(token="", origins=("https://tool.example",))
    await site.open(tools)
    headers = {} if origin is None else {"Origin": origin.format(port=site.port)}
    async with Reading(tools):
        assert status == await shake(session, site, headers)


async def test_a_name_that_was_pointed_at_us_is_not_ours(site, session):
    """DNS rebinding: the page's host and ours are then the same name."""
    tools = server(token="")
    await site.open(tools)
    name = f"evil.example:{site.port}"
    async with Reading(tools):
        assert 403 == await shake(session, site, {"Origin": f"http://{name}", "Host": name})


async def test_sources_can_be_replaced_while_it_runs(site, session):
    """A reload takes effect for the next request."""
    await site.open(hook())
    other = hook(token="another-token")
    async with Reading(other) as reading:
        site.doors.replace([other])
        statuses = [
            await post(session, site, bearer("a-token-of-orders")),
            await post(session, site, bearer("another-token")),
        ]

    assert ([401, 202], 1) == (statuses, len(reading.frames))


async def test_the_routes_leave_room_for_others(site):
    """One application has the console, the doors and the metrics."""
    await site.open()
    application = web.Application()
    application.add_routes(site.doors.routes())
    application.router.add_static("/pages", ".")

    assert {"/pages", "/ingest", "/hooks/{source}"} == {
        resource.canonical for resource in application.router.resources()
    }


@given(st.lists(st.floats(0, 30), max_size=40))
def test_an_address_waits_until_its_tenth_last_failure_is_a_minute_old(steps):
    """The simplest thing that could be right: a list of the times."""
    clock = ManualClock(1000.0)
    failures, times = Failures(clock), []
    for step in steps:
        clock.advance(step)
        failures.add("10.0.0.1")
        times.append(clock.now())
        expected = max(0.0, times[-10] + 60 - clock.now()) if len(times) >= 10 else 0.0

        assert expected == failures.wait_s("10.0.0.1")
        assert 0.0 == failures.wait_s("10.0.0.2")


def test_an_ipv6_network_is_one_address():
    """A machine has 2**64 of them to guess from; two networks are two."""
    failures = Failures(ManualClock())
    for number in range(10):
        failures.add(f"2001:db8::{number}")

    assert failures.wait_s("2001:db8::ffff") > 0
    assert 0.0 == failures.wait_s("2001:db8:0:1::1")


def test_a_bounded_number_of_addresses_is_remembered():
    """The one heard of longest ago is forgotten first."""
    failures = Failures(ManualClock(), most=1, addresses=100)
    for number in range(101):
        failures.add(f"10.0.0.{number}")

    assert (0.0, 60.0) == (failures.wait_s("10.0.0.0"), failures.wait_s("10.0.0.1"))
