"""A model of weights that are known beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.mood.features import SIZE, features
from monitor.mood.model import TOPIC_BITS, TOPICS, Model, Scale, load, unpack
from monitor.mood.normalise import fold

SCALE = Scale(step=0.5, bias=-1.0, threshold=1.0, topic_step=0.1)


def small() -> Model:
    """Knows one pair: 质量, worth 100 steps, and a matter of price."""
    weights = np.zeros(SIZE, np.int8)
    topics = np.zeros((1 << TOPIC_BITS, len(TOPICS)), np.int8)
    pair = int(features(fold(["质量"])).pairs[1])
    weights[pair] = 100
    topics[pair >> 5, TOPICS.index("price")] = 100
    return Model(weights, topics, SCALE)


def score(model: Model, *texts: str) -> list[float]:
    lines = fold(list(texts))
    return model.score(lines, features(lines)).tolist()


def test_a_score_is_the_sum_over_the_root_of_the_count_and_a_bias():
    """
    质量 has 8 features, 0.5 × 100 ÷ √8 − 1 = 16.68; a stranger has the bias.
    """
    assert [pytest.approx(50 / 8**0.5 - 1), -1.0, -1.0] == score(small(), "质量", "你好", "")


def test_a_topic_is_as_likely_as_its_weights_say():
    lines = fold(["好", "质量", "你好"])
    likely = small().topic_scores(lines, features(lines), np.array([1, 2]))

    assert "price" == TOPICS[likely[0].argmax()]
    assert likely[0].max() > 0.5
    assert likely[1].tolist() == pytest.approx([1 / 8] * 8)


def test_contributions_add_up_to_the_score():
    model = load()
    for text in ("质量太差了", "x", "主播说坏了包赔"):
        line, shares = model.contributions(text)

        assert len(line) == len(shares)
        assert score(model, text)[0] == pytest.approx(
            float(shares.sum()) + model.scale.bias, abs=1e-4
        )


def test_the_same_model_is_the_same_bytes_and_comes_back():
    packed = small().packed()

    assert packed == small().packed()
    assert SCALE == unpack(packed).scale
    assert (small().weights == unpack(packed).weights).all()


def test_the_shipped_weights_are_small():
    assert len(load().packed()) <= 300_000
