"""
What a format gives back is empty until something is said.
"""

from monitor.formats.format import Part, Read, Refused


def test_nothing_read_is_nothing_at_all() -> None:
    """
    Lists of their own: two readings share nothing.
    """
    one, other = Read(), Read()
    one.parts.append(Part())
    one.parts[0].heard.append("r")

    assert Read() == other
    assert Part() == Part(events=[], source=None, received_at=None, heard=[], indexes=None)


def test_a_refusal_needs_no_snippet() -> None:
    """
    A frame as a whole has no index.
    """
    assert "" == Refused(None, "empty").snippet
