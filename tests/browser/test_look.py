"""What the pages look like to eyes that see less: contrast, motion, colour as a second sign."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect

from monitor.console.assets import PAGES
from tests.browser.test_wall import CONTRAST, open_house, room, screens

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

# ink → what it is written on; 4.5 to 1 (WCAG AA, 1.4.3)
TEXT = {
    "t1": "bg0 bg1 bg2 selected pressed p1-tint negative", "t2": "bg0 bg1 bg2 selected",
    "t3": "bg0 bg1 selected", "strong": "bg1 p1-tint", "ink": "p1 p2 lost", "p3-ink": "p3",
    "lost": "bg0 bg1", "negative-ink": "negative", "flood-ink": "flood", "offline-ink": "offline",
    "red": "bg1", "green": "bg1",
}  # fmt: skip
# a sign or a line → what it stands on; 3 to 1 (1.4.11)
SIGNS = {
    "p1": "bg0 bg1 p1-tint selected", "p2": "bg0 bg1 selected", "p3-line": "bg0 bg1",
    "p4": "bg0 bg1", "select": "bg0 bg1", "curve": "bg1 band", "main": "bg1 chart-band future now",
    "running": "future",
}  # fmt: skip


def themes() -> dict[str, dict[str, str]]:
    """The colours of house.css, by theme; the light one changes the dark one's."""
    text = (PAGES / "house.css").read_text(encoding="utf-8")
    blocks = {
        "dark": text[text.index(":root {") : text.index("}")],
        "light": text[text.index('[data-theme="light"] {') :].partition("}")[0],
    }
    found = {
        name: dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", block))
        for name, block in blocks.items()
    }
    return {"dark": found["dark"], "light": found["dark"] | found["light"]}


def contrast(one: str, other: str) -> float:
    """Of two colours, as WCAG 2.2 defines it."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        bent = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * bent[0] + 0.7152 * bent[1] + 0.0722 * bent[2]

    a, b = sorted((light(one), light(other)), reverse=True)
    return (a + 0.05) / (b + 0.05)


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_the_colours_that_meet_stand_out_from_each_other(theme: str):
    """
    Computed from the variables themselves; both themes name every colour.
    """
    colours = themes()[theme]
    dim = [
        f"{front} on {back}: {ratio:.2f}"
        for pairs, least in ((TEXT, 4.5), (SIGNS, 3.0))
        for front, backs in pairs.items()
        for back in backs.split()
        if (ratio := contrast(colours[front], colours[back])) < least
    ]

    assert 21.0 == contrast("#000000", "#ffffff")
    assert [] == dim


async def test_no_other_colour_is_written_anywhere():
    """
    Or a theme, and the test above, would not know of it. Black that only darkens is no colour.
    """
    written = [
        f"{path.name}: {found}"
        for path in sorted(PAGES.glob("*.*"))
        if path.suffix in (".css", ".js") and path.name != "house.css"
        for found in re.findall(r"(?<![\w&])#[0-9a-fA-F]{3,8}\b", path.read_text(encoding="utf-8"))
        if re.fullmatch(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", found)
    ]

    assert ["room.css: #fff", "stage.css: #0009"] == written


@pytest.mark.parametrize("path", ["/", "/rooms/a"])
async def test_a_lit_room_has_a_theme_of_its_own(chromium: Browser, path: str):
    """
    Chosen in the settings or the address; every text stands out there, too.
    """
    async with open_house(room("a"), room("b")) as it, screens(chromium, it, None) as [page]:
        for severity in ("critical", "warning", "notice", "info", "data_lost"):
            it.desk.fire("a", severity, severity=severity, summary="看", values={"online": 1.0})
        it.desk.say("a", "卡了", negative=True, topic="stream")
        await page.goto(f"{it.origin}{path}?theme=light")
        await page.wait_for_selector("#stage:not(.waiting)")

        await expect(page.locator("body")).to_have_css("background-color", "rgb(212, 214, 216)")
        assert [] == await page.evaluate(CONTRAST)


async def test_the_first_priority_is_seen_without_seeing_red(chromium: Browser):
    """
    Where somebody chose it, the whole heading of the tile is filled; it lasts over a reload.
    """
    async with open_house(room("a")) as it, screens(chromium, it, None) as [page]:
        it.desk.fire("a", "stock")
        await page.click("#settings")
        await page.check("input[name=critical][value=filled]")
        await page.reload()
        head = page.locator(".tile.p1 .head")

        await expect(head).to_have_css("background-color", "rgb(255, 90, 95)")
        await expect(head.locator(".name")).to_have_css("color", "rgb(20, 22, 26)")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/", "abnormal density search keep-wall settings language name"),
        ("/rooms/a", "back prompter settings next mark only-negative pause find comments shelf"),
    ],
)
async def test_what_can_be_clicked_can_be_reached_and_seen_with_the_keyboard(
    chromium: Browser, path: str, wanted: str
):
    """
    Every Tab lands on something with an outline, until the page is through.
    """
    async with open_house(room("a"), room("b")) as it, screens(chromium, it, None) as [page]:
        it.desk.fire("a", "stock")
        await page.goto(it.origin + path)
        await expect(page.locator("#alerts li")).to_have_count(1)
        reached = []
        for _ in range(40):
            await page.keyboard.press("Tab")
            at = await page.evaluate(
                """() => {
                    const node = document.activeElement;
                    const style = getComputedStyle(node);
                    const seen = style.outlineStyle !== "none" && style.outlineWidth !== "0px";
                    return [node.id || node.className || node.tagName, seen];
                }"""
            )
            if at[0] == "BODY":
                break
            reached.append(at)

        assert [] == [name for name, seen in reached if not seen]
        assert {*wanted.split(), "button ack", "button mute"} <= {name for name, _ in reached}


async def test_what_the_address_says_holds_until_somebody_chooses_otherwise(chromium: Browser):
    """
    For a screen without a keyboard the address is the setting; a hand goes before it.
    """
    async with open_house(room("a")) as it, screens(chromium, it, None) as [page]:
        await page.goto(f"{it.origin}/?lang=en&theme=light&delta=cn")
        await expect(page.locator("h1")).to_have_text("Control room · Wall")
        await expect(page.locator("html")).to_have_attribute("data-delta", "cn")
        await page.click("#language")
        await page.click("#settings")
        await page.check("input[name=theme][value=dark]")
        assert page.url.endswith("/?delta=cn")
        await page.reload()
        await expect(page.locator("h1")).to_have_text("直播中控 · 总览墙")
        await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
