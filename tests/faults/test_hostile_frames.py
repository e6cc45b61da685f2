"""Whatever comes through the doors is counted by its reason, and the connection lives on."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from tests.daemon.ground import Ground, running
from tests.services import until

pytestmark = pytest.mark.faults

GOOD = b'{"type":"comment","room":"r","at":1795370000,"user":"u","text":"x"'
HOSTILE = {
    "empty": b"",
    "spaces": b"   ",
    "null": b"null",
    "number": b"7",
    "truncated": GOOD,
    "trailing": GOOD + b"}}",
    "bom": b"\xef\xbb\xbf" + GOOD + b"}",
    "utf-8": GOOD[:-2] + b'\xff\xfe"}',
    "surrogate": GOOD[:-2] + b'\\ud800"}',
    "control": GOOD[:-2] + b'\x01"}',
    "nan": GOOD.replace(b"1795370000", b"NaN") + b"}",
    "infinity": GOOD.replace(b"1795370000", b"Infinity") + b"}",
    "1e999": GOOD.replace(b"1795370000", b"1e999") + b"}",
    "1 MB integer": GOOD.replace(b"1795370000", b"9" * 1_000_000) + b"}",
    "bool as int": b'{"type":"like","room":"r","at":1795370000,"value":true}',
    "string as int": b'{"type":"like","room":"r","at":1795370000,"value":"1"}',
    "float as int": b'{"type":"like","room":"r","at":1795370000,"value":1.5}',
    "missing": b'{"type":"comment","at":1795370000}',
    "deep": b"[" * 200_000,
    "many keys": b"{" + b",".join(b'"k%d":1' % n for n in range(20_000)) + b"}",
    "many nulls": b"[" + b",".join([b"null"] * 40_000) + b"]",
    "over 256 KiB": b"[" + b" " * 270_000 + b"]",
    "milliseconds": GOOD.replace(b"1795370000", b"1795370000000") + b"}",
    "1970": GOOD.replace(b"1795370000", b"0") + b"}",
    "9999": GOOD.replace(b"1795370000", b"253370764800") + b"}",
    "long id": GOOD + b',"id":"' + b"x" * 200_000 + b'"}',
    "bidi room": GOOD.replace(b'"r"', '"r\u202e"'.encode()) + b"}",
    "absurd money": b'{"type":"order_paid","room":"r","at":1795370000,"order":"o","sku":"s",'
    b'"quantity":1,"amount_minor":99999999999999999,"currency":"CNY"}',
}


async def test_hostile_frames_are_counted_and_the_connection_lives_on(tmp_path: Path) -> None:
    """Every one of them is in /metrics, and the comment after it is taken."""
    silent = []
    async with running(Ground(tmp_path)) as stage:

        async def refused() -> float:
            shown = await stage.metrics()
            return sum(
                value
                for name, value in shown.items()
                if name.startswith(("roomwatch_frames_rejected", "roomwatch_facts_rejected"))
            )

        engine = stage.daemon.engine
        async with stage.session.ws_connect(f"{stage.daemon.url}/ingest", max_msg_size=0) as tool:
            before = 0.0
            for name, data in HOSTILE.items():
                await tool.send_bytes(data)
                taken = engine.figures()["events"]
                await tool.send_json(stage.comment("fine"))
                await until(lambda taken=taken: engine.figures()["events"] > taken)
                await stage.move(0.25)
                after = await refused()
                if after <= before:
                    silent.append(name)
                before = after
            with capture_logs() as logged:
                stage.daemon.intakes.log_samples()
                stage.daemon.intakes.log_samples()
            shown = await stage.metrics()
            connects = shown['roomwatch_source_connects_total{source="tools"}']
            worst = engine.figures()
            assert not tool.closed

    assert [] == silent
    assert 1.0 == connects
    assert 0 == worst["faults"]
    reasons = [line["reason"] for line in logged if line["event"] == "frames refused"]
    assert len(reasons) == len(set(reasons)) >= 10
    assert all(len(str(line)) < 1000 for line in logged)


async def test_a_message_too_large_for_a_connection_costs_only_that_one(tmp_path: Path) -> None:
    """The next one is let in."""
    ground = Ground(tmp_path)
    ground.write(
        sources='[[sources]]\nkind = "websocket_server"\nname = "tools"\nformat = "native"\n'
        "max_message_bytes = 10000\n"
    )
    async with running(ground) as stage:
        url = f"{stage.daemon.url}/ingest"
        async with stage.session.ws_connect(url) as tool:
            await tool.send_bytes(b" " * 20_000)
            message = await tool.receive(timeout=5)
        async with stage.session.ws_connect(url) as tool:
            await tool.send_json(stage.comment())
            await until(lambda: stage.daemon.engine.figures()["events"] == 1)

    assert (aiohttp.WSMsgType.CLOSE, 1009) == (message.type, message.data)
