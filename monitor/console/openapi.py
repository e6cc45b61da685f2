"""The document of the JSON doors, OpenAPI 3.1: what they take, give, and refuse.

Shapes come from the Structs themselves, so the document can not say something else.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from monitor.alerts.alert import Alert, Change, Notice
from monitor.alerts.mutes import Mute
from monitor.alerts.oncall import Duty
from monitor.alerts.policies import Standing
from monitor.console import acts
from monitor.console.entrance import Revoke
from monitor.console.replays import doors
from monitor.console.replays.recordings import Recording
from monitor.console.replays.replaying import About
from monitor.console.sessions import SessionView
from monitor.shard.explaining import Explanation
from monitor.signals.detail import RoomDetail
from monitor.signals.views import RoomView
from monitor.storage.audit import Deed


class Answer(Struct):
    """What one door does. `gives` is a type, or a name and a type for each field."""

    says: str
    gives: Any = None
    takes: Any = None
    role: str = "viewer"
    query: tuple[str, ...] = ()


class Token(Struct):
    """The body of /api/login."""

    token: str


READS = {
    "/api/openapi.json": Answer("this document", {"openapi": str}),
    "/api/me": Answer("who is asking", {"name": str, "role": str, "open": bool, "csrf": str}),
    "/api/rooms": Answer("every room, in a fixed order", {"at": float, "rooms": list[RoomView]}),
    "/api/rooms/{room}": Answer(
        "one room in full; viewers are told no comments", {"at": float, "detail": RoomDetail}
    ),
    "/api/alerts": Answer("open alerts, worst first", {"at": float, "alerts": list[Alert]}),
    "/api/explain": Answer(
        "each term of `rule` in `room` (and of `sku`) as the last tick saw it, and what is missing"
        " for it to fire; `wrong` says why nobody can tell",
        {"at": float, "found": Explanation | None, "wrong": str}, query=("rule", "room", "sku"),
        role="operator",
    ),
    "/api/history": Answer(
        "the latest changes of alerts, newest first; with `text`, those that say it",
        {"changes": list[Change]}, query=("limit", "text"),
    ),
    "/api/health": Answer("sources, ticks, queues, channels", {"degraded": list[str]}),
    "/api/mutes": Answer("mutes in force", {"at": float, "mutes": list[Mute]}),
    "/api/deeds": Answer("what people did", {"deeds": list[Deed]}, query=("limit",)),
    "/api/oncall": Answer(
        "shifts, those that are on first; and how far alerts nobody acknowledged have come",
        {"at": float, "shifts": list[Duty], "escalations": list[Standing]},
    ),
    "/api/dead": Answer(
        "notices that nobody got", {"dead": list[dict[str, Notice | str]]}, query=("limit",)
    ),
    "/api/sessions": Answer(
        "who is logged in", {"at": float, "sessions": list[SessionView]}, role="admin"
    ),
    "/api/replays": Answer(
        "recordings that can be played, and what is being played",
        {"recordings": list[Recording], "open": list[About]},
    ),
}  # fmt: skip
CHANGES = {
    "/api/alerts/ack": Answer(
        "acknowledge an open alert", {"change": Change}, acts.Acknowledge, "operator"
    ),
    "/api/rooms/cue": Answer("the host is in this segment now", {}, acts.Cue, "operator"),
    "/api/rooms/mark": Answer("a note on the time axis", {}, acts.Note, "operator"),
    "/api/mutes": Answer("tell nobody for a while", {"mute": Mute}, acts.Quiet, "operator"),
    "/api/mutes/end": Answer("end a mute", {}, acts.Aloud, "operator"),
    "/api/replays": Answer(
        "play a recording: its pages are those with `?replay=` and the id, and so is /ws",
        {"replay": About},
        doors.Play,
        "operator",
    ),
    "/api/replays/move": Answer("play, pause, go faster, go there", {}, doors.Move, "operator"),
    "/api/replays/close": Answer("end a replay", {}, doors.End, "operator"),
    "/api/login": Answer("a token becomes a session", {"name": str, "csrf": str}, Token),
    "/api/logout": Answer("end the session", {}),
    "/api/sessions/end": Answer("end somebody's session", {}, Revoke, "admin"),
}
REFUSALS = {
    "400": "the request is not what it should be",
    "401": "nobody, or a wrong token",
    "403": "the role, the Origin or X-CSRF is not right, or the token shows less",
    "404": "there is no such thing",
    "409": "as many are open as can be",
    "429": "too many wrong tokens; Retry-After says when",
}


@cache
def document() -> dict[str, Any]:
    """The whole document, ready for JSON."""
    rows = [("get", path, row) for path, row in READS.items()]
    rows += [("post", path, row) for path, row in CHANGES.items()]
    types = [kind for _, _, row in rows for kind in _types(row)]
    schemas, parts = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/{name}"
    )
    shapes = iter(schemas)
    paths: dict[str, Any] = {}
    for method, path, row in rows:
        paths.setdefault(path, {})[method] = _operation(path, row, shapes)
    return {
        "openapi": "3.1.0",
        "info": {"title": "roomwatch", "version": "1"},
        "security": [{"bearer": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": parts,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {
                    "type": "apiKey", "in": "cookie", "name": "sid",
                    "description": "changes need the header X-CSRF, told by /api/me, too",
                },
            },
        },
    }  # fmt: skip


def _types(row: Answer) -> list[Any]:
    return [*row.gives.values(), *([row.takes] if row.takes else [])]


def _operation(path: str, row: Answer, shapes: Any) -> dict[str, Any]:
    fields = {name: next(shapes) for name in row.gives}
    given = {"type": "object", "properties": fields, "required": list(fields)}
    found: dict[str, Any] = {
        "summary": row.says,
        "description": f"Needs the role {row.role}.",
        "responses": {
            "200": {"description": row.says, "content": {"application/json": {"schema": given}}},
            **{status: {"description": why} for status, why in REFUSALS.items()},
        },
    }
    names = [("query", name) for name in row.query]
    if "{room}" in path:
        names.append(("path", "room"))
    if names:
        found["parameters"] = [
            {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}}
            for place, name in names
        ]
    if row.takes:
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": next(shapes)}},
        }
    return found
