"""Forecasts of sold out, held against order days."""

from __future__ import annotations

import pathlib

import msgspec
import numpy as np
import pytest

from monitor.bench import run, sellout
from monitor.errors import InputError

ORDERS = pathlib.Path(__file__).parents[3] / "shared" / "data" / "recordings" / "orders"
HEADER = "InvoiceNo,StockCode,Quantity,InvoiceDate\n"


def day(path: pathlib.Path, *lines: str) -> pathlib.Path:
    path.write_text(HEADER + "".join(f"{line}\n" for line in lines))
    return path


def steady(path: pathlib.Path) -> pathlib.Path:
    """A product of which somebody takes one or two, each minute of four hours."""
    dice = np.random.default_rng(5)
    return day(path, *(
        f"{number},A,{dice.integers(1, 3)},2026-03-01 {10 + number // 60}:{number % 60:02}:00"
        for number in range(240)
    ))  # fmt: skip


def test_invoices_of_a_minute_are_spread_over_it(tmp_path):
    """And what was cancelled, or given back, is no sale."""
    path = day(
        tmp_path / "day.csv",
        "1,A,2,2026-03-01 10:00:00", "2,A,1,2026-03-01 10:00:00", "C3,A,-2,2026-03-01 10:00:00",
        "4,B,5,2026-03-01 10:01:00", "5,B,-1,2026-03-01 10:01:00",
    )  # fmt: skip

    assert [(15.0, "A", 2), (45.0, "A", 1), (90.0, "B", 5)] == sellout.read(path)


def test_a_steady_product_is_sold_out_when_it_was_said_to_be(tmp_path):
    told = sellout.replay(sellout.read(steady(tmp_path / "day.csv")), hours=4)

    assert 1 == told.products
    assert told.pace.inside > 0.9
    assert told.pace.error < told.paces.error
    assert told.pace.width < 7


def test_the_command_prints_both(tmp_path, capsys):
    path = steady(tmp_path / "day.csv")

    assert 0 == run.main(["sellout", str(path), "--hours", "2", "--json"])
    told = msgspec.json.decode(capsys.readouterr().out)
    assert 0 == run.main(["sellout", str(path), "--hours", "2"])
    assert f"inside {told['pace']['inside']}" in capsys.readouterr().out
    assert (240, 2.0) == (told["lines"], told["hours"])


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("InvoiceNo,StockCode\n", "1: no column `Quantity` — write a header with InvoiceNo,"),
        (f"{HEADER}1,A,many,2026-03-01 10:00:00\n", "2: invalid literal for int() with base 10"),
        (f"{HEADER}1,A,2,yesterday\n", "2: Invalid isoformat string: 'yesterday' — write an ISO"),
    ],
)
def test_what_is_no_order_day_is_said_with_its_line(tmp_path, text, mistake):
    path = tmp_path / "day.csv"
    path.write_text(text)

    with pytest.raises(InputError) as caught:
        sellout.read(path)
    assert str(caught.value).startswith(f"{path}:{mistake}")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="write the name of an order day"):
        sellout.read(tmp_path / "nothing.csv")


def test_a_day_without_busy_products_asks_for_fewer_lines(tmp_path):
    path = day(tmp_path / "day.csv", "1,A,2,2026-03-01 10:00:00")

    with pytest.raises(InputError, match="write a smaller --lines"):
        sellout.replay(sellout.read(path))


@pytest.mark.recordings
@pytest.mark.skipif(not ORDERS.is_dir(), reason="no recorded order days in ../shared/data")
@pytest.mark.parametrize("name", ["2010-12-06", "2011-11-29"])
@pytest.mark.parametrize("hours", [1.0, 3.0, 9.0])
def test_on_recorded_days_the_true_sellout_is_in_the_interval_as_often_as_it_says(name, hours):
    """80 %, give or take ten; the greater of two paces has it in a third of them."""
    told = sellout.replay(sellout.read(ORDERS / f"{name}.csv"), hours=hours)

    assert 0.7 <= told.pace.inside <= 0.9
    assert told.paces.inside < 0.4
    assert told.pace_where_paces.error < 0.85 * told.paces.error
