"""The benches of the machine, as people and machines call them."""

import msgspec

from monitor.bench import memory, run


def test_memory_tells_kib_a_room_and_what_stays(capsys, monkeypatch):
    monkeypatch.setattr(memory, "SPAN_S", 5)

    code = run.main(["memory", "--rooms", "50", "--waves", "2", "--json"])
    told = msgspec.json.decode(capsys.readouterr().out)

    assert 0 == code
    assert (50, 50, 0) == tuple(told[name] for name in ("rooms", "rules", "rooms_left"))
    assert 2 == len(told["after_mib"])
    assert {"kib_a_room", "resident_mib", "off_by"} <= told.keys()
