"""A picture of two rule sets on one recording."""

from __future__ import annotations

from xml.etree import ElementTree

from monitor.courts import timeline
from monitor.courts.backtest import differences
from monitor.courts.timeline import COLOURS, LANE, LEFT, MOST_LANES, RIGHT, WIDTH
from tests.courts.test_backtest import episode

SVG = "{http://www.w3.org/2000/svg}"


def drawn(new: list, old: list, ends: float = 100.0) -> ElementTree.Element:
    picture = timeline.draw(differences(new, old), 0.0, ends, "new/", "old/")
    return ElementTree.fromstring(picture)


def bars(picture: ElementTree.Element) -> list[tuple[float, float, str, str]]:
    """(x, width, colour, words) of every episode."""
    return [
        (
            float(each.attrib["x"]),
            float(each.attrib["width"]),
            each.attrib["fill"],
            each.findtext(f"{SVG}title", ""),
        )
        for each in picture.iter(f"{SVG}rect")
        if each.find(f"{SVG}title") is not None
    ]


def words(picture: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in picture.iter(f"{SVG}text")]


def test_each_episode_is_a_bar_in_its_time():
    """From LEFT on, 100 s take all the width there is."""
    scale = (WIDTH - LEFT - RIGHT) / 100
    found = bars(drawn([episode(20, 30)], [episode(10, 30)]))

    assert [
        (round(LEFT + 10 * scale, 1), round(20 * scale, 1), COLOURS["stays"]),
        (round(LEFT + 20 * scale, 1), round(10 * scale, 1), COLOURS["moves"]),
    ] == [bar[:3] for bar in found]
    assert "old: loud at 10s · moves fires 10s later" == found[0][3]


def test_what_still_fires_reaches_the_end_and_what_was_short_can_be_seen():
    still, short = bars(drawn([episode(50), episode(99.99, 99.991, key="b")], []))

    assert WIDTH - RIGHT == round(still[0] + still[1])
    assert timeline.SHORTEST == short[1]
    assert short[0] + short[1] <= WIDTH - RIGHT


def test_the_colour_says_what_became_of_it():
    picture = drawn(
        [episode(5, 9), episode(30, 31, key="b", room="b")],
        [episode(5, 9), episode(60, 70, key="c", room="c")],
    )

    assert [COLOURS["appears"], COLOURS["vanishes"], COLOURS["stays"], COLOURS["stays"]] == [
        bar[2] for bar in bars(picture)
    ]
    assert {"1 appear", "1 vanish", "0 move", "1 stay the same"} <= set(words(picture))


def test_lanes_with_a_difference_are_drawn_first_and_the_others_counted():
    many = [episode(5, 9, key=f"k{n}", room=f"r{n}") for n in range(MOST_LANES + 5)]
    picture = drawn([*many, episode(50, 60, room="new")], many)
    said = words(picture)

    assert said.index("new") < said.index("r0")
    assert "and 6 more alerts" in said
    assert int(picture.attrib["height"]) < LANE * (MOST_LANES + 5)


def test_where_nothing_fired_the_picture_says_so():
    assert "no alert by either" in words(drawn([], [], ends=0.0))


def test_what_people_wrote_can_not_break_the_picture():
    picture = drawn([episode(5, room='<script>"&\x00\ud800')], [])

    assert '<script>"&' in words(picture)
    assert [] == list(picture.iter(f"{SVG}script"))
