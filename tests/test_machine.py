"""The one face of everything that thinks."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.machine import Machine


class Echo:
    """The simplest machine there is: it says what it heard, a second later."""

    def __init__(self) -> None:
        self._heard: list[tuple[float, str]] = []

    def receive(self, items: Sequence[str], now: float) -> list[str]:
        self._heard += [(now + 1, item) for item in items]
        return []

    def tick(self, now: float) -> list[str]:
        due = [item for at, item in self._heard if at <= now]
        self._heard = [(at, item) for at, item in self._heard if at > now]
        return due

    def next_tick(self) -> float | None:
        return min((at for at, _ in self._heard), default=None)


def drive(machine: Machine[str, str], items: Sequence[str], now: float) -> list[tuple[float, str]]:
    """What whoever drives a machine does: ask `next_tick`, and tick then."""
    out = [(now, said) for said in machine.receive(items, now)]
    while (at := machine.next_tick()) is not None:
        out += [(at, said) for said in machine.tick(at)]
    return out


def test_a_machine_is_driven_by_its_face_alone() -> None:
    """Whoever keeps the three promises can be driven; nobody inherits anything."""

    assert [(11.0, "a"), (11.0, "b")] == drive(Echo(), ["a", "b"], 10.0)


def test_equal_calls_have_equal_results() -> None:
    """In whatever object, so in whatever process."""

    assert drive(Echo(), ["a"], 5.0) == drive(Echo(), ["a"], 5.0)
