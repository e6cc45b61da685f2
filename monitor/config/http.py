"""Where the daemon listens, and whom it lets in."""

from __future__ import annotations

import ipaddress
import re
from datetime import datetime
from urllib.parse import urlsplit

from monitor import secrets
from monitor.config.section import Section
from monitor.console.person import Person, Role
from monitor.console.scope import Mask, Scope
from monitor.errors import ConfigError
from monitor.events import Name

SHORTEST_TOKEN = 22  # characters: 128 bits in base64


class HttpSettings(Section, frozen=True, kw_only=True):
    """Where the pages, the doors of sources, /healthz, /readyz and /metrics are."""

    listen: str = "127.0.0.1:8731"
    open: bool = False  # where there are no tokens, nobody needs one: for trying out
    public_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    tls_cert: str = ""
    tls_key: str = ""
    frame_hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        host, _, port = self.listen.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65_535:
            raise ValueError(
                f"`listen` is `{self.listen}` — write an address and a port: `127.0.0.1:8731`"
            )
        if self.public_url:
            url = urlsplit(self.public_url)
            if url.scheme not in ("http", "https") or not url.netloc or url.path not in ("", "/"):
                raise ValueError(
                    "`public_url` is not an origin — write for example `https://rooms.example.com`"
                )
        _check_networks("trusted_proxies", self.trusted_proxies)
        for host in self.frame_hosts:
            if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", host):
                raise ValueError(
                    f"`frame_hosts` holds `{host}` — write origins: `https://screens.example.com`"
                )
        if bool(self.tls_cert) != bool(self.tls_key):
            raise ValueError("`tls_cert` and `tls_key` go together — write both or neither")

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        host = self.address[0]
        try:
            return host == "localhost" or ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False


class TokenSettings(Section, frozen=True, kw_only=True):
    """Somebody who may use the pages; the token in one of the four ways of secrets.py.

    A viewer may be shown some `rooms` only, and no GMV; anybody's token may be of use only
    in some networks, and only up to some day.
    """

    name: Name
    role: Role
    token: str = ""
    token_file: str = ""
    token_env: str = ""
    token_credential: str = ""
    rooms: tuple[str, ...] = ()
    mask: tuple[Mask, ...] = ()
    networks: tuple[str, ...] = ()
    expires: datetime | None = None

    def __post_init__(self) -> None:
        _check_networks("networks", self.networks)
        for field in ("rooms", "mask"):
            if getattr(self, field) and self.role != "viewer":
                raise ValueError(f'`{field}` is for a viewer — write `role = "viewer"`')
        if self.expires is not None and self.expires.tzinfo is None:
            raise ValueError(
                "`expires` does not say where it is that time"
                " — write for example `2027-01-31T23:59:00+08:00`"
            )

    def person(self) -> Person:
        """Raises ConfigError."""
        secret = secrets.resolve(
            "token",
            plain=self.token,
            file=self.token_file,
            env=self.token_env,
            credential=self.token_credential,
        )
        if secret is None:
            raise ConfigError("missing field `token` — write one of token_file, token_env, token")
        if len(secret.reveal()) < SHORTEST_TOKEN:
            raise ConfigError(
                f"`token` is shorter than {SHORTEST_TOKEN} characters — `openssl rand -hex 16`"
                " prints a good one"
            )
        return Person(
            self.name,
            self.role,
            secret.reveal(),
            scope=Scope(rooms=self.rooms, gmv="gmv" not in self.mask, nick="nick" not in self.mask),
            networks=self.networks,
            expires_at=float("inf") if self.expires is None else self.expires.timestamp(),
        )


def _check_networks(field: str, networks: tuple[str, ...]) -> None:
    """Raises ValueError for what is no address and no network."""
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            raise ValueError(
                f"`{field}` holds `{network}` — write addresses or networks: `10.0.0.0/8`"
            ) from None
