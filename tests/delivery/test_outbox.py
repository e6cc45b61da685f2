"""Nothing is lost, nobody waits for another channel, and a crash repeats at most what it cut."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from monitor.alerts.dispatch import Dispatch
from monitor.alerts.routes import Route, Routes
from monitor.channels import wecom_bot
from monitor.channels.channel import Limits
from monitor.channels.wecom_bot import WecomBotSettings
from monitor.clock import SystemClock
from monitor.delivery.outbox import Delivery
from monitor.errors import ConfigError
from monitor.storage.store import Store
from tests.alerts.changes import resolved
from tests.delivery.stage import ActedChannel, Stage, busy, refused
from tests.receiver import Reply, receiving
from tests.storage.notices import T0, fired, notice


async def test_what_was_committed_but_not_sent_is_sent_after_a_crash(tmp_path: Path):
    """The outbox is written before anything is sent."""
    async with Stage(tmp_path, "ops") as stage:
        await stage.settle()
        await stage.store.commit([], [notice()], [])
        await stage.crash()
        await stage.at(1)

    assert ["angry|r1|1|fired|ops"] == stage.channels["ops"].read
    assert [False] == [sent.repeated for _, sent in stage.channels["ops"].took]


async def test_what_a_crash_cut_while_it_was_sent_is_repeated_and_says_so(tmp_path: Path):
    """It may have arrived; whoever reads it twice knows why."""
    async with Stage(tmp_path, "ops") as stage:
        ops = stage.channels["ops"]
        ops.hangs = True
        await stage.put(notice())
        await ops.begun.wait()
        await stage.crash()
        ops.hangs = False
        await stage.at(1)

    assert [("angry|r1|1|fired|ops", True)] == [(sent.id, sent.repeated) for _, sent in ops.took]


async def test_a_hanging_channel_delays_no_other(tmp_path: Path):
    """Each has its own worker; the hanging one is cut off at its time-out."""
    clock = SystemClock()
    store = Store(clock)
    await store.open(tmp_path / "a.db")
    slow = ActedChannel("slow", clock, Limits(6000, 100, timeout_s=0.05))
    fast = ActedChannel("fast", clock)
    slow.hangs = True
    delivery = Delivery(store, [slow, fast], clock, fallbacks={"slow": "fast"})
    running = asyncio.create_task(delivery.run())
    now = clock.now()
    made = [
        notice(fired(room=room, at=now, ttl_s=0.3), channel)
        for room in ("r1", "r2")
        for channel in ("slow", "fast")
    ]

    delivery.put(await store.commit([], made, []))
    await slow.begun.wait()
    await fast.begun.wait()
    await asyncio.sleep(0)
    reads = fast.read[:1]
    await delivery.stop(1.0)
    await running
    await store.aclose()

    assert ["angry|r1|1|fired|fast"] == reads
    assert 2 <= len(fast.read)
    assert [] == slow.took
    assert "no answer in time" == delivery.stats()["slow"].last_error


async def test_two_fallbacks_that_point_at_each_other_end(tmp_path: Path):
    """Both refuse: it is dead, and people are told."""
    fallbacks = {"a": "b", "b": "a"}
    async with Stage(tmp_path, "a", "b", fallbacks=fallbacks) as stage:
        for channel in stage.channels.values():
            channel.always = refused()
        await stage.put(notice(channel="a"))
        await stage.at(9)
        due = await stage.store.due()

    assert [1, 1] == [len(channel.tried) for channel in stage.channels.values()]
    assert [] == due


async def test_a_notice_for_no_channel_is_told(tmp_path: Path):
    """The config no longer has it."""
    async with Stage(tmp_path, "ops") as stage:
        await stage.put(notice(channel="gone"))
        await stage.at(1)

    assert [("gone", "dead", "there is no such channel")] == [
        (said.channel, said.what, said.detail) for said in stage.missed
    ]


def test_a_fallback_has_to_be_another_channel():
    """Told when the config is read."""
    with pytest.raises(ConfigError) as caught:
        Delivery(Store(SystemClock()), [ActedChannel("a", SystemClock())], SystemClock(),
                 fallbacks={"a": "a"})  # fmt: skip

    assert "channel a: it can not be its own fallback — name another channel" == str(caught.value)


async def test_stopping_sends_what_can_be_sent(tmp_path: Path):
    """What has to wait stays in the store for the next start."""
    async with Stage(tmp_path, "ops", "desk") as stage:
        stage.channels["desk"].always = busy(30)
        await stage.settle()
        await stage.put(notice(), notice(channel="desk"))
        left = await stage.delivery.stop()
        await stage.running
        await stage.store.aclose()
        await stage.start()
        await stage.settle()
        due = await stage.store.due()

    assert 1 == left
    assert ["angry|r1|1|fired|ops"] == stage.channels["ops"].read
    assert ["desk"] == [row.notice.channel for row in due]


async def test_a_new_config_keeps_what_is_on_its_way(tmp_path: Path):
    """A channel of the same name goes on; what was for a removed one fails over."""
    async with Stage(tmp_path, "ops", "old", fallbacks={"old": "ops"}) as stage:
        for channel in stage.channels.values():
            channel.script = [busy(30)]
        await stage.put(notice(), notice(fired("b"), "old"))
        await stage.at(1)
        before, gone = stage.channels["ops"], stage.channels["old"]
        ops, new = ActedChannel("ops", stage.clock), ActedChannel("new", stage.clock)

        await stage.delivery.replace([ops, new], {"new": "ops"})
        await stage.put(notice(channel="new"))
        await stage.at(40)

    assert {"angry|r1|1|fired|ops", "b|r1|1|fired|ops"} == set(ops.read)
    assert ["angry|r1|1|fired|new"] == new.read
    assert (True, True) == (before.closed, gone.closed)


async def test_a_storm_of_ten_thousand_notices_is_bounded_and_the_critical_one_goes_first(
    tmp_path: Path,
):
    """Within 5 s, through a channel of 20 a minute."""
    async with Stage(tmp_path, "ops") as stage:
        ops = stage.channels["ops"]
        ops.limits = Limits(per_minute=18, burst=18, reserve=6)
        await stage.delivery.replace([ops])
        storm = [notice(fired(room=f"r{number}")) for number in range(10_000)]
        await stage.put(*storm, notice(fired("urgent", severity="critical")))
        await stage.at(1)
        stats = stage.delivery.stats()["ops"]

    assert "urgent|r1|1|fired|ops" in ops.read[:13]
    assert sum(stats.depth.values()) <= 5000
    assert len(ops.tried) <= 18


async def test_a_storm_in_ten_thousand_rooms_reaches_a_group_bot_in_its_rate(tmp_path: Path):
    """
    Changes ─ Dispatch ─ Store ─ Delivery ─ a bot over HTTP that takes 20 a minute and
    refuses the rest with errcode 45009. The critical alert is there within 5 s, every
    room is named by a digest, and the bot refuses nothing.
    """
    async with receiving() as receiver, Stage(tmp_path) as stage:
        receiver.always = Reply(json={"errcode": 0})
        settings = WecomBotSettings(name="desk", key="canary", base_url=receiver.url)
        await stage.delivery.replace([wecom_bot.make(settings, stage.clock)])
        routes = Routes([Route(name="all", channels=("desk",))], channels=("desk",))
        dispatch = Dispatch(routes)
        rooms = [fired(room=f"r{number}") for number in range(10_000)]
        heard: list[int] = []
        for step in range(40):
            now = stage.clock.now()
            changes = rooms[step * 500 : (step + 1) * 500] if step < 20 else []
            if step == 10:
                changes.append(fired("urgent", severity="critical", at=now))
            dispatch.receive(changes, now)
            notices = dispatch.tick(now)
            stage.delivery.put(await stage.store.commit(changes, notices, []))
            await stage.at((step + 1) * 0.25)
            if any("urgent" in str(sent.json) for sent in receiver.requests):
                heard.append(step)
        await stage.delivery.aclose()
        stats = stage.delivery.stats()["desk"]
        told = [row.notice for row in await stage.store.fired()]

    covered = {name for sent in told for name in sent.tells_of}
    assert {change.told_as for change in rooms} <= covered
    assert 10 == heard[0]
    assert len(receiver.requests) <= 20
    assert (0, 0) == (stats.retried, stats.dead)


@pytest.fixture
def memory() -> str | None:
    """Where files cost nothing: 200 schedules are 10,000 commits."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


@pytest.mark.faults
async def test_nothing_is_lost_and_nothing_repeated_unsaid_over_many_fault_schedules(memory):
    """
    200 seeded schedules of refusals, time-outs, rate limits and crashes: every alert is
    read on its channel or its fallback, or people were told that it was not; and what
    is read twice is marked.
    """
    for seed in range(200):
        with TemporaryDirectory(dir=memory) as folder:
            await play(seed, Path(folder))


async def play(seed: int, folder: Path) -> None:
    dice = Random(seed)
    faults = [busy, lambda: busy(dice.uniform(0.1, 8)), refused, lambda: ValueError("bug")]
    stage = Stage(folder, "ops", "desk", fallbacks={"ops": "desk"})
    await stage.start()
    for channel in stage.channels.values():
        channel.script = [
            dice.choice(faults)() if dice.random() < 0.4 else f"ref{number}" for number in range(12)
        ]
    fires = [fired(f"a{n}", at=T0 + n, ttl_s=dice.choice([3, 30, 300])) for n in range(6)]
    for number, change in enumerate(fires):
        await stage.at(number)
        to = dice.choice(["ops", "desk"])
        await stage.put(notice(change, to))
        if dice.random() < 0.3:
            await stage.crash()
        if dice.random() < 0.4:
            over = resolved(change, T0 + number)
            await stage.put(notice(over, to, expires_at=T0 + 900))
    await stage.at(600)
    due = await stage.store.due()
    fates: dict[str, set[str]] = {}
    for row in await stage.store.fired():
        fates.setdefault(row.notice.change.told_as, set()).add(row.state)
    await stage.stop()

    took = [sent for channel in stage.channels.values() for _, sent in channel.took]
    read = {told_as for sent in took for told_as in sent.tells_of}
    ids = [sent.id for sent in took if not sent.repeated]
    said = {missed.notice.rpartition("|")[0] for missed in stage.missed}
    assert [] == due, seed
    assert len(ids) == len(set(ids)), seed
    for change in fires:
        known = (
            change.told_as in read
            or f"{change.told_as}|fired" in said
            or "superseded" in fates[change.told_as]
        )
        assert known, (seed, change.told_as)
