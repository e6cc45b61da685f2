"""Verbs that speak to a running daemon: alerts, ack."""

from __future__ import annotations

import argparse
import os
import urllib.error
import urllib.request
from http.client import HTTPException, InvalidURL
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
    try:
        return msgspec.json.decode(body, type=_Alerts).alerts
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise MonitorError("that is no roomwatch — write its address after --url") from None


def _token(arguments: argparse.Namespace) -> str:
    if arguments.token_file is None:
        return os.environ.get("ROOMWATCH_TOKEN", "")
    try:
        return str(arguments.token_file.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not text"
        raise MonitorError(f"{arguments.token_file}: {why} — write a file with the token") from None


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follows nothing: the token is not for anybody else."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


def _ask(arguments: argparse.Namespace, path: str, body: dict[str, Any] | None = None) -> bytes:
    """One request. Raises MonitorError, in words."""
    url = arguments.url.rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise MonitorError(f"`{url}` is no address — write for example http://127.0.0.1:8731")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _StayHere)
    try:
        request = urllib.request.Request(url + path)  # noqa: S310  the scheme is checked above
        if token := _token(arguments):
            request.add_header("Authorization", f"Bearer {token}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = msgspec.json.encode(body)
        with opener.open(request, timeout=TIMEOUT_S) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        detail = error.read(200).decode("utf-8", "replace").strip()
        raise MonitorError(f"{url} says {error.code}: {detail}") from None
    except (ValueError, InvalidURL):  # a port that is none, a token with a line break in it
        raise MonitorError(f"`{url}`, or the token for it, can not be right") from None
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise MonitorError(
            f"no daemon at {url}: {reason} — start it with `roomwatch run`"
        ) from None
