"""One channel's notices, each until it is settled."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from monitor.alerts.alert import Command
from monitor.channels.channel import Limits
from tests.alerts.changes import acked, resolved
from tests.delivery.stage import Stage, busy, refused, whats
from tests.storage.notices import T0, fired, notice


def critical(**given):
    return fired(severity="critical", **given)


async def test_a_notice_is_sent_and_marked(tmp_path: Path):
    """With the time it took."""
    async with Stage(tmp_path, "ops") as stage:
        await stage.at(1)
        await stage.put(notice())
        await stage.at(2)
        stats = stage.delivery.stats()["ops"]
        due = await stage.store.due()

    assert ["angry|r1|1|fired|ops"] == stage.channels["ops"].read
    assert (1, 1.0, "closed") == (stats.sent, stats.latency_last_s, stats.breaker)
    assert [] == due


async def test_the_receivers_wait_is_kept_for_the_whole_channel(tmp_path: Path):
    """429 with Retry-After: 7 is about the receiver, not about the notice."""
    async with Stage(tmp_path, "ops") as stage:
        ops = stage.channels["ops"]
        ops.script = [busy(7)]
        await stage.put(notice())
        await stage.at(1)
        await stage.put(notice(critical(rule="urgent")))
        await stage.at(30)

    assert [7.0, 7.0] == [at for at, _ in ops.took]
    assert ["urgent|r1|1|fired|ops", "angry|r1|1|fired|ops"] == ops.read
    assert 2 + 1 == len(ops.tried)


async def test_retries_draw_longer_and_longer_jitter_until_the_time_is_up(tmp_path: Path):
    """A critical notice that expires is missed, and people are told so."""
    async with Stage(tmp_path, "ops") as stage:
        ops = stage.channels["ops"]
        ops.always = busy(0.5)
        await stage.put(notice(critical(ttl_s=20)))
        await stage.at(60)
        stats = stage.delivery.stats()["ops"]
        fates = [row.state for row in await stage.store.fired()]

    assert [] == ops.took
    assert all(at < 20 for at, _ in ops.tried)
    assert (1, ["expired"]) == (stats.expired, whats(stage.missed))
    assert ["expired"] == fates


async def test_a_retry_that_may_repeat_says_so(tmp_path: Path):
    """A time-out leaves open whether it arrived; a 429 does not."""
    async with Stage(tmp_path, "ops") as stage:
        ops = stage.channels["ops"]
        ops.script = [busy(), None, busy(1), None]
        await stage.put(notice())
        await stage.at(5)
        await stage.put(notice(fired("b")))
        await stage.at(10)

    assert [True, False] == [sent.repeated for _, sent in ops.took]


async def test_later_news_edits_the_first_message(tmp_path: Path):
    """By the reference the receiver gave, also after a restart."""
    change = fired()
    async with Stage(tmp_path, "ops") as stage:
        ops = stage.channels["ops"]
        ops.script = ["C1:1.0"]
        await stage.put(notice(change))
        await stage.at(1)
        await stage.put(notice(acked(change, T0 + 1)))
        await stage.at(2)
        await stage.crash()
        await stage.put(notice(resolved(change, T0 + 40)))
        await stage.at(41)

    assert [None, "C1:1.0", "C1:1.0"] == [sent.reference for _, sent in ops.took]


async def test_newer_news_takes_the_place_of_what_is_unsent(tmp_path: Path):
    """
    fired, not sent (busy) ── over 40 s later: only the end is told
    fired, not sent (busy) ── over 5 s later: nothing is told
    """
    long, brief = fired("long", ttl_s=300), fired("brief", at=T0 + 40, ttl_s=300)
    async with Stage(tmp_path, "ops") as stage:
        ops = stage.channels["ops"]
        ops.script = [busy(60)]
        await stage.put(notice(fired("first")))
        await stage.at(0.1)
        await stage.put(notice(long))
        await stage.at(40)
        await stage.put(notice(brief), notice(resolved(long, T0 + 40)))
        await stage.at(45)
        await stage.put(notice(resolved(brief, T0 + 45)))
        await stage.at(100)
        stats = stage.delivery.stats()["ops"]

    assert ["long|r1|1|resolved|ops"] == ops.read
    assert (3, 1) == (stats.superseded, stats.expired)


async def test_the_end_follows_where_the_beginning_went(tmp_path: Path):
    """Refused here, told at the fallback: so is the end. Expired: nobody needs the end."""
    change = fired(ttl_s=500)
    async with Stage(tmp_path, "ops", "sms", fallbacks={"ops": "sms"}) as stage:
        ops, sms = stage.channels["ops"], stage.channels["sms"]
        ops.script = [refused()]
        await stage.put(notice(change))
        await stage.at(1)
        await stage.put(notice(resolved(change, T0 + 60)))
        await stage.at(61)

    assert [] == ops.took
    assert ["angry|r1|1|fired|sms", "angry|r1|1|resolved|sms"] == sms.read
    assert ["failed over"] == whats(stage.missed)


async def test_the_end_of_what_expired_is_not_told(tmp_path: Path):
    """Nobody there knows what it would be the end of."""
    change = fired(ttl_s=5)
    async with Stage(tmp_path, "ops") as stage:
        ops = stage.channels["ops"]
        ops.script = [busy(10)]
        await stage.put(notice(change))
        await stage.at(60)
        await stage.put(notice(resolved(change, T0 + 60), expires_at=T0 + 600))
        await stage.at(70)

    assert [] == ops.took


async def test_a_permanent_refusal_fails_over_at_once(tmp_path: Path):
    """The reason says why this channel is told."""
    async with Stage(tmp_path, "ops", "sms", fallbacks={"ops": "sms"}) as stage:
        stage.channels["ops"].always = refused()
        await stage.put(notice(critical()))
        await stage.at(0)

    [(at, sent)] = stage.channels["sms"].took
    assert 0.0 == at
    assert "route all; ops failed: refused" == sent.reason
    assert "angry|r1|1|fired|sms" == sent.id


async def test_a_retry_that_would_come_too_late_fails_over_at_once(tmp_path: Path):
    """Retry-After 60 for a notice that is worth 20 s."""
    async with Stage(tmp_path, "ops", "sms", fallbacks={"ops": "sms"}) as stage:
        stage.channels["ops"].script = [busy(60)]
        await stage.put(notice(critical(ttl_s=20)))
        await stage.at(0)
        await stage.put(notice(critical(rule="next", ttl_s=20)))
        await stage.at(0.1)

    assert [0.0, 0.0] == [at for at, _ in stage.channels["sms"].took]


async def test_an_open_breaker_fails_over_without_asking_and_probes_later(tmp_path: Path):
    """Five failures in a row; the sixth notice does not wait."""
    async with Stage(tmp_path, "ops", "sms", fallbacks={"ops": "sms"}) as stage:
        ops, sms = stage.channels["ops"], stage.channels["sms"]
        ops.always = busy()
        await stage.put(*(notice(critical(rule=f"a{number}")) for number in range(5)))
        await stage.at(0)
        tried = len(ops.tried)
        await stage.put(notice(critical(rule="sixth")))
        await stage.at(0.1)
        during = stage.delivery.stats()["ops"].breaker
        ops.always = None
        await stage.at(20)
        await stage.put(notice(critical(rule="probe", at=T0 + 20)))
        await stage.at(21)
        after = stage.delivery.stats()["ops"].breaker

    assert (5, "open", "closed") == (tried, during, after)
    assert ["probe|r1|1|fired|ops"] == ops.read
    assert 6 == len(sms.read)
    assert 1 == whats(stage.missed).count("breaker open")
    assert 1 == whats(stage.missed).count("breaker closed")


async def test_without_a_fallback_an_open_breaker_waits_for_its_probe(tmp_path: Path):
    """Nothing is hammered: five tries, then one after 15 s."""
    async with Stage(tmp_path, "ops") as stage:
        ops = stage.channels["ops"]
        ops.script = [busy()] * 5
        await stage.put(*(notice(fired(f"a{number}")) for number in range(5)))
        await stage.at(14)
        tried = len(ops.tried)
        await stage.at(30)

    assert 5 == tried
    assert 5 == len(ops.took)


async def test_a_bug_in_a_channel_takes_down_one_notice_only(tmp_path: Path):
    """It is counted, and the next one goes."""
    async with Stage(tmp_path, "ops") as stage:
        stage.channels["ops"].script = [ZeroDivisionError("canary"), None]
        await stage.put(notice(), notice(fired("b")))
        await stage.at(1)
        stats = stage.delivery.stats()["ops"]

    assert ["b|r1|1|fired|ops"] == stage.channels["ops"].read
    assert (1, 1, "bug: ZeroDivisionError") == (stats.broken, stats.dead, stats.last_error)


async def test_the_rate_is_kept_and_a_critical_notice_goes_first(tmp_path: Path):
    """WeCom's 20 a minute: 30 ordinary ones wait, and a critical one does not."""
    async with Stage(tmp_path, "ops") as stage:
        ops = stage.channels["ops"]
        ops.limits = Limits(per_minute=18, burst=18, reserve=6)
        await stage.delivery.replace([ops])
        await stage.put(*(notice(fired(room=f"r{number}", ttl_s=900)) for number in range(30)))
        await stage.at(5)
        await stage.put(notice(critical(rule="urgent", at=T0 + 5)))
        await stage.at(200)

    times = [at for at, _ in ops.took]
    assert 31 == len(times)
    assert 5.0 == {sent.change.rule: at for at, sent in ops.took}["urgent"]
    assert max(sum(start <= at < start + 60 for at in times) for start in times) <= 18


async def test_too_many_unsent_notices_shed_the_least_missed(tmp_path: Path, monkeypatch):
    """The bound holds; critical ones are not shed while there are others."""
    monkeypatch.setattr("monitor.delivery.worker.LIMIT", 5)
    async with Stage(tmp_path, "ops") as stage:
        ops = stage.channels["ops"]
        ops.script = [busy(10)]
        await stage.put(notice(fired("first")))
        await stage.at(0)
        await stage.put(*(notice(fired(f"n{number}")) for number in range(5)))
        await stage.put(notice(critical(rule="urgent")))
        await stage.at(20)
        stats = stage.delivery.stats()["ops"]

    assert 2 == stats.shed
    assert "urgent|r1|1|fired|ops" == ops.read[0]
    assert 5 == len(ops.read)


async def test_a_step_of_an_escalation_is_a_message_of_its_own(tmp_path: Path):
    """What edits the first message is seen by nobody; the end edits it again."""
    async with Stage(tmp_path, "ops") as stage:
        ops = stage.channels["ops"]
        ops.script = ["C1:1", "C1:2", None]
        first = notice(critical())
        await stage.put(first)
        await stage.at(15)
        step = replace(first, id="angry|r1|1|escalated-1|ops", step=1)
        await stage.put(step)
        await stage.at(20)
        await stage.put(notice(resolved(first.change, T0 + 20)))
        await stage.at(21)

    assert [(0, None), (1, None), (0, "C1:1")] == [
        (told.step, told.reference) for _, told in ops.took
    ]


def command(**given):
    """What a rule does for itself, by the channel `ops`."""
    change = critical(key="act|take_down|angry|r1", ttl_s=20)
    return notice(change, command=Command(action="take_down", key="angry|r1", values={}), **given)


async def test_a_command_is_carried_out_by_its_channel_or_by_nobody(tmp_path: Path):
    """Another one would read it, and do nothing."""
    async with Stage(tmp_path, "ops", "other", fallbacks={"ops": "other"}) as stage:
        stage.channels["ops"].always = refused()
        await stage.put(command())
        await stage.at(5)

    assert [] == stage.channels["other"].took
    assert ["dead"] == whats(stage.missed)


async def test_what_became_of_a_command_is_told(tmp_path: Path):
    """Sent, refused for good, or too late."""
    heard = []

    def settled(about, outcome, reason):
        heard.append((about.id.partition("|fired")[0], outcome, reason))

    async with Stage(tmp_path, "ops", "lazy", settled=settled) as stage:
        await stage.put(command(), notice())
        await stage.at(1)
        stage.channels["ops"].always = refused()
        await stage.put(command(id="second|fired|ops"))
        await stage.at(2)
        stage.channels["lazy"].always = busy(0.5)
        await stage.put(command(id="third|fired|lazy", channel="lazy"))
        await stage.at(60)

    assert [
        ("act|take_down|angry|r1|1", "sent", ""),
        ("second", "dead", "refused"),
        ("third", "expired", "its time was up"),
    ] == heard
