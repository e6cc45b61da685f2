"""The document says what the doors do, all of it and nothing else."""

from __future__ import annotations

import json
import re
from typing import Any

from aiohttp import web

from monitor.clock import ManualClock
from monitor.console import server
from monitor.console.access import Access
from monitor.console.assets import PAGES
from monitor.console.openapi import CHANGES, document
from monitor.signals.views import RoomView
from tests.console.acted import ActedDesk, house
from tests.console.test_server import browser


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if "$ref" in value else set()
        return own.union(*(references(each) for each in value.values()))
    return set().union(*(references(each) for each in value)) if isinstance(value, list) else set()


def test_every_door_of_the_api_is_in_the_document():
    """
    With its method; pages, files and the WebSocket are no JSON.
    """
    app = web.Application()
    server.mount(app, ActedDesk(ManualClock()), Access(open_mode=True), ManualClock())
    doors = {
        (route.method.lower(), route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.method in ("GET", "POST")
    }

    assert {(method, path) for method, path in doors if path.startswith("/api/")} == {
        (method, path) for path, methods in document()["paths"].items() for method in methods
    }


def test_every_shape_it_refers_to_is_in_it():
    """
    And it is plain JSON.
    """
    text = json.dumps(document())
    shapes = document()["components"]["schemas"]

    assert {ref.rsplit("/", 1)[1] for ref in references(json.loads(text))} <= set(shapes)
    assert {"RoomView", "Alert", "Cue", "Deed"} <= set(shapes)


async def test_the_answers_have_the_fields_it_tells():
    """
    Asked of the real doors.
    """
    async with house(RoomView(room="a")) as it, browser(it, "admin") as session:
        for path, methods in document()["paths"].items():
            if "get" not in methods:
                continue
            async with session.get(path.replace("{room}", "a")) as answer:
                given = await answer.json()
            shape = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]

            assert 200 == answer.status, path
            assert set(shape["required"]) <= set(given), path


def test_what_changes_something_names_its_role_and_its_body():
    """
    Only logging in and out is for everybody.
    """
    for path, row in CHANGES.items():
        operation = document()["paths"][path]["post"]

        assert f"Needs the role {row.role}." == operation["description"]
        assert (row.takes is not None) == ("requestBody" in operation)
    assert {"/api/login", "/api/logout"} == {
        path for path, row in CHANGES.items() if row.role == "viewer"
    }


def test_everything_the_pages_call_is_in_the_document():
    """
    Each with its method: what changes something goes through `change`, which is a POST.
    """
    called = set()
    for script in PAGES.glob("*.js"):
        text = script.read_text(encoding="utf-8")
        for found in re.finditer(r"(change|fetch|get)\([\"'`](/api/[a-z./]+)", text):
            by, path = found.groups()
            posts = by == "change" or 'method: "POST"' in text[found.end() : found.end() + 40]
            called.add(("post" if posts else "get", path.rstrip("/")))

    assert ("post", "/api/alerts/ack") in called
    assert ("get", "/api/history") in called
    assert set() == called - {
        (method, path) for path, methods in document()["paths"].items() for method in methods
    }
