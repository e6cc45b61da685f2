"""Verbs that speak to a running daemon: alerts, ack."""

from __future__ import annotations

import argparse
import os
import urllib.error
import urllib.request
from typing import Any

import msgspec

from monitor.alerts.alert import Alert
from monitor.errors import MonitorError

TIMEOUT_S = 5.0


class _Alerts(msgspec.Struct):
    alerts: list[Alert]


def alerts(arguments: argparse.Namespace) -> int:
    body = _ask(arguments, "/api/alerts")
    if arguments.json:
        print(body.decode())
        return 0
    found = _open(body)
    for alert in found:
        seen = f"acked by {alert.acked_by}" if alert.acked_by else "not acknowledged"
        print(f"{alert.severity:9} {alert.key}  {seen}\n          {alert.summary}")
    if not found:
        print("no open alerts")
    return 0


def acknowledge(arguments: argparse.Namespace) -> int:
    found = [alert for alert in _open(_ask(arguments, "/api/alerts")) if alert.key == arguments.key]
    if not found:
        raise MonitorError(f"no open alert `{arguments.key}` — see `roomwatch alerts`")
    _ask(arguments, "/api/alerts/ack", {"key": found[0].key, "episode": found[0].episode})
    print(f"acknowledged {found[0].key}")
    return 0


def _open(body: bytes) -> list[Alert]:
    return msgspec.json.decode(body, type=_Alerts).alerts


def _token(arguments: argparse.Namespace) -> str:
    if arguments.token_file is not None:
        return str(arguments.token_file.read_text().strip())
    return os.environ.get("ROOMWATCH_TOKEN", "")


def _ask(arguments: argparse.Namespace, path: str, body: dict[str, Any] | None = None) -> bytes:
    """One request. Raises MonitorError, in words."""
    url = arguments.url.rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise MonitorError(f"`{url}` is no address — write for example http://127.0.0.1:8731")
    request = urllib.request.Request(url + path)  # noqa: S310  the scheme is checked above
    if token := _token(arguments):
        request.add_header("Authorization", f"Bearer {token}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = msgspec.json.encode(body)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310  as above
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        detail = error.read(200).decode("utf-8", "replace")
        raise MonitorError(f"{url} says {error.code}: {detail}") from None
    except (urllib.error.URLError, TimeoutError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise MonitorError(f"no daemon at {url}: {reason} — start it with `roomwatch run`") from None
