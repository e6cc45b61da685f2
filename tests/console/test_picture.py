"""A screen that follows the frames sees what a screen that starts anew sees."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.alert import Alert, Change
from monitor.console.picture import LOG, Picture
from monitor.console.reel import RING
from monitor.signals.views import ProductView, RoomView

NOW = 1_795_370_000.0


def alert(key: str = "rule|a", **fields: Any) -> Alert:
    fields = {"severity": "critical", "since": NOW, "summary": "x"} | fields
    return Alert(key=key, rule="rule", room="a", state="firing", episode=1, **fields)


def change(kind: Any = "fired", **fields: Any) -> Change:
    fields = {"at": NOW, "severity": "critical", "summary": "x"} | fields
    return Change(key="rule|a", rule="rule", room="a", change=kind, episode=1, **fields)


def frames(picture: Picture, seq: int = 0) -> list[dict[str, Any]]:
    found = picture.since(seq)
    assert found is not None
    return [msgspec.json.decode(frame) for frame in found]


class Viewer:
    """The simplest page that could be right."""

    def __init__(self, snapshot: bytes) -> None:
        frame = msgspec.json.decode(snapshot)
        self.seq = frame["seq"]
        self.rooms = {room["room"]: room for room in frame["rooms"]}
        self.alerts = {alert["key"]: alert for alert in frame["alerts"]}

    def take(self, frame: dict[str, Any]) -> None:
        assert self.seq == frame["base"]
        self.seq = frame["seq"]
        for room, fields in frame.get("rooms", {}).items():
            self.rooms[room] = self.rooms.get(room, {}) | fields
        if "order" in frame:
            self.rooms = {room: self.rooms[room] for room in frame["order"]}
        self.alerts |= {alert["key"]: alert for alert in frame.get("alerts", [])}
        for key in frame.get("gone", []):
            del self.alerts[key]


def test_a_frame_holds_only_what_changed():
    """
    One figure of one of two rooms moves.
    """
    picture = Picture()
    picture.refresh([RoomView(room="a", online=1), RoomView(room="b", online=1)], [], NOW)
    picture.refresh([RoomView(room="a", online=1), RoomView(room="b", online=2)], [], NOW + 0.5)

    assert [
        {
            "type": "delta",
            "seq": 2,
            "base": 1,
            "server_time": NOW + 0.5,
            "rooms": {"b": {"online": 2}},
        }
    ] == frames(picture, 1)


def test_nothing_new_is_no_frame():
    """
    Time passes and every span with it; the instants they began at do not move.
    """
    picture = Picture()
    for half in range(20):
        passed = half / 2
        room = RoomView(
            room="a",
            live=True,
            live_s=passed,
            segment="push",
            segment_s=passed,
            feed_age_s=20 + passed,
        )
        # The figures are up to a tick older than the look at them.
        picture.refresh([room], [], NOW + passed + (0.25 if half % 2 else 0.0))

    assert 1 == picture.seq


def test_the_next_segment_begins_when_it_does_even_if_soon():
    """
    The same name again in the next cycle is another segment.
    """
    picture = Picture()
    picture.refresh([RoomView(room="a", segment="hook", segment_s=0.4, cycle=1)], [], NOW)
    picture.refresh([RoomView(room="a", segment="hook", segment_s=0.0, cycle=2)], [], NOW)

    assert {"a": {"segment_at": NOW, "cycle": 2}} == frames(picture, 1)[0]["rooms"]


def test_the_product_that_is_sold_out_first_stands_for_the_room():
    """
    One off the shelf, one unknown and one that never ends do not count.
    """
    products = [
        ProductView(sku="1", title="袜子", sellout_s=900.0),
        ProductView(sku="2", title="帽子", sellout_s=402.4, stock=58),
        ProductView(sku="3", sellout_s=3.0, on_shelf=False),
        ProductView(sku="4"),
        ProductView(sku="5", sellout_s=float("inf")),
    ]
    picture = Picture()
    picture.refresh([RoomView(room="a", products=products)], [], NOW)

    expected = {"sku": "2", "title": "帽子", "stock": 58, "sellout_s": 402}
    assert expected == frames(picture)[0]["rooms"]["a"]["sellout"]


def test_what_is_unknown_stays_unknown():
    """
    None is never a zero, and no change is told against nobody.
    """
    picture = Picture()
    picture.refresh([RoomView(room="a", online=5, online_before=0)], [], NOW)
    tile = frames(picture)[0]["rooms"]["a"]

    assert [None] * 5 == [
        tile[name] for name in ("trend", "gmv_minor", "conversion", "segment_at", "sellout")
    ]


def test_an_alert_is_told_at_once_with_its_line_in_the_log():
    """
    `evt` carries both; pending is nobody's business yet.
    """
    picture = Picture()
    picture.tell([change("pending"), change(summary="快售罄\u202e")], [alert()], NOW)
    frame = frames(picture)[0]

    assert ("evt", 0, 1) == (frame["type"], frame["base"], frame["seq"])
    assert ["rule|a"] == [alert["key"] for alert in frame["alerts"]]
    assert [("fired", "快售罄")] == [(line["change"], line["summary"]) for line in frame["log"]]


def test_a_pending_alert_alone_is_no_frame():
    """
    It is not open yet.
    """
    picture = Picture()

    assert not picture.tell([change("pending")], [], NOW)
    assert 0 == picture.seq


def test_an_alert_that_is_over_is_gone():
    """
    `gone` names its key.
    """
    picture = Picture()
    picture.tell([change()], [alert()], NOW)
    picture.tell([change("resolved")], [], NOW + 1)

    assert ["rule|a"] == frames(picture, 1)[0]["gone"]


def test_who_is_too_far_behind_needs_the_snapshot():
    """
    The ring holds the last RING frames; one further back is out of reach, and so is the future.
    """
    picture = Picture()
    for online in range(RING + 3):
        picture.refresh([RoomView(room="a", online=online)], [], NOW)

    assert RING == len(picture.since(3) or [])
    assert picture.since(2) is None
    assert picture.since(-1) is None
    assert picture.since(picture.seq + 1) is None
    assert [] == picture.since(picture.seq)


def test_a_snapshot_is_encoded_once():
    """
    Two hundred screens that connect together share the same bytes.
    """
    picture = Picture()
    picture.refresh([RoomView(room="a")], [], NOW)

    assert picture.snapshot(NOW) is picture.snapshot(NOW + 1)


def test_the_log_goes_on_from_what_the_store_remembers():
    """
    The store gives the newest first; a screen is told the oldest first, LOG lines of them. What was
    told while the store was asked is there once.
    """
    picture = Picture()
    picture.tell([change("acked", at=NOW)], [alert()], NOW)
    before = [change(at=NOW - age) for age in range(1, LOG + 10)]
    picture.remember([change("acked", at=NOW), change("pending", at=NOW), *before])
    log = msgspec.json.decode(picture.snapshot(NOW))["log"]

    assert LOG == len(log)
    assert [NOW - 2, NOW - 1, NOW] == [line["at"] for line in log[-3:]]


views = st.builds(
    RoomView,
    room=st.sampled_from("abcd"),
    online=st.one_of(st.none(), st.integers(0, 3)),
    segment=st.sampled_from(["", "hook", "push"]),
    segment_s=st.one_of(st.none(), st.floats(0, 300)),
    feed_age_s=st.one_of(st.none(), st.floats(0, 60)),
)
walls = st.lists(views, max_size=4, unique_by=lambda view: view.room)
opened = st.lists(
    st.builds(alert, key=st.sampled_from("xyz"), summary=st.sampled_from("12")),
    max_size=3,
    unique_by=lambda alert: alert.key,
)


@given(st.lists(st.tuples(walls, opened), min_size=1, max_size=12))
def test_who_follows_sees_the_same_as_who_starts_anew(looks: list[tuple[Any, Any]]):
    """
    For any rooms and alerts that come, change and go.
    """
    picture = Picture()
    viewer = Viewer(picture.snapshot(NOW))
    for step, (rooms, alerts) in enumerate(looks):
        picture.refresh(rooms, alerts, NOW + step)
        for frame in frames(picture, viewer.seq):
            viewer.take(frame)
    fresh = Viewer(picture.snapshot(NOW))

    assert list(fresh.rooms.items()) == list(viewer.rooms.items())
    assert fresh.alerts == viewer.alerts
