"""The other side of a transport."""

import pathlib

from monitor.bench import publishing


def test_messages_are_read_as_they_were_written(tmp_path: pathlib.Path):
    messages = [b"", b"a", b"b" * 70_000]
    publishing.write(tmp_path / "m", messages)

    assert messages == publishing.read(tmp_path / "m")


def test_a_frame_says_its_length_in_as_few_bytes_as_can_be():
    """RFC 6455, section 5.2."""

    assert b"\x81\x02hi" == publishing.framed(b"hi")
    assert b"\x81\x7e\x00\x80" == publishing.framed(b"x" * 128)[:4]
    assert b"\x81\x7f" + (70_000).to_bytes(8, "big") == publishing.framed(b"x" * 70_000)[:10]
    assert b"\x81\x82\x00\x00\x00\x00hi" == publishing.framed(b"hi", masked=True)
