# SPDX-License-Identifier: Apache-2.0
"""A liaison, a commissioner, an auditor and a watch officer each do their task in a browser, and see what is theirs."""

from __future__ import annotations

import re

import pytest
from chromium_flags import FLAGS
from commission_page import (
    ACCUSATION,
    NOTE,
    SECRET,
    accused,
    address,
    do,
    heard,
    person,
    put_to_the_vote,
    show,
)
from desk_world import office
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

REPLY = "We moved a battery on that road; it did not fire. Our log of the day follows."


@pytest.fixture
def at(tmp_path, repository, built_page):
    with office(tmp_path, repository, page=built_page) as found:
        yield found


def data(at, case, kind):
    return [act.data for _, act in at.desk.cases.acts(case) if act.kind == kind]


def text(page):
    return page.locator("main").inner_text()


def test_a_liaison_acknowledges_a_notice_on_a_phone_and_it_admits_nothing(at, browser):
    case, _, _ = heard(at)
    with person(at, browser, "lia", width=390, height=844) as wire:
        page = wire.page
        page.get_by_role("link", name="Acknowledge").click()
        page.wait_for_selector(".thumb")
        assert "It admits nothing." in page.locator(".thumb").inner_text()
        assert page.locator("h1").inner_text() == "Salvo on the ford. Please make sure your side is silent."
        assert "not stated. Both parties get this same text" in text(page)
        button = page.get_by_role("button", name="Acknowledge")
        assert button.bounding_box()["height"] >= 56
        button.click()
        expect(page.locator(".news")).to_contain_text("kept in the ledger as record")
        expect(page.locator(".news")).to_contain_text("keeps no copy")
        page.get_by_role("button", name="The order is given").click()
        page.wait_for_selector(".thumb:not(:has(.tall))")
        assert data(at, case, "acknowledge") == data(at, case, "order") == [{"party": "A"}]
        steps = page.locator(".steps > li")
        assert [s.locator(".due").inner_text() != "not yet" for s in steps.all()] == [True, True, False]
        page.get_by_role("link", name="Report more fire").click()
        page.get_by_label("What happened, in a line").fill("More fire at the mill")
        page.get_by_label("Why").fill("our post hears it")
        page.get_by_role("button", name="Open a case").click()
        expect(page.locator(".sent")).to_contain_text("kept in the ledger as record")
        (call,) = [one for one in at.desk.cases if one.origin == "call"]
        assert (call.title, call.complainant, set(call.notices)) == ("More fire at the mill", None, {"A", "B"})
    assert wire.told == []


def test_a_liaison_replies_in_full_and_the_browser_keeps_nothing(at, browser, tmp_path, chromium):
    """Not in any storage, and in no file of the browser's own folder after it was closed."""
    case, _, _ = accused(at)
    kept = tmp_path / "browser"
    context = browser.browser_type.launch_persistent_context(str(kept), executable_path=chromium, args=FLAGS)
    with person(at, browser, "lia", keep=context) as wire:
        page = wire.page
        page.get_by_role("link", name="Send the reply").click()
        page.wait_for_selector("form textarea")
        assert ACCUSATION in text(page)
        page.get_by_label("Your reply").fill(REPLY)
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator(".sent")).to_contain_text("This browser keeps no copy.")
        assert data(at, case, "reply") == [{"party": "A", "text": REPLY}]
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
        assert page.evaluate("caches.keys().then((k) => k.length)") == 0
        assert page.evaluate("indexedDB.databases().then((d) => d.length)") == 0
        assert REPLY not in page.content()
        assert page.evaluate("[...document.querySelectorAll('input, textarea')].every((e) => !e.value)")
        page.go_back()
        page.wait_for_selector("body[data-screen=queue] .office:not([aria-busy])")
        page.go_forward()
        page.wait_for_selector("form textarea")
        assert page.get_by_label("Your reply").input_value() == ""
    context.close()
    assert wire.told == []
    files = [path for path in kept.rglob("*") if path.is_file()]
    assert len(files) > 10
    needles = [word.encode(code) for word in (REPLY[:40], ACCUSATION[:30]) for code in ("utf-8", "utf-16-le")]
    assert [path.name for path in files if any(needle in path.read_bytes() for needle in needles)] == []


def test_a_commissioner_reads_the_evidence_and_votes_the_consequence_first(at, browser):
    case, proposal = put_to_the_vote(at)
    with person(at, browser, "olga") as wire:
        page = wire.page
        show(page, f"#/case/{case}")
        said = text(page)
        for part in (
            "six launches and six impacts heard",
            "craters on an image",
            ACCUSATION,
            "47\u00a0h",
            "Very likely, 81",
        ):
            assert part in said, part
        assert "Releasable to: nobody beyond the centre." in said
        assert page.locator(".axes dt").all_inner_texts() == ["Status", "Attribution", "Severity", "Intent", "Coverage"]
        assert page.locator(".replies h3").all_inner_texts() in (["North", "South"], ["South", "North"])
        page.get_by_role("link", name="six launches").click()
        expect(page.locator("#exhibit")).to_contain_text("recorded by anna")
        page.get_by_role("link", name="Deliberation 1").click()
        expect(page.locator(".said", has_text=NOTE)).to_be_visible()
        page.get_by_role("link", name="Vote", exact=True).click()
        page.wait_for_selector("form textarea")
        assert "46\u00a0% of a salvo of six shells" in text(page)
        page.get_by_role("radio", name="For").check()
        page.get_by_label("Your reason").fill("Two kinds of sensor agree.")
        page.get_by_role("button", name="Vote").click()
        expect(page.locator(".leads")).to_contain_text("Your vote is final and will be in the ledger. Vote for?")
        assert len(data(at, case, "vote")) == 2, "nothing is sent before the consequence was read"
        page.get_by_role("button", name="Go back").click()
        page.get_by_role("button", name="Vote").click()
        page.get_by_role("button", name="Vote for").click()
        expect(page.locator(".sent")).to_contain_text("kept in the ledger as record")
        assert data(at, case, "vote")[2] == {"proposal": proposal, "choice": "for"}
    assert wire.told == []


def test_a_vote_on_a_case_that_changed_meanwhile_is_not_sent(at, browser):
    case, proposal = put_to_the_vote(at)
    with person(at, browser, "olga") as wire:
        page = wire.page
        show(page, f"#/act/{case}?kind=vote&proposal={proposal}")
        page.get_by_role("radio", name="Against").check()
        page.get_by_label("Your reason").fill("Not enough.")
        do(at, "anna", case, "custody", evidence=data(at, case, "propose")[0]["basis"][0], to="the vault")
        page.get_by_role("button", name="Vote").click()
        page.get_by_role("button", name="Vote against").click()
        expect(page.locator(".problem")).to_contain_text("The case has changed since you read it. Nothing was sent.")
        assert page.get_by_label("Your reason").input_value() == "Not enough."
    assert len(data(at, case, "vote")) == 2


def test_an_allegation_is_asked_for_by_one_and_approved_by_another(at, browser):
    case, _, _ = heard(at)
    with person(at, browser, "sam") as wire:
        page = wire.page
        show(page, f"#/act/{case}?kind=allege")
        page.get_by_label("South").check()
        page.get_by_label("What the party is accused of").fill(ACCUSATION)
        page.get_by_label("Why").fill("directions cross behind its line")
        page.get_by_role("button", name="Ask for the allegation").click()
        expect(page.locator(".leads")).to_contain_text("South is served and its time to reply runs: 48 h.")
        page.locator(".leads").get_by_role("button", name="Ask for the allegation").click()
        expect(page.locator(".sent")).to_be_visible()
        show(page, f"#/case/{case}")
        waits = page.locator("section", has=page.get_by_role("heading", name="Waits for a second person"))
        assert "not by you" in waits.inner_text()
        assert waits.get_by_role("link").count() == 0
    assert at.desk.cases.case(case).allegations == {}
    with person(at, browser, "anna") as wire:
        page = wire.page
        show(page, f"#/case/{case}")
        page.get_by_role("link", name="Read and approve").click()
        page.wait_for_selector("form textarea")
        assert ACCUSATION in text(page)
        page.get_by_label("Why").fill("it identifies no witness")
        page.get_by_role("button", name="Approve").click()
        expect(page.locator(".leads")).to_contain_text("You are the second person.")
        page.locator(".leads").get_by_role("button", name="Approve").click()
        expect(page.locator(".sent")).to_be_visible()
    assert set(at.desk.cases.case(case).allegations) == {"B"}


def test_an_auditor_reads_the_record_of_accesses_and_checks_a_case(at, browser):
    case, _ = put_to_the_vote(at)
    refused = at.get(f"/cases/{case}", "gus")
    assert refused.status_code == 404
    with person(at, browser, "aud") as wire:
        page = wire.page
        show(page, "#/access")
        page.get_by_role("link", name=re.compile("^Refused")).click()
        page.wait_for_selector(".office:not([aria-busy]) tbody")
        row = page.locator("tbody tr", has_text="gus")
        assert {"Guarantor", "case", "refused"} <= set(re.split(r"[\s’,]+", row.inner_text()))
        row.get_by_role("link", name=case).click()
        page.wait_for_selector(".office:not([aria-busy]) tbody")
        show(page, f"#/case/{case}?part=record")
        shown = page.locator(".middle .card.act")
        held = at.desk.cases.acts(case)
        assert shown.count() == sum(act.kind not in ("attribute", "note") for _, act in held), (
            "no note is the auditor's"
        )
        indices = [int(found) for found in re.findall(r"record (\d+)", "\n".join(shown.all_inner_texts()))]
        assert set(indices) < {index for index, _ in held}
        assert SECRET in text(page)
        show(page, f"#/case/{case}")
        page.get_by_role("link", name=SECRET).click()
        expect(page.locator("#exhibit")).to_contain_text("anna since")
        assert page.get_by_role("link", name="Vote", exact=True).count() == 0
        show(page, "#/people")
        assert page.get_by_role("link", name="Make an account").count() == 0
    assert wire.told == []


def test_a_watch_officer_keys_a_violation_by_keyboard_alone(at, browser):
    with person(at, browser, "wanda") as wire:
        page = wire.page
        page.keyboard.press("g")
        page.keyboard.press("w")
        expect(page.get_by_label("One line")).to_be_focused()
        page.keyboard.type("2140 A10 3x sheling 122mm 48.01,37.80 ±500 from W")
        page.keyboard.press("Enter")
        expect(page.locator(".problem").first).to_contain_text("did you mean shelling?")
        page.get_by_label("One line").fill("2140 A10 3x shelling 122mm 48.01,37.80 ±500 from W")
        page.keyboard.press("Enter")
        expect(page.locator(".echo li")).to_contain_text("A10; 3 × shelling (B) 122 mm from 270°")
        expect(page.get_by_label("One line")).to_have_value("")
        expect(page.get_by_label("One line")).to_be_focused()
        page.keyboard.type("2140 A10 3x shelling 122mm 48.01,37.80 ±500 from W")
        page.keyboard.press("Enter")
        again = page.get_by_role("button", name="It happened twice: key it again")
        expect(again).to_be_visible()
        again.press("Enter")
        expect(page.locator(".echo li")).to_have_count(2)
        lines = list(at.desk.logbook.book.lines.values())
        assert [kept.line.parts[0].act for kept in lines] == ["shelling", "shelling"]
        show(page, "#/log?history=yes")
        row = page.locator("tbody tr").first
        row.locator("summary").press("Enter")
        row.get_by_label("The line as it should be; empty: struck", exact=True).fill("")
        row.get_by_label("Why", exact=True).fill("it was thunder")
        page.keyboard.press("Enter")
        page.wait_for_selector("tr.superseded")
        assert "superseded: it was thunder" in page.locator("tr.superseded").inner_text()
        page.get_by_text("Hand the shift over").press("Enter")
        page.get_by_label("What the next shift should know").first.fill("fog in the valley")
        page.get_by_role("button", name="Hand over").press("Enter")
        expect(page.locator("summary", has_text="Take the shift over")).to_be_visible()
        assert at.desk.logbook.book.waiting().entry.data["note"] == "fog in the valley"


def test_nobody_gets_what_is_not_theirs_neither_shown_nor_sent(at, browser):
    """Neither in the document nor in any answer of the server: names, notes, votes, secret exhibits, replies."""
    case, proposal = put_to_the_vote(at)
    do(at, "lia", case, "reply", "ours", party="A", text=REPLY)
    hidden = {
        "lib": [REPLY, ACCUSATION, NOTE, SECRET, proposal, "the accused was not heard", "wanda"],
        "lia": [NOTE, SECRET, proposal, "the accused was not heard", "anna"],
        "wanda": [NOTE, SECRET, "the accused was not heard", "directions cross"],
        "gus": [REPLY, ACCUSATION, NOTE, SECRET, proposal, "Salvo on the ford"],
        None: [REPLY, ACCUSATION, NOTE, SECRET, proposal, "Salvo on the ford", case],
        "adam": [REPLY, ACCUSATION, NOTE, SECRET, "Salvo on the ford"],
    }
    places = ("cases", f"case/{case}", f"case/{case}?part=record", f"notice/{case}", "notices", "findings", "log")
    for user, words in hidden.items():
        with person(at, browser, user) as wire:
            for place in places:
                wire.page.evaluate("place => location.hash = place", "#/cases")
                show(wire.page, f"#/{place}")
            said = wire.said().replace(f"case/{case}", "").replace(f"cases/{case}", "").replace(f"case {case}", "")
            assert [word for word in words if word in said] == [], user
            assert wire.page.evaluate("window.heard.length") > 3
        if user in ("gus", None, "adam"):
            assert "You may not see this. Ask the secretariat." in said


def test_a_session_that_ends_leads_to_the_sign_in_and_back(at, browser):
    case, _, _ = heard(at)
    with person(at, browser, "sam") as wire:
        page = wire.page
        show(page, f"#/case/{case}")
        at.clock.forward(hours=13)
        page.clock.set_fixed_time(at.clock.at)
        page.evaluate("location.hash = '#/cases'")
        page.wait_for_selector("body[data-screen=sign-in]")
        assert "Salvo" not in page.content()
        page.reload()
        page.wait_for_selector("body[data-screen=sign-in]")
        secret = at.enrol("sam")
        at.clock.forward(minutes=1)
        page.get_by_label("Name of the account").fill("sam")
        page.get_by_label("Password").fill("four small words 321")
        page.get_by_label("Code").fill(at.code(secret))
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_selector("body[data-screen=cases] .office:not([aria-busy])")
        assert "Salvo on the ford" in text(page)


def test_a_wrong_password_is_told_and_emptied(at, browser):
    at.enrol("sam")
    with person(at, browser, None) as wire:
        page = wire.page
        page.get_by_role("link", name="Sign in").click()
        page.get_by_label("Name of the account").fill("sam")
        page.get_by_label("Password").fill("not this one at all")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("Not signed in")
        assert page.get_by_label("Password").input_value() == ""


def test_without_a_connection_nothing_is_sent_and_the_page_says_since_when(at, browser):
    case, _, _ = accused(at)
    with person(at, browser, "lia", width=390, height=844) as wire:
        page = wire.page
        show(page, f"#/act/{case}?kind=reply")
        page.get_by_label("Your reply").fill(REPLY)
        page.context.set_offline(True)
        expect(page.locator(".news")).to_contain_text(
            "Last state 2 May 20:01\u00a0UTC. Nothing is sent until you are back."
        )
        expect(page.get_by_role("button", name="Send the reply")).to_be_disabled()
        page.context.set_offline(False)
        expect(page.get_by_role("button", name="Send the reply")).to_be_enabled()
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator(".sent")).to_be_visible()
    assert len(data(at, case, "reply")) == 1


def test_what_happens_meanwhile_waits_until_it_is_asked_for(at, browser):
    case, sound, _ = accused(at)
    with person(at, browser, "olga") as wire:
        page = wire.page
        show(page, f"#/case/{case}")
        page.wait_for_timeout(1500)
        assert page.locator(".news").inner_text() == ""
        do(at, "lia", case, "reply", "ours", party="A", text=REPLY)
        do(at, "anna", case, "custody", "moved", evidence=sound, to="the vault")
        expect(page.locator(".news")).to_contain_text("2 new, show")
        assert REPLY not in text(page)
        page.get_by_role("button", name="show").click()
        expect(page.locator(".replies")).to_contain_text(REPLY)
        expect(page.locator(".news")).to_be_empty()
    assert wire.told == []


def test_an_administrator_changes_a_role_and_it_holds_at_once(at, browser):
    with person(at, browser, "adam") as wire:
        page = wire.page
        show(page, "#/people")
        page.get_by_role("link", name="ben").click()
        page.get_by_label("Role").select_option("auditor")
        page.get_by_role("button", name="Change the account").click()
        page.wait_for_selector("body[data-screen=people] .office:not([aria-busy])")
        assert "Auditor" in page.locator("tr", has_text="ben").inner_text()
        show(page, "#/person")
        page.get_by_label("Name of the account").fill("Not A Name")
        page.get_by_role("button", name="Make the account").click()
        expect(page.get_by_role("alert")).not_to_be_empty()
    assert at.desk.person("ben").role == "auditor"


def test_a_first_sign_in_enrols_a_second_factor_and_nothing_else(at, browser):
    from desk_world import password_of

    from truceline.services.accounts import CONSOLE

    at.desk.accounts.set_password(CONSOLE, "sam", password_of("sam"))
    case, _, _ = heard(at)
    with person(at, browser, None) as wire:
        page = wire.page
        page.goto(address(at, "#/sign-in"))
        page.get_by_label("Name of the account").fill("sam")
        page.get_by_label("Password").fill(password_of("sam"))
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_selector("body[data-screen=account] form")
        assert page.locator(".work a").count() == 0
        page.evaluate("place => location.hash = place", f"#/case/{case}")
        assert "One thing first: a second factor" in text(page)
        page.get_by_role("button", name="Begin a second factor").click()
        secret = page.locator("main code").inner_text()
        page.get_by_label("Code").fill(at.code(secret))
        page.get_by_role("button", name="Put it in force").click()
        expect(page.locator(".codes li")).to_have_count(10)
        page.get_by_role("button", name="I have kept them: sign in").click()
        page.wait_for_selector("body[data-screen=sign-in]")
