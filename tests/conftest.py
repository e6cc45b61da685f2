"""What holds for every test: nothing outlives it, and nothing leaves this machine."""

from __future__ import annotations

import asyncio
import inspect
import ipaddress
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from hypothesis import settings

# how long an example takes says more of who else is busy here; a hang meets pytest's own timeout
settings.register_profile("house", deadline=None)
settings.load_profile("house")

POOLS = ("asyncio_", "ThreadPoolExecutor", "execnet", "pytest")  # they end with their loop
PATIENCE_S = 2.0

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


def _stay_here(address: Any) -> None:
    """Raises for an address that is not this machine's."""
    if isinstance(address, tuple):
        host = str(address[0]).partition("%")[0]
        local = host in ("localhost", "") or ipaddress.ip_address(host).is_loopback
        assert local, f"a test wants to talk to {host}: only this machine is there for tests"


class _HomeSocket(socket.socket):
    """Connects to this machine only."""

    def connect(self, address: Any) -> None:
        _stay_here(address)
        _connect(self, address)

    def connect_ex(self, address: Any) -> int:
        _stay_here(address)
        return _connect_ex(self, address)


def pytest_configure() -> None:
    socket.socket.connect = _HomeSocket.connect  # type: ignore[method-assign]
    socket.socket.connect_ex = _HomeSocket.connect_ex  # type: ignore[method-assign]


@pytest.fixture
async def no_task_outlives_its_test() -> AsyncIterator[None]:
    """A task that is still running was forgotten: nobody would hear of its error."""
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    if left:  # a cancelled one may need a moment to end
        await asyncio.wait(left, timeout=PATIENCE_S)
    left = {task for task in left if not task.done()}
    assert not left, f"these tasks outlived their test: {left}"


@pytest.fixture(autouse=True)
def _tasks(request: pytest.FixtureRequest) -> None:
    """Only a test that has a loop has tasks."""
    if inspect.iscoroutinefunction(getattr(request, "function", None)):
        request.getfixturevalue("no_task_outlives_its_test")


@pytest.fixture(autouse=True)
def no_thread_outlives_its_test() -> Iterator[None]:
    """A thread that is still running was not closed."""
    before = set(threading.enumerate())
    yield
    left = [
        thread
        for thread in threading.enumerate()
        if thread not in before and not thread.name.startswith(POOLS)
    ]
    for thread in left:
        thread.join(PATIENCE_S)
    left = [thread for thread in left if thread.is_alive()]
    assert not left, f"these threads outlived their test: {left}"
