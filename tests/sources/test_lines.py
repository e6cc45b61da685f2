"""Lines come out as they went in, whatever the blocks they were read in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.lines import Lines

TEXTS = st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"")), max_size=30)


def group(data, cuts, most_lines, most_bytes, longest=1000):
    """Feed `data` in blocks that end at `cuts`."""
    lines = Lines(most_lines, most_bytes, longest)
    groups = []
    at = 0
    for cut in [*sorted(cuts), len(data)]:
        groups += lines.feed(data[at:cut])
        at = max(at, cut)
    return groups + lines.end()


@given(
    TEXTS,
    st.lists(st.integers(0, 400)),
    st.integers(1, 5),
    st.integers(1, 20),
)
def test_the_groups_joined_are_the_file(texts, cuts, most_lines, most_bytes):
    """And every group keeps its bounds, but for a line that is longer by itself."""
    data = b"".join(text + b"\n" for text in texts)
    groups = group(data, cuts, most_lines, most_bytes)

    assert data == b"".join(text + b"\n" for text, _ in groups)
    for text, _ in groups:
        assert text.count(b"\n") < most_lines
        assert len(text) <= most_bytes or b"\n" not in text


@given(TEXTS.filter(bool), st.lists(st.integers(0, 400)), st.integers(1, 5))
def test_a_group_has_the_number_of_its_last_line(texts, cuts, most_lines):
    """Empty lines count: the number is the one an editor shows."""
    data = b"\n".join([*texts, b"the last"])
    seen = 0
    for text, number in group(data, cuts, most_lines, 10_000):
        seen += text.count(b"\n") + 1

        assert seen == number


def test_a_line_without_an_end_does_not_fill_the_memory():
    """What is over the longest is thrown away; the next line is whole again."""
    lines = Lines(1, 10, longest=5)
    groups = []
    for _ in range(1000):
        groups += lines.feed(b"xxxx")
    groups += lines.feed(b"\nnext\n")

    assert [(b"xxxxx", 1), (b"next", 2)] == groups
    assert [] == lines.end()


def test_the_last_line_needs_no_end():
    """A recorder that was killed leaves one."""
    lines = Lines(10, 100, 1000)

    assert [] == lines.feed(b"a\nb")
    assert [(b"a\nb", 2)] == lines.end()
