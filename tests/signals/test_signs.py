"""What facts tell of where the host is."""

from __future__ import annotations

import pytest

from monitor.signals.signs import PHRASES, RANK, Sign, sign_of
from tests.stage import START, fact


def told(kind: str, **fields: object) -> tuple[str, str, float] | None:
    sign = sign_of(fact(kind, 0, **fields))
    return None if sign is None else (sign.kind, sign.segment, round(sign.confidence, 3))


@pytest.mark.parametrize(
    ("kind", "fields", "sign"),
    [
        ("segment", {"segment": "push"}, ("cue", "push", 1)),
        ("segment", {"segment": "push", "inferred": True}, ("told", "push", 0.5)),
        (
            "segment",
            {"segment": "hook", "inferred": True, "confidence": 0.9},
            ("told", "hook", 0.9),
        ),
        ("pin", {}, ("pin", "hook", 0.5)),
        ("price", {"amount_minor": 9900}, ("price", "push", 0.6)),
        ("lucky_bag", {"bag": "b", "phase": "open"}, ("bag", "benefit", 0.7)),
        ("lucky_bag", {"bag": "b", "phase": "draw"}, None),
        ("speech", {"text": "来 三二一 上链接"}, ("speech", "push", 0.6)),
        ("speech", {"text": "先别划走啊家人们", "confidence": 0.5}, ("speech", "hook", 0.3)),
        ("speech", {"text": "今天穿这件"}, None),
        ("speech", {"text": "抽奖之前先上链接"}, None),  # two at once mean neither
        ("session", {"phase": "end"}, ("end", "", 1)),
        ("session", {"phase": "cut_off"}, ("end", "", 1)),
        ("session", {"phase": "start"}, None),
        ("comment", {}, None),
    ],
)
def test_what_a_fact_means(kind, fields, sign):
    assert sign == told(kind, **fields)


def test_a_cue_names_its_module_and_its_cycle():
    cue = sign_of(fact("segment", 3, segment="hook", module="工厂溯源", cycle=4))

    assert Sign(START + 3, RANK["cue"], "cue", "hook", module="工厂溯源", cycle=4) == cue


def test_signs_of_one_instant_have_an_order():
    """A price that is changed as a product is pinned belongs to it; what the desk says, counts."""
    kinds = ["cue", "pin", "price"]
    signs = [
        sign_of(fact(*each, **fields))
        for each, fields in (
            (("segment", 0), {"segment": "push"}), (("pin", 0), {}),
            (("price", 0), {"amount_minor": 1}),
        )
    ]  # fmt: skip

    assert sorted(kinds, key=RANK.__getitem__) == [
        sign.kind for sign in sorted(sign for sign in signs if sign)
    ]
    assert ["price", "pin", "cue"] == sorted(kinds, key=RANK.__getitem__)


def test_no_phrase_is_part_of_one_for_another_segment():
    clashes = [
        (one, other)
        for segment, phrases in PHRASES.items()
        for one in phrases
        for elsewhere, others in PHRASES.items()
        for other in others
        if segment != elsewhere and one in other
    ]

    assert [] == clashes
