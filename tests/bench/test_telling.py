"""What a bench prints."""

import msgspec

from monitor.bench.telling import tell


def test_a_figure_has_a_line_of_its_own_or_all_are_one_object(capsys):
    told = {"events": 1_000_000, "share": 0.5, "mood": True, "wire": "native"}
    tell(told, as_json=False)
    tell(told, as_json=True)
    *lines, last = capsys.readouterr().out.splitlines()

    assert ["1,000,000", "0.5", "True", "native"] == [line.split()[-1] for line in lines]
    assert told == msgspec.json.decode(last)
