"""Disguises undone."""

from __future__ import annotations

import pytest

from monitor.mood.evasion import unmask


@pytest.mark.parametrize(
    ("worn", "meant"),
    [
        ("jia货", "假货"),
        ("垃-圾 质-量", "垃圾质量"),
        ("质 量 太 差", "质量太差"),
        ("加v信买t款", "加微信买退款"),
        ("今天 明天", "今天 明天"),
        ("好 看 吗", "好看吗"),
        ("没声音", "没声音"),
    ],
)
def test_what_is_hidden_is_read(worn, meant):
    assert meant == unmask(worn)
