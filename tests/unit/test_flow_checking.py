# SPDX-License-Identifier: Apache-2.0
"""Claims checked: the same rule for both sides, nothing confirmed, nothing young shown to everyone."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta

import flow_factory as made
import pypdf
import pytest
from run_factory import make_run, passes

from truceline.assessment.paste_language import language_of
from truceline.base.clock import Interval
from truceline.errors import LimitExceeded, Malformed, NoPlace, TrucelineError
from truceline.flow.checking import check
from truceline.flow.claimed import Asked, count_of, understand
from truceline.flow.ground import Ground
from truceline.lang import say
from truceline.model.claim import Verdict
from truceline.model.look import Denial
from truceline.reports import claim_sheet


@pytest.fixture(scope="module")
def ground():
    run = make_run()
    loose = replace(run.agreement, coverage_floor=0.001)
    return Ground.of(replace(run, agreement=loose, passes=passes(), denials=()))


@pytest.fixture(scope="module")
def window(ground):
    return ground.agreement.window


@pytest.fixture(scope="module")
def late(window):
    return window.end + timedelta(days=30)


def fires(window, count, qualifier="", **more):
    stated = {"what": "fires", "start": window.start, "end": window.end} | more
    return Asked(count=count, qualifier=qualifier, **stated)


def ends(ground, window, late):
    return check(ground, fires(window, 1), now=late).answer.estimate.wide


def test_counts_are_held_against_the_wide_interval(ground, window, late):
    low, high = ends(ground, window, late)
    assert low > 1
    for count, qualifier, verdict in (
        (int((low + high) / 2), "", Verdict.CONSISTENT),
        (int(high) + 1, "", Verdict.INCONSISTENT),
        (int(high) + 1, "more than", Verdict.INCONSISTENT),
        (int(high) + 1, "at most", Verdict.CONSISTENT),
        (int(low) - 1, "more than", Verdict.CONSISTENT),
        (int(low) - 1, "at most", Verdict.INCONSISTENT),
        (int(low) - 1, "", Verdict.CANNOT_BE_JUDGED),
        (0, "", Verdict.INCONSISTENT),
    ):
        found = check(ground, fires(window, count, qualifier), now=late)
        assert found.verdict is verdict, (count, qualifier)
        assert "confirmed" not in json.dumps(found.plain())


def test_who_claims_and_who_is_accused_decide_nothing(ground, window, late):
    names = {party.id: party.name for party in ground.agreement.parties}
    found = [
        check(ground, fires(window, 10, who=names[a], accused=names[b]), now=late).plain()
        for a, b in (("A", "B"), ("B", "A"))
    ]
    for answer in found:
        answer.pop("claim")
        answer["reasons"] = [reason for reason in answer["reasons"] if reason[0] != "Who"]
    assert found[0] == found[1]


@pytest.mark.parametrize("what", ["violations", "shellings", "drone strikes", "", "shots fired", "artillery fires"])
def test_what_heat_does_not_count_cannot_be_judged(ground, window, late, what):
    found = check(ground, fires(window, 5, what=what), now=late)
    assert found.verdict is Verdict.CANNOT_BE_JUDGED
    assert found.reasons[0][0] == "Different things are counted"
    assert found.passes


def test_without_a_period_or_a_count_it_cannot_be_judged(ground, window, late):
    for asked, word in (
        (fires(window, 5, start=None), "begins"),
        (fires(window, 5, end=None), "ends"),
        (fires(window, 5, start=window.end, end=window.start), "before it begins"),
        (fires(window, None), "Without a number"),
    ):
        found = check(ground, asked, now=late)
        assert found.verdict is Verdict.CANNOT_BE_JUDGED
        assert word in found.reasons[0][1]
        json.dumps(found.plain(), allow_nan=False)


def test_too_little_coverage_cannot_be_judged(ground, window, late):
    strict = replace(ground, agreement=replace(ground.agreement, coverage_floor=0.99))
    assert check(strict, fires(window, 10**6), now=late).verdict is Verdict.CANNOT_BE_JUDGED
    blind = replace(ground, looks=())
    found = check(blind, fires(window, 10**6), now=late)
    assert found.verdict is Verdict.CANNOT_BE_JUDGED
    assert any(heading == "Not watched" for heading, _ in found.reasons)


def test_young_coverage_is_withheld_from_everyone_but_monitors(ground, window):
    now = window.end + timedelta(hours=71)
    found = check(ground, fires(window, 10**6), now=now)
    plain = json.dumps(found.plain())
    assert found.verdict is Verdict.CANNOT_BE_JUDGED
    assert (found.coverage, found.answer) == (None, None)
    assert all(row["chance"] is None for row in (*found.passes, *found.sensors))
    assert "72 hours" in found.withheld
    assert found.passes, "when public satellites passed is public"
    assert '"compatible": null' in plain
    assert check(ground, fires(window, 10**6), now=now, public=False).verdict is Verdict.INCONSISTENT
    assert check(ground, fires(window, 10**6), now=window.end + timedelta(hours=75)).verdict is Verdict.INCONSISTENT


def test_everyone_sees_coverage_of_a_place_as_large_as_a_province_and_whole_days(ground, window, late):
    town = fires(window, 5, where="Pokrovsk,5")
    assert "within 75 km of" in check(ground, town, now=late).coverage_of
    assert "00:00 UTC to" in check(ground, town, now=late).coverage_of
    assert "within 5 km of Pokrovsk" in check(ground, town, now=late, public=False).coverage_of


def test_passes_say_when_with_what_chance_and_which_were_not_read(ground, window, late):
    first = next(look for look in ground.looks if window.start <= look.moment < window.end)
    span = first.interval
    lost = replace(ground, denials=(Denial(first.sensor, span, "jammed", "test"),))
    found = check(lost, fires(window, 5), now=late, public=False)
    row = next(row for row in found.passes if not row["read"])
    assert (row["why"], row["chance"]) == ("jammed", None)
    assert all(0 <= row["chance"] <= row["clear"] <= 1 for row in found.passes if row["read"])
    whole = check(ground, fires(window, 5), now=late)
    assert sum(row["passes"] for row in found.sensors) == len(found.passes) == len(whole.passes)
    assert sum(row["read"] for row in found.sensors) < sum(row["read"] for row in whole.sensors)


def test_a_pasted_claim_is_understood_and_what_is_not_read_is_said(ground, late, window):
    party = ground.agreement.parties[0]
    text = (
        f"{party.name} said there were 12 fires near Pokrovsk from {window.start:%H:%M} UTC on {window.start:%d %B %Y}"
    )
    text += f" to {window.end:%H:%M} UTC on {window.end:%d %B %Y}"
    asked = understand(ground, text)
    assert (asked.who, asked.count, asked.where) == (party.name, 12, "Pokrovsk")
    assert (asked.start, asked.end) == (window.start, window.end)
    told = check(ground, asked, now=late).plain()
    assert [part["field"] for part in told["understood"]] == ["who", "accused", "what", "count", "where", "from", "to"]
    assert next(part for part in told["understood"] if part["field"] == "accused")["note"]


@pytest.mark.parametrize(
    "text",
    [
        "No fires burned near Pokrovsk and Bakhmut during the truce.",
        "No fires burned in the Donbas during the truce.",
        "Під час перемир'я на Донеччині не було жодної пожежі.",
        "Aucun incendie à Paris pendant la trêve.",
    ],
)
def test_what_is_said_of_another_place_is_not_held_against_the_line(ground, late, text):
    """Whether two towns, a region or a place unknown here: the whole line is not what the claim speaks of."""
    found = check(ground, understand(ground, text), now=late)
    assert found.verdict is Verdict.CANNOT_BE_JUDGED
    assert found.reasons[0][0] == say(language_of(text), "claim.h_place")
    line = check(ground, replace(understand(ground, text), where="line"), now=late)
    assert line.verdict is Verdict.INCONSISTENT, "filled in by whoever asks, it is judged"


def test_many_without_a_number_is_no_count(ground, late):
    found = check(ground, understand(ground, "Many fires burned along the front line during the truce."), now=late)
    assert found.reasons[0][0] == "No count is claimed"


def test_a_text_longer_than_a_claim_is_refused_not_cut(ground):
    with pytest.raises(LimitExceeded, match=r"4,001 characters long; at most 4,000"):
        understand(ground, "x" * 4_001)


@pytest.mark.parametrize(
    ("fires", "none", "violations"),
    [
        (
            "There were {n} fires during the ceasefire.",
            "Not a single fire burned in the truce.",
            "broke the truce 469 times",
        ),
        (
            "Під час перемир'я виникло {n} пожеж.",
            "Під час перемир'я не було жодної пожежі.",
            "порушила перемир'я 469 разів",
        ),
        ("Во время перемирия было {n} пожаров.", "Во время перемирия ни одного пожара.", "нарушила перемирие 469 раз"),
        ("Pendant la trêve, {n} incendies.", "Aucun incendie pendant la trêve.", "a violé la trêve 469 fois"),
    ],
)
def test_every_verdict_is_reached_in_every_language(ground, window, late, fires, none, violations):
    low, high = ends(ground, window, late)
    for text, verdict in (
        (fires.format(n=int((low + high) / 2)), Verdict.CONSISTENT),
        (fires.format(n=int(high) + 1), Verdict.INCONSISTENT),
        (none, Verdict.INCONSISTENT),
        (f"{violations}, 11.04.2026", Verdict.CANNOT_BE_JUDGED),
    ):
        assert check(ground, understand(ground, text), now=late).verdict is verdict, text


@pytest.mark.parametrize(
    ("text", "want"), [("12", (12, "")), ("more than 2,299", (2299, "more than")), ("1 000", (1000, ""))]
)
def test_counts_as_options(text, want):
    assert count_of(text) == want


@pytest.mark.parametrize("text", ["", "-3", "1.5", "1e9", "many", "12 or 13", "9" * 20, "１２"])
def test_counts_that_are_none(text):
    with pytest.raises(Malformed):
        count_of(text)


def test_what_cannot_be_asked(ground, window, late):
    with pytest.raises(LimitExceeded):
        check(ground, fires(window, 5, end=window.start + timedelta(days=93)), now=late)
    with pytest.raises(NoPlace):
        check(ground, fires(window, 5, where="Atlantis"), now=late)
    with pytest.raises(TrucelineError):
        check(ground, fires(window, 5, where="secret.geojson"), now=late)
    with pytest.raises(LimitExceeded):
        fires(window, 5, what="x" * 300)
    with pytest.raises(Malformed):
        fires(window, 5, who="a\nb")


def content(ground, asked, late, **options):
    checked = check(ground, asked, now=late, **options).plain()
    return claim_sheet.sheet(checked, title="A watch", made=late, ledger={"origin": "o", "size": 5, "root": "ab"})


def test_the_sheet_is_one_page_and_says_all(ground, window, late):
    party = ground.agreement.parties[0]
    asked = understand(ground, f"{party.name} said more than 12 fires on {window.start:%d %B %Y}")
    made = content(ground, asked, late)
    paper = pypdf.PdfReader(io.BytesIO(claim_sheet.pdf(made, late)))
    assert len(paper.pages) == 1
    text = " ".join(paper.pages[0].extract_text().split())
    page = claim_sheet.html(made).decode()
    for words in (made["verdict"], "Who could have seen it", "What was seen", "more than 12 fires"):
        assert words in text
        assert words in page
    assert "<script" not in page
    assert claim_sheet.pdf(made, late) == claim_sheet.pdf(made, late)


def test_nothing_in_a_claim_becomes_markup(ground, window, late):
    nasty = '<img src=x onerror=alert(1)> #let x = 1 $y$ "'
    made = content(ground, fires(window, 5, who=nasty, accused="evil 火", what="fires #strong[x]"), late)
    page = claim_sheet.html(made).decode()
    assert "<img" not in page
    assert "&lt;img" in page
    assert "#let x = 1" in " ".join(
        pypdf.PdfReader(io.BytesIO(claim_sheet.pdf(made, late))).pages[0].extract_text().split()
    )


def test_the_longest_sheet_is_one_page_still(ground, window, late):
    asked = fires(
        window, 5, who="W" * 190, accused="A" * 190, what="fires " + "x" * 190, start=window.start - timedelta(days=20)
    )
    made = content(ground, asked, late)
    assert len(pypdf.PdfReader(io.BytesIO(claim_sheet.pdf(made, late))).pages) == 1


def test_the_command(command, tmp_path):
    folder = made.write(tmp_path / "watch")
    words = [
        "claim",
        "check",
        folder,
        "--what",
        "fires",
        "--count",
        "more than 5",
        "--from",
        "2026-04-12",
        "--to",
        "2026-04-12",
    ]
    sheet = tmp_path / "sheets" / "one.pdf"
    done = command(*words, "--sheet", sheet, "--json", cwd=tmp_path, keys=tmp_path / "keys")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["claim"]["count"], told["claim"]["qualifier"], told["hours"]) == (5, "more than", 24.0)
    assert sheet.read_bytes().startswith(b"%PDF")
    again = command(*words, "--lang", "uk", cwd=tmp_path, keys=tmp_path / "keys").stdout
    assert say("uk", f"claim.{told['verdict'].replace(' ', '_')}") in again
    assert "Passes" not in again
    for wrong, code in (
        (["claim", "check", folder], 2),
        ([*words, "--sheet", tmp_path / "sheet.docx"], 2),
        ([*words, "--where", "Atlantis"], 3),
    ):
        assert command(*wrong, cwd=tmp_path, keys=tmp_path / "keys").returncode == code


@pytest.mark.parametrize(
    "asked",
    [{"where": "Pokrovsk,5"}, {"hours": 3}, {"where": "Pokrovsk,5", "hours": 3}],
    ids=["a town", "some hours", "both"],
)
def test_no_question_of_a_place_or_an_hour_tells_everybody_more_than_province_and_day(ground, window, late, asked):
    """Whoever asks about many small places or hours, one by one, learns of none of them how well it was seen."""
    hours, asked = asked.get("hours"), {key: value for key, value in asked.items() if key != "hours"}
    span = window if hours is None else Interval(window.start, window.start + timedelta(hours=hours))
    found = check(ground, fires(span, 1, **asked), now=late).plain()
    other = Interval(span.start + timedelta(minutes=5), span.end)
    again = check(ground, fires(other, 1, **asked), now=late).plain()
    assert {found[key] == again[key] for key in ("compatible", "compatible_99", "coverage", "verdict")} == {True}
    assert all(row["chance"] is row["clear"] is None for row in found["passes"])
    assert all(row["chance"] is None for row in found["sensors"])
    assert all(round(row["lat"] * 111.195 - 0.5, 1) % 1 == 0 for row in found["seen"]["list"])
    mine = check(ground, fires(span, 1, **asked), now=late, public=False).plain()
    assert mine["coverage"] != found["coverage"] or mine["compatible"] != found["compatible"]
