"""The contract of what an engine drives."""

from __future__ import annotations

import inspect

import pytest

from monitor.engines.crew import Crew
from monitor.engines.embedded import Embedded
from monitor.engines.host import Host


@pytest.mark.parametrize("host", [Embedded, Crew])
def test_every_host_can_do_what_an_engine_asks(host: type) -> None:
    """By name and by arguments: mypy holds the types where the daemon makes them."""
    asked = {
        name: function
        for name, function in inspect.getmembers(Host, inspect.isfunction)
        if not name.startswith("_")
    }

    assert asked
    for name, function in asked.items():
        assert (
            inspect.signature(function).parameters.keys()
            == inspect.signature(getattr(host, name)).parameters.keys()
        )
