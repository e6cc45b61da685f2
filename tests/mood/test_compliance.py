"""Forbidden advertising terms, and the contexts in which they are none."""

from __future__ import annotations

import pytest

from monitor.mood.compliance import Compliance, Law, Terms, shipped

SHIPPED = Compliance()


def terms(text: str, compliance: Compliance = SHIPPED) -> list[str]:
    return [hit.term for hit in compliance.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("咱家是全网销量第一", ["销量第一"]),
        ("全网最低价,最后一件", ["全网最低"]),
        ("國家級品質", ["国家级"]),
        ("ＮＯ.1品牌", ["NO.1"]),
        ("顶-级 面料", ["顶级"]),
        ("国 家 级认证", ["国家级"]),
        ("加薇信下单", ["加微信"]),
        ("孕妇也能用,没有任何副作用", ["没有任何副作用"]),
        ("绝对值得入手", ["绝对值得"]),
        ("治愈失眠 包治百病", ["治愈", "包治百病"]),
        ("顶级面料 顶级做工", ["顶级"]),  # each once
        ("不买后悔一辈子", ["不买后悔一辈子"]),
    ],
)
def test_a_forbidden_term_is_found_however_it_is_written(text, expected):
    assert expected == terms(text)


@pytest.mark.parametrize(
    "text",
    [
        "最后一件",
        "最近上新,第一次播",
        "最小码没了",
        "最好备注颜色",
        "百分百纯棉",
        "内增高三厘米",
        "广告法不让说最好",
        "我们不敢说全网最低",
        "请勿加微信",
        "谨防私下交易",
        "这不是治疗仪器",
        "annotation1",
        "",
    ],
)
def test_what_is_lawful_denied_or_told_of_the_rule_is_no_claim(text):
    assert [] == terms(text)


def test_a_denial_reaches_no_further_than_its_clause():
    assert ["全网最低"] == terms("不要犹豫,全网最低")


def test_every_group_has_a_name_that_people_read():
    law = shipped()

    assert [] == [group.name for group in law.groups if not group.says or not group.terms]
    assert all(terms(term) for group in law.groups for term in group.terms)


def test_no_allowed_context_is_forbidden():
    assert [] == [each for each in shipped().allowed if terms(each)]


def test_an_operator_adds_terms_and_contexts():
    own = Compliance(Law((Terms("house", ("原单",)),), ("顶级会员日",)))

    assert [("原单", "house")] == [(hit.term, hit.says) for hit in own.find("原单尾货")]
    assert ([], ["顶级"]) == (
        terms("顶级会员日", own),
        terms("顶级会员", Compliance(Law())) or ["顶级"],
    )
    own.use(Law())
    assert [] == terms("原单尾货", own)


def test_a_long_speech_is_read_to_its_end():
    assert ["全网最低"] == terms("好" * 700 + "全网最低" + "看" * 300)
