"""What rules do by themselves, beside telling people: a command to a machine, for an alert.

    rule      act: [take_down]                    what to do, by name
    config    [[actions]] name = "take_down" …    how, by which channel, how often, and whether

A command is a notice of its own, so it is in the outbox before it is sent, carries an
idempotency key (once for each episode of an alert), and is tried again within its TTL.
Without `live = true` it is a dry run: on record, and not sent. What nobody is told of
(a mute, a cause that explains it) is not acted on either. More than `per_minute` in any
minute are refused, for whatever asks for so many is wrong.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from monitor.alerts.alert import Act, Alert, Change, Command, Notice, notice_id
from monitor.alerts.routes import RoomTag
from monitor.patterns import ANY, Pattern, matches

MINUTE_S = 60.0
REMEMBERED = 20_000  # episodes; the oldest is forgotten
NEWS = 1_000

ActionName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class Action(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one of the names in `act` is carried out.

    `ttl_s` is how long the command is worth anything; 0: as long as the rule's notice.
    `with` goes along with each command.
    """

    name: ActionName
    channel: str
    live: bool = False
    on: Literal["fired", "resolved"] = "fired"
    per_minute: Annotated[float, Meta(gt=0, le=6000)] = 6.0
    ttl_s: Annotated[float, Meta(ge=0, le=86_400)] = 0.0
    rooms: tuple[Pattern, ...] = ANY
    platforms: tuple[Pattern, ...] = ANY
    with_: dict[str, str | int | float | bool] = field(default_factory=dict, name="with")


class Deeds(Struct):
    """What was done for one episode."""

    change: Change
    acts: dict[str, Act] = field(default_factory=dict)  # by action


class Acting:
    """Turns what is told into commands, and remembers what became of them."""

    def __init__(
        self,
        actions: Iterable[Action] = (),
        acts: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """`acts`: rule → the names of its actions."""
        self._done: OrderedDict[str, Deeds] = OrderedDict()  # by key|episode
        self._recent: dict[str, deque[float]] = {}  # action → when it was asked for, of late
        # for whoever keeps the record, at most so many until it is asked for
        self.news: deque[tuple[Change, Act]] = deque(maxlen=NEWS)
        self.replace(actions, acts or {})

    def replace(self, actions: Iterable[Action], acts: Mapping[str, tuple[str, ...]]) -> None:
        """Take a new config and new rules; what was done stays done."""
        self._actions = {action.name: action for action in actions}
        self._acts = dict(acts)

    def take(self, other: Acting) -> None:
        """Take the config and rules of another."""
        self.replace(other._actions.values(), other._acts)

    def follow(self, change: Change, now: float, about: RoomTag, late_ttl_s: float) -> list[Notice]:
        """The commands that follow from a change that people are told of."""
        commands = []
        for name in self._acts.get(change.rule, ()):
            action = self._actions.get(name)
            if action is None or action.on != change.change:
                continue
            if not (
                matches(action.rooms, change.room)
                and matches(action.platforms, change.platform or about.platform)
            ):
                continue
            if name in self._of(change.told_as):
                continue  # this episode was acted on
            state = self._allowed(action, now)
            self._note(change, Act(action=name, at=now, state=state))
            if state == "asked":
                ttl_s = change.ttl_s if change.change == "fired" else late_ttl_s
                commands.append(_command(action, change, now, ttl_s, about))
        return commands

    def settled(self, notice: Notice, state: Literal["sent", "dead", "expired"], at: float) -> None:
        """Something became of a command."""
        command = notice.command
        assert command is not None, "only commands are settled here"
        told_as = f"{command.key}|{notice.change.episode}"
        deeds = self._done.get(told_as)
        change = deeds.change if deeds else replace(notice.change, key=command.key)
        self._note(change, Act(action=command.action, at=at, state=state))

    def of(self, told_as: str) -> tuple[Act, ...]:
        """What was done for an episode (`key|episode`), in order."""
        return tuple(self._of(told_as).values())

    def restore(self, alerts: Iterable[Alert]) -> None:
        """What was done for open alerts before a restart."""
        for alert in alerts:
            for act in alert.acts:
                deeds = self._done.setdefault(
                    f"{alert.key}|{alert.episode}", Deeds(alert.as_fired())
                )
                deeds.acts[act.action] = act

    def _of(self, told_as: str) -> dict[str, Act]:
        deeds = self._done.get(told_as)
        return deeds.acts if deeds else {}

    def _note(self, change: Change, act: Act) -> None:
        deeds = self._done.setdefault(change.told_as, Deeds(change))
        deeds.acts[act.action] = act
        if len(self._done) > REMEMBERED:
            self._done.popitem(last=False)
        self.news.append((change, act))

    def _allowed(self, action: Action, now: float) -> Literal["asked", "dry run", "refused"]:
        recent = self._recent.setdefault(action.name, deque())
        while recent and recent[0] <= now - MINUTE_S:
            recent.popleft()
        if len(recent) >= action.per_minute:
            return "refused"
        recent.append(now)
        return "asked" if action.live else "dry run"


def _command(action: Action, change: Change, now: float, ttl_s: float, about: RoomTag) -> Notice:
    about_it = replace(change, key=f"act|{action.name}|{change.key}", notify=())
    return Notice(
        id=notice_id(about_it, action.channel),
        channel=action.channel,
        change=about_it,
        created_at=now,
        expires_at=change.at + (action.ttl_s or ttl_s),
        reason=f"rule {change.rule} acts: {action.name}",
        room_name=about.name,
        command=Command(action=action.name, key=change.key, values=action.with_),
    )
