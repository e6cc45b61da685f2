"""The JSON Schema of both wire forms, made from the very Structs that read them.

`roomwatch schema` writes it. A producer may check against it with any validator
of JSON Schema 2020-12; what it can not say (a room's name must be printable, no
key twice, no two lines in one) is in the description.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import NODEFAULT

from monitor.events import KINDS, Event, Fact
from monitor.formats.cloudevents import CloudEvent, wire_type

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DESCRIPTION = (
    "What may be sent to roomwatch: one fact, an array of facts, or JSON Lines; each in the flat"
    " native form or as a CloudEvent. Unknown fields are ignored, unknown types counted. A room's"
    " name is printable (no control, bidi or zero-width characters); no object has a key twice."
)

# One value that fits, for each type of field, in the order they are tried.
_INSTANT = 1_795_370_000.25
_TIME = "2026-11-22T17:53:20.25Z"


def document() -> dict[str, Any]:
    """A JSON Schema document: `native` and `cloudevent` under $defs, either accepted at the top."""
    (native, cloudevent), definitions = msgspec.json.schema_components(
        (Event, CloudEvent), ref_template="#/$defs/{name}"
    )
    one = {"anyOf": [{"$ref": "#/$defs/native"}, {"$ref": "#/$defs/cloudevent"}]}
    return {
        "$schema": DIALECT,
        "title": "roomwatch events",
        "description": DESCRIPTION,
        "anyOf": [one, {"type": "array", "items": one}],
        "$defs": {
            "native": {
                **native,
                "description": "The flat form.",
                "examples": [native_example(kind) for kind in KINDS.values()],
            },
            "cloudevent": {
                **cloudevent,
                "description": "CloudEvents 1.0, JSON.",
                "examples": [cloudevent_example(kind) for kind in KINDS.values()],
            },
            **definitions,
        },
    }


def native_example(kind: type[Fact]) -> dict[str, Any]:
    """A fact of this kind with its required fields, and an id."""
    return {
        "type": kind.__struct_config__.tag,
        "room": "dy-8801",
        "id": "7412",
        "at": _INSTANT,
        **_own(kind),
    }


def cloudevent_example(kind: type[Fact]) -> dict[str, Any]:
    """The same fact as a CloudEvent."""
    return {
        "specversion": "1.0",
        "type": wire_type(kind),
        "source": "/douyin/anchor-1",
        "subject": "dy-8801",
        "id": "7412",
        "time": _TIME,
        "data": _own(kind),
    }


def _own(kind: type[Fact]) -> dict[str, Any]:
    common = {info.name for info in msgspec.structs.fields(Fact)}
    return {
        info.encode_name: _value(info.name, msgspec.inspect.type_info(info.type))
        for info in msgspec.structs.fields(kind)
        if info.name not in common and info.default is NODEFAULT
    }


def _value(name: str, kind: msgspec.inspect.Type) -> Any:
    if isinstance(kind, msgspec.inspect.Metadata):
        kind = kind.type
    if isinstance(kind, msgspec.inspect.LiteralType):
        return kind.values[0]
    if isinstance(kind, msgspec.inspect.BoolType):
        return True
    if isinstance(kind, msgspec.inspect.IntType):
        return 9_900 if name in ("amount_minor", "price") else 3
    return "几号链接" if name == "text" else f"{name}-1"
