"""Verbs that speak to a running daemon."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from monitor.cli import main
from tests.daemon.ground import Ground, Running, running
from tests.daemon.test_deeds import ACTS, CHANNELS
from tests.receiver import Reply, receiving
from tests.services import free_port

TOKENS = {name: name * 16 for name in ("li", "wang", "view")}
PEOPLE = "".join(
    f'[[tokens]]\nname = "{name}"\nrole = "{"viewer" if name == "view" else "operator"}"\n'
    f'token = "{token}"\n'
    for name, token in TOKENS.items()
)


async def said(stage: Running | str, *words: str, token: str = "") -> tuple[int, str, str]:
    """What `roomwatch …` says to this daemon: status, standard output, standard error."""
    url = stage if isinstance(stage, str) else stage.daemon.url
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "monitor", *words, "--url", url,
        cwd=Path(__file__).parents[2],
        env={"ROOMWATCH_TOKEN": token, "http_proxy": "http://127.0.0.1:9"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await child.communicate()
    assert child.returncode is not None
    return child.returncode, out.decode(), err.decode()


async def busy(stage: Running) -> None:
    await stage.post(*[stage.comment() for _ in range(3)])
    await stage.move(0.25)


async def test_open_alerts_are_listed_and_acknowledged(tmp_path: Path) -> None:
    """In open mode nobody needs a token."""
    async with running(Ground(tmp_path)) as stage:
        none = await said(stage, "alerts")
        await busy(stage)
        one = await said(stage, "alerts")
        acked = await said(stage, "ack", "busy|r")
        after = await said(stage, "alerts")
        raw = await said(stage, "alerts", "--json")
        wrong = await said(stage, "ack", "busy|x")

    assert (0, "no open alerts\n", "") == none
    assert (0, "critical  busy|r  not acknowledged\n          r is busy\n", "") == one
    assert (0, "acknowledged busy|r\n", "") == acked
    assert "acked by local" in after[1]
    assert ["busy|r"] == [alert["key"] for alert in json.loads(raw[1])["alerts"]]
    assert (2, "", "no open alert `busy|x` — see `roomwatch alerts`\n") == wrong


async def test_mutes_are_made_listed_and_ended(tmp_path: Path) -> None:
    """With who, why and until when; an alert says why nobody is told."""
    async with running(Ground(tmp_path)) as stage:
        none = await said(stage, "mutes")
        made = await said(
            stage, "mute", "--rule", "busy", "--room", "r", "--for", "10m", "--reason", "彩排"
        )
        await busy(stage)
        quiet = await said(stage, "alerts")
        listed = await said(stage, "mutes")
        raw = await said(stage, "mutes", "--json")
        ended = await said(stage, "unmute", "busy in r")
        again = await said(stage, "unmute", "busy in r")
        session = await said(
            stage, "mute", "--room", "r", "--severity", "critical", "--severity", "warning",
            "--session", "--reason", "彩排",
        )  # fmt: skip
        deeds = (await stage.get("/api/deeds"))["deeds"]

    assert (0, "no mutes\n", "") == none
    assert made[1].startswith("muted `busy in r` until ")
    assert "nobody is told: muted: 彩排 (local)" in quiet[1]
    assert listed[1].startswith("busy in r\n          until ")
    assert listed[1].endswith(": 彩排 (local)\n")
    assert ["busy in r"] == [mute["name"] for mute in json.loads(raw[1])["mutes"]]
    assert (0, "ended `busy in r`\n", "") == ended
    assert 2 == again[0]
    assert "404" in again[2]
    assert session[1].startswith(
        "muted `* in r · critical · warning` until the end of the broadcast or "
    )
    assert [("local", "muted"), ("local", "unmuted"), ("local", "muted")] == [
        (deed["by"], deed["did"]) for deed in deeds
    ]


async def test_an_alert_says_what_was_done_for_it(tmp_path: Path) -> None:
    """Also where it was a dry run."""
    ground = Ground(tmp_path)
    channels = CHANNELS.format(url="http://127.0.0.1:9", live="false")
    ground.write(rules=ACTS, channels=channels)
    async with running(ground) as stage:
        await busy(stage)
        told = await said(stage, "alerts")

    assert "          take_down: dry run\n" in told[1]


async def test_a_mute_that_can_not_be_is_refused(tmp_path: Path) -> None:
    """Of everything, of a broadcast that is not, or a pattern of stars."""
    why = ("--reason", "彩排")
    async with running(Ground(tmp_path)) as stage:
        found = [
            await said(stage, "mute", *words, *why)
            for words in (
                ("--for", "1m"),
                ("--room", "x", "--session"),
                ("--rule", "*a*b*c*d*", "--for", "1m"),
                ("--rule", "a", "--for", "2d"),
            )
        ]

    assert [2, 2, 2, 2] == [each[0] for each in found]
    assert "a mute of everything is none: name a rule" in found[0][2]
    assert "no broadcast goes on in that room" in found[1][2]


async def test_of_two_operators_at_once_the_first_wins(tmp_path: Path) -> None:
    """Both hear who has it, and it is told once."""
    ground = Ground(tmp_path)
    ground.write(more=PEOPLE, sources='[[sources]]\nkind = "webhook"\nname = "push"\n'
                 'format = "native"\n')  # fmt: skip
    async with running(ground) as stage:
        await busy(stage)

        async def ack(token: str) -> str:
            async with stage.session.post(
                f"{stage.daemon.url}/api/alerts/ack",
                json={"key": "busy|r", "episode": 1},
                headers={"Authorization": f"Bearer {token}"},
            ) as answer:
                return (await answer.json())["change"]["by"]

        by = await asyncio.gather(ack(TOKENS["li"]), ack(TOKENS["wang"]))
        told = stage.changes
        listed = await said(stage, "alerts", token=TOKENS["view"])
        viewer = await said(stage, "ack", "busy|r", token=TOKENS["view"])
        stranger = await said(stage, "alerts")

    assert by[0] == by[1]
    assert ["busy|r fired", "busy|r acked"] == told
    assert f"acked by {by[0]}" in listed[1]
    assert (2, "") == viewer[:2]
    assert "says 403" in viewer[2]
    assert "says 401" in stranger[2]
    assert "--token-file" in stranger[2]


async def test_a_token_lies_in_a_file(tmp_path: Path) -> None:
    """Or it is told that it does not."""
    ground = Ground(tmp_path)
    ground.write(more=PEOPLE, sources="")
    (tmp_path / "token").write_text(TOKENS["view"] + "\n")
    async with running(ground) as stage:
        good = await said(stage, "alerts", "--token-file", str(tmp_path / "token"))
        missing = await said(stage, "alerts", "--token-file", str(tmp_path / "nothing"))

    assert (0, "no open alerts\n", "") == good
    assert missing[2].startswith(f"{tmp_path}/nothing: No such file or directory")


async def test_a_token_goes_to_nobody_else(tmp_path: Path) -> None:
    """A redirect is not followed; what is no roomwatch is told."""
    async with receiving() as receiver, receiving() as thief:
        receiver.always = Reply(status=302, text="", headers={"Location": thief.url})
        moved = await said(receiver.url, "alerts", token=TOKENS["li"])
        receiver.always = Reply(text="<html>")
        page = await said(receiver.url, "alerts", token=TOKENS["li"])

    assert [] == thief.requests
    assert "says 302" in moved[2]
    assert "that is no roomwatch" in page[2]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://127.0.0.1", "is no address — write for example http://127.0.0.1:8731"),
        ("http://127.0.0.1:port", "can not be right"),
        ("http://[::1", "can not be right"),
    ],
)
def test_an_address_that_is_none_is_told(
    url: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With an example of one."""

    assert 2 == main(["alerts", "--url", url])
    assert why in capsys.readouterr().err


def test_a_daemon_that_is_away_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """With what starts it."""
    url = f"http://127.0.0.1:{free_port()}"

    assert 2 == main(["alerts", "--url", url])
    assert capsys.readouterr().err.endswith("start it with `roomwatch run`\n")


async def test_a_rule_of_a_running_daemon_is_explained(tmp_path: Path) -> None:
    """Two comments of three; and a rule that is not there."""
    async with running(Ground(tmp_path)) as stage:
        await stage.post(*[stage.comment() for _ in range(2)])
        await stage.move(0.25)
        told = await said(stage, "explain", "busy", "--room", "r")
        raw = await said(stage, "explain", "busy", "--room", "r", "--json")
        wrong = await said(stage, "explain", "bussy", "--room", "r")

    assert 0 == told[0]
    assert "  missing: comments_10s >= 3 (comments_10s is 2)" == told[1].splitlines()[-1]
    assert "quiet" == json.loads(raw[1])["state"]
    assert (2, "unknown rule `bussy` — did you mean `busy`?\n") == (wrong[0], wrong[2])
