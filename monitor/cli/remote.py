"""Verbs that speak to a running daemon: alerts, ack, mute, mutes, unmute."""

from __future__ import annotations

import argparse
import os
import urllib.error
import urllib.request
from http.client import HTTPException, InvalidURL
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from monitor.alerts.alert import Alert
from monitor.alerts.mutes import Mute
from monitor.cli import explaining
from monitor.errors import MonitorError
from monitor.shard.explaining import Explanation

T = TypeVar("T")

TIMEOUT_S = 5.0
MATCHED = ("room", "rule", "platform", "tier", "product")  # what a mute may name


class _Alerts(msgspec.Struct):
    alerts: list[Alert]


class _Mutes(msgspec.Struct):
    mutes: list[Mute]


class _Muted(msgspec.Struct):
    mute: Mute


def alerts(arguments: argparse.Namespace) -> int:
    body = _ask(arguments, "/api/alerts")
    if arguments.json:
        print(body.decode())
        return 0
    found = _open(body)
    for alert in found:
        seen = f"acked by {alert.acked_by}" if alert.acked_by else "not acknowledged"
        quiet = f"\n          nobody is told: {alert.quiet}" if alert.quiet else ""
        done = "".join(f"\n          {act.action}: {act.state}" for act in alert.acts)
        print(f"{alert.severity:9} {alert.key}  {seen}\n          {alert.summary}{quiet}{done}")
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


class _Explained(msgspec.Struct):
    found: Explanation | None = None
    wrong: str = ""


def explain(arguments: argparse.Namespace) -> int:
    """Of a running daemon, or of a recording up to an instant."""
    if arguments.recording is not None:
        told = explaining.recorded(arguments)
    else:
        asked = {"rule": arguments.rule, "room": arguments.room}
        asked |= {"sku": arguments.sku} if arguments.sku is not None else {}
        answer = _read(_ask(arguments, f"/api/explain?{urlencode(asked)}"), _Explained)
        told = answer.wrong if answer.found is None else answer.found
    if isinstance(told, str):
        raise MonitorError(told)
    print(msgspec.json.encode(told).decode() if arguments.json else explaining.words(told))
    return 0


def mute(arguments: argparse.Namespace) -> int:
    """Tell nobody of what all the options match."""
    body = {name: value for name in MATCHED if (value := getattr(arguments, name)) is not None}
    body |= {"reason": arguments.reason, "session": arguments.session}
    if arguments.for_s is not None:
        body["seconds"] = arguments.for_s
    if arguments.severity:
        body["severities"] = arguments.severity
    answer = _read(_ask(arguments, "/api/mutes", body), _Muted)
    print(f"muted `{answer.mute.name}` {_until(answer.mute)}")
    return 0


def mutes(arguments: argparse.Namespace) -> int:
    """The mutes in force."""
    body = _ask(arguments, "/api/mutes")
    if arguments.json:
        print(body.decode())
        return 0
    found = _read(body, _Mutes).mutes
    for each in found:
        by = f" ({each.by})" if each.by else ""
        print(f"{each.name}\n          {_until(each)}: {each.reason or 'no reason'}{by}")
    if not found:
        print("no mutes")
    return 0


def unmute(arguments: argparse.Namespace) -> int:
    """End one."""
    _ask(arguments, "/api/mutes/end", {"name": arguments.name})
    print(f"ended `{arguments.name}`")
    return 0


def _until(mute: Mute) -> str:
    ends = ["the end of the broadcast"] if mute.session else []
    if mute.until is not None:
        ends.append(f"{mute.until.astimezone():%m-%d %H:%M:%S}")
    return f"until {' or '.join(ends)}" if ends else "until it is taken out of the config"


def _open(body: bytes) -> list[Alert]:
    return _read(body, _Alerts).alerts


def _read(body: bytes, wanted: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=wanted)
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
        advice = " — write the token's file after --token-file" if error.code == 401 else ""
        raise MonitorError(f"{url} says {error.code}: {detail}{advice}") from None
    except (ValueError, InvalidURL):  # a port that is none, a token with a line break in it
        raise MonitorError(f"`{url}`, or the token for it, can not be right") from None
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise MonitorError(
            f"no daemon at {url}: {reason} — start it with `roomwatch run`"
        ) from None
