"""A recording of our own making, and rules that have something to say about it."""

from __future__ import annotations

import gzip
from pathlib import Path

from monitor.console.replays.deck import Kitchen
from monitor.console.replays.player import Recipe
from monitor.events import Comment, Event, Session, Viewers
from monitor.formats.recorded import line_of
from monitor.frames import Batch
from monitor.signals.rooms import Profile
from monitor.signals.tables import Settings

START = 1_795_370_000.0
LOUD = """
rules:
  - {id: loud, kind: threshold, when: comments_10s >= 3, for: 1s, severity: warning,
     summary: "评论很多"}
"""


def evening(room: str = "a", minutes: int = 10) -> list[Batch]:
    """A quiet room that is loud for a moment in its third minute."""
    found = [Batch(source="tools", received_at=START,
                   events=[Session(room=room, at=START, phase="start", session="s1")])]  # fmt: skip
    for second in range(1, 60 * minutes):
        at = START + second
        events: list[Event] = [Viewers(room=room, at=at, online=1000 + second)]
        if second % 20 == 0 or 120 <= second < 125:
            events.append(Comment(room=room, at=at, user=f"u{second}", text=f"第 {second} 秒"))
        found.append(Batch(source="tools", received_at=at, events=events))
    return found


def write(folder: Path, name: str, batches: list[Batch]) -> Path:
    """A recording in a folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = b"".join(map(line_of, batches))
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def kitchen(folder: Path) -> Kitchen:
    """With the rule above."""
    rules = folder / "rules"
    rules.mkdir(exist_ok=True)
    (rules / "loud.yaml").write_text(LOUD, encoding="utf-8")
    recordings = folder / "recordings"
    recordings.mkdir(exist_ok=True)
    return Kitchen(
        folders=(recordings,),
        rules=rules,
        profiles=[Profile(room="a", name="阿蕊的房间")],
        core=Settings(mood=False),
    )


def recipe(folder: Path, path: Path) -> Recipe:
    found = kitchen(folder)
    return Recipe(
        path=str(path), rules=str(found.rules), profiles=list(found.profiles), core=found.core
    )
