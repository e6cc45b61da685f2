"""The one web application: who is let in, from where, and until when."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from monitor.clock import ManualClock
from monitor.daemon import Daemon
from monitor.errors import ConfigError
from tests.daemon.ground import Ground, running
from tests.services import certificate, until

TOKEN = "0123456789abcdef0123456789abcdef"
PEOPLE = f'[[tokens]]\nname = "李敏"\nrole = "operator"\ntoken = "{TOKEN}"\n'


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    return Ground(tmp_path)


async def test_new_posts_are_refused_while_it_stops_and_old_ones_are_answered(
    ground: Ground,
) -> None:
    """A pusher tries again elsewhere; what it was told was taken is taken."""
    async with running(ground) as stage:
        pages, url = stage.daemon.pages, f"{stage.daemon.url}/ingest"
        sending = asyncio.Event()

        async def slowly():
            yield b"["
            sending.set()
            await asyncio.sleep(0)
            await gate.wait()
            yield b"]"

        gate = asyncio.Event()
        headers = {"Content-Type": "application/json"}
        old = asyncio.create_task(stage.session.post(url, data=slowly(), headers=headers))
        await sending.wait()
        await until(lambda: pages._posts == 1)
        shutting = asyncio.create_task(pages.shut_doors(10))
        await asyncio.sleep(0)
        new = await stage.post(stage.comment())
        assert not shutting.done()
        gate.set()
        async with await old as answer:
            status = answer.status
        await shutting

    assert {"status": 503, "error": "stopping; try again"} == new
    assert 202 == status


async def test_a_connection_that_never_finishes_asking_is_closed(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a thousand of them would hold every socket we have."""
    monkeypatch.setattr("monitor.daemon.pages.IDLE_S", 0.1)
    async with running(ground) as stage:
        port = int(stage.daemon.url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /ingest HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        async with asyncio.timeout(10):
            said = await reader.read()
        writer.close()
        ready = await stage.get("/readyz")

    assert b"" == said
    assert ready["ready"]


async def test_a_post_that_never_ends_is_not_waited_for(ground: Ground) -> None:
    """Only as long as it was given."""
    async with running(ground) as stage:
        await stage.daemon.pages.shut_doors(0.01)
        stage.daemon.pages._quiet.clear()
        async with asyncio.timeout(5):
            await stage.daemon.pages.shut_doors(0.01)
        ready = await stage.get("/readyz")

    assert ready["ready"]


@pytest.mark.parametrize("trusted", [True, False])
async def test_behind_a_trusted_proxy_the_address_is_what_it_says(
    ground: Ground, trusted: bool
) -> None:
    """Five wrong tokens close the doors to the one who sent them, not to the proxy."""
    more = f'trusted_proxies = ["{"127.0.0.0/8" if trusted else "10.0.0.0/8"}"]\n'
    ground.write(listen=f'127.0.0.1:0"\n{more}#"', more=PEOPLE)
    async with running(ground) as stage:

        async def knock(forwarded: str, token: str) -> int:
            headers = {"X-Forwarded-For": forwarded, "Authorization": f"Bearer {token}"}
            async with stage.session.get(
                f"{stage.daemon.url}/api/rooms", headers=headers
            ) as answer:
                return answer.status

        for _ in range(5):
            await knock("203.0.113.7, 127.0.0.9", "wrong")
        told = [
            await knock(address, TOKEN)
            for address in ("203.0.113.7", "203.0.113.8", "nonsense", "1.1.1.1, 203.0.113.7")
        ]

    assert ([429, 200, 200, 429] if trusted else [429] * 4) == told


@pytest.mark.parametrize("trusted", [True, False])
async def test_behind_a_trusted_proxy_with_tls_the_cookie_of_a_link_is_for_tls_only(
    ground: Ground, trusted: bool
) -> None:
    """A link that is opened says no Origin; who is no proxy of ours may not say so."""
    more = f'trusted_proxies = ["{"127.0.0.1" if trusted else "10.0.0.0/8"}"]\n'
    wall = f'[[tokens]]\nname = "wall"\nrole = "viewer"\ntoken = "{TOKEN}"\n'
    ground.write(listen=f'127.0.0.1:0"\n{more}#"', more=wall)
    async with (
        running(ground) as stage,
        stage.session.get(
            f"{stage.daemon.url}/d/{TOKEN}",
            headers={"X-Forwarded-Proto": "https"},
            allow_redirects=False,
        ) as answer,
    ):
        cookie = answer.headers["Set-Cookie"]

    assert cookie.startswith("__Host-sid=" if trusted else "sid=")
    assert trusted is ("Secure" in cookie)
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


async def test_pages_may_be_shown_within_those_of_the_hosts_that_are_named(
    ground: Ground,
) -> None:
    """And else within none."""
    found = []
    for more in ("", 'frame_hosts = ["https://screens.example.com"]\n'):
        ground.write(listen=f'127.0.0.1:0"\n{more}#"')
        async with (
            running(ground) as stage,
            stage.session.get(f"{stage.daemon.url}/") as answer,
        ):
            policy = answer.headers["Content-Security-Policy"]
            framed = policy.partition("frame-ancestors ")[2].partition(";")[0]
            found.append((framed, "X-Frame-Options" in answer.headers))

    assert [("'none'", True), ("https://screens.example.com", False)] == found


async def test_it_speaks_tls_with_a_certificate(ground: Ground) -> None:
    """Without a proxy."""
    cert, key = certificate(ground.folder / "tls", "roomwatch")
    ground.write(listen=f'127.0.0.1:0"\ntls_cert = "{cert}"\ntls_key = "{key}"\n#"')
    context = ssl.create_default_context(cafile=str(cert))
    async with (
        running(ground) as stage,
        aiohttp.ClientSession() as session,
        session.get(f"{stage.daemon.url}/readyz", ssl=context) as answer,
    ):
        status = answer.status

    assert stage.daemon.url.startswith("https://127.0.0.1:")
    assert 200 == status


async def test_a_certificate_that_can_not_be_used_is_told(ground: Ground) -> None:
    """Before anybody could connect."""
    bad = ground.folder / "bad.pem"
    bad.write_text("no certificate")
    ground.write(listen=f'127.0.0.1:0"\ntls_cert = "{bad}"\ntls_key = "{bad}"\n#"')
    with pytest.raises(ConfigError, match=r"\[http\] tls_cert and tls_key can not be used"):
        await Daemon(ground.load(), ManualClock()).start()


async def test_pages_of_our_own_addresses_may_change_things_also_after_a_reload(
    ground: Ground,
) -> None:
    """By number, as localhost, and as the public address."""
    ground.write(listen='127.0.0.1:0"\npublic_url = "https://rooms.example.com"\n#"')
    told = []
    async with running(ground) as stage:
        port = stage.daemon.url.rpartition(":")[2]
        for _ in range(2):
            for origin in (
                stage.daemon.url,
                f"http://localhost:{port}",
                "https://rooms.example.com",
                "https://elsewhere.example.com",
            ):
                async with stage.session.post(
                    f"{stage.daemon.url}/api/alerts/ack",
                    json={"key": "no|such", "episode": 1},
                    headers={"Origin": origin},
                ) as answer:
                    told.append(answer.status)
            await stage.daemon.reload(ground.load)

    assert [404, 404, 404, 403] * 2 == told


async def test_where_everybody_listens_somebody_must_say_how_it_is_reached(
    ground: Ground,
) -> None:
    """Or every page would be refused, and nobody knew why."""
    door = f'[[sources]]\nkind = "webhook"\nname = "push"\nformat = "native"\ntoken = "{TOKEN}x"\n'
    ground.write(listen="0.0.0.0:0", more=PEOPLE, sources=door)
    with capture_logs() as logged:
        async with running(ground):
            pass

    assert [1] == [1 for line in logged if "public_url" in line["event"]]


@pytest.mark.parametrize("token", [TOKEN, f"{TOKEN}-new"])
async def test_who_is_logged_in_still_is_after_a_restart(ground: Ground, token: str) -> None:
    """As long as the token is the same: a display in a hall has nobody to log it in again."""
    ground.write(more=PEOPLE)
    clock = ManualClock()
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        async with running(ground, clock) as stage:
            url = stage.daemon.url
            async with browser.post(
                f"{url}/api/login", json={"token": TOKEN}, headers={"Origin": url}
            ) as answer:
                csrf = (await answer.json())["csrf"]
        ground.write(more=PEOPLE.replace(TOKEN, token))
        async with (
            running(ground, clock) as stage,
            browser.get(f"{stage.daemon.url}/api/me") as answer,
        ):
            told = (answer.status, (await answer.json()).get("csrf"))

    assert ((200, csrf) if token == TOKEN else (401, None)) == told
