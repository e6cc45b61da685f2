"""An alert in full: what it is, where, and the figures that its rule looked at."""

from __future__ import annotations

from typing import Any

from monitor.alerts.alert import Alert
from monitor.rules.scopes import Columns
from monitor.shard.places import Place
from monitor.shard.watched import Watched
from monitor.signals.tables import Tables

EVIDENCE = ("incident", "wording")  # what a rule that asks of it shows in words
NO_EVIDENCE = dict.fromkeys(EVIDENCE, "")


def describe(
    tables: Tables, watched: Watched, columns: Columns, cell: tuple[int, int], place: Place
) -> Alert:
    """The alert of a (rule, row) as it stands now. The record counts its episodes.

    One of which the figures can not be told is told without: that it is so matters most.
    """
    try:
        return _described(tables, watched, columns, cell, place)
    except Exception:  # noqa: BLE001  an alert must not be lost for its words; counted, and told
        rule = watched.rules[cell[0]]
        rule.summary.failures += 1
        return _alert(watched, cell, place, f"{rule.id}: {place.names.get('room_name', '')}", {})


def _described(
    tables: Tables, watched: Watched, columns: Columns, cell: tuple[int, int], place: Place
) -> Alert:
    index, row = cell
    rule = watched.rules[index]
    values = dict(rule.asker.values(columns, row))
    evidence: dict[str, Any] = {}
    if tables.crowd is not None and rule.of_incidents and watched.scope == "room":
        evidence = tables.crowd.evidence(row)
    if rule.of_wording and watched.scope == "room":
        evidence |= tables.wording.evidence(row)
    shown = {name: str(evidence.pop(name, "")) for name in EVIDENCE} if evidence else NO_EVIDENCE
    values |= rule.figures(columns, row, values)
    summary = rule.summary.render(rule.id, {**place.names, **shown, **values})
    playbook = evidence.pop("playbook", None)
    alert = _alert(watched, cell, place, summary, {**values, **evidence} if evidence else values)
    if playbook is not None:
        alert.playbook = str(playbook)
    return alert


def _alert(
    watched: Watched, cell: tuple[int, int], place: Place, summary: str, values: dict[str, Any]
) -> Alert:
    index, row = cell
    rule, lifecycle = watched.rules[index], watched.lifecycle
    return Alert(
        key=place.key(rule.id),
        rule=rule.id,
        room=place.room,
        sku=place.sku,
        segment=place.segment,
        platform=place.platform,
        state="firing",
        episode=0,
        severity=watched.severity(index, row),
        since=float(lifecycle.since[cell]),
        flapping=bool(lifecycle.flapping[cell]),
        summary=summary,
        role=rule.rule.role,
        action=rule.rule.action,
        playbook=rule.rule.playbook,
        values=values,
    )


def why_over(columns: Columns, row: int) -> str:
    """Why an alert ended, in words."""
    if columns.on_air()[row]:
        return "condition ended"
    live = columns["live"][row] if columns.scope == "segment" else 0.0
    return "the segment is over" if live else "the broadcast ended"
