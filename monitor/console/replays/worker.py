"""The process that plays one recording for the pages, so that the daemon's loop never waits for it.

    stdin    a Recipe, then commands, a line of JSON each; when it ends, so does the process
    stdout   what the pages show, a line of JSON each: twice a second while it plays, and
             at once after a command

python -m monitor.console.replays.worker
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from queue import Empty, Queue

import msgspec
from msgspec import Struct

from monitor.alerts.alert import WORST_FIRST, Alert, Change
from monitor.clock import steady
from monitor.console.replays.player import Player, Recipe, Survey
from monitor.errors import MonitorError
from monitor.signals.detail import RoomDetail
from monitor.signals.views import RoomView

TURN_S = 0.5  # how often is told what is shown
SLICE_S = 0.1  # how long is played before commands are looked for
JUMP_S = 2.0  # ahead of the time it should be: a silence was skipped
FASTEST = 120.0
COMMANDS = 100  # that wait at most; whoever sends more is not listened to until some are done


class Command(Struct, frozen=True, omit_defaults=True):
    """What is left out stays as it is. `at` is an instant of the recording's own time."""

    play: bool | None = None
    speed: float | None = None
    at: float | None = None
    watch: list[str] | None = None  # the rooms whose pages are open


class Shown(Struct, omit_defaults=True):
    """What a recording's pages show now. `anew`: forget what was shown before.

    `busy` is the share that is done of the way to where somebody wants to be.
    """

    now: float = 0.0
    playing: bool = False
    speed: float = 1.0
    busy: float | None = None
    anew: bool = False
    survey: Survey | None = None  # told once
    failed: str = ""
    rooms: list[RoomView] = []
    alerts: list[Alert] = []
    changes: list[Change] = []
    details: dict[str, RoomDetail] = {}


class Work:
    """Moves a player on, as it is told to, and tells what is shown."""

    def __init__(self, player: Player, tell: Callable[[Shown], None]) -> None:
        self._player = player
        self._tell = tell
        self._playing = True
        self._speed = 1.0
        self._head = player.now  # where we should be
        self._goal: tuple[float, float] | None = None  # from where to where we jump
        self._watch: list[str] = []
        self._changes: list[Change] = []
        self._anew = True
        self._told_at = float("-inf")

    def run(self, commands: Queue[Command | None], now: Callable[[], float] = steady) -> None:
        """Until None is told."""
        self._show(now(), self._player.survey)
        before = now()
        while True:
            try:
                command = commands.get(self._goal is None, 0.02 if self.moving else None)
                if command is None:
                    return
                self.obey(command)
                self._show(now())
                before = now()
            except Empty:
                at = now()
                self.move(at - before, now)
                before = at

    @property
    def moving(self) -> bool:
        """Whether time passes."""
        return self._goal is not None or (self._playing and not self._player.ended)

    def obey(self, command: Command) -> None:
        if command.watch is not None:
            self._watch = command.watch
        if command.speed is not None:
            self._speed = min(FASTEST, max(0.1, command.speed))
        if command.play is not None:
            self._playing = command.play
        if command.at is not None:
            survey = self._player.survey
            at = min(survey.end, max(survey.start, command.at))
            if at < self._player.now:
                self._player.restart()
            self._goal = (self._player.now, at)
            self._anew = True
            self._changes.clear()

    def move(self, elapsed_s: float, now: Callable[[], float] = steady) -> None:
        """So much time has passed."""
        if not self.moving:
            return
        player, began = self._player, now()

        def enough() -> bool:
            return now() - began > SLICE_S

        if self._goal is not None:
            player.go(self._goal[1], enough)
            if player.now >= self._goal[1] or player.ended:
                self._head, self._goal = player.now, None
                self._show(now())
        else:
            self._head += elapsed_s * self._speed
            self._changes += player.go(self._head, enough)
            late = player.now < self._head and not player.ended
            if late or player.now > self._head + JUMP_S:
                self._head = player.now
            if player.ended:
                self._playing = False
                self._show(now())
        if now() - self._told_at >= TURN_S:
            self._show(now())

    def _show(self, at: float, survey: Survey | None = None) -> None:
        player, shard = self._player, self._player.shard
        shown = Shown(
            now=player.now,
            playing=self._playing,
            speed=self._speed,
            survey=survey,
        )
        if self._goal is not None:
            start, goal = self._goal
            shown.busy = min(1.0, (player.now - start) / max(goal - start, 1e-9))
        else:
            shown.anew, self._anew = self._anew, False
            shown.changes = list(player.past) if shown.anew else self._changes
            self._changes = []
            shown.rooms = shard.rooms(player.now)
            shown.alerts = sorted(
                (alert for alert in shard.alerts() if alert.state != "pending"),
                key=lambda alert: (WORST_FIRST.index(alert.severity), alert.fired_at or 0.0),
            )
            for room in self._watch:
                detail = shard.detail(room, player.now)
                if detail is not None:
                    shown.details[room] = detail
        self._told_at = at
        self._tell(shown)


def listen(given: Iterable[bytes], commands: Queue[Command | None]) -> None:
    """Put every command into the queue, and None at the end."""
    decode = msgspec.json.Decoder(Command).decode
    for line in given:
        commands.put(decode(line))
    commands.put(None)


def main() -> None:
    """Play what the first line names, until nobody listens any more."""
    encode = msgspec.json.Encoder().encode

    def tell(shown: Shown) -> None:
        sys.stdout.buffer.write(encode(shown) + b"\n")
        sys.stdout.buffer.flush()

    with suppress(OSError):  # a sandbox may forbid it
        os.nice(5)  # live rooms go first
    given = sys.stdin.buffer
    recipe = Recipe.read(given.readline())
    commands: Queue[Command | None] = Queue(maxsize=COMMANDS)
    threading.Thread(target=listen, args=(given, commands), daemon=True).start()
    with suppress(BrokenPipeError):
        try:
            player = Player(recipe)
        except (MonitorError, OSError) as error:
            tell(Shown(failed=str(error)))
            return
        Work(player, tell).run(commands)


if __name__ == "__main__":
    main()
