"""What an incident is."""

from __future__ import annotations

from monitor.mood.incident import STREAMS, WATCH, Incident, Limits
from monitor.mood.model import TOPICS


def test_every_topic_but_the_rest_has_a_stream_and_all_of_them_one():
    assert ({*TOPICS} - {"other"}) | {"all"} == set(STREAMS)


def test_an_incident_knows_its_topic():
    incident = Incident(
        row=0, stream=5, since=0.0, told=0.0, window_s=10, comments=9, people=3, share=0.33,
        baseline=0.005, baseline_of=200, log10_p=-5.0, level=WATCH,
    )  # fmt: skip

    assert "stream" == incident.topic


def test_a_crisis_needs_more_than_a_warning():
    assert all(more > less for more, less in zip(Limits().crisis, Limits().warning, strict=True))
