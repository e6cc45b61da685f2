"""What /metrics shows of a daemon."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.clock import ManualClock
from monitor.daemon.figures import publish_logs
from monitor.health import Health
from tests.daemon.ground import Ground, running
from tests.services import until


class Lost:
    dropped = 7


async def test_every_part_is_shown(tmp_path: Path) -> None:
    """After three comments, a broken one and one of a type nobody knows."""
    ground = Ground(tmp_path)
    ground.write(channels='default = ["log"]\n[[channels]]\nkind = "log"\nname = "log"\n')
    async with running(ground) as stage:
        await stage.post(
            *[stage.comment() for _ in range(3)],
            {"type": "comment", "room": "r"},
            {"type": "dance", "room": "r"},
        )
        await stage.move(0.25)
        await until(lambda: stage.daemon.delivery.stats()["log"].sent)  # a task of its own
        shown = await stage.metrics()

    expected = {
        'roomwatch_alerts{severity="critical"}': 1.0,
        "roomwatch_events_total": 3.0,
        "roomwatch_faults_total": 0.0,
        "roomwatch_rooms": 1.0,
        'roomwatch_source_connected{source="push"}': 1.0,
        'roomwatch_source_connected{source="tools"}': 0.0,
        'roomwatch_source_frames_total{source="push"}': 1.0,
        'roomwatch_frames_rejected_total{reason="missing field",source="push"}': 1.0,
        'roomwatch_notices_sent_total{channel="log"}': 1.0,
        'roomwatch_notices_waiting{channel="log"}': 0.0,
        "roomwatch_store_lost_total": 0.0,
        "roomwatch_screens": 0.0,
        "roomwatch_mutes": 0.0,
        "roomwatch_rules_broken": 0.0,
    }
    assert expected == {name: shown.get(name) for name in expected}
    assert 1.0 == sum(
        value for name, value in shown.items() if name.startswith("roomwatch_unknown_types")
    )
    assert all(name.startswith("roomwatch_") for name in shown)


async def test_orders_that_belong_to_no_room_are_counted_and_told(tmp_path: Path) -> None:
    """A shop that no room names: half a minute later nobody waits for its room any more."""
    paid = {"type": "order_paid", "room": "shop:9", "sku": "x", "amount_minor": 900}
    async with running(Ground(tmp_path)) as stage:
        at = stage.clock.now()
        await stage.post(*[paid | {"order": name, "at": at} for name in ("o1", "o2")])
        await stage.move(1)
        waiting = await stage.metrics()
        await stage.move(31)
        lost = await stage.metrics()
        health = await stage.get("/api/health")

    assert 2.0 == waiting["roomwatch_orders_waiting"]
    name, amount = (
        "roomwatch_orders_unattributed_total",
        "roomwatch_orders_unattributed_minor_total",
    )
    assert (0.0, 2.0, 1800.0) == (
        lost["roomwatch_orders_waiting"],
        lost[f'{name}{{reason="shop not known"}}'],
        lost[f'{amount}{{currency="CNY"}}'],
    )
    assert ["orders: 2 of shops found no room in ten minutes"] == [
        worry.partition(" —")[0] for worry in health["degraded"]
    ]
    assert {"shop not known": 2} == health["engine"]["unattributed"]


async def test_every_figure_of_the_readme_is_there(tmp_path: Path) -> None:
    """Somebody has built a board on it."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\broomwatch_[a-z_]+", readme))
    async with (
        running(Ground(tmp_path)) as stage,
        stage.session.get(f"{stage.daemon.url}/metrics") as answer,
    ):
        text = await answer.text()

    assert named
    assert set() == {name for name in named if name not in text}


def test_lines_that_nobody_read_are_a_figure() -> None:
    """They can not be told of in the log."""
    health = Health(ManualClock())
    publish_logs(health.metrics, Lost())

    assert [("roomwatch_log_lines_dropped_total", 7.0)] == [
        (sample.name, sample.value)
        for family in health.metrics.collect()
        for sample in family.samples
        if "log" in sample.name
    ]
