# SPDX-License-Identifier: Apache-2.0
"""A journalist with a claim: pasted, answered in its language, and a sheet to share, by keyboard alone and at night."""

from __future__ import annotations

import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from truceline.lang import say

pytestmark = pytest.mark.browser

CLAIMS = {
    "en": "Kyiv said there were more than 3,000 fires along the front line during the truce",
    "uk": "За даними Києва, під час перемир'я вздовж лінії фронту було понад 3000 пожеж",
    "ru": "По данным Москвы, во время перемирия вдоль линии фронта было более 3000 пожаров",
    "fr": "Selon Moscou, plus de 3000 incendies le long de la ligne de front pendant la trêve",
}


def form(visit):
    page = visit("#/claims?lang=")
    page.locator("#claim-lang").select_option("")
    expect(page.get_by_role("button", name="Check it")).to_be_enabled()
    return page


def asked(page, text):
    page.locator("#claim-text").fill(text)
    page.locator("#claim-text").press("Control+Enter")
    expect(page.locator(".claim-form button")).to_be_enabled(timeout=60_000)
    return page.locator(".claim-answer")


def test_paste_check_and_share_by_keyboard_alone_in_under_a_minute(visit):
    page = form(visit)
    began = time.monotonic()
    page.get_by_role("button", name="Check a claim of your own").focus()
    page.keyboard.press("Enter")
    page.keyboard.insert_text(CLAIMS["uk"])
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".claim-answer", timeout=60_000)
    page.keyboard.press("Tab")
    here = page.evaluate("[document.activeElement.href, document.activeElement.download]")
    assert here[1] == "claim-check.pdf"
    with page.expect_download() as sheet:
        page.keyboard.press("Enter")
    assert sheet.value.path().read_bytes().startswith(b"%PDF")
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("code", CLAIMS)
def test_the_answer_is_in_the_claims_language(visit, code):
    answer = asked(form(visit), CLAIMS[code])
    assert answer.get_attribute("lang") == code
    assert answer.locator(".verdict").inner_text() == say(code, "claim.inconsistent")
    for key in ("claim.h_above", "claim.h_who", "sheet.h_understood", "sheet.foot"):
        assert say(code, key) in answer.inner_text()


def test_the_language_chosen_is_that_of_form_answer_sheet_and_address(visit):
    page = form(visit)
    asked(page, CLAIMS["en"])
    page.locator("#claim-lang").select_option("fr")
    page.wait_for_selector(".claim-answer[lang=fr]", timeout=60_000)
    expect(page.get_by_role("button", name=say("fr", "claimform.check"))).to_be_visible()
    assert page.get_by_label(say("fr", "claimform.text")).input_value() == CLAIMS["en"]
    assert "lang=fr" in page.evaluate("location.hash")
    assert "lang=fr" in page.locator(".claim-answer a").get_attribute("href")
    again = visit("#/claims?line=towns&lang=uk")
    expect(again.get_by_role("button", name=say("uk", "claimform.check"))).to_be_visible()
    form(visit)


def test_an_answer_has_what_was_read_the_sensors_and_a_sheet(visit):
    page = form(visit)
    page.get_by_label("The claim, in English").fill(
        "Kyiv said Russian forces lit 40 fires near Pokrovsk on 12 April 2026"
    )
    page.get_by_role("button", name="Check it").click()
    answer = page.locator(".claim-answer", has_text="40 fires")
    expect(answer).to_contain_text("Within 25 km of Pokrovsk", timeout=60_000)
    text = answer.inner_text()
    assert "How many: 40" in text
    assert "Heat does not show who fired" in text
    assert "would have been detected within 75 km of Pokrovsk" in text
    assert answer.locator("table").first.locator("tbody tr").count() >= 2
    sheet = page.get_by_role("link", name="One page to share (PDF)").get_attribute("href")
    assert page.evaluate("u => fetch(u).then((r) => r.text()).then((t) => t.slice(0, 4))", sheet) == "%PDF"


def test_markup_and_marks_in_a_claim_stay_text(visit):
    page = form(visit)
    answer = asked(
        page, "<img src=x onerror=alert(1)>\u202eKyiv\u200b said 40 fires burned near <b>Pokrovsk</b> on 12 April 2026"
    )
    assert "How many: 40" in answer.inner_text()
    assert answer.locator("img, b b").count() == 0
    page.locator("#claim-what").evaluate("field => field.closest('details').open = true")
    page.locator("#claim-what").fill("fires <script>alert(1)</script>")
    page.locator("#claim-what").press("Enter")
    expect(answer).to_contain_text("fires <script>alert(1)</script>", timeout=60_000)
    page.locator("#claim-what").fill("")


def test_where_the_place_is_not_clear_the_fields_open_to_put_it_right(visit):
    page = form(visit)
    page.locator("details:has(.claim-fields)").evaluate("each => each.open = false")
    answer = asked(page, "2000 fires in the Donbas on 12 April 2026")
    assert "The place is not clear" in answer.inner_text()
    expect(page.locator("#claim-where")).to_be_visible()
    page.locator("#claim-where").fill("Pokrovsk")
    page.locator("#claim-where").press("Enter")
    expect(answer).to_contain_text("Within 25 km of Pokrovsk", timeout=60_000)
    page.locator("#claim-where").fill("")


def test_a_text_longer_than_a_claim_is_refused_in_words(visit, site):
    page = form(visit)
    page.locator("#claim-text").fill("пожежа " * 600)
    page.locator("#claim-text").press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("at most 4,000", timeout=60_000)
    page.locator("#claim-text").fill("")
    assert [text for text in site.told if "422" in text]
    site.told[:] = [text for text in site.told if "422" not in text]


def test_the_answer_is_accessible_light_and_dark(visit):
    page = form(visit)
    asked(page, CLAIMS["ru"])
    faults = {}
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("html")).to_have_attribute("data-theme", scheme)
        found = Axe().run(page, options={"resultTypes": ["violations"]})
        if found.violations_count:
            faults[scheme] = found.generate_report()
    assert faults == {}
