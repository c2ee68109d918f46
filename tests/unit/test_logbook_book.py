# SPDX-License-Identifier: Apache-2.0
"""The book: corrections supersede, doubles are asked about, two people hand over, who is not heard of is lost."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from test_logbook_line import KNOWN

from truceline.base.clock import iso
from truceline.errors import InputError, Malformed, StateError
from truceline.logbook import Book, read_line
from truceline.logbook.book import book_of
from truceline.logbook.patrols import IN_DANGER, OVER, mine_json, overdue
from truceline.logbook.shift import NO_COVERAGE, counts, summary
from truceline.model.case import MACHINE, Actor
from truceline.model.logbook import RECORD_OF_ENTRY, Entry

START = datetime(2026, 4, 11, 21, 41, tzinfo=UTC)
WANDA, WIM = Actor("wanda", "watch_officer"), Actor("wim", "watch_officer")
SPOT = {"lon": 37.8, "lat": 48.01, "sigma_m": 20.0, "told": ""}


class Keys:
    """Keys entries into a book, second by second."""

    def __init__(self):
        self.book, self.now, self.entries = Book(), START, []

    def do(self, kind, who=WANDA, after=1, **data):
        self.now += timedelta(seconds=after)
        entry = Entry(f"{len(self.entries):04d}", kind, who, self.now, data)
        self.book.take(entry)
        self.entries.append(entry)
        return entry.id

    def line(self, text, who=WANDA, after=1, **more):
        return self.do("line", who, after, line=text, understood=self.read(text), **more)

    def read(self, text):
        return read_line(text, KNOWN, self.now).to_json()

    def refused(self, said, kind, who=WANDA, after=1, error=(StateError, InputError), **data):
        before = (dict(self.book.lines), dict(self.book.patrols), dict(self.book.handovers), self.book.now)
        with pytest.raises(error, match=said):
            self.do(kind, who, after, **data)
        assert (self.book.lines, self.book.patrols, self.book.handovers, self.book.now) == before
        self.now -= timedelta(seconds=after)


def test_a_correction_supersedes_and_nothing_is_deleted():
    k = Keys()
    first = k.line("2140 A10 3x explosion")
    second = k.do("correct", of=first, line="…", understood=k.read("2140 A10 4x explosion"), reason="counted again")
    assert k.book.lines[first].superseded == second
    assert k.book.lines[first].reason == "counted again"
    assert [kept.entry.id for kept in k.book.standing()] == [second]
    assert k.book.lines[second].first == first
    k.refused(
        f"superseded by {second}", "correct", of=first, understood=k.read("2140 A10 9x explosion"), reason="again"
    )
    k.do("strike", of=second, reason="it was thunder")
    assert k.book.standing() == []
    assert len(k.book.lines) == 2


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("correct", {"of": "ghost", "reason": "x"}, "there is no 'ghost' in the log"),
        ("strike", {"of": "0000", "reason": " "}, "reason: why"),
        ("strike", {"of": "0000"}, "'reason' is missing"),
        ("line", {"understood": {"at": "2026-04-11T21:40:00Z"}}, "is missing"),
        ("question", {"text": ""}, "what is open"),
        ("question", {"text": "?", "about": "ghost"}, "there is no 'ghost' in the log"),
        ("answer", {"of": "ghost", "text": "x"}, "there is no 'ghost' in the log"),
        ("handover", {"summary": 3}, "summary"),
        ("take_over", {"of": "ghost"}, "there is no 'ghost' in the log"),
        ("check_in", {"patrol": "P1"}, "P1 is not out"),
        ("depart", {"patrol": "P 1", "every_minutes": 30}, "letters, digits"),
        ("depart", {"patrol": "P1", "every_minutes": 0.5}, "1 to 1,440"),
        ("mine", {"spot": {**SPOT, "lon": None}, "what": "a mine"}, "where it lies"),
        ("mine", {"spot": SPOT, "what": "a mine", "audience": ["liaison"]}, "both parties alike"),
    ],
)
def test_what_is_refused_says_why_and_changes_nothing(kind, data, said):
    k = Keys()
    k.line("2140 A10 3x explosion")
    k.refused(said, kind, **data)


def test_the_same_line_within_seconds_is_asked_about():
    k = Keys()
    first = k.line("2140 A10 3x explosion impact")
    data = {"line": "x", "understood": k.read("2140 A10 3x explosion impact # and smoke")}
    k.refused(f"keyed 8 s ago as {first}", "line", WIM, after=8, **data)
    k.do("line", WIM, after=8, again=True, **data)
    k.line("2140 A10 4x explosion impact")  # another count is another line
    k.line("2140 A12 3x explosion impact")  # and so is another post
    k.line("2140 A10 3x explosion impact", after=31)
    assert len(k.book.standing()) == 5


def test_questions_stay_open_until_they_are_answered():
    k = Keys()
    line = k.line("2140 A10 burst")
    asked = k.do("question", text="Was it the wedding?", about=line)
    assert [q.text for q in k.book.open_questions()] == ["Was it the wedding?"]
    k.do("answer", of=asked, text="It was.")
    assert k.book.open_questions() == []


def test_layers_are_counted_apart_with_units_and_what_is_not_known():
    k = Keys()
    for text in (
        "2130 A10 3x explosion impact then 2x burst",
        "2131 A10 2-5x explosion",
        "2132 A10 N/Kx explosion",
        "2133 A10 >20x shot",
        "2134 A10 20min burst",
        "2135 A10 1x shelling",
        "2136 A10 access denied",
    ):
        k.line(text)
    told = counts(k.book.standing())
    assert told["A"] == [
        {"act": "burst", "unit": "min", "low": 20, "high": 20, "lines": 1, "not_known": 0},
        {"act": "burst", "unit": "x", "low": 2, "high": 2, "lines": 1, "not_known": 0},
        {"act": "explosion", "unit": "x", "low": 5, "high": 8, "lines": 3, "not_known": 1},
        {"act": "shot", "unit": "x", "low": 21, "high": None, "lines": 1, "not_known": 0},
    ]
    assert [row["act"] for row in told["B"]] == ["shelling"]
    assert [row["act"] for row in told["C"]] == ["access"]
    shift = summary(k.book, None, k.now + timedelta(seconds=1), NO_COVERAGE)
    assert set(shift["layers"]) == {"A", "B", "C"}
    assert all(layer["coverage"] == NO_COVERAGE for layer in shift["layers"].values())
    assert "total" not in shift
    assert shift["posts"] == {"A10": 7}


def test_a_handover_takes_two_people_and_begins_the_next_shift():
    k = Keys()
    k.line("2140 A10 3x explosion")
    k.do("depart", patrol="P4", every_minutes=30)
    k.do("lost", MACHINE, after=31 * 60, patrol="P4")
    told = summary(k.book, k.book.shift_start(), k.now, NO_COVERAGE)
    assert told["lost_contacts"] == ["P4"]
    assert told["patrols"][0]["state"] == "lost"
    assert "spot" not in told["patrols"][0]
    half = k.do("handover", summary=told)
    k.refused("waits for the officer", "handover", WIM, summary=told)
    k.refused("takes two people", "take_over", WANDA, of=half)
    assert k.book.waiting().entry.id == half
    k.do("take_over", WIM, of=half)
    k.refused("wim took over already", "take_over", Actor("eva", "watch_officer"), of=half)
    assert k.book.waiting() is None
    k.line("2212 A10 2x burst")
    later = summary(k.book, k.book.shift_start(), k.now + timedelta(seconds=1), NO_COVERAGE)
    assert later["lines"] == 1
    assert later["from"] == iso(k.book.handovers[half].until) > told["to"]
    assert later["layers"]["A"]["counts"][0]["act"] == "burst"


def test_a_patrol_is_lost_by_its_own_interval_and_found_again():
    k = Keys()
    k.do("depart", patrol="P4", every_minutes=30, spot=SPOT)
    k.do("depart", patrol="P5", every_minutes=120)
    k.refused("is out already", "depart", patrol="P4", every_minutes=30)
    k.refused("not overdue before", "lost", MACHINE, after=60, patrol="P4")
    at = k.now + timedelta(minutes=31)
    assert [p.name for p in overdue(k.book.patrols.values(), at)] == ["P4"]
    k.do("lost", MACHINE, after=31 * 60, patrol="P4")
    lost = k.book.patrols["P4"]
    assert lost.lost == lost.heard + timedelta(minutes=30)
    assert overdue(k.book.patrols.values(), k.now) == []  # recorded once
    k.refused("lost already", "lost", MACHINE, patrol="P4")
    k.do("check_in", patrol="P4")
    assert (k.book.patrols["P4"].lost, len(k.book.patrols["P4"].losses)) == (None, 1)
    assert k.book.patrols["P4"].spot.lon == SPOT["lon"]  # where it last said that it was
    k.do("return", patrol="P4")
    assert k.book.patrols["P4"].due is None
    k.refused("P4 is not out", "check_in", patrol="P4")
    k.do("depart", patrol="P4", every_minutes=15)
    assert k.book.patrols["P4"].losses == ()


def test_a_mine_is_told_to_all_whose_people_are_in_danger():
    k = Keys()
    k.do("mine", spot=SPOT, what="an anti-tank mine on the road")
    (mine,) = k.book.mines.values()
    assert mine.audience == IN_DANGER
    k.do("mine", spot=SPOT, what="another", audience=[name for name in IN_DANGER if name != "public"])


@pytest.mark.parametrize("state", OVER)
def test_a_mine_that_is_gone_stays_in_the_list_and_says_so(state):
    k = Keys()
    k.do("mine", spot=SPOT, what="a mine")
    (report,) = k.book.mines
    end = {"of": report, "state": state, "reason": "the sappers were there"}
    assert mine_json(k.book.mines[report])["state"] == "stands"
    k.refused("takes two people", "mine_over", WANDA, **end)
    k.refused("how that is known", "mine_over", WIM, **{**end, "reason": " "})
    k.refused("one of cleared, withdrawn", "mine_over", WIM, **{**end, "state": "moved"})
    k.refused("in the log", "mine_over", WIM, **{**end, "of": "nothing"})
    k.do("mine_over", WIM, **end)
    told = mine_json(k.book.mines[report])
    assert (told["state"], told["why"], told["lon"]) == (state, "the sappers were there", SPOT["lon"])
    assert told["since"].endswith(":00:00Z")
    assert not {"wanda", "wim"} & set(map(str, told.values()))
    k.refused(f"{state} already", "mine_over", WIM, **end)


@pytest.mark.parametrize("kind", sorted(set(RECORD_OF_ENTRY) - {"lost"}))
def test_the_program_keeps_no_log(kind):
    Keys().refused("the program does not", kind, MACHINE)


def test_entries_keep_their_order_and_happen_once():
    k = Keys()
    k.line("2140 A10 burst")
    with pytest.raises(StateError, match="made already"):
        k.book.take(k.entries[0])
    with pytest.raises(StateError, match="cannot come before"):
        k.book.take(Entry("x", "question", WANDA, START, {"text": "?"}))
    with pytest.raises(Malformed, match="unknown kind"):
        Entry("x", "verdict", WANDA, START)
    for body in ({}, {"entry": "line"}, {"entry": "line", "id": "1", "by": [], "at": "", "data": {}}):
        with pytest.raises(InputError):
            Entry.from_body(body)


def test_random_days_keep_what_a_log_promises(proof_scale):
    """Nothing deleted, one standing version of each line, two people a handover, a loss only by a patrol's interval."""
    for seed in range(max(5, int(500 * proof_scale))):
        r, k = random.Random(seed), Keys()
        for _ in range(120):
            kind, data = _drawn(r, k)
            who = r.choice((WANDA, WIM)) if kind != "lost" else MACHINE
            before = {name: kept.superseded for name, kept in k.book.lines.items()}
            patrol = k.book.patrols.get("P1")
            try:
                name = k.do(kind, who, r.choice((1, 5, 40, 900, 2400)), **data)
            except (StateError, InputError):
                continue
            assert set(before) <= set(k.book.lines)
            assert all(k.book.lines[line].superseded == by for line, by in before.items() if by is not None)
            if kind == "take_over":
                assert k.book.handovers[data["of"]].entry.by.user != who.user
            if kind == "lost":
                assert k.book.now > patrol.heard + patrol.every
                assert k.book.patrols["P1"].losses[-1] == name
        firsts = [kept.first for kept in k.book.standing()]
        assert len(firsts) == len(set(firsts))
        again = book_of([Entry.from_body(entry.record().body) for entry in k.entries])
        assert again == k.book


def _drawn(r, k):
    kind = r.choice(("line", "line", "line", *RECORD_OF_ENTRY))
    some = r.choice(list(k.book.lines) or ["none"])
    handover = k.book.waiting()
    return kind, {
        "understood": k.read(f"2140 A10 {r.randrange(9)}x burst"),
        "of": handover.entry.id if kind == "take_over" and handover else some,
        "reason": "because",
        "text": "why?",
        "summary": {},
        "patrol": "P1",
        "every_minutes": 30,
        "spot": SPOT,
        "what": "a mine",
    }
