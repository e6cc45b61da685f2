"""The market that benches are played on."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from monitor.bench.generator import START, Market, blobs
from monitor.events import Event, Fact
from monitor.formats.decoder import Decoder
from monitor.frames import Frame

SMALL = Market(events=20_000, rooms=50)


@pytest.fixture(scope="module")
def facts() -> list[Fact]:
    decode = msgspec.json.Decoder(list[Event]).decode
    return [fact for blob in blobs(SMALL)[1] for fact in decode(blob.data)]


def test_the_same_settings_give_the_same_bytes():
    market = Market(events=500, rooms=5)

    assert blobs(market) == blobs(market)
    assert blobs(market) != blobs(msgspec.structs.replace(market, seed=2))


def test_the_mix_is_what_the_issue_asks_for(facts):
    """
    70 % comments, 10 % likes, 8 % viewers, 8 % clicks and 4 % orders, within a tenth of each.
    """
    kinds = Counter(fact.__struct_config__.tag for fact in facts)
    orders = kinds["order_created"] + kinds["order_paid"]
    share = {name: kinds[name] / len(facts) for name in ("comment", "like", "viewers")}

    assert len(facts) == SMALL.events
    assert pytest.approx(0.70, rel=0.1) == share["comment"]
    assert pytest.approx(0.10, rel=0.1) == share["like"]
    assert pytest.approx(0.08, rel=0.1) == share["viewers"]
    assert pytest.approx(0.08, rel=0.1) == kinds["product_clicked"] / len(facts)
    assert pytest.approx(0.04, rel=0.1) == orders / len(facts)
    assert {fact.room for fact in facts} == {f"dy-{8801 + number}" for number in range(50)}


def test_one_in_a_hundred_comes_again_and_two_come_late(facts):
    again = len(facts) - len({fact.id for fact in facts})
    newest = START
    late = 0
    for fact in facts:
        newest = max(newest, fact.at)
        late += newest - fact.at > 0.1

    assert 100 < again < 300
    assert 300 < late < 800
    assert max(newest - fact.at for fact in facts) < 10.0


def test_a_blob_holds_a_thousand_facts_of_about_140_bytes():
    _, stream = blobs(Market(events=3_000))

    assert [START + 0.1, START + 0.2, START + 0.3] == pytest.approx([b.now for b in stream])
    assert 120 < sum(len(blob.data) for blob in stream) / 3_000 < 150


def test_both_wires_say_the_same():
    def read(wire: str) -> list[Fact]:
        decoder = Decoder(source="bench", format=wire)
        before, stream = blobs(Market(events=2_000, rooms=10, wire=wire))
        frames = [Frame(data=blob.data, received_at=blob.now) for blob in before + stream]
        found = [event for batch in decoder.receive(frames, 0.0) for event in batch.events]
        return [msgspec.structs.replace(event, platform=None) for event in found]

    assert read("native") == read("cloudevents")
