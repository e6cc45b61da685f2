"""The page of sessions: who is logged in, and that an admin ends it."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.browser.test_wall import Complaints, closed_house, room, screens
from tests.console.acted import TOKENS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_an_admin_ends_a_session_whose_page_goes_back_to_the_login(chromium: Browser):
    """
    Reached from the name in the header; who did it is on record.
    """
    complaints = Complaints()
    async with closed_house(room("a")) as it:
        tokens = (TOKENS["admin"], TOKENS["operator"])
        async with screens(chromium, it, *tokens, complaints=complaints) as [root, limin]:
            assert await limin.locator("#who").get_attribute("href") is None
            await root.click("#who")
            rows = root.locator("#sessions li")
            await expect(rows).to_have_count(2)
            mine = rows.filter(has_text="root")
            await expect(mine).to_contain_text("管理员 · 127.0.0.1")
            await expect(mine).to_contain_text("就是这里")
            await rows.filter(has_text="李敏").locator("button").click()
            await expect(rows).to_have_count(1)
            await expect(limin.locator("#token")).to_be_visible()
            assert [("root", "revoked", "李敏")] == [
                (deed.by, deed.did, deed.about) for deed in it.desk.done
            ]
            await root.goto(f"{it.origin}/alerts")
            await root.locator("#tabs .button").last.click()
            await expect(root.locator("#delivery")).to_contain_text("结束会话")
    assert [] == [line for line in complaints if "401" not in line]


async def test_an_operator_is_told_that_sessions_are_for_admins(chromium: Browser):
    """
    The page holds nothing the door would not tell.
    """
    complaints = Complaints()
    async with closed_house(room("a")) as it:
        tokens = (TOKENS["operator"],)
        async with screens(chromium, it, *tokens, complaints=complaints) as [page]:
            await page.goto(f"{it.origin}/sessions")
            await expect(page.locator("#failed")).to_have_text("只有管理员可以看和结束会话")
            await expect(page.locator("#sessions li")).to_have_count(0)
    assert [] == [line for line in complaints if "403" not in line]
