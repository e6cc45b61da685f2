"""What a kind compiles its fields with tells the field of a mistake."""

from __future__ import annotations

import pytest

from monitor.rules.conditions import Compiler, ProblemError


@pytest.mark.parametrize(
    ("scope", "given", "text"),
    [
        ("room", (), "comments_1m > 4"),
        ("product", (), "stock == 0 and comments_1m > 4"),  # and its room's
        ("product", ("eta_s",), "eta_s < 45"),
        ("room", (), 'segment == "push"'),
    ],
)
def test_a_condition_may_name_the_metrics_of_its_scope_and_what_its_kind_gives(scope, given, text):
    assert text == Compiler(scope, given).condition("when", text).text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("coments_1m > 4", "unknown metric `coments_1m` — did you mean `comments_1m`?"),
        ("stock == 0", "unknown metric `stock` — it is one of products: write `scope: product`"),
        (
            "slope < 0",
            "unknown metric `slope` — only `kind: forecast` has it, in its own `when` and `clear`",
        ),
        ("comments_1m", None),  # its truth is "not 0"
        ("", "nothing is written here — write for example `online > 100`"),
    ],
)
def test_an_unknown_metric_is_told_with_what_to_write(text, message):
    if message is None:
        assert Compiler("room", ()).condition("clear", text)
        return
    with pytest.raises(ProblemError) as told:
        Compiler("room", ()).condition("clear", text)

    assert (("clear",), message) == (told.value.path, told.value.message)


def test_a_value_is_a_number():
    assert "gmv_1m / 100" == Compiler("room", ()).value("value", "gmv_1m / 100").text
    with pytest.raises(ProblemError, match="is a condition, not a number"):
        Compiler("room", ()).value("value", "gmv_1m > 100")


def test_a_duration_is_in_seconds():
    assert 90.0 == Compiler("room", ()).duration("for", "1m30s")
    with pytest.raises(ProblemError, match="`soon` is not a duration — write") as told:
        Compiler("room", ()).duration(("steps", 0, "max"), "soon")

    assert ("steps", 0, "max") == told.value.path
