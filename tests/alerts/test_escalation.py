"""Nobody acknowledges: more and more people are told; somebody does: no more."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.alerts.alert import Alert, Change, Notice
from monitor.alerts.escalation import AT_ONCE, EVERY_S, Escalation
from monitor.alerts.oncall import Contact, OnCall, Shift
from monitor.alerts.policies import Policy, Step
from monitor.alerts.routes import RoomTag

AT = 1_795_370_000.0
STEPS = (
    Step(after_s=15.0, on_call=1),
    Step(after_s=30.0, on_call=2, channels=("slack-lead",)),
    Step(after_s=60.0, people=("店长",)),
)
PEOPLE = (
    Contact(name="李敏", channels=("wecom-limin",)),
    Contact(name="王涛", channels=("wecom-wangtao",)),
    Contact(name="店长", channels=("phone",)),
)
ALL_DAY = {"name": "全天", "start": "00:00", "end": "00:00"}


def fired(number: int = 1, at: float = AT, **fields: Any) -> Change:
    room = f"dy-{number}"
    given = {
        "at": at, "key": f"stock|{room}", "rule": "stock", "room": room, "change": "fired",
        "episode": 1, "severity": "critical", "ttl_s": 45.0,
    }  # fmt: skip
    return Change(**(given | fields))


class Stage:
    """An escalation whose time the test moves, a quarter of a second at a time."""

    def __init__(self, *on_duty: str, steps: tuple[Step, ...] = STEPS, **policy: Any) -> None:
        self.why = ""
        self.now = AT
        self.told: list[Notice] = []
        self.machine = Escalation(
            [Policy(name="critical", steps=steps, **policy)],
            self.rota(*on_duty),
            why_quiet=lambda change, now: self.why,
            describe=lambda room: RoomTag(name=f"房间 {room}"),
            console_url="https://rooms.example.com/",
        )

    def rota(self, *on_duty: str) -> OnCall:
        return OnCall(PEOPLE, [Shift(people=on_duty, **ALL_DAY)])  # type: ignore[arg-type]

    def hear(self, *changes: Change) -> None:
        assert [] == self.machine.receive(changes, self.now)

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds * 4)):
            self.now += 0.25
            self.told += self.machine.tick(self.now)

    @property
    def steps(self) -> list[tuple[float, str, int]]:
        return [(one.created_at - AT, one.channel, one.step) for one in self.told]


def test_what_nobody_acknowledges_goes_up_step_by_step():
    """
    fired ── 15 s first on call ── 30 s second, and the lead's channel ── 60 s the manager
    """
    stage = Stage("李敏", "王涛")
    stage.hear(fired())
    stage.wait(120)

    assert [
        (15.0, "wecom-limin", 1),
        (30.0, "wecom-wangtao", 2), (30.0, "slack-lead", 2),
        (60.0, "phone", 3),
    ] == stage.steps  # fmt: skip


def test_each_step_is_news_for_the_record():
    """
    Who was called, once, also where it was nobody.
    """
    stage = Stage("李敏")
    stage.hear(fired())
    stage.wait(35)
    empty = Stage()
    empty.machine.oncall = OnCall(PEOPLE, [])
    empty.hear(fired())
    empty.wait(20)

    assert [("escalated", AT + 15.0, "李敏"), ("escalated", AT + 30.0, "李敏")] == [
        (change.change, change.at, change.by) for change in stage.machine.news()
    ]
    assert [] == stage.machine.news()
    assert [""] == [change.by for change in empty.machine.news()]


def test_a_step_says_why_and_where():
    """
    With an id of its own, so that it is sent once, and worth sending for a minute at least.
    """
    stage = Stage("李敏")
    stage.hear(fired())
    stage.wait(15)
    (notice,) = stage.told

    assert "stock|dy-1|1|escalated-1|wecom-limin" == notice.id
    assert "escalation critical, step 1: open for 15 s; 李敏" == notice.reason
    assert ("房间 dy-1", "fired", AT + 75.0) == (
        notice.room_name, notice.change.change, notice.expires_at,
    )  # fmt: skip
    assert "https://rooms.example.com/#alert=stock%7Cdy-1" == notice.link


def test_who_acknowledges_ends_it_and_so_does_the_alert_itself():
    """
    Both after the first step.
    """
    stage = Stage("李敏")
    stage.hear(fired(1), fired(2))
    stage.wait(20)
    stage.hear(
        replace(fired(1), change="acked", at=stage.now),
        replace(fired(2), change="resolved", at=stage.now),
    )
    stage.wait(100)

    assert [1, 1] == [notice.step for notice in stage.told]
    assert [] == stage.machine.standing(stage.now)


def test_where_fewer_are_on_duty_the_last_of_them_is_called_again():
    """
    And where nobody is, the step's own channels; one with neither is counted.
    """
    alone = Stage("李敏")
    alone.hear(fired())
    alone.wait(30)
    nobody = Stage()
    nobody.machine.oncall = OnCall(PEOPLE, [])
    nobody.hear(fired())
    nobody.wait(30)

    assert [(15.0, "wecom-limin", 1), (30.0, "wecom-limin", 2), (30.0, "slack-lead", 2)] == (
        alone.steps
    )
    assert [(30.0, "slack-lead", 2)] == nobody.steps
    assert (2, 1) == (nobody.machine.taken, nobody.machine.nobody)


def test_while_it_is_muted_time_stands_still():
    """
    fired ── muted at 10 ── aloud at 100 ── 15 s later the first step
    """
    stage = Stage("李敏", "王涛")
    stage.hear(fired())
    stage.wait(10)
    stage.why = "muted: rehearsal"
    stage.wait(90)
    assert [("muted: rehearsal", None)] == [
        (one.quiet, one.next_at) for one in stage.machine.standing(stage.now)
    ]
    stage.why = ""
    stage.wait(17)

    assert [(116.0, "wecom-limin", 1)] == stage.steps


def test_acknowledged_and_still_firing_it_goes_up_once_more():
    """
    Where somebody asked for it: 60 s after the acknowledgement, from the first step on.
    """
    stage = Stage("李敏", steps=STEPS[:1], again_after_s=60.0)
    stage.hear(fired())
    stage.wait(5)
    stage.hear(replace(fired(), change="acked", at=stage.now))
    stage.wait(200)

    assert [(80.0, "wecom-limin", 1)] == stage.steps


def test_many_at_once_are_one_notice():
    """
    A storm of 30: one for the channel, which names the rooms and covers every alert; the end
    of one of them is news there, for it is covered.
    """
    stage = Stage("李敏", steps=STEPS[:1])
    stage.hear(*(fired(number) for number in range(30)))
    stage.wait(16)
    stage.hear(*(fired(number, at=stage.now) for number in range(30, 30 + AT_ONCE + 1)))
    stage.wait(15)
    (first, second) = stage.told

    assert (30, 30, 1) == (len(first.covers), len(first.rooms), first.step)
    assert "30 alerts at once; escalation critical, step 1: open for 15 s; 李敏" == first.reason
    assert second.created_at - first.created_at >= EVERY_S


def test_after_a_storm_a_channel_is_free_again():
    """
    Within ten seconds what is due waits, unless it is over meanwhile.
    """
    stage = Stage("李敏", steps=STEPS[:1])
    stage.hear(*(fired(number) for number in range(30)))
    stage.hear(fired(50, at=AT + 2), fired(51, at=AT + 2))
    stage.wait(20)
    assert 1 == len(stage.told)
    assert AT + 25 == stage.machine.next_tick()
    stage.hear(replace(fired(51), change="resolved"))
    stage.wait(10)

    assert ["dy-50"] == [notice.change.room for notice in stage.told[1:]]


def test_after_a_restart_it_goes_on_with_the_next_step():
    """
    The notices that were told say how far it had come; who acknowledged is not asked again.
    """
    stage = Stage("李敏", "王涛")
    stage.hear(fired())
    stage.wait(20)
    alert = Alert(
        key="stock|dy-1", rule="stock", room="dy-1", state="firing", episode=1,
        severity="critical", since=AT, fired_at=AT,
    )  # fmt: skip
    seen = replace(alert, key="stock|dy-2", room="dy-2", acked_at=AT + 1)

    after = Stage("李敏", "王涛")
    after.now = AT + 25
    after.machine.restore([alert, seen], stage.told, after.now)
    after.wait(60)

    assert [2, 2, 3] == [notice.step for notice in after.told]
    assert [30.0, 30.0, 60.0] == [notice.created_at - AT for notice in after.told]


def test_a_new_config_goes_on_from_what_was_told():
    """
    Other people from the next step on; where no policy matches any more, it ends.
    """
    stage = Stage("李敏", "王涛")
    stage.hear(fired(1), fired(2, severity="data_lost"))
    stage.wait(20)
    policy = Policy(name="critical", steps=STEPS, severities=("critical",))
    stage.machine.replace([policy], stage.rota("店长"))
    stage.wait(12)

    assert [("phone", 2), ("slack-lead", 2)] == [(one.channel, one.step) for one in stage.told[2:]]


def test_a_standing_tells_who_was_told_and_who_comes_next():
    """
    For the page: how far, who, and when.
    """
    stage = Stage("李敏", "王涛")
    stage.hear(fired(), fired(2, severity="warning"))
    stage.wait(20)
    (standing,) = stage.machine.standing(stage.now)

    assert (1, 3, ("李敏",), AT + 30.0, ("王涛",)) == (
        standing.step, standing.steps, standing.told, standing.next_at, standing.next,
    )  # fmt: skip
    assert AT + 30.0 == stage.machine.next_tick()
    stage.wait(60)
    (standing,) = stage.machine.standing(stage.now)
    assert (3, ("李敏", "王涛", "店长"), None, ()) == (
        standing.step, standing.told, standing.next_at, standing.next,
    )  # fmt: skip
    assert stage.machine.next_tick() is None


def test_an_alert_that_fires_anew_begins_anew():
    """
    Another episode, from the first step.
    """
    stage = Stage("李敏", steps=STEPS[:1])
    stage.hear(fired())
    stage.wait(20)
    stage.hear(fired(at=stage.now, episode=2))
    stage.wait(20)

    assert [1, 2] == [notice.change.episode for notice in stage.told]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 40),  # quarters of a second that pass before
            st.sampled_from(["fired", "acked", "resolved", "mute", "unmute"]),
            st.integers(1, 3),
        ),
        max_size=25,
    )
)
@settings(max_examples=100, deadline=None)
def test_nobody_is_told_twice_too_early_or_of_what_somebody_has(happened: list[Any]):
    """
    Against the simplest thing that could be right: an alert is open from when it fired until it
    is acknowledged or over; every notice falls into such a span, in the order of its steps.
    """
    stage = Stage("李敏", "王涛")
    episodes: dict[int, int] = {}
    open_since: dict[int, float] = {}
    spans: dict[str, tuple[float, float]] = {}

    def end(number: int) -> None:
        if number in open_since:
            since = open_since.pop(number)
            spans[f"stock|dy-{number}|{episodes[number]}"] = (since, stage.now)

    for quarters, what, number in happened:
        stage.wait(quarters / 4)
        if what == "fired":
            end(number)
            episodes[number] = episodes.get(number, 0) + 1
            open_since[number] = stage.now
            stage.hear(fired(number, at=stage.now, episode=episodes[number]))
        elif what in ("acked", "resolved") and number in open_since:
            change = fired(number, at=stage.now, episode=episodes[number], change=what)
            stage.hear(change)
            end(number)
        elif what in ("mute", "unmute"):
            stage.why = "muted" if what == "mute" else ""
    stage.wait(20)
    for number in list(open_since):
        end(number)

    ids = [notice.id for notice in stage.told]
    assert len(ids) == len(set(ids))
    steps: dict[str, int] = {}
    for notice in stage.told:
        since, until = spans[notice.change.told_as]
        assert since + STEPS[notice.step - 1].after_s <= notice.created_at <= until
        assert notice.step - steps.get(notice.change.told_as, 0) in (0, 1)
        steps[notice.change.told_as] = notice.step
