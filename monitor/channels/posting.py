"""Posts to a receiver and says in our own words what went wrong: never with a URL in it."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import aiohttp
from msgspec import Struct

from monitor.channels.addresses import ForbiddenAddressError
from monitor.errors import DeliveryError

LARGEST = 64 * 1024  # bytes of an answer that are read
LONGEST_WAIT_S = 3600.0
RETRIED = {408, 425, 429, 500, 502, 503, 504, 507, 520, 521, 522, 523, 524}


class Answer(Struct, frozen=True):
    """What the receiver said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def post(
    session: aiohttp.ClientSession,
    url: str,
    data: bytes,
    headers: Mapping[str, str],
) -> Answer:
    """POST once, follow nothing. Raises DeliveryError(retry=True) when there is no answer."""
    try:
        async with session.post(
            url, data=data, headers=dict(headers), allow_redirects=False
        ) as response:
            body = b""
            while len(body) < LARGEST and (part := await response.content.read(LARGEST)):
                body += part
            return Answer(response.status, response.headers, body)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise as_delivery_error(error) from None


def as_delivery_error(error: Exception) -> DeliveryError:
    """Our own error for what aiohttp or the system raised; theirs hold the URL."""
    if isinstance(error, DeliveryError):
        return error
    if isinstance(error, TimeoutError):
        return DeliveryError("no answer in time", retry=True)
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ForbiddenAddressError):
            return DeliveryError(str(cause), retry=False)
        cause = cause.__cause__ or cause.__context__ or getattr(cause, "os_error", None)
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return DeliveryError("its certificate is not valid", retry=True)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return DeliveryError("its name can not be resolved", retry=True)
    if isinstance(error, aiohttp.ClientConnectorError):
        return DeliveryError("can not connect", retry=True)
    if isinstance(error, (aiohttp.InvalidURL, ValueError)):
        return DeliveryError("its address is no URL", retry=False)
    if isinstance(error, (aiohttp.ClientError, OSError)):
        return DeliveryError("the connection broke", retry=True)
    return DeliveryError(f"bug: {type(error).__name__}", retry=False)


def refuse(answer: Answer) -> None:
    """Raise DeliveryError unless the status says that the receiver took it."""
    if 200 <= answer.status < 300:
        return
    retry = answer.status in RETRIED
    raise DeliveryError(
        f"HTTP {answer.status}",
        retry=retry,
        retry_after_s=retry_after_s(answer.headers) if retry else None,
    )


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """The wait the receiver asks for: seconds, or a date, counted from its own `Date`."""
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            then = parsedate_to_datetime(text)
            seconds = (then - parsedate_to_datetime(headers.get("Date", ""))).total_seconds()
        except (TypeError, ValueError):
            return None
    return min(seconds, LONGEST_WAIT_S) if seconds >= 0 else None  # nor when it is NaN
