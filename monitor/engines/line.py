"""The daemon's end of one worker: its process, and the socket between the two.

Nothing here waits for the worker: orders that it has not read stay in a buffer, and facts
on a belt. With `FULL_BYTES` of the one, or no room on the other, it is full. The worker ends
when the socket does, however the daemon ends.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence

from monitor.engines import wire
from monitor.engines.belt import Belt, Place, a_file
from monitor.engines.wire import HEAD, AnyOrder, AnyReply
from monitor.errors import WorkerError

COMMAND = (sys.executable, "-m", "monitor.engines.worker")
FULL_BYTES = 2 * 1024 * 1024  # of orders that are not on their way yet
SOCKET_BYTES = 1024 * 1024  # on their way; the system may allow less
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # a worker is one core's
GOODBYE_S = 2.0
OURS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)  # they are for the daemon alone


class Line(asyncio.Protocol):
    """Orders out, answers in, in their order."""

    def __init__(self, number: int, wake: Callable[[], None]) -> None:
        """`wake` is called when what waits for the socket has become less."""
        self.number = number
        self.prepared: asyncio.Future[None] | None = None
        self._wake = wake
        self._paused = False
        self._belt: Belt | None = None
        self._wanted: deque[asyncio.Future[AnyReply]] = deque()
        self._heard = bytearray()
        self._transport: asyncio.Transport | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._lost: WorkerError | None = None

    async def open(self, command: Sequence[str] = COMMAND) -> None:
        """Start the process: its socket is its stdin, the file of the belt its last argument."""
        file = a_file()
        self._belt = Belt(file)
        ours, theirs = socket.socketpair()
        with theirs:
            for end in (ours, theirs):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BYTES)
            # It is born with these blocked: whoever stops the daemon stops it through us.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, OURS)
            try:
                self._process = subprocess.Popen(  # noqa: ASYNC220, S603  a millisecond, and our own module
                    [*command, str(file)],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    env=os.environ | ONE_THREAD,
                    pass_fds=[file],
                )
            finally:
                os.close(file)
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self, sock=ours)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def full(self) -> bool:
        """Whether so much waits for it that it must be given no facts."""
        return self._paused or (self._belt is not None and self._belt.full)

    def room(self, size: int) -> tuple[Place, memoryview] | None:
        """Where facts can lie that need not go through the socket."""
        return None if self._belt is None else self._belt.room(size)

    def send(self, order: AnyOrder) -> None:
        """Tell it something. Raises WorkerError where nobody is there any more."""
        if self._lost is not None:
            raise self._lost
        assert self._transport is not None, "the line is open"
        self._transport.write(wire.framed(order))

    async def ask(self, order: AnyOrder) -> AnyReply:
        """Tell it something and wait for its answer. Raises WorkerError."""
        self.send(order)
        answer: asyncio.Future[AnyReply] = asyncio.get_running_loop().create_future()
        self._wanted.append(answer)
        return await answer

    async def prepare(self, order: wire.Prepare) -> None:
        """Have it compile something while it does other things. Raises WorkerError."""
        self.send(order)
        self.prepared = asyncio.get_running_loop().create_future()
        await self.prepared

    async def aclose(self) -> None:
        """Say goodbye; it is killed where it does not go."""
        if self._lost is None:
            self._lost = WorkerError("the workers are closed")
        if self._transport is not None:
            self._transport.abort()
        if self._process is None:
            return
        if self._belt is not None:
            self._belt.close()
            self._belt = None
        try:
            await asyncio.to_thread(self._process.wait, GOODBYE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)

    # ── what the loop calls ───────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport), "it is a socket"
        transport.set_write_buffer_limits(high=FULL_BYTES)
        self._transport = transport

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._wake()

    def data_received(self, data: bytes) -> None:
        heard = self._heard
        heard += data
        at = 0
        while len(heard) - at >= HEAD:
            end = at + HEAD + int.from_bytes(heard[at : at + HEAD], "big")
            if len(heard) < end:
                break
            self._take(wire.reply(bytes(heard[at + HEAD : end])))
            at = end
        del heard[:at]

    def _take(self, reply: AnyReply) -> None:
        if isinstance(reply, wire.Prepared):
            if self.prepared is not None and not self.prepared.done():
                self.prepared.set_result(None)
            return
        answer = self._wanted.popleft()
        if not answer.done():  # whoever asked may have gone
            answer.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._lost is None:
            self._lost = WorkerError(f"worker {self.number} (process {self.pid}) has ended")
        for answer in (*self._wanted, *([self.prepared] if self.prepared else ())):
            if not answer.done():
                answer.set_exception(self._lost)
                answer.exception()  # where nobody waits for it nobody has to be told
        self._wanted.clear()
        self._paused = False
        self._wake()
