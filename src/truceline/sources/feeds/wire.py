# SPDX-License-Identifier: Apache-2.0
"""Asking a server on the network for a file: bounded in size and time, patient, polite, and never telling a secret.

The standard library's client is used, for three things a ready-made one does not give together: a hard end to a
request however slowly its bytes drip (its socket is shut from a second thread), a bound on what compressed bytes
unpack to, and no redirect followed, because the address holds the user's key.
"""

from __future__ import annotations

import http.client
import re
import ssl
import threading
import time
import urllib.request
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlsplit

from truceline.errors import (
    ConfigError,
    InputError,
    LimitExceeded,
    Malformed,
    TrucelineError,
    Truncated,
    UnavailableError,
    UnknownFormat,
)

AGAIN = frozenset({429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed."""

_LOCAL = re.compile(r"localhost|127(\.\d{1,3}){3}|::1", re.ASCII)
_SNIPPET = 200
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Limits:
    """How much of a server's answer, and of our time, one request may take."""

    most_bytes: int = 64 << 20
    """Largest answer, bytes, packed and unpacked alike."""

    seconds: float = 60.0
    """Longest time of one try, from the first byte sent to the last received."""

    tries: int = 5
    """Most tries of one request."""

    longest_wait_s: float = 120.0
    """Longest wait between two tries. A server that asks for more is left alone, and the error says how long."""

    patience_s: float = 300.0
    """Longest time of one request with all its tries and waits."""

    most_in_window: int = 1_000
    """Most requests in ``window_s``. FIRMS allows 5,000 transactions in ten minutes, and a large request counts as
    several (firms.modaps.eosdis.nasa.gov/api/area)."""

    window_s: float = 600.0
    """Length of that window, seconds."""


@dataclass(frozen=True)
class Hands:
    """What the machine lends: the clock and chance. Tests lend their own."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    """The present, aware."""

    elapsed: Callable[[], float] = time.monotonic
    """Seconds of a clock that never goes back."""

    sleep: Callable[[float], None] = time.sleep
    """Waits for seconds."""

    jitter: Callable[[], float] = lambda: 0.5
    """A number from 0 to 1: how much of the back-off is waited, so that many who were refused do not return at once."""


@dataclass(frozen=True)
class Answer:
    """What a server said, whole."""

    status: int
    """HTTP status: 200, or 4xx other than 429."""

    kind: str
    """Its Content-Type, lower case, without parameters."""

    body: bytes
    """Unpacked bytes."""

    after: str | None = None
    """What Retry-After says."""

    onward: str = ""
    """Where Location leads."""

    def said(self) -> str:
        """Return its beginning as one line for a message."""
        text = re.sub(r"<[^>]*>", " ", self.body[:2_000].decode("utf-8", "replace"))
        return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_SNIPPET]

    @property
    def page(self) -> bool:
        """Whether it is a page for people, whatever its status and type say."""
        begin = self.body[:1_000].lstrip().lower()
        return self.kind == "text/html" or begin.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml"))


@dataclass
class Wire:
    """One server. Requests go one after the other."""

    base: str
    """Address that every path is added to."""

    secrets: tuple[str, ...] = ()
    """Words that must not appear in any message."""

    limits: Limits = field(default_factory=Limits)
    """Bounds."""

    hands: Hands = field(default_factory=Hands)
    """Clock and chance."""

    tell: Callable[[str], None] = lambda _: None
    """Shows progress."""

    requests: int = 0
    """How many were sent."""

    _sent: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse an address that is none, or that would send a key in the clear.

        Raises:
            ConfigError: as above.
        """
        try:
            parts = urlsplit(self.base.strip().rstrip("/"))
            self._host, self._port = parts.hostname or "", parts.port
        except ValueError as error:
            raise ConfigError(self.hide(f"the address {self.base!r:.120} cannot be read: {error}")) from error
        if parts.scheme not in ("http", "https") or not self._host or parts.query or parts.fragment or parts.username:
            raise ConfigError(self.hide(f"the address {self.base!r:.120} is not that of a web server (https://…)"))
        if parts.scheme == "http" and self.secrets and not _LOCAL.fullmatch(self._host):
            raise ConfigError(f"the address of {self._host} begins with http: the key would cross the net unhidden")
        self._tls, self._root = parts.scheme == "https", parts.path

    def hide(self, text: str) -> str:
        """Return the text with every secret struck out."""
        for secret in self.secrets:
            for form in {secret, quote(secret, safe="")}:
                text = text.replace(form, "***") if form else text
        return text

    def get(self, path: str) -> Answer:
        """Return the answer under a path, tried again with growing waits where that may help.

        Raises:
            UnavailableError: no answer, a server's fault, too many requests, or a redirect, after all tries.
            Truncated: the answer ended before its stated length, every time.
            LimitExceeded: larger or slower than the limits allow.
            Malformed, UnknownFormat: packed in a way that cannot be unpacked.
        """
        begun = self.hands.elapsed()
        for attempt in range(1, self.limits.tries + 1):
            self._polite()
            wait: float | None = None
            try:
                answer = self._once(path)
            except (UnavailableError, Truncated) as error:
                fault: TrucelineError = error
            else:
                if answer.status not in AGAIN:
                    return self._straight(answer)
                fault = UnavailableError(self.hide(f"{self._host} answers {answer.status}: {answer.said()}"))
                wait = self._asked(answer.after)
            if attempt == self.limits.tries:
                break
            # Doubling, half of it left to chance; a server's own word comes first.
            pause = min(2.0 ** (attempt - 1), 60.0) * (0.5 + 0.5 * self.hands.jitter()) if wait is None else wait
            if pause > self.limits.longest_wait_s or self.hands.elapsed() - begun + pause > self.limits.patience_s:
                fault = UnavailableError(f"{fault.reason}; it asks to wait {pause:.0f} s") if wait else fault
                break
            self.tell(f"{fault.reason}; again in {pause:.1f} s ({attempt} of {self.limits.tries})")
            self.hands.sleep(pause)
        raise fault

    def _straight(self, answer: Answer) -> Answer:
        """The answer, unless it leads elsewhere: the key would go there too."""
        if 300 <= answer.status < 400:
            try:
                to = urlsplit(answer.onward).hostname or "another address of its own"
            except ValueError:
                to = "an address that cannot be read"
            raise UnavailableError(
                self.hide(f"{self._host} sends us on to {to}; that is not followed (set the address itself)")
            )
        return answer

    def _polite(self) -> None:
        """Wait until one more request keeps within the window."""
        moment = self.hands.elapsed()
        self._sent = [sent for sent in self._sent if moment - sent < self.limits.window_s]
        if len(self._sent) >= self.limits.most_in_window:
            pause = self.limits.window_s - (moment - self._sent[0])
            self.tell(f"{len(self._sent):,} requests in ten minutes; waiting {pause:.0f} s")
            self.hands.sleep(pause)
        self._sent.append(self.hands.elapsed())
        self.requests += 1

    def _asked(self, after: str | None) -> float | None:
        """How long Retry-After asks to wait, seconds; None where it says nothing that can be read."""
        if after is None:
            return None
        if re.fullmatch(r"\d{1,9}", after.strip(), re.ASCII):
            return float(after)
        try:
            moment = parsedate_to_datetime(after)
        except (ValueError, OverflowError):
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (aware - self.hands.now()).total_seconds())

    def _connect(self) -> http.client.HTTPConnection:
        """A connection, straight or through the proxy that the environment names."""
        most = min(30.0, self.limits.seconds)
        scheme = "https" if self._tls else "http"
        port = self._port or (443 if self._tls else 80)
        proxy = urllib.request.getproxies().get(scheme)
        through = None
        if proxy and not urllib.request.proxy_bypass(self._host) and not _LOCAL.fullmatch(self._host):
            through = urlsplit(proxy if "//" in proxy else f"http://{proxy}")
        host, at = (through.hostname or "", through.port or 3128) if through else (self._host, port)
        if not self._tls:
            return http.client.HTTPConnection(host, at, timeout=most)
        made = http.client.HTTPSConnection(host, at, timeout=most, context=ssl.create_default_context())
        if through:
            made.set_tunnel(self._host, port)
        return made

    def _once(self, path: str) -> Answer:
        """One try."""
        late = threading.Event()
        connection = self._connect()
        timer: threading.Timer | None = None
        try:
            connection.connect()
            open_socket = connection.sock

            def cut() -> None:
                late.set()
                try:
                    open_socket.shutdown(2)
                except OSError:
                    late.set()  # it was closed just now; there is nothing left to cut

            timer = threading.Timer(self.limits.seconds, cut)
            timer.daemon = True
            timer.start()
            headers = {"User-Agent": "truceline", "Accept-Encoding": "gzip", "Connection": "close"}
            connection.request("GET", self._root + path, headers=headers)
            with connection.getresponse() as response:
                return self._read(response, late)
        except InputError as error:
            if late.is_set():
                raise self._too_slow() from error
            raise
        except (OSError, http.client.HTTPException, ValueError) as error:
            if late.is_set():
                raise self._too_slow() from error
            why = str(error) or type(error).__name__
            raise UnavailableError(self.hide(f"{self._host} gives no answer: {why[:_SNIPPET]}")) from None
        finally:
            if timer is not None:
                timer.cancel()
            connection.close()

    def _too_slow(self) -> LimitExceeded:
        return LimitExceeded(f"{self._host} has not finished its answer in {self.limits.seconds:g} s")

    def _read(self, response: http.client.HTTPResponse, late: threading.Event) -> Answer:
        """The whole answer, unpacked, its length checked against what the server states."""
        after, onward = response.getheader("Retry-After"), response.getheader("Location") or ""
        if 300 <= response.status < 400:
            return Answer(response.status, "", b"", after, onward)
        stated = response.length
        packed = bytearray()
        while chunk := response.read1(_CHUNK):
            packed += chunk
            if len(packed) > self.limits.most_bytes:
                raise LimitExceeded(f"{self._host} sends more than {self.limits.most_bytes:,} bytes")
        if late.is_set():
            raise self._too_slow()
        if stated is not None and len(packed) != stated:
            raise Truncated(f"{self._host} announces {stated:,} bytes and sends {len(packed):,}")
        coding = (response.getheader("Content-Encoding") or "identity").strip().lower()
        try:
            body = self._unpacked(bytes(packed), coding)
        except InputError:
            if response.status not in AGAIN:
                raise
            body = b""  # however an intermediary packs its "try again", it says so by the status
        kind = (response.getheader("Content-Type") or "").split(";")[0].strip().lower()
        return Answer(response.status, kind, body, after, onward)

    def _unpacked(self, packed: bytes, coding: str) -> bytes:
        if coding not in ("identity", "gzip", "x-gzip"):
            raise UnknownFormat(f"{self._host} packs its answer as {coding!r:.40}, which was not asked for")
        return packed if coding == "identity" else self._unpack(packed)

    def _unpack(self, packed: bytes) -> bytes:
        """Bytes out of gzip; a bomb is left before it goes off."""
        found = bytearray()
        while packed:
            stream = zlib.decompressobj(wbits=31)
            try:
                found += stream.decompress(packed, self.limits.most_bytes + 1 - len(found))
            except zlib.error as error:
                raise Malformed(f"{self._host} says gzip and sends none: {error}") from error
            if len(found) > self.limits.most_bytes:
                raise LimitExceeded(f"{self._host} sends more than {self.limits.most_bytes:,} bytes when unpacked")
            if not stream.eof:
                raise Truncated(f"{self._host} sends gzip that ends too early")
            packed = stream.unused_data
        return bytes(found)
