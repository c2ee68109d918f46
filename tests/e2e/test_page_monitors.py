# SPDX-License-Identifier: Apache-2.0
"""The monitors' day in a browser: lines keyed by the keyboard alone, a patrol not heard of, mines, a small phone."""

from __future__ import annotations

import json
import re
import statistics
import time
from datetime import timedelta
from functools import partial

import pytest
from commission_page import do, heard, person, put_to_the_vote, show
from desk_world import office, password_of
from live_server import running
from playwright.sync_api import expect
from test_server_oidc import RETURN, House, provider

from truceline.services.accounts import CONSOLE

pytestmark = pytest.mark.browser

KEY, THOUGHT = 0.28, 1.35
"""Seconds of a keystroke and of a thought (Card, Moran and Newell 1980, "average non-secretary typist")."""

SHIFTED = set('~!@#$%^&*()_+{}|:"<>?')
"""On the keyboard most used; a letter is keyed small."""


@pytest.fixture
def at(tmp_path, repository, built_page):
    with office(tmp_path, repository, page=built_page) as found:
        yield found


DONE = (
    "n => document.querySelectorAll('.echo li').length === n || document.querySelector('.keyed .problem').textContent"
)


def strokes(line):
    """Keys pressed for a line and Enter after it, Shift among them."""
    return len(line) + sum(sign in SHIFTED for sign in line) + 1


def test_a_violation_is_keyed_by_the_keyboard_in_so_many_strokes_as_the_docs_say(at, browser, repository, figures):
    text = (repository / "docs/how-to/keep-the-watch-log.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(2140 [^`]+)` \| (\d+) \| ([\d.]+) \|$", text, re.MULTILINE)
    assert len(told) > 5
    answers = []
    with person(at, browser, "wanda") as wire:
        page = wire.page
        page.keyboard.press("g")
        page.keyboard.press("w")
        expect(page.get_by_label("One line")).to_be_focused()
        for number, (line, keys, seconds) in enumerate(told, 1):
            assert strokes(line) == int(keys), line
            assert round(strokes(line) * KEY + THOUGHT, 1) == float(seconds), line
            at.clock.forward(minutes=1)
            page.keyboard.type(line)
            begun = time.perf_counter()
            page.keyboard.press("Enter")
            page.wait_for_function(DONE, arg=number)
            assert page.locator(".keyed .problem").inner_text() == "", line
            answers.append(time.perf_counter() - begun)
            expect(page.get_by_label("One line")).to_be_focused()
            expect(page.get_by_label("One line")).to_have_value("")
    assert wire.told == []
    kept = [line.entry.data["line"] for line in at.desk.logbook.book.lines.values()]
    assert kept == [line for line, _, _ in told]
    figures(
        "watch log: keying a violation, keystroke-level model",
        {
            "lines": len(told),
            "median s": statistics.median(float(seconds) for _, _, seconds in told),
            "most s": max(float(seconds) for _, _, seconds in told),
            "median s from Enter to echo": round(statistics.median(answers), 3),
        },
    )


def test_whoever_reads_the_log_is_told_when_a_patrol_is_due(at, browser):
    wanda = at.desk.person("wanda")
    case, _, _ = heard(at)
    at.clock.forward(minutes=8)
    for party in "AB":
        do(at, "wanda", case, "silence", party=party)
    with person(at, browser, "wanda") as wire:
        page = wire.page
        with at.desk.lock:
            at.desk.logbook.do(wanda, "depart", at.clock.at, {"patrol": "P4", "every_minutes": 10})
        due = at.clock.at + timedelta(minutes=10)
        page.clock.set_fixed_time(due - timedelta(seconds=1))
        show(page, "#/log")
        page.get_by_label("One line").fill("2140 A10 half a li")
        note = page.get_by_text("P4 was to be heard of by")
        expect(note).to_be_visible()
        assert page.get_by_label("One line").input_value() == "2140 A10 half a li"
        at.clock.at = due + timedelta(seconds=1)
        page.get_by_role("button", name="Read the log again").press("Enter")
        shift = page.get_by_label("The shift")
        expect(shift.locator("p", has_text="Contact lost:")).to_contain_text("P4")
        told = shift.locator("li", has_text="notices within 15 minutes")
        expect(told.locator("b")).to_have_text("1 of 1")
        expect(shift.locator("li", has_text="to silence on all sides").locator("b")).to_contain_text(
            "median 8\u00a0min"
        )


@pytest.mark.parametrize("user", [None, "lib", "wanda"])
def test_where_mines_lie_is_everybodys_to_read_as_measured(at, browser, user):
    with at.desk.lock:
        mine = {"spot": {"lon": 37.8123, "lat": 48.0123, "sigma_m": 20}, "what": "an anti-tank mine on the verge"}
        at.desk.logbook.do(at.desk.person("anna"), "mine", at.clock.at, mine)
    with person(at, browser, user, width=360, height=740) as wire:
        show(wire.page, "#/mines")
        said = wire.page.locator("main").inner_text()
        for part in (
            "an anti-tank mine on the verge",
            "48.0123° N 37.8123° E, ±\u00a020\u00a0m",
            "in the hour from 2\u00a0May 20:00",
        ):
            assert part in said, part
        assert "A place without a report is not a place without mines." in said
        assert "anna" not in wire.said().replace("anna was", "")
        assert wire.page.get_by_role("link", name="Report a mine").count() == (user == "wanda")
        assert wire.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert wire.told == []


EVERYWHERE = {
    "olga": (
        "queue",
        "cases",
        "case/{case}",
        "case/{case}?part=notes",
        "case/{case}?part=record",
        "findings",
        "account",
    ),
    "emma": ("act/{case}?kind=vote&proposal={proposal}", "act/{case}?kind=propose", "act/{case}?kind=conflict"),
    "lia": ("notices", "notice/{case}", "act/{case}?kind=reply", "act/?kind=open&origin=call"),
    "anna": ("act/{case}?kind=attribute", "act/{case}?kind=test_exceptions", "act/{case}?kind=split", "log"),
    "sam": ("act/{case}?kind=allege", "act/{case}?kind=release", "act/{case}?kind=merge"),
    "aud": ("access", "people"),
    "adam": ("person/anna", "person"),
}


@pytest.mark.parametrize("user", EVERYWHERE)
def test_at_360_pixels_everything_is_there_and_thumbs_can_reach_it(at, browser, user):
    """No page wider than the phone, nothing smaller than 24 pixels to press (WCAG 2.2, 2.5.8), text at least 12."""
    case, proposal = put_to_the_vote(at)
    wide, small, tiny = [], [], []
    with person(at, browser, user, width=360, height=740) as wire:
        page = wire.page
        for place in (each.format(case=case, proposal=proposal) for each in EVERYWHERE[user]):
            show(page, f"#/{place}")
            if page.evaluate("document.documentElement.scrollWidth") > 360:
                wide.append(place)
            small += [(place, *each) for each in page.evaluate(SMALL)]
            tiny += [(place, *each) for each in page.evaluate(TINY)]
    assert wide == []
    assert small == []
    assert tiny == []
    assert wire.told == []


SMALL = """() => [...document.querySelectorAll('main :is(button, summary, select, input:not([type=radio], [type=checkbox])), main a.button')]
  .filter(e => e.offsetParent && e.getBoundingClientRect().height < 24)
  .map(e => [e.tagName, e.textContent.slice(0, 30), e.getBoundingClientRect().height])"""

TINY = """() => [...document.querySelectorAll('main *')]
  .filter(e => e.offsetParent && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
  .filter(e => parseFloat(getComputedStyle(e).fontSize) < 12)
  .map(e => [e.tagName, e.textContent.slice(0, 30), getComputedStyle(e).fontSize])"""


def test_a_whole_vote_without_a_mouse_and_the_focus_always_to_be_seen(at, browser):
    case, proposal = put_to_the_vote(at)
    with person(at, browser, "olga") as wire:
        page = wire.page
        reached(page, "link", "Vote")
        page.keyboard.press("Enter")
        page.wait_for_selector("form textarea")
        reached(page, "radio", "For")
        page.keyboard.press("Space")
        reached(page, "textbox", "Your reason")
        page.keyboard.type("Two kinds of sensor agree.")
        reached(page, "button", "Vote")
        page.keyboard.press("Enter")
        expect(page.locator(".leads")).to_be_visible()
        reached(page, "button", "Vote for")
        page.keyboard.press("Enter")
        expect(page.locator(".sent")).to_contain_text("kept in the ledger as record")
    votes = [act for _, act in at.desk.cases.acts(case) if act.kind == "vote"]
    assert votes[-1].data == {"proposal": proposal, "choice": "for"}


def reached(page, role, name):
    """Press Tab until something of that role and name has the focus; each on the way shows that it has it."""
    wanted = page.get_by_role(role, name=re.compile(rf"^{name}"))
    for _ in range(80):
        if any(one.evaluate("e => e === document.activeElement") for one in wanted.all()):
            return
        page.keyboard.press("Tab")
        ring = page.evaluate(
            "(e => e === document.body ? 2 : parseFloat(getComputedStyle(e).outlineWidth))(document.activeElement)"
        )
        assert ring >= 2, page.evaluate("document.activeElement.outerHTML")
    raise AssertionError(f"no {role} {name} by Tab")


def passed_on(home, route):
    """What stands before the server and speaks https: it passes on to the server on this machine."""
    place = route.request.url.replace("https://commission.example", home)
    route.fulfill(status=302, headers={"location": place})


def test_a_person_signs_in_through_the_house_and_a_stranger_is_told_so(tmp_path, repository, built_page, browser):
    house = House()
    with running(provider(house)) as port:
        house.issuer = f"http://127.0.0.1:{port}"
        more = f'\n[oidc]\nissuer = "{house.issuer}"\nclient_id = "truceline"\nredirect = "{RETURN}"\n'
        with office(tmp_path, repository, more=more, page=built_page) as at:
            house.clock = at.clock
            with person(at, browser, None) as wire:
                page = wire.page
                page.route("https://commission.example/**", partial(passed_on, at.own["Origin"]))
                page.get_by_role("link", name="Sign in").click()
                through = page.get_by_role("link", name=f"Sign in through 127.0.0.1:{port}")
                through.click()
                expect(page.get_by_role("alert")).to_contain_text("no account here stands for who it says you are")
                at.desk.accounts.alter(CONSOLE, "anna", {"subject": "s-anna"})
                house.used.clear()
                through.click()
                page.wait_for_selector("body[data-screen=queue] .office:not([aria-busy])")
                told = page.evaluate("fetch('/api/v1/me').then(answer => answer.json())")
                assert (told["user"], told["role"]) == ("anna", "analyst")
                assert password_of("anna") not in json.dumps(told)
