"""The other side of a transport."""

import asyncio

import pytest

from monitor.bench import transports


def test_a_service_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr(transports.shutil, "which", lambda name, path=None: None)

    with pytest.raises(FileNotFoundError, match="apt-get install mosquitto"):
        transports.program("mosquitto")


@pytest.mark.services
@pytest.mark.parametrize("kind", ["mqtt", "redis_stream"])
async def test_a_service_takes_connections_while_it_is_wanted(kind, tmp_path):
    port = transports.free_port()

    async with transports.broker(kind, tmp_path, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        await writer.wait_closed()

    with pytest.raises(OSError):  # noqa: PT011  whichever way it is not there
        await asyncio.open_connection("127.0.0.1", port)
