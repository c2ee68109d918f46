# SPDX-License-Identifier: Apache-2.0
"""report.html in a browser: accessible by axe, light and dark; no sideways scrolling on a phone; nothing fetched."""

from __future__ import annotations

from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from run_factory import make_run

from truceline.reports.html import html

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-quic"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    run = make_run()
    long = {"title": "A long address", "text": "https://example.org/" + "a-very-long-address-" * 12}
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(html(replace(run, one_sided=(*run.one_sided, long))), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1100])
def test_the_report_is_accessible_and_fits(browser, report, scheme, width):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report)
    assert asked == [report]
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 28, 29)")
    page.close()


def test_a_picture_takes_its_colours_from_the_readers_choice(browser, report):
    colours = []
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto(report)
        colours.append(page.evaluate("getComputedStyle(document.querySelector('svg text')).fill"))
        page.close()
    assert colours == ["rgb(20, 32, 30)", "rgb(232, 238, 236)"]
