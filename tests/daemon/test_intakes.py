"""The sources of a running daemon."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from monitor.clock import ManualClock
from monitor.config.files import MainFile
from monitor.daemon.intakes import Intakes
from monitor.errors import ConfigError
from monitor.intake import InboxLimits, Intake
from tests.services import until


class Board:
    """Stands where an engine stands: intakes are shown to it."""

    def __init__(self) -> None:
        self.intakes: list[Intake] = []
        self.woken = 0

    def wake(self) -> None:
        self.woken += 1


@pytest.fixture
async def intakes():
    made = Intakes(Board(), ManualClock(), InboxLimits(), open_doors=True)
    yield made
    await made.stop()


def sources(*tables: dict[str, object]):
    return msgspec.convert({"sources": tables}, MainFile).sources


def recording(folder: Path, name: str, *lines: str, **more: object) -> dict[str, object]:
    path = folder / f"{name}.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {"kind": "file", "name": name, "format": "native", "path": str(path), **more}


COMMENT = '{"type":"comment","room":"%s","at":1795370000,"user":"u","text":"x"}'


async def test_what_stays_the_same_is_left_alone(intakes: Intakes) -> None:
    """A reload costs no connection."""
    door = {"kind": "websocket_server", "name": "a", "format": "native"}
    push = {"kind": "webhook", "name": "b", "format": "native"}
    await intakes.replace(sources(door, push))
    before = {intake.name: intake for intake in intakes._engine.intakes}
    await intakes.replace(sources({**push, "format": "cloudevents"}, door))
    after = {intake.name: intake for intake in intakes._engine.intakes}

    assert before["a"] is after["a"]
    assert before["b"] is not after["b"]
    assert {"a", "b"} == {leaf.name for leaf in intakes.doors._leaves}


async def test_one_that_can_not_be_built_leaves_all_as_they_are(intakes: Intakes) -> None:
    """Also those that could have been started."""
    await intakes.replace(sources({"kind": "webhook", "name": "b", "format": "native"}))
    before = list(intakes._engine.intakes)
    with pytest.raises(ConfigError):
        await intakes.replace(
            sources(
                {"kind": "websocket_server", "name": "a", "format": "native"},
                {"kind": "webhook", "name": "b", "format": "native", "token_file": "/nowhere"},
            )
        )

    assert before == intakes._engine.intakes


async def test_what_a_source_brought_is_applied_though_it_is_gone(
    intakes: Intakes, tmp_path: Path
) -> None:
    """Unless its other side sends it again; it leaves once nothing of it waits."""
    await intakes.replace(sources(recording(tmp_path, "old", COMMENT % "r")))
    (intake,) = intakes._engine.intakes
    await until(lambda: intake.waiting[0])
    await intakes.replace(sources(recording(tmp_path, "new", COMMENT % "r")))
    names = [each.name for each in intakes._engine.intakes]
    batches = intake.receive(1_795_370_000.0)
    await intakes.replace(())

    assert ["old", "new"] == names
    assert ["r"] == [event.room for batch in batches for event in batch.events]
    assert "old" not in [each.name for each in intakes._engine.intakes]


async def test_a_source_speaks_only_of_its_rooms(intakes: Intakes, tmp_path: Path) -> None:
    """As its settings say; the rest is counted, and one of each reason is logged."""
    lines = [COMMENT % room for room in ("mine", "yours", "theirs")] + ["nonsense"]
    await intakes.replace(sources(recording(tmp_path, "a", *lines, rooms=["mine"])))
    (intake,) = intakes._engine.intakes
    await until(lambda: intake.waiting[0])
    batches = intake.receive(1_795_370_000.0)
    with capture_logs() as logged:
        intakes.log_samples()
        intakes.log_samples()

    assert ["mine"] == [event.room for batch in batches for event in batch.events]
    assert [("room not allowed", 2)] == [
        (line["reason"], line["count"]) for line in logged if line["reason"] == "room not allowed"
    ]
    assert 2 == len(logged)


async def test_stopping_ends_every_task(intakes: Intakes) -> None:
    """And may be asked twice."""
    await intakes.replace(sources({"kind": "webhook", "name": "b", "format": "native"}))
    await asyncio.sleep(0)
    await intakes.stop()
    await intakes.stop()

    assert [] == [task for task in asyncio.all_tasks() if task.get_name().startswith("source")]
