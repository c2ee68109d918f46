# SPDX-License-Identifier: Apache-2.0
"""One request to a server: back-off, limits, and every way in which a server may misbehave."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from feed_server import KEY, Feed, bomb, drip, endless, plain, serve

from truceline.errors import ConfigError, LimitExceeded, Malformed, Truncated, UnavailableError, UnknownFormat
from truceline.sources.feeds.wire import Hands, Limits, Wire

NOW = datetime(2026, 4, 12, 12, tzinfo=UTC)


class Waits(list):
    """A clock that runs only while one waits."""

    @property
    def hands(self):
        return Hands(now=lambda: NOW, elapsed=lambda: float(sum(self)), sleep=self.append, jitter=lambda: 1.0)


@pytest.fixture
def feed():
    with serve(Feed()) as made:
        yield made


def wire(feed, waits=None, **limits):
    return Wire(feed.address, (KEY,), Limits(**{"seconds": 5.0, **limits}), (Waits() if waits is None else waits).hands)


def answers(*texts):
    """Answer with each in turn, the last one for good."""
    left = list(texts)

    def answer(handler, _path):
        now = left.pop(0) if len(left) > 1 else left[0]
        plain(handler, now[1], status=now[0], headers=now[2] if len(now) > 2 else ())
        return True

    return answer


def test_a_good_answer_comes_whole(feed):
    feed.answer = answers((200, "a,b\n1,2\n"))
    found = wire(feed).get("/x")
    assert (found.status, found.body, found.kind) == (200, b"a,b\n1,2\n", "text/csv")


def test_waits_double_after_a_servers_fault_and_then_it_works(feed):
    waits = Waits()
    feed.answer = answers((503, "busy"), (500, "oh"), (502, "oh"), (200, "fine"))
    assert wire(feed, waits).get("/x").body == b"fine"
    assert waits == [1.0, 2.0, 4.0]


def test_chance_shortens_a_wait_by_up_to_half(feed):
    waits = Waits()
    feed.answer = answers((503, "busy"), (200, "fine"))
    hands = Hands(now=lambda: NOW, elapsed=lambda: 0.0, sleep=waits.append, jitter=lambda: 0.0)
    Wire(feed.address, hands=hands).get("/x")
    assert waits == [0.5]


def test_retry_after_in_seconds_and_as_a_date_is_honoured(feed):
    waits = Waits()
    later = format_datetime(NOW + timedelta(seconds=30), usegmt=True)
    feed.answer = answers(
        (429, "slow down", (("Retry-After", "7"),)), (429, "slow", (("Retry-After", later),)), (200, "fine")
    )
    assert wire(feed, waits).get("/x").body == b"fine"
    assert waits == [7.0, 30.0]


def test_a_retry_after_that_cannot_be_read_is_passed_over(feed):
    waits = Waits()
    feed.answer = answers((429, "slow", (("Retry-After", "a while"),)), (200, "fine"))
    wire(feed, waits).get("/x")
    assert waits == [1.0]


def test_a_server_that_asks_for_an_hour_is_left_alone(feed):
    waits = Waits()
    feed.answer = answers((429, "slow", (("Retry-After", "3600"),)))
    with pytest.raises(UnavailableError, match="3600 s"):
        wire(feed, waits).get("/x")
    assert waits == []


def test_tries_end(feed):
    feed.answer = answers((503, "busy"))
    with pytest.raises(UnavailableError, match="503: busy"):
        wire(feed, tries=3).get("/x")
    assert len(feed.paths) == 3


def test_no_server_at_all():
    with serve(Feed()) as gone:
        address = gone.address
    with pytest.raises(UnavailableError, match=r"127\.0\.0\.1 gives no answer"):
        Wire(address, limits=Limits(tries=2), hands=Waits().hands).get("/x")


def test_requests_keep_within_the_window(feed):
    waits = Waits()
    feed.answer = answers((200, "fine"))
    asking = wire(feed, waits, most_in_window=3, window_s=600.0)
    for _ in range(7):
        asking.get("/x")
    assert waits == [600.0, 600.0]
    assert asking.requests == 7


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(feed, status):
    feed.answer = answers((status, "", (("Location", f"https://evil.example/{KEY}"),)))
    with pytest.raises(UnavailableError, match=r"evil\.example; that is not followed") as caught:
        wire(feed).get(f"/{KEY}")
    assert KEY not in str(caught.value)
    assert len(feed.paths) == 1


def test_an_answer_shorter_than_it_says_is_truncated(feed):
    feed.answer = answers((200, "a,b\n", (("Content-Length", "1000"),)))
    with pytest.raises(Truncated, match="announces 1,000 bytes and sends 4"):
        wire(feed, tries=2).get("/x")
    assert len(feed.paths) == 2


def test_a_stated_length_of_terabytes_costs_nothing(feed):
    feed.answer = answers((200, "a,b\n", (("Content-Length", "9999999999999"),)))
    with pytest.raises(Truncated):
        wire(feed, tries=1).get("/x")


def test_an_answer_that_never_ends_is_left(feed):
    feed.answer = lambda handler, _path: endless(handler)
    with pytest.raises(LimitExceeded, match="more than 1,000,000 bytes"):
        wire(feed, most_bytes=1_000_000).get("/x")
    assert len(feed.paths) == 1


@pytest.mark.parametrize("part", ["body", "headers", "status"])
def test_bytes_that_drip_are_cut_off_in_time(feed, part):
    def answer(handler, _path):
        if part == "headers":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        if part == "status":
            handler.wfile.write(b"HTTP/1.1 ")
        if part == "body":
            drip(handler)
        while True:
            handler.wfile.write(b"y")
            handler.wfile.flush()
            time.sleep(0.05)

    feed.answer = answer
    begun = time.monotonic()
    with pytest.raises(LimitExceeded, match=r"not finished its answer in 0\.3 s"):
        wire(feed, seconds=0.3).get("/x")
    assert time.monotonic() - begun < 5


def test_a_server_that_says_nothing_is_cut_off_in_time(feed):
    def answer(_handler, _path):
        time.sleep(2.0)
        return True

    feed.answer = answer
    with pytest.raises(LimitExceeded):
        wire(feed, seconds=0.3).get("/x")


def test_a_gzip_bomb_is_left_before_it_goes_off(feed):
    feed.answer = lambda handler, _path: bomb(handler, 30) or True
    with pytest.raises(LimitExceeded, match="when unpacked"):
        wire(feed, most_bytes=1 << 20).get("/x")


def test_gzip_is_unpacked_also_in_two_members(feed):
    body = gzip.compress(b"a,b\n") + gzip.compress(b"1,2\n")
    feed.answer = answers((200, body, (("Content-Encoding", "gzip"),)))
    assert wire(feed).get("/x").body == b"a,b\n1,2\n"


@pytest.mark.parametrize(
    ("body", "coding", "fault"),
    [
        (b"plain", "gzip", Malformed),
        (gzip.compress(b"abc" * 99, mtime=0)[:-9], "gzip", Truncated),
        (b"x", "br", UnknownFormat),
    ],
    ids=("plain text", "cut short", "unknown coding"),  # gzip notes the time, and workers must agree on names
)
def test_packing_that_cannot_be_undone(feed, body, coding, fault):
    feed.answer = answers((200, body, (("Content-Encoding", coding),)))
    with pytest.raises(fault):
        wire(feed, tries=1).get("/x")
    feed.answer = answers((503, body, (("Content-Encoding", coding),)), (200, "fine"))
    assert wire(feed).get("/x").body == b"fine"


def test_garbage_in_place_of_http(feed):
    def answer(handler, _path):
        handler.wfile.write(b"\x00\xff\x00\xff not http\r\n\r\n")
        return True

    feed.answer = answer
    with pytest.raises(UnavailableError):
        wire(feed, tries=1).get("/x")


def test_the_key_is_in_no_message(feed):
    feed.answer = answers((500, f"cannot open /data/{KEY}/x"))
    with pytest.raises(UnavailableError) as caught:
        wire(feed, tries=1).get(f"/{KEY}")
    assert KEY not in str(caught.value)
    assert "***" in str(caught.value)
    assert KEY not in repr(caught.value.__context__)


@pytest.mark.parametrize(
    "address", ["ftp://x.org", "x.org", "https://", "http://[", "https://u:p@x.org", "https://x.org?y=1", "http://a:b/"]
)
def test_an_address_that_is_none(address):
    with pytest.raises(ConfigError):
        Wire(address)


def test_a_key_does_not_cross_the_net_in_the_clear():
    with pytest.raises(ConfigError, match="unhidden"):
        Wire("http://firms.example", (KEY,))
    assert Wire("https://firms.example", (KEY,)).base
    assert Wire("http://elements.example").base
