# SPDX-License-Identifier: Apache-2.0
"""Twelve invariants of the commission, searched for a breach over random histories (evidence design, A-5).

Each is checked from the outside, on what an act did to the case, by rules written here anew.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from commission_world import PEOPLE, World, mirrored, rules

from truceline.commission import apply, fold
from truceline.errors import InputError, StateError
from truceline.model.case import LEVELS, RECORD_OF, Act
from truceline.services.views import exhibit_seen

STEPS = 1_000_000
LENGTH = 400


def one_quorum(w, act, before, after):
    """1. No finding without quorum."""
    for name in set(after.findings) - set(before.findings):
        proposal = after.proposals[after.findings[name].proposal]
        assert len({v.seat for v in proposal.votes}) >= w.rules.quorum


def two_votes(w, act, before, after):
    """2. No vote twice, after the deadline, by a seat with a declared conflict or one recused."""
    for proposal in after.proposals.values():
        seats = [v.seat for v in proposal.votes]
        assert len(seats) == len(set(seats))
        old = before.proposals.get(proposal.id)
        for vote in proposal.votes[len(old.votes) if old and len(old.votes) <= len(proposal.votes) else 0 :]:
            users = [after.users[v.act] for v in proposal.votes]
            assert len(users) == len(set(users))
            if vote.act == act.id:
                assert act.at <= proposal.deadline
                assert vote.seat not in before.conflicts
                assert vote.seat not in w.rules.barred(before.accused, before.complainant)
                assert act.by.seat == vote.seat
                assert act.by.role == "commissioner"


def three_two_people(w, act, before, after):
    """3. What takes two people was done by two."""
    done = set(after.allegations) - set(before.allegations)
    done |= {item for item in after.released if after.released[item] != before.released.get(item)}
    done |= {n for n, x in after.exhibits.items() if n in before.exhibits and x.redacted != before.exhibits[n].redacted}
    if done:
        assert act.kind == "approve"
        assert before.pending[act.data["of"]].by != act.by.user


def four_clear(w, act, before, after):
    """4. Clear asks for what the mission says: modalities, inspectors or admission; exceptions; hearing; votes."""
    for name in set(after.findings) - set(before.findings):
        proposal = after.proposals[after.findings[name].proposal]
        if proposal.status != "clear breach":
            continue
        items = [before.exhibits[n] for n in proposal.basis if not before.exhibits[n].withdrawn]
        whole = [x for x in items if x.counters is None and not any(c.intact is False for c in x.custody)]
        judged = [x for x in whole if x.grade[0] != "F" and x.grade[1] != "6"]
        pair = any(
            a.modality != b.modality and a.family != b.family and a.owner != b.owner for a in judged for b in judged
        )
        inspectors = len({x.owner for x in whole if x.modality == "inspector_record"}) >= 2
        places = [s for s in before.allegations.values() if proposal.party in (None, s.party)]
        assert pair or inspectors or any(s.admitted for s in places)
        assert before.exceptions_tested
        assert not before.excused
        assert proposal.votes
        assert not proposal.provisional
        assert places
        assert all(s.replies or (s.due is not None and act.at > s.due) for s in places)
        assert act.by.role != "machine"


def five_readable(w, act, before, after):
    """5. Nobody voted on evidence that he could not read."""
    if act.kind == "vote":
        for name in after.proposals[act.data["proposal"]].basis:
            exhibit = before.exhibits[name]
            assert LEVELS.index(act.by.clearance) >= LEVELS.index(exhibit.level)
            assert exhibit.readers is None or act.by.seat in exhibit.readers
            assert exhibit_seen(before, exhibit, act.by)  # what may be voted on is shown
    for name in set(after.findings) - set(before.findings):
        proposal = after.proposals[after.findings[name].proposal]
        rests = {*proposal.basis, *(before.attribution_basis if proposal.party else ())}
        for vote in proposal.votes:
            voter = replace(PEOPLE[after.users[vote.act]], seat=vote.seat)
            assert all(exhibit_seen(before, before.exhibits[each], voter) for each in rests)


def six_attribution(w, act, before, after):
    """6. No attribution above what the analysts' shares allow; none by a machine."""
    for name in set(after.findings) - set(before.findings):
        proposal = after.proposals[after.findings[name].proposal]
        if proposal.attribution in ("likely", "attributed"):
            least = {"likely": 0.55, "attributed": 0.80}[proposal.attribution]
            assert before.hypotheses[proposal.party] >= least
        if proposal.attribution == "admitted":
            assert before.allegations[proposal.party].admitted
    if after.hypotheses != before.hypotheses:
        assert act.by.role == "analyst"


def seven_notified(w, act, before, after):
    """7. Who is named was notified and had its time, or the finding is provisional, and no case ends on one that is."""
    for name in set(after.findings) - set(before.findings):
        proposal = after.proposals[after.findings[name].proposal]
        if proposal.party is not None and not proposal.provisional:
            place = before.allegations[proposal.party]
            assert place.replies or (place.due is not None and act.at > place.due)
    if after.exit == "found" and after.finding is not None:  # provisional means until the accused was heard
        assert not after.proposals[after.finding.proposal].provisional


def eight_replies(w, act, before, after):
    """8. No reply is lost, or late through our fault."""
    for party, place in before.allegations.items():
        assert after.allegations[party].replies[: len(place.replies)] == place.replies
    for place in after.allegations.values():  # whatever outage was recorded since
        for reply, came in zip(place.replies, place.came, strict=True):
            assert reply not in place.late or came > after.due(place)
    for finding in after.findings.values():
        proposal = after.proposals[finding.proposal]
        if finding.superseded is None and proposal.party is not None and not proposal.provisional:
            place = after.allegations[proposal.party]
            assert (place.came and place.came[0] <= finding.at) or after.due(place) < finding.at
    if act.kind == "reply":
        place = after.allegations[act.data["party"]]
        assert place.replies[-1] == act.id
        if act.id in place.late:
            out = sum(
                max(timedelta(0), min(end, act.at) - max(start, place.at)).total_seconds()
                for start, end in _union(before.outages)
            )
            assert act.at > place.due + timedelta(seconds=min(out, 0))
            assert (act.at - place.at).total_seconds() - out > 0


def _union(stretches):
    found = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def nine_withdrawn(w, act, before, after):
    """9. What rests on a withdrawn detection is open again."""
    gone = {n for n, x in after.exhibits.items() if x.withdrawn}
    if act.kind == "grade":
        assert act.by.role == "analyst"
        gone |= {n for n, x in after.exhibits.items() if before.exhibits[n].counts and not x.counts}
    if act.kind == "custody":
        gone |= {n for n, x in after.exhibits.items() if x.broken and not before.exhibits[n].broken}
    for finding in after.findings.values():
        if finding.superseded is None:
            assert not gone & set(after.proposals[finding.proposal].basis)
            if after.proposals[finding.proposal].party is not None:
                assert not gone & set(after.attribution_basis)
    if act.kind == "withdraw_evidence" and before.exit == "found" and after.finding is None:
        assert after.exit is None


def ten_released(w, act, before, after):
    """10. Nothing is released before its release."""
    for item, audience in after.released.items():
        if audience != before.released.get(item):
            assert act.kind == "approve"
            asked = before.pending[act.data["of"]]
            assert asked.kind == "release"
            assert asked.data["item"] == item


def eleven_kept(w, act, before, after):
    """11. Nothing is deleted; it is superseded, withdrawn or redacted."""
    for name in ("exhibits", "findings", "proposals", "allegations", "notices", "requests", "remedies", "released"):
        assert set(getattr(before, name)) <= set(getattr(after, name)), name
    assert after.acts == (*before.acts, act.id)
    for name, item in before.exhibits.items():
        now = after.exhibits[name]
        assert set(item.redacted) <= set(now.redacted)
        same = ("modality", "family", "owner", "blobs", "counters", *(("grade",) if act.kind != "grade" else ()))
        assert all(getattr(item, field) == getattr(now, field) for field in same)
        assert now.custody[: len(item.custody)] == item.custody
    for name, remedy in before.remedies.items():
        assert after.remedies[name].checks[: len(remedy.checks)] == remedy.checks


INVARIANTS = (
    one_quorum,
    two_votes,
    three_two_people,
    four_clear,
    five_readable,
    six_attribution,
    seven_notified,
    eight_replies,
    nine_withdrawn,
    ten_released,
    eleven_kept,
)


def search(seeds, length=LENGTH):
    """Walk; returns how often each act was possible and what came of votes."""
    seen = Counter()
    for seed in seeds:
        w = World(seed)
        for _ in range(length):
            act, before, after = w.step()
            if after is None:
                continue
            seen[act.kind] += 1
            for invariant in INVARIANTS:
                invariant(w, act, before, after)
            if act.kind == "determine":
                proposal = after.proposals[act.data["proposal"]]
                seen[proposal.outcome] += 1
                seen[proposal.outcome, proposal.status] += 1
    return seen


def test_no_history_breaks_an_invariant(proof_scale, figures):
    histories = int(STEPS * proof_scale) // LENGTH
    seen = search(range(histories))
    assert {"found", "not found", "deadlock", "no quorum", "vote", "reply", "approve", "remedy", "close"} <= set(seen)
    assert {"custody", "outcome", "request", "verify_remedy"} <= set(seen)
    done = sum(seen[kind] for kind in RECORD_OF)
    figures(
        "commission: random histories against eleven invariants (A-5)",
        {
            "steps tried": histories * LENGTH,
            "steps possible": done,
            "findings": seen["found"],
            "clear breaches": seen["found", "clear breach"],
            "broken": 0,
        },
    )


def test_clear_breaches_are_reached_at_all():
    """The search would prove nothing if what it guards never happened."""
    seen = search(range(10_000, 10_120))
    assert seen["found", "clear breach"] > 0, seen
    assert seen["withdraw_evidence"] > 0


def test_swapping_the_parties_mirrors_every_case(proof_scale, figures):
    """12. The mirrored history is possible exactly where the history was, and adds up to the mirrored case."""
    histories = max(10, int(STEPS * proof_scale / LENGTH / 4))
    for seed in range(histories):
        w = World(seed)
        other = mirrored(w.case)
        for _ in range(LENGTH // 2):
            act, _, after = w.step()
            try:
                other = apply(other, mirrored(act), w.rules)
                possible = True
            except (StateError, InputError):
                possible = False
            assert possible == (after is not None), (seed, act)
        assert mirrored(w.case) == other
    figures(
        "commission: the parties exchanged, the twelfth invariant (A-5)",
        {"steps tried": histories * (LENGTH // 2), "cases that differ": 0},
    )


def joined(w, other):
    """Both cases as one, or None where that is refused."""
    at = max(w.now, other.now)
    merge = Act("merge", other.case.id, "merge", PEOPLE["sam"], at, "one matter", {"into": w.case.id})
    absorb = Act("absorb", w.case.id, "absorb", PEOPLE["sam"], at, "one matter", {"from": other.case.id})
    try:
        gone = apply(other.case, merge, w.rules)
        return apply(w.case, absorb, w.rules, {gone.id: gone}), at
    except StateError:
        return None, at


def test_merged_histories_lose_nothing_and_break_no_invariant(proof_scale):
    merged = 0
    for seed in range(max(120, int(STEPS * proof_scale / LENGTH))):
        w = World(seed)
        other = World(seed, w.rules, "other")
        for _ in range(12):
            w.step()
            other.step()
        case, at = joined(w, other)
        if case is None:
            continue
        merged += 1
        assert set(case.exhibits) == {*w.case.exhibits, *other.case.exhibits}
        assert all(case.exhibits[name].custody == item.custody for name, item in other.case.exhibits.items())
        for party in (*w.case.allegations, *other.case.allegations):
            both = [each.case.allegations[party] for each in (w, other) if party in each.case.allegations]
            assert sorted(case.allegations[party].replies) == sorted(reply for s in both for reply in s.replies)
        assert {*case.requests, *case.released} >= {*other.case.requests, *other.case.released}
        w.case, w.now = case, at
        for _ in range(60):
            act, before, after = w.step()
            for invariant in INVARIANTS if after is not None else ():
                invariant(w, act, before, after)
    assert merged > 5


def test_a_case_is_the_sum_of_its_acts():
    for seed in range(20):
        w = World(seed)
        for _ in range(LENGTH):
            w.step()
        records = [act.record() for act in w.acts]
        again = fold([type(act).from_body(record.body) for act, record in zip(w.acts, records, strict=True)], w.rules)
        assert again[w.case.id] == w.case


@pytest.mark.parametrize("missing", ["quorum", "rule"])
def test_without_a_rule_nobody_can_find(missing):
    how = rules()
    how = type(how)(**{**{f: getattr(how, f) for f in how.__dataclass_fields__}, missing: None})
    for seed in range(30):
        w = World(seed, how)
        for _ in range(LENGTH):
            w.step()
        assert not w.case.findings


def test_people_are_needed():
    assert PEOPLE["machine"].role == "machine"
    for seed in range(30):
        w = World(seed)
        for _ in range(LENGTH):
            act, _, after = w.step()
            if after is not None and act.by.role == "machine":
                assert act.kind in ("evidence", "assess", "notice", "outage")
