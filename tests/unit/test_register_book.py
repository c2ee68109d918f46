# SPDX-License-Identifier: Apache-2.0
"""What a register adds up to: stages, silence, contradictions, corrections, and two times kept apart."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from register_world import AT, FILE, SAM, Keeper, day, shipped

from truceline.errors import Malformed, StateError
from truceline.model.case import MACHINE
from truceline.model.commitment import Amount, Commitment, Posting
from truceline.model.meeting import Meeting
from truceline.register.book import Register
from truceline.register.view import NOT_ASKED, NOT_SAID


@pytest.fixture
def keeper():
    return Keeper()


def strike(keeper, posting, at=None):
    made = Posting(keeper.new(), "strike", SAM, posting.on, at or keeper.at, "It was wrong.", {"of": posting.id})
    keeper.register = keeper.register.take([made])
    return made


def test_a_view_shows_what_was_promised_on_that_day(keeper):
    assert keeper.register.as_of(day(5)).standings == {}
    early, late = keeper.register.as_of(day(6)), keeper.register.as_of(day(20))
    assert early.word("oak", "troops_sea") == ("declared",)
    assert late.word("oak", "troops_sea") == ("signed",)
    assert late.standings["oak-ships"].since == day(20)
    assert late.standings["oak-ships"].commitment.amount == Amount(2, 2, "ships")
    assert keeper.register.as_of(day(1, 8)).word("oak", "troops_sea") == ("period over",)
    assert not keeper.register.as_of(day(1, 8)).standings["oak-ships"].promised(day(1, 8))


def test_silence_is_not_no(keeper):
    view = keeper.register.as_of(AT)
    assert view.word("elm", "money") == ("no commitment",)
    assert view.word("ash", "money") == (NOT_SAID,)
    assert view.silent() == ("ash",)
    assert view.silent("troops_sea", "warning") == ("ash",)
    assert view.silent("troops_sea", "other") == ("oak", "elm", "ash")
    assert view.word("A", "money") == (NOT_ASKED,)
    assert view.word("grove", "money") == (NOT_SAID,)
    assert "A" not in view.silent()
    assert "grove" not in view.silent()


@pytest.mark.parametrize(
    ("before", "stage", "said"),
    [
        (["ratified"], "declared", "go back from ratified to declared"),
        (["ratified"], "signed", "withdraw or suspend it, or strike"),
        ([], "signed", "is signed already"),
        (["suspended"], "suspended", "is suspended already"),
        (["in force", "suspended"], "ratified", "go back from in force to ratified"),
        (["withdrawn"], "ratified", "was withdrawn on 2026-01-21"),
    ],
)
def test_a_stage_goes_back_only_by_an_act_that_says_so(keeper, before, stage, said):
    for number, each in enumerate(before):
        keeper.change("oak-ships", f"2026-01-2{1 + number}", becomes=each)
    with pytest.raises(StateError, match=said) as caught:
        keeper.change("oak-ships", "2026-01-29", becomes=stage)
    assert (caught.value.file, caught.value.line) == ("register.yaml", 1)


def test_a_suspended_commitment_goes_on_where_it_was(keeper):
    for number, stage in enumerate(["awaiting parliament", "ratified", "suspended", "ratified", "in force"]):
        keeper.change("oak-ships", f"2026-01-2{1 + number}", becomes=stage)
    words = [keeper.register.as_of(day(21 + number)).standings["oak-ships"] for number in range(5)]
    assert [each.stage for each in words][2:] == ["suspended", "ratified", "in force"]
    assert [each.promised(day(21)) for each in words] == [True, True, False, True, True]


def test_a_change_that_is_entered_late_takes_its_place_in_the_world(keeper):
    keeper.change("oak-ships", "2026-01-25", becomes="in force")
    before = keeper.at
    keeper.change("oak-ships", "2026-01-22", becomes="ratified")
    assert keeper.register.as_of(day(23)).standings["oak-ships"].stage == "ratified"
    assert keeper.register.as_of(day(23), before).standings["oak-ships"].stage == "signed"
    with pytest.raises(StateError, match="go back from in force to ratified"):
        keeper.change("oak-ships", "2026-01-27", becomes="ratified")
    with pytest.raises(StateError, match="comes before the commitment; mend one of the dates"):
        keeper.change("oak-ships", "2026-01-02", becomes="signed")


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("step: warning, ", {"warning": ["oak-more", "oak-ships"], "other": []}),
        ("", {"warning": ["oak-ships"], "other": []}),
    ],
)
def test_what_is_tied_to_no_step_is_to_none(step, said):
    more = (
        f"  - {{id: oak-more, state: oak, kind: money, stage: declared, {step}text: x, on: 2026-01-05, source: note}}\n"
    )
    view = Keeper(FILE.replace("changes:", f"{more}changes:", 1)).register.as_of(day(10))
    assert {name: [each.commitment.id for each in view.of("oak", step=name)] for name in said} == said
    assert "oak" in view.silent(step="other")


def test_a_withdrawn_signature_is_flagged_with_how_far_it_had_come(keeper):
    keeper.change("oak-ships", "2026-01-25", becomes="withdrawn")
    view = keeper.register.as_of(day(26))
    standing = view.standings["oak-ships"]
    assert (standing.word(day(26)), standing.stage, standing.withdrawn) == ("withdrawn", "signed", day(25))
    assert not standing.promised(day(26))
    (flag,) = view.flags()
    assert flag.about == ("oak-ships",)
    assert "after it was signed" in flag.text
    assert "nothing of it can be counted on" in flag.mend
    assert keeper.register.as_of(day(24)).flags() == ()


def promise(state="elm", name="elm-ships", on="2026-01-10", **more):
    told = "".join(f", {key}: {value}" for key, value in more.items())
    return (
        f"commitments: [{{id: {name}, state: {state}, kind: troops_sea, text: Ships., stage: declared, on: {on}, "
        f"source: {{outlet: Note}}{told}}}]"
    )


def test_a_promise_and_no_commitment_to_the_same_step_contradict(keeper):
    with pytest.raises(StateError, match="withdraw the one that no longer holds") as caught:
        keeper.enter(promise(step="warning"))
    assert caught.value.line == 1
    keeper.enter(promise(name="elm-other", step="another"))
    keeper.change("elm-none", "2026-01-09", becomes="withdrawn")
    keeper.enter(promise(step="warning"))
    assert keeper.register.as_of(day(10)).word("elm", "troops_sea") == ("withdrawn", "declared")
    with pytest.raises(StateError, match="withdraw it and post the promise"):
        Keeper().change("elm-none", "2026-01-20", becomes="ratified")


def test_an_amendment_cannot_bring_two_into_contradiction(keeper):
    keeper.enter(promise(name="elm-other", step="another"))
    with pytest.raises(StateError, match="promises nothing"):
        keeper.change("elm-other", "2026-01-12", step="warning")


def test_two_amounts_of_one_promise_are_flagged_unless_their_periods_part(keeper):
    ships = "amount: {low: 5, high: 9, unit: ships}, step: warning"
    keeper.enter(promise("oak", "oak-more").replace("text:", f"{ships}, text:"))
    (flag,) = keeper.register.as_of(AT).flags()
    assert set(flag.about) == {"oak-ships", "oak-more"}
    keeper.change("oak-more", "2026-01-21", period="{from: 2026-08-01}")
    assert keeper.register.as_of(AT).flags() == ()


def test_a_stage_that_was_jumped_to_is_flagged(keeper):
    keeper.enter(promise("ash", "ash-ships"))
    keeper.change("ash-ships", "2026-01-15", becomes="delivered")
    (flag,) = keeper.register.as_of(AT).flags()
    assert "no signature and no ratification" in flag.text


def test_an_amendment_changes_terms_and_never_whose_it_is(keeper):
    keeper.change("oak-ships", "2026-01-22", amount="{low: 3, high: 4, unit: ships}", text="Three.")
    assert keeper.register.as_of(day(21)).standings["oak-ships"].commitment.text == "Two ships."
    changed = keeper.register.as_of(day(22)).standings["oak-ships"].commitment
    assert (changed.text, changed.amount) == ("Three.", Amount(3, 4, "ships"))
    made = Posting("x", "amend", SAM, day(23), keeper.at, "why", {"of": "oak-ships", "state": "elm"})
    with pytest.raises(Malformed, match="state: an amendment changes"):
        keeper.register.take([made])


def test_a_struck_posting_is_gone_from_then_on_and_still_known_before(keeper):
    posting = keeper.change("oak-ships", "2026-01-25", becomes="ratified")
    before = keeper.at
    keeper.at = before.replace(hour=23)
    made = strike(keeper, posting)
    assert keeper.register.as_of(day(26)).standings["oak-ships"].stage == "signed"
    assert keeper.register.as_of(day(26), before).standings["oak-ships"].stage == "ratified"
    assert {made.id, posting.id} <= {each.id for each in keeper.register.history()}
    with pytest.raises(StateError, match=r"no posting .* that could be struck"):
        strike(keeper, posting)
    first = keeper.register.things["oak-ships"][0]
    with pytest.raises(StateError, match="more was posted about oak-ships"):
        strike(keeper, first)
    with pytest.raises(StateError, match="oak has commitments"):
        strike(keeper, keeper.register.things["oak"][0])


def test_a_strike_that_would_leave_stages_out_of_order_is_refused(keeper):
    keeper.change("oak-ships", "2026-01-25", becomes="in force")
    suspended = keeper.change("oak-ships", "2026-01-26", becomes="suspended")
    keeper.change("oak-ships", "2026-01-27", becomes="in force")
    with pytest.raises(StateError, match="in force already"):
        strike(keeper, suspended)


def test_a_meeting_is_posted_anew_once_the_old_posting_is_struck(keeper):
    again = FILE[FILE.index("meetings:") :].replace("source: note", "source: {outlet: Note}")
    with pytest.raises(StateError, match="strike the old posting first"):
        keeper.enter(again)
    strike(keeper, keeper.register.things["glade"][0])
    assert keeper.register.as_of(AT).meetings == {}
    keeper.enter(again.replace("In the glade", "In the clearing"))
    assert keeper.register.as_of(AT).meetings["glade"].name == "In the clearing"
    assert keeper.register.as_of(day(5)).meetings == {}


def test_nothing_is_posted_twice_or_before_the_newest_or_by_the_program(keeper):
    made = keeper.register.things["oak-ships"][-1]
    with pytest.raises(StateError, match="made already"):
        keeper.register.take([made])
    with pytest.raises(StateError, match="before the newest"):
        keeper.register.take([replace(made, id="y", at=day(1))])
    with pytest.raises(StateError, match="people post"):
        keeper.register.take([replace(made, id="y", by=MACHINE)])
    with pytest.raises(Malformed, match="needs a reason"):
        replace(made, reason=" ")
    with pytest.raises(Malformed, match="unknown kind of posting"):
        replace(made, kind="gift")
    with pytest.raises(Malformed, match="'stage' is missing"):
        keeper.register.take([replace(made, id="y", at=keeper.at, data={"of": "oak-ships"})])


def test_all_or_nothing(keeper):
    before = keeper.register
    with pytest.raises(Malformed):
        keeper.enter(
            promise("ash", "ash-ships")[:-1] + ", {id: b, state: yew, kind: money, text: t, stage: declared, "
            "on: 2026-01-10, source: {outlet: Note}}]"
        )
    assert keeper.register is before


def test_records_give_back_what_they_hold(keeper):
    again = Register().take(Posting.from_body(posting.record().body) for posting in keeper.register.history())
    assert again == keeper.register
    for posting in keeper.register.history():
        kind = posting.record().kind
        assert kind == ("meeting" if posting.kind == "meeting" else "commitment")
        if posting.kind == "meeting":
            assert (
                Meeting.from_json(posting.data).to_json()
                == Meeting.from_json(Meeting.from_json(posting.data).to_json()).to_json()
            )
        if posting.kind == "commitment":
            made = Commitment.from_json(posting.data)
            assert Commitment.from_json(made.to_json()) == made
    with pytest.raises(Malformed, match="not a posting"):
        Posting.from_body({"posting": "stage"})


def test_headcounts_say_how_many_nobody_named(keeper):
    view = keeper.register.as_of(AT)
    (count,) = view.meetings["glade"].counts
    assert view.unnamed(view.meetings["glade"], count) == 1
    assert view.unnamed(view.meetings["glade"], replace(count, besides=("oak",))) == 2
    assert view.unnamed(view.meetings["glade"], replace(count, came=0)) == -1
    assert view.unnamed(view.meetings["glade"], replace(count, expected=None)) is None
    crowded = FILE.replace("expected: 3", "expected: 1")
    (flag,) = Keeper(crowded).register.as_of(AT).flags()
    assert flag.text == "1 more countries are named than its source counts"


def test_the_paris_meeting_says_what_is_known_and_no_more():
    view = shipped().register.as_of(AT)
    meeting = view.meetings["paris-2026-01-06"]
    assert [view.unnamed(meeting, count) for count in meeting.counts] == [30, 23, 24]
    assert {o.id: o.not_by for o in meeting.outcomes}["paris-declaration"] == ("US",)
    assert {o.id: o.by for o in meeting.outcomes}["declaration-of-intent"] == ("FR", "GB", "UA")
    assert view.states["coalition"].members == 35
    assert len([seat for seat in view.states.values() if "coalition" in seat.member_of]) < 35
    assert view.word("GB", "troops_land") == ("awaiting parliament",)
    assert view.word("IT", "troops_land") == ("no commitment",)
    assert all(each.commitment.source for each in view.standings.values())
    assert all(each.commitment.amount is None for each in view.standings.values())
    assert view.flags() == ()
    assert shipped().register.as_of(day(5)).meetings == {}


def test_five_thousand_commitments_are_viewed_in_a_moment():
    rows = "".join(
        f"  - {{id: c{n}, state: s{n % 35}, kind: money, text: t, stage: declared, on: 2026-01-06, source: n}}\n"
        for n in range(5000)
    )
    states = "".join(f"  - {{id: s{n}, name: S{n}}}\n" for n in range(35))
    keeper = Keeper(f"sources: {{n: {{outlet: Note}}}}\nstates:\n{states}commitments:\n{rows}")
    start = time.process_time()
    view = keeper.register.as_of(AT)
    words = [view.word(state, "money") for state in view.states]
    assert time.process_time() - start < 5
    assert words == [("declared",)] * 35
