"""The other side of the console's bench: screens that only listen, or one real browser.

python -m monitor.bench.console_screens screens|browser ORIGIN MANY SECONDS
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from typing import Any

import msgspec
from aiohttp import ClientSession, TCPConnector, WSMsgType

from monitor.clock import steady

ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"]
LOOKS = 10  # at its memory
NODES = "document.querySelectorAll('*').length"
PAINT = """() => {
  const first = performance.getEntriesByName("first-contentful-paint")[0];
  const files = performance.getEntriesByType("resource");
  const page = performance.getEntriesByType("navigation")[0];
  return {
    first_paint_ms: first ? Math.round(first.startTime) : null,
    bytes: files.reduce((sum, file) => sum + file.transferSize, page.transferSize),
  };
}"""


async def listen(origin: str, many: int, seconds: float) -> dict[str, Any]:
    """Screens of the wall for so long; how many bytes came."""
    connector = TCPConnector(limit=0)
    headers = {"Origin": origin}
    async with ClientSession(origin, headers=headers, connector=connector) as session:

        async def screen() -> int:
            received = 0
            try:
                async with asyncio.timeout(seconds), session.ws_connect("/ws") as socket:
                    await socket.send_str('{"type":"sub","view":"wall"}')
                    async for message in socket:
                        if message.type is WSMsgType.TEXT:
                            received += len(message.data)
            except TimeoutError:
                pass
            return received

        return {"bytes": sum(await asyncio.gather(*(screen() for _ in range(many))))}


async def browse(origin: str, seconds: float) -> dict[str, Any] | None:
    """A Chromium that shows the wall; None where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        import psutil  # noqa: PLC0415  both are there for tests only
        from playwright.async_api import async_playwright  # noqa: PLC0415
    except ImportError:
        return None
    if path is None:
        return None
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": 1920, "height": 1080})
        live: list[int] = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: live.append(
            len(frame if isinstance(frame, bytes) else frame.encode()))))  # fmt: skip
        await page.goto(origin)
        await page.wait_for_selector(".tile")
        await asyncio.sleep(2.0)
        told: dict[str, Any] = await page.evaluate(PAINT)
        told["bytes"] += sum(live)  # the WebSocket's own, of the first two seconds, too
        tools = await page.context.new_cdp_session(page)
        ours = [each for each in psutil.Process().children(recursive=True) if path_of(each)]
        heaps, nodes = [await heap(tools)], [await page.evaluate(NODES)]
        began, used = steady(), spent(ours)
        for _ in range(LOOKS):
            await asyncio.sleep(seconds / LOOKS)
            heaps.append(await heap(tools))
            nodes.append(await page.evaluate(NODES))
        told["share_of_a_core"] = round((spent(ours) - used) / (steady() - began), 4)
        told["seconds"] = seconds
        told["heap_mb"] = heaps
        told["nodes"] = nodes
        await browser.close()
    return told


def path_of(process: Any) -> bool:
    """Whether it is one of the browser's processes."""
    return "chrom" in process.name()


def spent(processes: list[Any]) -> float:
    """Seconds of processor time they took so far."""
    times = [process.cpu_times() for process in processes if process.is_running()]
    return sum(each.user + each.system for each in times)


async def heap(tools: Any) -> float:
    """Megabytes in use after the rubbish is gone."""
    await tools.send("HeapProfiler.collectGarbage")
    usage = await tools.send("Runtime.getHeapUsage")
    return round(usage["usedSize"] / 1e6, 2)


def main(what: str, origin: str, many: str, seconds: str) -> None:
    """Print what was measured as one line of JSON."""
    work = (
        listen(origin, int(many), float(seconds))
        if what == "screens"
        else browse(origin, float(seconds))
    )
    print(msgspec.json.encode(asyncio.run(work)).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
