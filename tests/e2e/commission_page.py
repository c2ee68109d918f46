# SPDX-License-Identifier: Apache-2.0
"""A commission at work, its page in a browser, and everything that came over the wire to each person."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field

from desk_world import Office, password_of
from playwright.sync_api import Browser, Page

DUE = "2026-05-03T20:00:00Z"
COVERAGE = {"share": 0.46, "reference_act": "a salvo of six shells of 122 mm", "period": "2 May 20:00 to 21:00 UTC"}
SHARES = {"A": 0.88, "B": 0.02, "neither": 0.02, "proxy": 0.04, "accident": 0.02, "unknown": 0.02}
ACCUSATION = "Six shells fell near the ford. You are asked what you know of it."
SECRET = "an intercept of the third net"
NOTE = "The array was calibrated in April; I would rest on it."


HEARD = """
window.heard = [];
const fetched = window.fetch;
window.fetch = async (...asked) => {
  const answer = await fetched(...asked);
  answer.clone().text().then((text) => window.heard.push(text));
  return answer;
};
const Source = window.EventSource;
window.EventSource = class extends Source {
  constructor(place) { super(place); this.addEventListener("case", (event) => window.heard.push(event.data)); }
};
"""
"""Keeps everything the server answers, beside the page's own use of it."""


@dataclass
class Wire:
    """A page, and what was complained of."""

    page: Page
    told: list[str] = field(default_factory=list)

    def said(self) -> str:
        """Everything the server answered since the page was opened, and everything in the document."""
        return self.page.evaluate("[...window.heard, document.documentElement.outerHTML].join('\\n')")


def do(at: Office, user: str, case: str | None, kind: str, reason: str = "because", **data) -> str:
    """One act at the desk, a second later; returns its id."""
    at.clock.forward(seconds=1)
    return at.desk.act(at.desk.person(user), kind, case, reason, data)[1].id


def heard(at: Office) -> tuple[str, str, str]:
    """A case with two independent kinds of evidence, so that the notice went out; returns it and both exhibits."""
    case = do(at, "wanda", None, "open", "two kinds of sensor", title="Salvo on the ford", origin="event", events=[31])
    sound = do(
        at, "anna", case, "evidence", "six launches and six impacts heard", **_exhibit("acoustic", "array-3", "mission")
    )
    image = do(
        at, "anna", case, "evidence", "craters on an image of the morning", **_exhibit("imagery", "sar-1", "elm")
    )
    return case, sound, image


def _exhibit(modality: str, family: str, owner: str, **more) -> dict:
    return {"modality": modality, "family": family, "owner": owner, "grade": "B2", **more}


def accused(at: Office) -> tuple[str, str, str]:
    """The same case once it was assessed and North was served with the allegation."""
    case, sound, image = heard(at)
    do(at, "anna", case, "evidence", SECRET, **_exhibit("radio", "net-9", "birch", level="secret"))
    do(at, "anna", case, "assess", "under the text", readings={"text": [0.81, 0.9]})
    do(at, "anna", case, "attribute", "directions cross", hypotheses=SHARES, basis=[sound, image])
    tests = [{"id": "tell-exercises", "applies": "no"}]
    do(at, "anna", case, "test_exceptions", "nothing was notified", exceptions=tests, notices_matched=True)
    asked = do(at, "sam", case, "allege", "accused", party="A", text=ACCUSATION)
    do(at, "anna", case, "approve", "it identifies no witness", of=asked)
    do(at, "anna", case, "note", "note", audience=["commissioner"], text=NOTE)
    return case, sound, image


def put_to_the_vote(at: Office) -> tuple[str, str]:
    """The same case with a provisional finding that one seat is for and one against; returns it and the proposal."""
    case, sound, image = accused(at)
    proposal = do(
        at,
        "bert",
        case,
        "propose",
        "what can be said before the reply",
        status="verified breach",
        attribution="attributed",
        party="A",
        severity="grave",
        intent="unknown",
        reading="text",
        basis=[sound, image],
        provisional=True,
        deadline=DUE,
        coverage=COVERAGE,
    )
    do(at, "bert", case, "vote", "two kinds of sensor agree", proposal=proposal, choice="for")
    do(at, "emma", case, "vote", "the accused was not heard", proposal=proposal, choice="against")
    return case, proposal


@contextmanager
def person(at: Office, browser: Browser, user: str | None, *, width=1440, height=900, scheme="light", keep=None):
    """Somebody's page, signed in by the form; ``keep``: a browser context that outlives it."""
    context = keep or browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    wire = Wire(page)
    page.on("console", lambda m: wire.told.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: wire.told.append(f"error: {e}"))
    page.add_init_script(HEARD)
    page.clock.set_fixed_time(at.clock.at)
    page.goto(address(at))
    if user is not None:
        sign_in(at, page, user)
    yield wire
    if keep is None:
        context.close()


def address(at: Office, place: str = "") -> str:
    """The page's address."""
    return f"{str(at.client.base_url).rstrip('/')}/{place}"


def sign_in(at: Office, page: Page, user: str) -> None:
    """Sign in by the form, with password and code."""
    secret = at.enrol(user)
    at.clock.forward(minutes=1)
    page.clock.set_fixed_time(at.clock.at)
    page.evaluate("location.hash = '#/sign-in'")
    page.get_by_label("Name of the account").fill(user)
    page.get_by_label("Password").fill(password_of(user))
    page.get_by_label("Code").fill(at.code(secret))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("body[data-screen=queue] .office:not([aria-busy])")


def show(page: Page, place: str) -> None:
    """Go to a screen and wait until it is drawn."""
    page.evaluate("place => location.hash = place", place)
    page.wait_for_selector(
        f"body[data-screen={place.split('/')[1].split('?', maxsplit=1)[0]}] .office:not([aria-busy])"
    )
