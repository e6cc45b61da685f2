"""
The JSON Schema says what the code reads: every fact, every field, every bound.
"""

import json
from typing import Any

import msgspec
import pytest

from monitor.events import KINDS, Fact
from monitor.formats.cloudevents import ENVELOPES, own_fields, wire_type
from monitor.formats.decoder import Decoder
from monitor.formats.schema import cloudevent_example, document, native_example
from monitor.frames import Frame

DOCUMENT = document()
NOW = 1_795_370_000.0


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = DOCUMENT["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """As much of JSON Schema as our document uses."""
    schema = resolve(schema)
    if "anyOf" in schema:
        return any(fits(value, one) for one in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    kind = schema.get("type")
    if kind == "object":
        return (
            isinstance(value, dict)
            and set(schema.get("required", ())) <= set(value)
            and all(
                fits(value[name], one)
                for name, one in schema["properties"].items()
                if name in value
            )
        )
    if kind == "array":
        return isinstance(value, list) and all(fits(one, schema["items"]) for one in value)
    if kind == "string":
        return isinstance(value, str) and (
            schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**9)
        )
    if kind in ("integer", "number"):
        right = int if kind == "integer" else (int, float)
        return (
            isinstance(value, right)
            and not isinstance(value, bool)
            and schema.get("minimum", -(10**18)) <= value <= schema.get("maximum", 10**18)
        )
    return {"boolean": isinstance(value, bool), "null": value is None}[str(kind)]


def accepted(message: dict[str, Any]) -> bool:
    decoder = Decoder(source="s", format="cloudevents" if "specversion" in message else "native")
    return bool(decoder.receive([Frame(data=msgspec.json.encode(message), received_at=NOW)], NOW))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_fact_and_every_field_is_in_it(kind: type[Fact]) -> None:
    """
    In both wire forms, with whether it has to be there.
    """
    definitions = DOCUMENT["$defs"]
    flat, event = definitions[kind.__name__], definitions[ENVELOPES[kind].__name__]
    data = (
        resolve(event["properties"]["data"])
        if "$ref" in event["properties"]["data"]
        else (definitions[f"{kind.__name__}Data"])
    )

    assert {"type", *kind.__struct_fields__} == set(flat["properties"])
    assert [kind.__struct_config__.tag] == flat["properties"]["type"]["enum"]
    assert [wire_type(kind)] == event["properties"]["type"]["enum"]
    assert {info.name for info in own_fields(kind)} == set(data["properties"])
    assert {info.name for info in own_fields(kind) if info.required} == set(
        data.get("required", ())
    )
    assert {"type", *(i.name for i in msgspec.structs.fields(kind) if i.required)} == set(
        flat["required"]
    )


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_fits_the_schema_is_accepted_and_what_does_not_is_not(kind: type[Fact]) -> None:
    """
    The example of each, and the example with each of its fields left out or spoilt.
    """
    for example in (native_example(kind), cloudevent_example(kind)):
        assert fits(example, DOCUMENT)
        assert accepted(example)
        for name in example:
            for bad in ({}, {name: ["spoilt"]}):
                message = {k: v for k, v in example.items() if k != name} | bad
                if name == "subject" and not bad:
                    continue  # the schema can not know whether a room is configured
                assert fits(message, DOCUMENT) is accepted(message), (name, bad)


def test_it_takes_one_or_many_and_can_be_written_down() -> None:
    """
    Plain JSON, of a known dialect.
    """
    text = json.dumps(DOCUMENT)

    assert DOCUMENT == json.loads(text)
    assert fits([native_example(kind) for kind in KINDS.values()], DOCUMENT)
    assert not fits([{"type": "hologram"}], DOCUMENT)
    assert DOCUMENT["$schema"].endswith("2020-12/schema")
