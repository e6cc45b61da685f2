"""Says whether a webhook may connect to an address, so that a URL can not reach inside.

What counts is the address that is connected to, after every way of writing it
(2130706433, 0x7f.1, a name that resolves to 127.0.0.1) has been resolved.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

# addresses that carry another one inside, or that is_global lets pass
TUNNELS = tuple(
    ip_network(text)
    for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "192.88.99.0/24",
                 "::/96", "fec0::/10")
)  # fmt: skip


class ForbiddenAddressError(OSError):
    """A name resolved to an address that may not be connected to. The text names neither."""


def why_forbidden(text: str) -> str:
    """Why nothing is sent to this address; empty when it is a public one."""
    try:
        address: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    except ValueError:
        return "not an address"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return "loopback"
    if address.is_multicast:
        return "multicast"
    if any(address in network for network in TUNNELS if network.version == address.version):
        return "a tunnel"
    if address.is_link_local:
        return "link local"
    if address.is_unspecified or not address.is_global:
        return "not public"
    return ""


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses only, except for the hosts allowed by name."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if host.lower() in self._allowed:
            return found
        # one forbidden address among public ones is an attack, not a choice
        for result in found:
            why = why_forbidden(result["host"])
            if why:
                raise ForbiddenAddressError(f"the host's address is {why}")
        return found

    async def close(self) -> None:
        await self._inner.close()


def literal(host: str) -> bool:
    """Whether a host is an address already, which is never resolved."""
    try:
        ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True


__all__: list[Any] = ["ForbiddenAddressError", "PublicResolver", "literal", "why_forbidden"]
