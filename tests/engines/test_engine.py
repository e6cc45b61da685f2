"""The contract of an engine."""

from __future__ import annotations

import inspect

from monitor.engines.driving import Driver
from monitor.engines.engine import Engine


def test_every_engine_can_do_what_the_daemon_asks() -> None:
    """By name and by arguments: mypy holds the types where one is handed to the desk."""
    asked = {
        name: function
        for name, function in inspect.getmembers(Engine, inspect.isfunction)
        if not name.startswith("_")
    }

    assert asked
    for name, function in asked.items():
        assert (
            inspect.signature(function).parameters.keys()
            == inspect.signature(getattr(Driver, name)).parameters.keys()
        )
