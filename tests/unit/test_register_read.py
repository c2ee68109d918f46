# SPDX-License-Identifier: Apache-2.0
"""Register and meetings files: what is refused, with its line and what was expected."""

from __future__ import annotations

import pytest
from register_world import COALITION, FILE, Keeper, day

from truceline.errors import InputError, LimitExceeded, Malformed, NoTime, StateError, Truncated
from truceline.register.read import ALWAYS, MAX_CHARS, Day, read

LINES = FILE.splitlines()


def line_of(text):
    return next(number for number, line in enumerate(LINES, 1) if text in line)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("role: group", "role: crowd", "states[1].role: 'crowd' is not a role"),
        ("members: 3", "members: many", "expected a number 1 to 500"),
        ("stage: declared", "stage: promised", "is not a stage"),
        ("stage: declared", "stage: suspended", "is not a stage"),
        ("on: 2026-01-06\n    step", "on: 2026-13-06\n    step", "expected a date such as 2026-01-06"),
        ("kind: troops_sea", "kind: boats", "is not a kind of commitment"),
        ("low: 2", "low: two", "expected a number 0 to"),
        ("becomes: signed", "becomes: no commitment", "is not a stage"),
        ("becomes: signed, ", "", "one of the two"),
        ("becomes: signed", "becomes: signed, text: More", "one of the two"),
        ("rank: minister", "rank: count", "is not a rank"),
        ("kind: text", "kind: song", "is not a kind of outcome"),
        ("source: note}\n  - {id: oak", "source: nota}\n  - {id: oak", "there is no source 'nota' in this file"),
        ("caveats: [", "caveat: [", "unknown key 'caveat'; did you mean 'caveats'?"),
        ("    text: Two ships.\n", "", "the key 'text' is missing"),
    ],
)
def test_a_slip_is_told_with_its_line_and_what_was_expected(old, new, said):
    assert FILE.count(old) == 1 or FILE.index(old)
    with pytest.raises(Malformed) as caught:
        read(FILE.replace(old, new, 1), file="r.yaml")
    assert said in caught.value.reason
    assert caught.value.file == "r.yaml"
    assert caught.value.line > 1


@pytest.mark.parametrize(
    ("old", "new", "said", "where"),
    [
        ("state: oak\n", "state: oka\n", "there is no state 'oka'; did you mean 'oak'?", "- id: oak-ships"),
        ("member_of: [grove]", "member_of: [wood]", "there is no group 'wood'", "{id: oak, "),
        ("low: 2", "low: 3", "amount: from least to most", "- id: oak-ships"),
        ("unit: ships", "unit: EUR", "amount: money has a currency", "- id: oak-ships"),
        ("to: 2026-08-01", "to: 2026-01-01", "period: it ends before it starts", "- id: oak-ships"),
        ("kind: troops_sea\n    ", "", "may leave it out", "- id: oak-ships"),
        ("text: Nothing.", "text: N, amount: {low: 1, high: 1, unit: x}", "there is no amount", "id: elm-none"),
        ("of: oak-ships", "of: oak-ship", "there is no commitment 'oak-ship'; did you mean", "{of: oak-ships"),
        ("state: elm, rank", "state: yew, rank", "there is no state 'yew'", "- id: glade"),
        ("by: [oak], ", "by: [oak], not_by: [oak], ", "text: oak cannot both have signed", "- id: glade"),
        ("commitments: [oak-ships]", "commitments: [oak-boats]", "no commitment 'oak-boats'", "- id: glade"),
        ("id: ash, name: Ash", "id: oak, name: Ash", "there is a state oak already", "{id: oak, name: Oak"),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(old, new, said, where):
    text = FILE.replace(old, new, 1)
    with pytest.raises((Malformed, StateError)) as caught:
        Keeper(text)
    assert said in caught.value.reason
    assert caught.value.file == "register.yaml"
    assert abs(caught.value.line - line_of(where)) <= 2


def test_limits_and_empty_files():
    with pytest.raises(LimitExceeded):
        read("#" * (MAX_CHARS + 1), file="r.yaml")
    with pytest.raises(Truncated):
        read("", file="r.yaml")
    with pytest.raises(Malformed, match="expected states, commitments, changes or meetings"):
        read("sources: {}", file="r.yaml")
    with pytest.raises(InputError, match="unknown key"):
        read("state: []", file="r.yaml")
    with pytest.raises(Malformed, match="anchors"):
        read("states: &a []", file="r.yaml")


def test_a_date_is_its_first_moment_and_a_moment_names_its_zone():
    drafts = {each.data.get("id", each.data.get("of")): each for each in read(FILE, file="r.yaml")}
    assert drafts["oak"].on == ALWAYS
    assert (drafts["glade"].on, drafts["glade"].data["day_only"]) == (day(6), True)
    exact = FILE.replace("on: 2026-01-06\n    present", "on: 2026-01-06T17:30:00+01:00\n    present")
    glade = next(each for each in read(exact, file="r.yaml") if each.kind == "meeting")
    assert (glade.on.isoformat(), glade.data["day_only"]) == ("2026-01-06T16:30:00+00:00", False)
    with pytest.raises(NoTime, match="names no time zone"):
        read(FILE.replace("on: 2026-01-20", "on: 2026-01-20T10:00:00"), file="r.yaml")
    assert len(Day().schema()["anyOf"]) == 2


def test_unknown_is_written_and_kept_as_unknown():
    text = FILE.replace("{low: 2, high: 2, unit: ships}", "unknown").replace("expected: 3", "expected: unknown")
    register = Keeper(text).register
    view = register.as_of(day(20))
    assert view.standings["oak-ships"].commitment.amount is None
    assert view.meetings["glade"].counts[0].expected is None


@pytest.mark.parametrize("name", ["register.yaml", "meetings.yaml"])
def test_everything_that_ships_names_its_source(name):
    for draft in read((COALITION / name).read_text("utf-8"), file=name):
        if draft.kind != "state" or draft.data["id"] not in ("NATO", "EU"):
            assert draft.data["source"]["outlet"]
            assert draft.data["source"]["url"].startswith("https://")
