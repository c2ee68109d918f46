# SPDX-License-Identifier: Apache-2.0
"""Whatever people write stays text on every page of the commission (EVIDENCE A-6); every page is accessible."""

from __future__ import annotations

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from commission_page import accused, do, heard, person, put_to_the_vote, show
from desk_world import office

pytestmark = pytest.mark.browser

ACTS = ("window.pwned=1", "fetch('/x')", "parent.pwned=1", "document.title='pwned'")
FORMS = (
    "<script>{}</script>",
    "<img src=x onerror={}>",
    "<svg/onload={}>",
    "<svg><script>{}</script></svg>",
    "<iframe srcdoc='<script>{}</script>'></iframe>",
    "<a href='javascript:{}'>x</a>",
    "<body onload={}>",
    "<input autofocus onfocus={}>",
    "<details open ontoggle={}>",
    "<style>@import '{}';</style>",
    "<math><mtext><script>{}</script></mtext></math>",
    "<object data='data:text/html,{}'></object>",
    "<form action='javascript:{}'><button>x</button></form>",
    "<template><script>{}</script></template>",
    "javascript:{}",
    "{{{{constructor.constructor('{}')()}}}}",
    "${{{}}}",
    "&lt;script&gt;{}&lt;/script&gt;",
    "<scr<script>ipt>{}</scr</script>ipt>",
    "<base href='javascript:{}//'>",
)
FRAMES = (
    "{}",
    '">{}',
    "'>{}",
    "</textarea>{}",
    "</title>{}",
    "--><!-- -->{}",
    "]]>{}",
    "\u2028{}",
    "\u202e{}",
    "{}\ufeff",
    "`{}`",
)


ROOM = 400
"""Notes in one case, where ten thousand are tried."""


def payloads(limit):
    """So many different texts that would run if they became markup."""
    found = [f.format(form.format(act)) for form, act, f in product(FORMS, ACTS, FRAMES)]
    return [found[k % len(found)] + ("" if k < len(found) else f"<!-- {k} -->") for k in range(limit)]


@pytest.fixture
def at(tmp_path, repository, built_page):
    with office(tmp_path, repository, page=built_page) as found:
        yield found


def untouched(page):
    """Nothing ran, no element was made of a text, nothing was asked of a foreign address."""
    made = "main :is(script, iframe, object, embed, style, base, math, template, form[action], [onerror], [onload])"
    assert page.locator(made).count() == 0
    assert page.locator("main img").count() == 0
    assert page.locator("main a[href^='javascript']").count() == 0
    assert page.evaluate("[typeof window.pwned, document.title.includes('pwned')]") == ["undefined", False]


def test_every_text_shown_stays_text(at, browser, proof_scale):
    said = payloads(max(400, int(10_000 * proof_scale)))
    few = said[:: max(1, len(said) // 40)]
    case, sound, image = heard(at)
    asked = do(at, "sam", case, "allege", few[0], party="A", text=few[1])
    do(at, "anna", case, "approve", few[2], of=asked)
    do(at, "lia", case, "reply", few[3], party="A", text=few[4])
    do(at, "anna", case, "evidence", few[5], modality="video", family="x", owner="mission", grade="B2")
    do(at, "anna", case, "custody", few[6], evidence=sound, to=few[7])
    coverage = {"share": 0.4, "reference_act": few[8], "period": few[9]}
    asked = {"status": "corroborated", "reading": "text", "basis": [sound, image], "coverage": coverage}
    proposal = do(at, "olga", case, "propose", few[10], **asked, deadline="2026-05-04T00:00:00Z")
    do(at, "emma", case, "vote", few[11], proposal=proposal, choice="against")
    rooms = {}
    for first in range(0, len(said), ROOM):
        room = do(at, "anna", None, "open", "reason", title="Mill", origin="event")
        rooms[f"case/{room}?part=notes"] = said[first : first + ROOM]
        for text in said[first : first + ROOM]:
            do(at, "sam", room, "note", "note", audience=["commissioner", "secretariat"], text=text)
    titles = [do(at, "anna", None, "open", text, title=text, origin="event") for text in few]
    wanda = at.desk.person("wanda")
    with at.desk.lock:
        at.clock.forward(seconds=1)
        at.desk.logbook.key(wanda, at.clock.at, f"1940 A10 1x burst # {few[12]}")
        at.desk.logbook.do(wanda, "question", at.clock.at, {"text": few[13]})
        for text in few:
            at.desk.logbook.do(wanda, "mine", at.clock.at, {"spot": {"lon": 1.0, "lat": 2.0}, "what": text})
    with person(at, browser, "olga") as wire:
        page = wire.page
        for place, words in {
            f"case/{case}": [few[1], few[4], few[5]],
            f"case/{case}?exhibit={sound}": [few[7]],
            **rooms,
            f"case/{case}?part=record": [few[3], few[6], few[11]],
            f"act/{case}?kind=vote&proposal={proposal}": [few[8], few[9], few[10]],
            "cases": few,
        }.items():
            page.evaluate("location.hash = '#/findings'")
            show(page, f"#/{place}")
            shown = page.locator("main").evaluate("e => e.textContent")
            assert [text for text in words if text.strip() not in shown] == [], place
            untouched(page)
        for title in titles[:5]:
            show(page, f"#/case/{title}")
            untouched(page)
    assert wire.told == []
    with person(at, browser, "wanda") as wire:
        show(wire.page, "#/log")
        shown = wire.page.locator("main").evaluate("e => e.textContent")
        assert few[12] in shown
        assert few[13] in shown
        untouched(wire.page)
        show(wire.page, "#/mines")
        shown = wire.page.locator("main").evaluate("e => e.textContent")
        assert [text for text in few if text.strip() not in shown] == []
        untouched(wire.page)
    assert wire.told == []


SEES = {
    "olga": ("queue", "case/{case}", "case/{case}?part=notes", "act/{case}?kind=vote&proposal={proposal}", "cases"),
    "lia": ("notices", "notice/{case}", "act/{case}?kind=reply"),
    "wanda": ("log", "mines"),
    "aud": ("access", "people", "findings", "case/{case}?part=record"),
    "adam": ("person/anna", "account"),
}


@pytest.mark.parametrize("user", SEES)
def test_axe_finds_nothing_and_a_phone_shows_the_whole_width(at, browser, user):
    case, proposal = put_to_the_vote(at)
    faults, wide = {}, []
    with person(at, browser, user) as wire:
        page = wire.page
        for place in (each.format(case=case, proposal=proposal) for each in SEES[user]):
            show(page, f"#/{place}")
            for scheme, only in (("light", {}), ("dark", {"runOnly": ["color-contrast", "link-in-text-block"]})):
                page.emulate_media(color_scheme=scheme)
                page.wait_for_selector(f"html[data-theme={scheme}]")
                found = Axe().run(page, options={"resultTypes": ["violations"], **only})
                if found.violations_count:
                    faults[place, scheme] = found.generate_report()
            page.set_viewport_size({"width": 390, "height": 844})
            if page.evaluate("document.documentElement.scrollWidth") > 390:
                wide.append(place)
            page.set_viewport_size({"width": 1440, "height": 900})
    assert faults == {}
    assert wide == []
    assert wire.told == []


def test_the_order_of_the_parties_alternates_by_date(at, browser):
    """By the day a case was opened, as in every report; no party has a colour of its own."""
    orders = []
    for _ in range(2):
        case, _, _ = accused(at)
        with person(at, browser, "olga") as wire:
            show(wire.page, f"#/case/{case}")
            cards = wire.page.locator(".replies .card")
            orders.append(cards.locator("h3").all_inner_texts())
            paint = "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor, getComputedStyle(e).border]"
            assert cards.nth(0).evaluate(paint) == cards.nth(1).evaluate(paint)
        at.clock.forward(hours=24)
    assert orders[0] == orders[1][::-1]
