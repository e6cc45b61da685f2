"""A webhook gets JSON, signed, at a public address only."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from monitor.channels.webhook import WebhookSettings, make
from monitor.clock import ManualClock
from monitor.errors import ConfigError, DeliveryError
from tests.receiver import Reply, receiving
from tests.storage.notices import T0, fired, notice

CLOCK = ManualClock(T0)


async def test_a_receiver_can_check_who_sent_it_and_whether_it_is_new():
    """By signature and Idempotency-Key, which holds any room's name."""
    change = fired(room="抖音:7", values={"stock": 3.0, "eta_s": None})
    async with receiving() as receiver:
        hook = make(
            WebhookSettings(
                name="it", url=f"{receiver.url}/x?token=t", secret="canary-hook",
                allow_hosts=("127.0.0.1",),
            ),
            CLOCK,
        )  # fmt: skip
        await hook.send(notice(change, repeated=True))
        await hook.aclose()

    [sent] = receiver.requests
    stamp = sent.headers["X-Roomwatch-Timestamp"]
    digest = hmac.new(b"canary-hook", f"{stamp}.".encode() + sent.body, hashlib.sha256).hexdigest()
    assert f"v1={digest}" == sent.headers["X-Roomwatch-Signature"]
    assert str(int(T0)) == stamp
    assert "angry|%E6%8A%96%E9%9F%B3:7|1|fired|ops" == sent.headers["Idempotency-Key"]
    body = sent.json
    assert ("fired", True, "抖音:7") == (body["change"], body["repeated"], body["alert"]["room"])
    assert {"stock": 3.0, "eta_s": None} == body["alert"]["values"]


async def test_without_a_secret_nothing_is_signed():
    """The headers are not there, rather than empty."""
    async with receiving() as receiver:
        hook = make(WebhookSettings(name="it", url=receiver.url, allow_hosts=("127.0.0.1",)), CLOCK)
        await hook.send(notice())
        await hook.aclose()

    assert "X-Roomwatch-Signature" not in receiver.requests[0].headers


async def test_a_redirect_is_not_followed():
    """It could lead inside."""
    async with receiving() as receiver:
        receiver.always = Reply(302, headers={"Location": f"{receiver.url}/inside"})
        hook = make(WebhookSettings(name="it", url=receiver.url, allow_hosts=("127.0.0.1",)), CLOCK)
        with pytest.raises(DeliveryError, match="HTTP 302") as caught:
            await hook.send(notice())
        await hook.aclose()

    assert not caught.value.retry
    assert 1 == len(receiver.requests)


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "127.1"])
async def test_a_name_that_leads_inside_is_refused_when_it_is_resolved(host):
    """Nothing is connected to, and it is not tried again."""
    async with receiving() as receiver:
        hook = make(WebhookSettings(name="it", url=f"https://{host}:{receiver.port}/"), CLOCK)
        with pytest.raises(DeliveryError) as caught:
            await hook.send(notice())
        await hook.aclose()

    # aiohttp takes some of these for no URL at all, before they are resolved
    assert caught.value.reason in ("the host's address is loopback", "its address is no URL")
    assert not caught.value.retry
    assert [] == receiver.requests


@pytest.mark.parametrize(
    ("url", "mistake"),
    [
        ("http://example.org/", "its url is not https"),
        ("ftp://example.org/", "its url can not be read"),
        ("example.org/x", "its url can not be read"),
        ("https:///canary", "its url can not be read"),
        ("https://[::1/", "its url can not be read"),
        ("https://a.example:999999/", "its url can not be read"),
        ("https://127.0.0.1/", "its url's address is loopback"),
        ("https://[::1]/", "its url's address is loopback"),
        ("https://169.254.169.254/latest", "its url's address is link local"),
        ("https://10.0.0.1/", "its url's address is not public"),
    ],
)
def test_a_url_that_can_not_be_right_is_refused_at_the_start(url, mistake):
    """And is not shown: it may hold a token."""
    with pytest.raises(ConfigError) as caught:
        make(WebhookSettings(name="it", url=url), CLOCK)

    assert str(caught.value).startswith(f"channel it: {mistake}")
    assert url not in str(caught.value)
