"""The daemon: from a fact at its door to what people are told, and what outlives it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import msgspec
import pytest
from structlog.testing import capture_logs

from monitor.clock import ManualClock, SystemClock, steady
from monitor.console.replays.player import Player, Recipe
from monitor.daemon import Daemon
from monitor.errors import ConfigError, RuleError
from tests.daemon.ground import BUSY, DOORS, Ground, running
from tests.receiver import Reply, receiving
from tests.services import until


def hook(url: str, name: str = "hook") -> str:
    """channels.toml with one webhook that everything goes to."""
    return (
        f'default = ["{name}"]\n[[channels]]\nkind = "webhook"\nname = "{name}"\n'
        f'url = "{url}/alerts"\nallow_hosts = ["127.0.0.1"]\n'
    )


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    return Ground(tmp_path)


async def test_a_fact_at_the_door_becomes_an_alert_that_people_are_told(ground: Ground) -> None:
    """Once, on every way: the channel, the page, whoever listens."""
    async with receiving() as receiver:
        ground.write(channels=hook(receiver.url))
        async with running(ground) as stage:
            answer = await stage.post(*[stage.comment() for _ in range(3)])
            await stage.move(0.25)
            await until(lambda: receiver.requests)
            alerts = (await stage.get("/api/alerts"))["alerts"]
            await stage.move(1)

    assert {"status": 202, "accepted": 3, "rejected": []} == answer
    assert ["busy|r fired"] == stage.changes
    assert [("busy|r", 1, "firing")] == [(a["key"], a["episode"], a["state"]) for a in alerts]
    assert ["busy|r|1|fired|hook"] == [request.json["id"] for request in receiver.requests]


async def test_a_room_that_is_known_has_its_name_and_its_products(ground: Ground) -> None:
    """Before it said anything."""
    ground.write(
        more='[[rooms]]\nroom = "r"\nname = "好物"\nplatform = "douyin"\n'
        'products = [{ sku = "A1", title = "杯", price = "19.90", stock = 3 }]'
    )
    async with running(ground) as stage:
        await stage.post(*[stage.comment() for _ in range(3)])
        await stage.move(0.25)
        rooms = (await stage.get("/api/rooms"))["rooms"]
        figures = await stage.metrics()

    assert ["好物 is busy"] == [change.summary for change in stage.told if change.change == "fired"]
    assert ["r"] == [room["room"] for room in rooms]
    assert 1.0 == figures["roomwatch_products"]


async def test_a_port_that_is_taken_is_told_and_nothing_stays_open(ground: Ground) -> None:
    """The next start finds the database free."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ground.write(listen=f"127.0.0.1:{port}")
        with pytest.raises(ConfigError) as refused:
            await Daemon(ground.load(), ManualClock()).start()
    ground.write()
    async with running(ground) as stage:
        ready = await stage.get("/readyz")

    assert str(refused.value).startswith(f"can not listen on 127.0.0.1:{port}: ")
    assert "— stop what listens there" in str(refused.value)
    assert {"ready": True, "waiting_for": [], "degraded": []} == ready


async def test_nothing_starts_before_everything_is_checked(ground: Ground) -> None:
    """Broken rules leave no database behind."""
    ground.write(rules=BUSY.replace("comments_10s", "comment_10s"))
    with pytest.raises(RuleError, match=r"busy\.yaml:4:11: busy: unknown"):
        await Daemon(ground.load(), ManualClock()).start()

    assert not (ground.folder / "state").exists()


async def test_a_state_folder_that_can_not_be_made_is_told(ground: Ground) -> None:
    """It is a file."""
    (ground.folder / "state").write_text("")
    with pytest.raises(ConfigError, match=r"can not make the folder .*state: File exists"):
        await Daemon(ground.load(), ManualClock()).start()


async def test_a_reload_keeps_windows_alerts_and_connections(ground: Ground) -> None:
    """Two comments before and one after make the third; the tool never noticed."""
    async with running(ground) as stage:
        url = stage.daemon.url
        async with stage.session.ws_connect(f"{url}/ingest") as tool:
            await tool.send_json([stage.comment("open") for _ in range(3)])
            await tool.send_json([stage.comment() for _ in range(2)])
            await until(lambda: stage.daemon.engine.figures()["events"] == 5)
            await stage.move(0.25)
            before = (await stage.get("/api/rooms"))["rooms"]
            ground.write(rules=BUSY.replace("critical", "warning"))
            taken = await stage.daemon.reload(ground.load)
            after = (await stage.get("/api/rooms"))["rooms"]
            await tool.send_json(stage.comment())
            await until(lambda: stage.daemon.engine.figures()["events"] == 6)
            await stage.move(0.25)

    assert taken
    assert before == after
    assert [("busy|open fired", "critical"), ("busy|r fired", "warning")] == [
        (f"{change.key} {change.change}", change.severity)
        for change in stage.told
        if change.change != "pending"
    ]


async def test_a_rule_that_is_gone_resolves_its_alert(ground: Ground) -> None:
    """People are told why."""
    async with running(ground) as stage:
        await stage.post(*[stage.comment() for _ in range(3)])
        await stage.move(0.25)
        ground.write(rules=BUSY.replace("id: busy", "id: other").replace("3", "30"))
        await stage.daemon.reload(ground.load)

    assert ["busy|r fired", "busy|r resolved"] == stage.changes
    assert "the rule was removed" == stage.told[-1].reason


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        ({"rules": BUSY.replace("comments_10s", "comment_10s")}, "busy.yaml:4:11: busy: unknown"),
        ({"more": '[logging]\nlevel = "loud"'}, "roomwatch.toml:9: "),
        ({"channels": 'default = ["nobody"]'}, "channels.toml:1: unknown channel `nobody`"),
    ],
)
async def test_a_broken_reload_leaves_the_old_set_in_force(
    ground: Ground, broken: dict[str, str], where: str
) -> None:
    """All of it: the mistake is logged with its line, /metrics says so, figures stay."""
    async with running(ground) as stage:
        await stage.post(*[stage.comment() for _ in range(2)])
        await stage.move(0.25)
        before = (await stage.get("/api/rooms"))["rooms"]
        ground.write(**{"sources": "", **broken})
        with capture_logs() as logged:
            taken = await stage.daemon.reload(ground.load)
        refused = await stage.metrics()
        after = (await stage.get("/api/rooms"))["rooms"]
        await stage.post(stage.comment())
        await stage.move(0.25)
        ground.write()
        await stage.daemon.reload(ground.load)
        mended = await stage.metrics()

    assert not taken
    assert before == after
    assert [where] == [
        where for line in logged if line["event"] == "reload refused" and where in line["mistake"]
    ]
    own = "rules_invalid||" if "rules" in broken else "config_invalid||"
    assert [f"{own} fired", "busy|r fired", f"{own} resolved"] == stage.changes
    assert where in stage.told[0].summary
    assert [0.0, 1.0] == [told["roomwatch_config_last_reload_ok"] for told in (refused, mended)]


async def test_a_reload_takes_the_operator_s_phrases(ground: Ground) -> None:
    """Forbidden terms are judged by the new list, and by the old one while the new is broken."""
    rule = BUSY.replace("comments_10s >= 3", "forbidden_terms_1m >= 1")
    own = ground.folder / "config" / "own.yaml"
    own.write_text("forbidden: [{name: house, terms: [原单]}]", encoding="utf-8")
    more = '[mood]\nphrases = "own.yaml"'
    ground.write(rules=rule, more=more)
    async with running(ground) as stage:
        own.write_text("forbidden: [{name: house, terms: [尾]}]", encoding="utf-8")
        broken = await stage.daemon.reload(ground.load)
        await stage.post({**stage.comment("a"), "text": "原单", "is_host": True})
        await stage.move(0.25)
        own.write_text("forbidden: [{name: house, terms: [尾货]}]", encoding="utf-8")
        mended = await stage.daemon.reload(ground.load)
        await stage.post({**stage.comment("b"), "text": "原单", "is_host": True})
        await stage.post({**stage.comment("c"), "text": "尾货", "is_host": True})
        await stage.move(0.25)

    assert (False, True) == (broken, mended)
    assert ["busy|a fired", "busy|c fired"] == [
        change for change in stage.changes if change.startswith("busy")
    ]


async def test_a_reload_takes_mutes_people_and_channels(ground: Ground) -> None:
    """From then on nobody comes in without a token, and the muted room is quiet."""
    token = "0123456789abcdef0123456789abcdef"
    async with receiving() as receiver, running(ground) as stage:
        ground.write(
            channels=hook(receiver.url)
            + '[[mutes]]\nname = "rehearsal"\nrooms = ["quiet"]\nrules = ["*"]\n',
            more=f'[[tokens]]\nname = "李敏"\nrole = "operator"\ntoken = "{token}"\n',
        )
        await stage.daemon.reload(ground.load)
        await stage.post(*[stage.comment(room) for room in ("quiet", "r") for _ in range(3)])
        await stage.move(0.25)
        await until(lambda: receiver.requests)
        async with stage.session.get(f"{stage.daemon.url}/api/alerts") as answer:
            stranger = answer.status
        bearer = {"Authorization": f"Bearer {token}"}
        async with stage.session.get(f"{stage.daemon.url}/api/alerts", headers=bearer) as answer:
            alerts = (await answer.json())["alerts"]

    assert 401 == stranger
    assert {"busy|quiet": "muted: rehearsal", "busy|r": ""} == {
        alert["key"]: alert["quiet"] for alert in alerts
    }
    assert ["busy|r|1|fired|hook"] == [request.json["id"] for request in receiver.requests]


async def test_what_waits_for_a_restart_is_named(ground: Ground) -> None:
    """The rest is in force."""
    async with running(ground) as stage:
        ground.write(listen="127.0.0.1:1", more="[inbox]\nframes = 5\n")
        with capture_logs() as logged:
            await stage.daemon.reload(ground.load)

    assert ["[http]", "[inbox]"] == [
        line["section"] for line in logged if line["event"] == "restart to apply"
    ]


async def test_the_last_facts_are_applied_before_it_stops(ground: Ground) -> None:
    """And what could not be told is told by the next process, once."""
    async with receiving() as receiver:
        receiver.always = Reply(status=503)
        ground.write(channels=hook(receiver.url), daemon="stop_within_s = 3.0")
        clock = ManualClock()
        async with (
            running(ground, clock) as stage,
            stage.session.ws_connect(f"{stage.daemon.url}/ingest") as tool,
        ):
            await tool.send_json([stage.comment() for _ in range(3)])
            await until(lambda: stage.daemon.engine.intakes[0].source.health.frames)
            drained = await stage.daemon.stop()
        receiver.always, before = Reply(), len(receiver.requests)
        clock.advance(20)
        async with running(ground, clock) as again:
            await until(lambda: len(receiver.requests) > before)
            alerts = (await again.get("/api/alerts"))["alerts"]
            await again.move(1)
        clock.advance(20)
        async with running(ground, clock) as third:
            await third.move(1)

    assert drained
    assert ["busy|r fired"] == stage.changes
    assert [("busy|r", 1)] == [(alert["key"], alert["episode"]) for alert in alerts]
    assert ["busy|r|1|fired|hook"] == [request.json["id"] for request in receiver.requests[before:]]


async def test_a_channel_that_hangs_does_not_hold_the_end_up(ground: Ground) -> None:
    """It is over within the time that was given."""
    async with receiving() as receiver:
        receiver.always = Reply(hang=True)
        ground.write(channels=hook(receiver.url), daemon="stop_within_s = 2.0")
        async with running(ground, SystemClock()) as stage:
            await stage.post(*[stage.comment() for _ in range(3)])
            await until(lambda: receiver.requests)
            began = steady()
            await stage.daemon.stop()
            took = steady() - began

    assert took < 2.0


async def test_a_part_that_dies_ends_the_daemon(ground: Ground) -> None:
    """Systemd starts it again; a daemon without its engine would look alive."""

    def hear(_: object) -> None:
        raise RuntimeError("whoever listens is broken")

    daemon = Daemon(ground.load(), SystemClock(), told=hear)
    await daemon.start()
    async with aiohttp.ClientSession() as session:
        facts = [
            {"type": "comment", "room": "r", "at": SystemClock().now(), "user": str(n), "text": "x"}
            for n in range(3)
        ]
        await (await session.post(f"{daemon.url}/ingest", json=facts)).release()
        async with asyncio.timeout(5):
            await daemon.ended()
    well = await daemon.stop()

    assert daemon.failed
    assert not well


async def test_a_source_that_is_new_or_gone_is_started_or_stopped(ground: Ground) -> None:
    """Its frames in the inbox are applied all the same."""
    async with running(ground) as stage:
        ground.write(sources=DOORS.replace("push", "hooks"))
        await stage.daemon.reload(ground.load)
        names = [intake.name for intake in stage.daemon.engine.intakes]
        answer = await stage.post(stage.comment())

    assert ["tools", "hooks"] == names
    assert 202 == answer["status"]


async def test_a_post_under_way_is_taken_though_it_stops(ground: Ground) -> None:
    """Whoever is told that it was accepted finds it in the history."""
    async with running(ground) as stage:
        begun, go_on = asyncio.Event(), asyncio.Event()
        body = msgspec.json.encode([stage.comment() for _ in range(3)])

        async def slowly() -> AsyncIterator[bytes]:
            yield body[:10]
            begun.set()
            await go_on.wait()
            yield body[10:]

        posting = asyncio.create_task(
            stage.session.post(
                f"{stage.daemon.url}/ingest",
                data=slowly(),
                headers={"Content-Type": "application/json"},
            )
        )
        await begun.wait()
        await until(lambda: stage.daemon.pages._posts)
        stopping = asyncio.create_task(stage.daemon.stop())
        await until(lambda: stage.daemon.pages._shut)
        go_on.set()
        async with await posting as answer:
            told = await answer.json()
        drained = await stopping

    assert {"accepted": 3, "rejected": []} == told
    assert drained
    assert ["busy|r fired"] == stage.changes


async def test_who_was_told_before_a_restart_is_told_that_it_is_over(ground: Ground) -> None:
    """At once: nobody has to be told again first."""
    async with receiving() as receiver:
        ground.write(channels=hook(receiver.url) + "[notices]\nwait_s = 0.0\n")
        clock = ManualClock()
        async with running(ground, clock) as stage:
            await stage.post(*[stage.comment() for _ in range(3)])
            await stage.move(0.25)
            await until(lambda: receiver.requests)
        async with running(ground, clock) as again:
            ground.write(
                rules=BUSY.replace("id: busy", "id: other").replace("3", "30"),
                channels=hook(receiver.url) + "[notices]\nwait_s = 0.0\n",
            )
            await again.daemon.reload(ground.load)
            await until(lambda: len(receiver.requests) > 1)

    assert ["busy|r|1|fired|hook", "busy|r|1|resolved|hook"] == [
        request.json["id"] for request in receiver.requests
    ]


async def test_what_is_heard_is_recorded_and_can_be_played_on_the_pages(ground: Ground) -> None:
    """A past session of the daemon itself, with what somebody cued at the pages in it."""
    ground.write(more='[record]\nfolder = "sessions"\n')
    async with running(ground) as stage:
        await stage.post(*[stage.comment() for _ in range(3)])
        await stage.move(0.25)
        body = {"room": "r", "segment": "hook"}
        async with stage.session.post(f"{stage.daemon.url}/api/rooms/cue", json=body) as answer:
            assert 200 == answer.status
        recorder = stage.daemon.recorder
        assert recorder is not None
        await recorder.write(all_of_it=True)
        health = await stage.get("/api/health")
        metrics = await stage.metrics()
        (recording,) = (await stage.get("/api/replays"))["recordings"]

    assert 4 == health["recorder"]["kept"] == metrics["roomwatch_recorder_kept_total"]
    assert 0 == metrics["roomwatch_recorder_dropped_total"]
    path = ground.load().state / "sessions" / recording["name"]
    assert 4 == Player(Recipe(path=str(path), rules=str(ground.folder / "rules"))).survey.facts


async def test_what_nobody_acknowledges_is_told_to_more_people(ground: Ground) -> None:
    """The first on duty after 15 s, then somebody acknowledges: they hear that, and no step
    more; a reload puts others on duty."""
    rota = (
        '[[people]]\nname = "{0}"\nchannels = ["hook"]\n[[shifts]]\nname = "all"\n'
        'people = ["{0}"]\nstart = "00:00"\nend = "00:00"\n[[escalations]]\nname = "c"\n'
        "[[escalations.steps]]\nafter_s = 15\non_call = 1\n"
        "[[escalations.steps]]\nafter_s = 30\non_call = 1\n"
    )
    file = ground.folder / "config" / "oncall.toml"
    async with receiving() as receiver:
        ground.write(channels=hook(receiver.url))
        file.write_text(rota.format("李敏"), encoding="utf-8")
        async with running(ground) as stage:
            await stage.post(*[stage.comment() for _ in range(3)])
            await stage.move(0.25)
            clock, at = stage.clock, stage.clock.now()
            while clock.now() < at + 15:
                await stage.post(*[stage.comment() for _ in range(3)])
                await stage.move(5)
            await until(lambda: len(receiver.requests) == 2)
            before = await stage.get("/api/oncall")
            file.write_text(rota.format("王涛"), encoding="utf-8")
            assert await stage.daemon.reload(ground.load)
            after = await stage.get("/api/oncall")
            body = {"key": "busy|r", "episode": 1}
            await stage.session.post(f"{stage.daemon.url}/api/alerts/ack", json=body)
            await stage.move(0.25)
            await until(lambda: len(receiver.requests) == 3)
            over = await stage.get("/api/oncall")
            history = (await stage.get("/api/history"))["changes"]

    assert ["busy|r|1|fired|hook", "busy|r|1|escalated-1|hook", "busy|r|1|acked|hook"] == [
        request.json["id"] for request in receiver.requests
    ]
    assert [("busy|r", 1, ["李敏"], ["李敏"])] == [
        (each["key"], each["step"], each["told"], each["next"]) for each in before["escalations"]
    ]
    assert [("escalated", "李敏")] == [
        (change["change"], change["by"]) for change in history if change["by"] == "李敏"
    ]
    assert [["王涛"]] == [each["next"] for each in after["escalations"]]
    assert (["王涛"], True) == (after["shifts"][0]["people"], after["shifts"][0]["on"])
    assert [] == over["escalations"]
