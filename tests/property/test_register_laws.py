# SPDX-License-Identifier: Apache-2.0
"""Laws of the register: what was known then stays what was known then, and no state's name matters."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from register_world import FILE, SAM, Keeper, day

from truceline.errors import Malformed, StateError
from truceline.model.commitment import Posting

STAGES = ("declared", "signed", "awaiting parliament", "ratified", "in force", "delivered", "suspended", "withdrawn")
DEEDS = st.lists(
    st.tuples(st.sampled_from((*STAGES, "strike")), st.sampled_from(("oak-ships", "elm-none")), st.integers(6, 28)),
    max_size=6,
)
"""What is tried: a stage or a strike of the newest posting, of which commitment, on which day of January."""


def kept(deeds, text=FILE):
    """Try each deed; what is refused leaves the register as it was. Returns the keeper and every register passed."""
    keeper = Keeper(text)
    passed = [(keeper.at, keeper.register)]
    for what, of, on in deeds:
        before = keeper.register
        try:
            if what == "strike":
                keeper.at += timedelta(hours=1)
                newest = keeper.register.known(of)[-1]
                data = {"of": newest.id}
                keeper.register = before.take([Posting(keeper.new(), "strike", SAM, day(on), keeper.at, "wrong", data)])
            else:
                keeper.change(of, f"2026-01-{on:02}", becomes=what)
        except (StateError, Malformed, IndexError):
            assert keeper.register is before
        passed.append((keeper.at, keeper.register))
    return keeper, passed


def told(view):
    return {name: (each.stage, each.since, each.withdrawn, each.commitment) for name, each in view.standings.items()}


@settings(max_examples=20, deadline=None)
@given(DEEDS, st.integers(5, 29))
def test_what_was_known_at_a_time_never_changes_afterwards(deeds, on):
    keeper, passed = kept(deeds)
    for at, register in passed:
        assert told(keeper.register.as_of(day(on), at)) == told(register.as_of(day(on)))


@settings(max_examples=20, deadline=None)
@given(DEEDS)
def test_knowledge_only_grows(deeds):
    keeper, passed = kept(deeds)
    before: set[str] = set()
    for at, _ in passed:
        now = {each.id for each in keeper.register.history(at)}
        assert before <= now
        before = now


@settings(max_examples=20, deadline=None)
@given(DEEDS)
def test_a_stage_never_goes_back_from_one_day_to_the_next(deeds):
    keeper, _ = kept(deeds)
    reached = []
    for on in range(6, 30):
        standing = keeper.register.as_of(day(on)).standings.get("oak-ships")
        if standing is not None:
            reached.append(STAGES.index(standing.reached))
            assert standing.withdrawn is None or standing.withdrawn <= day(on)
    assert reached == sorted(reached)


@settings(max_examples=15, deadline=None)
@given(DEEDS, st.integers(5, 29))
def test_states_that_swap_names_swap_what_is_said_of_them(deeds, on):
    swapped = FILE
    for old, new in (("oak", "\0"), ("elm", "oak"), ("\0", "elm")):
        swapped = swapped.replace(old, new)
    other = {"oak-ships": "elm-ships", "elm-none": "oak-none"}
    one, _ = kept(deeds)
    two, _ = kept([(what, other[of], when) for what, of, when in deeds], swapped)
    first, second = one.register.as_of(day(on)), two.register.as_of(day(on))
    for state, twin in (("oak", "elm"), ("elm", "oak"), ("ash", "ash")):
        assert first.word(state, "troops_sea") == second.word(twin, "troops_sea")
    assert {other[about] for flag in first.flags() for about in flag.about} == {
        about for flag in second.flags() for about in flag.about
    }
