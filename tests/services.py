"""Starts real mosquitto and redis-server children on free ports, and kills and restarts them.

A missing binary fails the test with what to install: a skipped broker test would
look like a working broker.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PACKAGES = {
    "mosquitto": "mosquitto",
    "mosquitto_passwd": "mosquitto",
    "redis-server": "redis-server",
    "openssl": "openssl",
}


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def binary(name: str) -> str:
    """Where the program is; fails with what to install. Debian keeps servers in /usr/sbin."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.fail(f"{name} is not installed — run: apt-get install {PACKAGES[name]}")
    return found


async def until(condition: Callable[[], object], timeout_s: float = 30.0) -> None:
    """Wait for something outside to become true; fails when it does not.

    So long only where it never does: a busy machine is slow, and no less right.
    """
    try:
        async with asyncio.timeout(timeout_s):
            while not condition():  # noqa: ASYNC110  # it becomes true outside this process
                await asyncio.sleep(0.01)
    except TimeoutError:
        pytest.fail(f"not within {timeout_s} s")


class Service:
    """A child process that listens on a port of 127.0.0.1; it can be killed and come back."""

    def __init__(self, command: list[str], port: int, folder: Path) -> None:
        self.port = port
        self.folder = folder
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it and wait until it takes connections."""
        assert self._process is None, "it runs already"
        self._process = subprocess.Popen(  # noqa: ASYNC220  # forking takes a millisecond
            self._command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        await until(self._answers)

    def stop(self) -> None:
        """SIGTERM: it may write its state down."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL: it may not."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """It keeps its connections and answers nothing."""
        assert self._process is not None, "it runs"
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None, "it runs"
        self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        assert self._process is not None, "it was started"
        assert self._process.poll() is None, f"{self._command[0]} ended at once"
        with socket.socket() as probe:
            probe.settimeout(0.2)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _end(self, number: int) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGCONT)
            process.send_signal(number)
            process.wait(10)


@contextmanager
def mosquitto(folder: Path, *lines: str, user: tuple[str, str] | None = None) -> Iterator[Service]:
    """A broker that is not started yet, with a persistent store in `folder`.

    `lines` are added to its configuration; with `user` (name, password) nobody else
    is let in.
    """
    program = binary("mosquitto")
    port = free_port()
    access = ["allow_anonymous true"]
    if user is not None:
        passwords = folder / "passwords"
        passwords.touch(mode=0o600)
        subprocess.run(
            [binary("mosquitto_passwd"), "-b", str(passwords), *user],
            check=True,
            capture_output=True,
        )
        access = ["allow_anonymous false", f"password_file {passwords}"]
    settings = [
        f"listener {port} 127.0.0.1",
        "user root",  # only where root starts it: it would give up reading its files otherwise
        "persistence true",
        f"persistence_location {folder}/",
        "autosave_interval 1",
        "max_queued_messages 0",
        *access,
        *lines,
    ]
    configuration = folder / "mosquitto.conf"
    configuration.write_text("\n".join(settings) + "\n")
    service = Service([program, "-c", str(configuration)], port, folder)
    try:
        yield service
    finally:
        service.kill()


@contextmanager
def redis_server(folder: Path, *options: str) -> Iterator[Service]:
    """A Redis that is not started yet, with an append-only file in `folder`."""
    port = free_port()
    command = [binary("redis-server"), "--bind", "127.0.0.1", "--port", str(port)]
    command += ["--dir", str(folder), "--save", "", "--appendonly", "yes"]
    command += ["--appendfsync", "always", *options]
    service = Service(command, port, folder)
    try:
        yield service
    finally:
        service.kill()


def certificate(folder: Path, name: str, address: str = "127.0.0.1") -> tuple[Path, Path]:
    """A self-signed certificate for an IP address, and its key; it is its own authority."""
    folder.mkdir(exist_ok=True)
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    command = [binary("openssl"), "req", "-x509", "-newkey", "ec"]
    command += ["-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command += ["-subj", f"/CN={name}", "-addext", f"subjectAltName=IP:{address}"]
    command += ["-out", str(paths[0]), "-keyout", str(paths[1])]
    subprocess.run(command, check=True, capture_output=True)
    return paths
