"""A webhook connects to public addresses only, however the address is written."""

from __future__ import annotations

import socket

import pytest

from monitor.channels.addresses import (
    ForbiddenAddressError,
    PublicResolver,
    literal,
    why_forbidden,
)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("8.8.8.8", ""),
        ("2606:4700::1111", ""),
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("10.1.2.3", "not public"),
        ("172.16.0.1", "not public"),
        ("192.168.1.1", "not public"),
        ("100.64.0.1", "not public"),
        ("169.254.169.254", "link local"),
        ("fe80::1%eth0", "link local"),
        ("0.0.0.0", "not public"),
        ("::", "a tunnel"),
        ("255.255.255.255", "not public"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("64:ff9b::7f00:1", "a tunnel"),
        ("2002:7f00:1::", "a tunnel"),
        ("2001:0:1::", "a tunnel"),
        ("fec0::1", "a tunnel"),
        ("fd00::1", "not public"),
        ("192.88.99.1", "a tunnel"),
        ("localhost", "not an address"),
    ],
)
def test_an_address_that_leads_inside_is_forbidden(address, why):
    """Also those that `is_global` lets pass."""

    assert why == why_forbidden(address)


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "127.1", "0177.0.0.1"])
async def test_every_way_of_writing_loopback_is_resolved_and_refused(host):
    """What counts is what it resolves to."""
    resolver = PublicResolver(frozenset())

    with pytest.raises(ForbiddenAddressError, match=r"^the host's address is loopback$"):
        await resolver.resolve(host, 80, socket.AF_INET)
    await resolver.close()


async def test_a_host_that_is_allowed_by_name_is_reached():
    """For a receiver of our own, inside."""
    resolver = PublicResolver(frozenset({"localhost"}))

    found = await resolver.resolve("LOCALHOST", 80, socket.AF_INET)
    await resolver.close()

    assert "127.0.0.1" in [result["host"] for result in found]


def test_a_literal_address_is_known_as_one():
    """It is never resolved, so it is checked at the start."""

    assert literal("127.0.0.1")
    assert literal("[::1]")
    assert not literal("127.1")
    assert not literal("example.org")
