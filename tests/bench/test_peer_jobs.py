"""The same job by different means."""

import msgspec
import pytest

from monitor.bench import peer_jobs, peers
from monitor.bench.peer_jobs import Minute


def test_a_minute_holds_sixty_seconds():
    minute = Minute()
    minute.add(100, peer_jobs.MOST_COMMENTS, 0)
    minute.add(100, 1, 5)

    assert [(1, 0), (1, 0), (0, 0)] == [minute.over(second) for second in (100, 159, 160)]
    assert 0 == minute.comments == minute.minor


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    path = tmp_path_factory.mktemp("peers") / "facts.jsonl"
    peers.write(path, 40_000)
    return path


def test_ours_finds_the_alerts_that_the_plain_one_finds(facts):
    """Four seconds of a market; in each of them some rooms are above the limit."""
    expected = peer_jobs.plain(facts)

    assert expected[0] > 0
    assert expected == peer_jobs.roomwatch(facts)


def test_a_job_tells_what_it_found_and_how_long_it_took(facts, capsys):
    assert 0 == peer_jobs.main("plain", str(facts))
    told = msgspec.json.decode(capsys.readouterr().out)

    assert list(peer_jobs.plain(facts)) == [told["comments"], told["gmv"]]
    assert 0 < told["seconds"]
