"""Who may use the pages: somebody, or some screen, with a token and a role."""

from __future__ import annotations

import ipaddress
from typing import Literal

from msgspec import Struct

from monitor.console.scope import EVERYTHING, Scope

Role = Literal["viewer", "operator", "admin"]

RANK: dict[str, int] = {"viewer": 0, "operator": 1, "admin": 2}
KEEP_S: dict[str, float] = {"viewer": 30 * 86_400.0, "operator": 43_200.0, "admin": 43_200.0}


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody, or some screen, with a token.

    It opens nothing from an address outside `networks` (if there are any) or after
    `expires_at`, in epoch seconds.
    """

    name: str
    role: Role
    token: str
    scope: Scope = EVERYTHING
    networks: tuple[str, ...] = ()
    expires_at: float = float("inf")

    def __repr__(self) -> str:
        return f"Person({self.name!r}, {self.role!r}, token=…)"

    def from_there(self, address: str) -> bool:
        """Whether the token is of use at this address."""
        if not self.networks:
            return True
        try:
            there = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(there in ipaddress.ip_network(network) for network in self.networks)
