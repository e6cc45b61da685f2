"""The bench of peers; those that must be installed first are left to people."""

import msgspec

from monitor.bench import peers
from monitor.bench.peers import Ran


def test_two_of_them_are_measured_on_the_same_file():
    ours, plain = peers.measure(30_000, 1, ("roomwatch", "plain"))

    assert ("roomwatch", 1.0) == (ours.name, ours.ratio)
    assert plain.same_alerts
    assert plain.ratio > 0
    assert ours.comments == plain.comments > 0


def test_the_file_is_in_the_order_of_time(tmp_path):
    """Each second is whole before the next one begins: nobody needs to wait for late facts."""
    peers.write(tmp_path / "facts", 12_000)
    lines = (tmp_path / "facts").read_bytes().splitlines()
    at = [msgspec.json.decode(line)["at"] for line in lines]

    assert 12_000 == len(at)
    assert sorted(at) == at
    assert int(at[9_999]) + 1 == int(at[10_000])


def test_the_table_names_who_found_other_alerts():
    ours = Ran(
        name="roomwatch", events_per_s=1_000_000, ratio=1.0, comments=5, gmv=2, same_alerts=True
    )
    other = Ran(name="x", events_per_s=200_000, ratio=5.0, comments=4, gmv=2, same_alerts=False)

    assert [
        "| roomwatch | 1,000,000 |  | 5 and 2 |",
        "| x | 200,000 | 5.0 × as fast | 4 and 2 |",
    ] == peers.table([ours, other]).splitlines()[2:]
