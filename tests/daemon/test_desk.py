"""What the pages are told of a running daemon."""

from __future__ import annotations

from pathlib import Path

import msgspec

from monitor.alerts.mutes import Mute
from monitor.clock import ManualClock
from tests.daemon.ground import BUSY, Ground, Running, running
from tests.receiver import Reply, receiving
from tests.services import free_port, until

TWO = BUSY.replace("critical", "warning") + BUSY.replace("rules:\n", "").replace(
    "id: busy", "id: full"
).replace(">= 3", ">= 4")


async def test_the_worst_alert_comes_first_and_pending_ones_do_not_show(tmp_path: Path) -> None:
    """Of the same severity, the one that fired first."""
    ground = Ground(tmp_path)
    ground.write(rules=TWO + "    for: 5s\n")
    async with running(ground) as stage:
        await stage.post(*[stage.comment() for _ in range(4)])
        await stage.move(0.25)
        early = (await stage.get("/api/alerts"))["alerts"]
        await stage.move(5)
        late = (await stage.get("/api/alerts"))["alerts"]

    assert ["busy|r"] == [alert["key"] for alert in early]
    assert ["full|r", "busy|r"] == [alert["key"] for alert in late]


async def test_why_nobody_is_told_is_shown_with_the_alert(tmp_path: Path) -> None:
    """And kept over a restart."""
    ground = Ground(tmp_path)
    mute = '[[mutes]]\nname = "rehearsal"\nreason = "彩排"\nrooms = ["*"]\nrules = ["*"]\n'
    ground.write(channels=mute)
    async with running(ground) as stage:
        await stage.post(*[stage.comment() for _ in range(3)])
        await stage.move(0.5)
        before = (await stage.get("/api/alerts"))["alerts"]
    async with running(ground) as stage:
        after = (await stage.get("/api/alerts"))["alerts"]

    assert [["muted: 彩排"], ["muted: 彩排"]] == [
        [alert["quiet"] for alert in alerts] for alerts in (before, after)
    ]


async def test_what_is_not_as_it_should_be_is_said_in_words(tmp_path: Path) -> None:
    """A broker that is away, a channel that is down."""
    ground = Ground(tmp_path)
    async with receiving() as receiver:
        receiver.always = Reply(status=500)
        ground.write(
            sources='[[sources]]\nkind = "redis_stream"\nname = "stream"\nformat = "native"\n'
            f'url = "redis://127.0.0.1:{free_port()}/0"\nstream = "live"\n'
            '[[sources]]\nkind = "webhook"\nname = "push"\nformat = "native"\n',
            channels='default = ["hook"]\n[[channels]]\nkind = "webhook"\nname = "hook"\n'
            f'url = "{receiver.url}"\nallow_hosts = ["127.0.0.1"]\n',
        )
        async with running(ground) as stage:
            delivery = stage.daemon.delivery
            await stage.post(*[stage.comment() for _ in range(3)])
            while delivery.stats()["hook"].breaker == "closed":
                await stage.move(0.25)
            await until(lambda: len(stage.daemon.health.degraded()) == 2)
            ready = await stage.get("/readyz")
            health = await stage.get("/api/health")

    assert ready["ready"]
    assert ["source stream: degraded", "channel hook: "] == [
        words[: len(start)]
        for words, start in zip(
            ready["degraded"], ("source stream: degraded", "channel hook: "), strict=True
        )
    ]
    assert ready["degraded"] == health["degraded"]
    assert {"stream", "push"} == set(health["sources"])
    assert {"rejected", "unknown", "waiting_frames", "waiting_bytes", "crashes", "state"} <= set(
        health["sources"]["push"]
    )
    assert msgspec.json.encode(health)


async def test_the_first_who_acknowledges_has_it(tmp_path: Path) -> None:
    """The second is told who it was; the log of changes has it once."""
    async with running(Ground(tmp_path)) as stage:
        await stage.post(*[stage.comment() for _ in range(3)])
        await stage.move(0.25)
        desk = stage.daemon.pages.feed._desk
        first = await desk.acknowledge("busy|r", 1, "李敏")
        second = await desk.acknowledge("busy|r", 1, "王强")
        stale = await desk.acknowledge("busy|r", 2, "王强")
        history = [change.change for change in await desk.history(10)]

    assert ["李敏", "李敏", None] == [change and change.by for change in (first, second, stale)]
    assert ["acked", "fired"] == [change for change in history if change != "pending"]
    assert ["busy|r fired", "busy|r acked"] == stage.changes


async def test_what_people_do_is_done_and_on_record(tmp_path: Path) -> None:
    """Newest first, with who did it; a cue is a fact like any other."""
    async with running(Ground(tmp_path)) as stage:
        await stage.post(*[stage.comment() for _ in range(3)])
        await stage.move(0.25)
        desk = stage.daemon.pages.feed._desk
        desk.cue("r", "hook", "李敏")
        desk.mark("r", "换主播", "李敏")
        mute = desk.mute(
            Mute(name="", rooms=("r",), rules=("busy",), reason="彩排", by="王强"), 60.0
        )
        unmuted = [desk.unmute(mute.name, "王强"), desk.unmute(mute.name, "王强")]
        await desk.acknowledge("busy|r", 1, "李敏")
        await stage.move(0.25)
        deeds = await desk.deeds(10)
        detail = desk.detail("r")
        unknown = desk.detail("x")
        said = await desk.history(10, "busy")
        silent = await desk.history(10, "nothing of the kind")

    assert [True, False] == unmuted
    assert [
        ("李敏", "acked", "busy|r"),
        ("王强", "unmuted", "busy in r"),
        ("王强", "muted", "busy: 彩排"),
        ("李敏", "marked", "换主播"),
        ("李敏", "cued", "hook"),
    ] == [(deed.by, deed.did, deed.about) for deed in deeds]
    assert detail is not None
    assert unknown is None
    assert said
    assert [] == silent
    assert 5 == stage.daemon.engine.figures()["events"]


async def change(stage: Running, path: str, **body: object) -> dict[str, object]:
    """What the console's door answers."""
    async with stage.session.post(stage.daemon.url + path, json=body) as answer:
        return {"status": answer.status, **await answer.json()}


async def test_a_cue_and_a_note_go_the_way_of_every_fact_and_are_on_record(tmp_path: Path) -> None:
    """From the source `console`, with the name of who told it."""
    async with running(Ground(tmp_path)) as stage:
        await stage.post(stage.comment())
        await stage.move(0.5)
        cued = await change(stage, "/api/rooms/cue", room="r", segment="hook")
        marked = await change(stage, "/api/rooms/mark", room="r", text="换场景")
        await stage.move(1)
        [room] = (await stage.get("/api/rooms"))["rooms"]
        detail = (await stage.get("/api/rooms/r"))["detail"]
        await until(lambda: stage.daemon._store.counts()["waiting"] == 0)
        deeds = (await stage.get("/api/deeds"))["deeds"]

    assert (200, 200) == (cued["status"], marked["status"])
    assert ("hook", 1) == (room["segment"], room["cycle"])
    assert [("segment", "hook", ""), ("mark", "换场景", "local")] == [
        (each["what"], each["about"], each["by"]) for each in detail["moments"]
    ]
    assert ["好"] == [said["text"] for said in detail["comments"]]
    assert [("local", "marked", "换场景"), ("local", "cued", "hook")] == [
        (deed["by"], deed["did"], deed["about"]) for deed in deeds
    ]


async def test_a_mute_by_hand_ends_by_itself_and_survives_reload_and_restart(
    tmp_path: Path,
) -> None:
    """Nobody is told while it lasts, and the alert says why."""
    ground, clock = Ground(tmp_path), ManualClock()
    async with running(ground, clock) as stage:
        await stage.post(*[stage.comment() for _ in range(3)])
        await stage.move(0.5)
        mute = {"room": "r", "rule": "busy", "seconds": 600.0, "reason": "彩排"}
        await change(stage, "/api/mutes", **mute)
        loud = (await stage.get("/api/alerts"))["alerts"]
        assert await stage.daemon.reload(ground.load)
        reloaded = (await stage.get("/api/mutes"))["mutes"]
        await until(lambda: stage.daemon._store.counts()["waiting"] == 0)
    async with running(ground, clock) as stage:
        restarted = (await stage.get("/api/mutes"))["mutes"]
        await change(stage, "/api/mutes/end", name=restarted[0]["name"])
        ended = (await stage.get("/api/mutes"))["mutes"]

    assert ["muted: 彩排 (local)"] == [alert["quiet"] for alert in loud]
    assert [("彩排", "local")] == [(each["reason"], each["by"]) for each in reloaded]
    assert reloaded == restarted
    assert [] == ended


async def test_a_room_that_is_not_live_says_when_it_will_be(tmp_path: Path) -> None:
    """As the timetable has it; one that is live says nothing of that."""
    ground = Ground(tmp_path)
    rooms = "".join(f'[[rooms]]\nroom = "{name}"\n' for name in "ab")
    plan = '[[timetable]]\nroom = "{}"\nstart = "20:00"\nend = "23:00"\n'
    ground.write(more=rooms + plan.format("a") + plan.format("b"))
    async with running(ground) as stage:
        now = stage.clock.now()
        await stage.post(
            {"type": "session", "room": "a", "phase": "end", "at": now},
            {"type": "session", "room": "b", "phase": "start", "at": now},
        )
        await stage.move(0.25)
        views = {view["room"]: view for view in (await stage.get("/api/rooms"))["rooms"]}

    assert (False, True) == (views["a"]["live"], views["b"]["live"])
    assert 0 < views["a"]["next_at"] - now <= 86_400
    assert views["b"]["next_at"] is None
