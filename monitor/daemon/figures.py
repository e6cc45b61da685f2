"""What /metrics shows of the daemon: figures that live elsewhere, named for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from monitor.alerts.mutes import Mute
from monitor.daemon.pages import Pages
from monitor.delivery.outbox import Delivery
from monitor.engines.engine import Engine
from monitor.health import Metrics
from monitor.logs import Logs
from monitor.storage.recorder import Recorder
from monitor.storage.store import Store

Labelled = dict[tuple[str, ...], float]


def _one(figures: Callable[[], Mapping[str, Any]], key: str) -> Callable[[], float]:
    return lambda: float(figures()[key])


def _each(parts: Callable[[], Mapping[str, Any]], field: str) -> Callable[[], Labelled]:
    return lambda: {(name,): float(getattr(part, field)) for name, part in parts().items()}


def _counts(figures: Callable[[], Mapping[str, Any]], key: str) -> Callable[[], Labelled]:
    return lambda: {(what,): float(count) for what, count in figures()[key].items()}


def publish(
    metrics: Metrics,
    engine: Engine,
    delivery: Delivery,
    store: Store,
    pages: Pages,
    recorder: Recorder | None = None,
) -> None:
    """Name every figure once."""
    if recorder is not None:
        for name, about in (
            ("kept", "facts written into recordings"),
            ("dropped", "facts not recorded because too many waited"),
            ("lost", "lines of recordings that the disk refused"),
        ):
            figure = _one(recorder.figures, name)
            metrics.counter(f"roomwatch_recorder_{name}_total", about, figure)
    _engine(metrics, engine)
    _sources(metrics, engine)
    _delivery(metrics, delivery)
    _pages(metrics, pages)
    for name, about in (
        ("lost", "writes given up because the queue was full"),
        ("failed", "writes that the disk refused"),
        ("commits", "transactions"),
    ):
        metrics.counter(f"roomwatch_store_{name}_total", about, _one(store.counts, name))
    metrics.gauge("roomwatch_store_waiting", "writes waiting", lambda: store.counts()["waiting"])


def publish_people(
    metrics: Metrics, mutes: Callable[[], Sequence[Mute]], actions: Mapping[str, int]
) -> None:
    """What people have silenced, and what rules did in their place."""
    metrics.gauge("roomwatch_mutes", "mutes in force", lambda: float(len(mutes())))
    metrics.counter(
        "roomwatch_actions_total",
        "what rules did by themselves, by what it came to",
        lambda: {(state,): float(count) for state, count in actions.items()},
        ("state",),
    )


def publish_logs(metrics: Metrics, logs: Logs) -> None:
    metrics.counter(
        "roomwatch_log_lines_dropped_total", "lines a stalled reader cost", lambda: logs.dropped
    )


def _engine(metrics: Metrics, engine: Engine) -> None:
    counters = {
        "events": ("roomwatch_events_total", "facts taken in"),
        "faults": ("roomwatch_faults_total", "batches that the core broke on"),
        "unacknowledged": ("roomwatch_acknowledgements_broken_total", "by a reason of ours"),
        "ticks": ("roomwatch_ticks_total", "times the rules were asked"),
        "rooms_turned_away": ("roomwatch_rooms_turned_away_total", "rooms over the limit"),
        "facts_unseen": ("roomwatch_facts_unseen_total", "facts beyond what rules see in a tick"),
        "escalated": ("roomwatch_escalation_steps_total", "steps of alerts nobody acknowledged"),
        "nobody": ("roomwatch_escalation_nobody_total", "steps that had nobody to tell"),
    }
    for key, (name, about) in counters.items():
        metrics.counter(name, about, _one(engine.figures, key))
    gauges = {
        "rooms": ("roomwatch_rooms", "rooms known"),
        "products": ("roomwatch_products", "products known"),
        "rules_broken": ("roomwatch_rules_broken", "rules switched off because they threw"),
        "tick_s": ("roomwatch_tick_seconds", "median time of a tick, its commit included"),
        "tick_worst_s": ("roomwatch_tick_worst_seconds", "longest tick of five minutes"),
        "tick_late_worst_s": ("roomwatch_tick_late_worst_seconds", "latest tick of five minutes"),
    }
    for key, (name, about) in gauges.items():
        metrics.gauge(name, about, _one(engine.figures, key))
    metrics.gauge("roomwatch_alerts", "open alerts", lambda: _by_severity(engine), ("severity",))
    metrics.counter(
        "roomwatch_facts_rejected_total",
        "facts the core refused",
        _counts(engine.figures, "rejected"),
        ("reason",),
    )
    _orders(metrics, engine)


def _orders(metrics: Metrics, engine: Engine) -> None:
    """Orders of shops that belong to no room."""
    for key, name, about, label in (
        ("unattributed", "roomwatch_orders_unattributed_total",
         "facts of orders that belong to no room we know", "reason"),
        ("unattributed_minor", "roomwatch_orders_unattributed_minor_total",
         "what was paid for them, in minor units", "currency"),
    ):  # fmt: skip
        metrics.counter(name, about, _counts(engine.figures, key), (label,))
    metrics.gauge(
        "roomwatch_orders_waiting",
        "facts of orders that wait for their room to be known",
        _one(engine.figures, "orders_waiting"),
    )


def _by_severity(engine: Engine) -> Labelled:
    counts: Labelled = {}
    for alert in engine.alerts():
        if alert.state != "pending":
            counts[alert.severity,] = counts.get((alert.severity,), 0.0) + 1.0
    return counts


def _sources(metrics: Metrics, engine: Engine) -> None:
    for field, about in (
        ("connects", "connections made"),
        ("frames", "frames received"),
        ("bytes", "bytes received"),
        ("dropped", "frames shed because a bound was reached"),
        ("lost", "frames the other side threw away before they were read"),
        ("refused", "peers turned away"),
    ):
        metrics.counter(
            f"roomwatch_source_{field}_total",
            about,
            _each(lambda: {each.name: each.source.health for each in engine.intakes}, field),
            ("source",),
        )
    metrics.gauge(
        "roomwatch_source_connected",
        "whether the source is connected",
        lambda: {
            (each.name,): float(each.source.health.state in ("connected", "finished"))
            for each in engine.intakes
        },
        ("source",),
    )
    metrics.counter(
        "roomwatch_frames_rejected_total",
        "items that could not be read",
        lambda: {
            (each.name, reason): count
            for each in engine.intakes
            for reason, count in each.decoder.rejected.items()
        },
        ("source", "reason"),
    )
    metrics.counter(
        "roomwatch_unknown_types_total",
        "items of a type we do not know",
        lambda: {
            (each.name, kind): count
            for each in engine.intakes
            for kind, count in each.decoder.unknown.items()
        },
        ("source", "type"),
    )


def _delivery(metrics: Metrics, delivery: Delivery) -> None:
    for field, about in (
        ("sent", "notices sent"),
        ("retried", "sends that will be tried again"),
        ("expired", "notices that were not sent in time"),
        ("dead", "notices a channel refused for good"),
    ):
        metrics.counter(
            f"roomwatch_notices_{field}_total",
            about,
            _each(delivery.stats, field),
            ("channel",),
        )
    metrics.gauge(
        "roomwatch_notices_waiting",
        "notices on their way",
        lambda: {
            (name,): float(sum(stats.depth.values())) for name, stats in delivery.stats().items()
        },
        ("channel",),
    )


def _pages(metrics: Metrics, pages: Pages) -> None:
    metrics.gauge("roomwatch_screens", "pages connected", lambda: float(pages.feed.screens))
    metrics.counter(
        "roomwatch_screens_total",
        "what became of pages that wanted to be kept up to date",
        lambda: {(what,): float(count) for what, count in pages.feed.counts.items()},
        ("what",),
    )
    metrics.counter(
        "roomwatch_requests_refused_total",
        "requests of people that were refused",
        lambda: {(reason,): float(count) for reason, count in pages.access.refused.items()},
        ("reason",),
    )
