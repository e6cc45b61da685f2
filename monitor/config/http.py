"""Where the daemon listens, and whom it lets in."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from monitor import secrets
from monitor.config.section import Section
from monitor.console.access import Person, Role
from monitor.errors import ConfigError
from monitor.events import Name

SHORTEST_TOKEN = 22  # characters: 128 bits in base64


class HttpSettings(Section, frozen=True, kw_only=True):
    """Where the pages, the doors of sources, /healthz, /readyz and /metrics are."""

    listen: str = "127.0.0.1:8731"
    public_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    tls_cert: str = ""
    tls_key: str = ""

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
        for proxy in self.trusted_proxies:
            try:
                ipaddress.ip_network(proxy)
            except ValueError:
                raise ValueError(
                    f"`trusted_proxies` holds `{proxy}` — write addresses or networks: `10.0.0.0/8`"
                ) from None
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
    """Somebody who may use the pages; the token in one of the four ways of secrets.py."""

    name: Name
    role: Role
    token: str = ""
    token_file: str = ""
    token_env: str = ""
    token_credential: str = ""

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
        return Person(self.name, self.role, secret.reveal())
