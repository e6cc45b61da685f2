"""
Nothing that anybody can send makes a decoder raise, whatever the format.
"""

import json

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.formats.decoder import FORMATS, Decoder
from monitor.frames import Batch, Frame

NOW = 1_795_370_000.0


def feed(machine: Decoder, data: bytes) -> list[Batch]:
    return machine.receive([Frame(data=data, received_at=NOW)], NOW)


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_at_all_never_raise(data: bytes) -> None:
    """
    Every format, any bytes.
    """
    for name in FORMATS:
        machine = Decoder(source="door", format=name, room="r")
        feed(machine, data)
        assert 0 == machine.rejected["fault in the format"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=8,
)
# Objects that look enough like each platform's to get deep into its format.
LOOKALIKE = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["comment", "live.comment.v1", "live.like.v1"]) | JSON,
        "specversion": st.just("1.0"),
        "source": st.just("s") | JSON,
        "subject": st.sampled_from(["r", "/", "r/s"]) | JSON,
        "time": st.sampled_from(["2026-11-22T17:53:20Z", "9999-12-31T23:59:59Z"]) | JSON,
        "id": st.text(max_size=4) | JSON,
        "at": st.floats() | st.integers(),
        "room": JSON,
        "cmd": st.sampled_from(
            ["DANMU_MSG", "SEND_GIFT", "COMBO_SEND", "LIVE", "ANCHOR_LOT_START", "INTERACT_WORD"]
        ),
        "data": JSON,
        "info": JSON,
        "recv": JSON,
        "Type": st.integers(0, 10),
        "Data": JSON.map(json.dumps) | JSON,
        "msg_type": st.sampled_from(["comment", "live_order"]) | JSON,
        "msg_id": JSON,
        "order_status": st.sampled_from(["已下单", "已付款"]),
        "order_ts": JSON,
        "nick_name": JSON,
        "text": JSON,
        "user": JSON,
    },
)


@given(st.lists(LOOKALIKE, min_size=1, max_size=3))
@settings(max_examples=300, deadline=None)
def test_anything_that_looks_like_a_message_never_raises(messages: list[object]) -> None:
    """
    Every format, well-formed nonsense; what is accepted is within the bounds of its Struct.
    """
    data = json.dumps(messages).encode()
    for name in FORMATS:
        machine = Decoder(source="door", format=name, room="r")
        for batch in feed(machine, data):
            for event in batch.events:
                msgspec.json.decode(msgspec.json.encode(event), type=type(event))
        assert 0 == machine.rejected["fault in the format"]
