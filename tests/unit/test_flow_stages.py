# SPDX-License-Identifier: Apache-2.0
"""Log before use, the stages over a ledger in memory, and the replay that finds what no stage made."""

import copy
import json
from dataclasses import replace
from datetime import timedelta

import flow_factory as made
import numpy as np
import pytest

from truceline.assessment.judge import Judge
from truceline.base.canonical import canonical
from truceline.errors import ReplayMismatch, StateError
from truceline.flow import bodies
from truceline.flow.checking import check
from truceline.flow.claimed import Asked
from truceline.flow.gather import gather
from truceline.flow.ground import Ground
from truceline.flow.log import log, logged
from truceline.flow.stages import SEED, sides_of, stages
from truceline.flow.terms_files import notices_of, read_notices
from truceline.flow.watchfile import read_watch
from truceline.model.claim import Claim
from truceline.model.record import KINDS, Record
from truceline.watch import INPUTS, replay, versions

DERIVED = ("event", "assessment", "coverage", "comparison", "estimate", "claim_check")


class Ran:
    """A run over a ledger in memory, closed by its report."""

    def __init__(self, folder, line=None):
        self.watch = read_watch(folder)
        self.gathered = gather(self.watch, line, made.NOW, made.quiet)
        self.ledger = made.Memory()
        self.held = log(self.watch, self.gathered, versions(), self.ledger)
        self.inputs = len(self.ledger.records)
        self.results = stages(logged(self.held), self.ledger, made.quiet)
        self.derived = self.ledger.records[self.inputs :]
        outputs = {}
        for index, record in enumerate(self.ledger.records):
            if index >= self.inputs:
                outputs.setdefault(record.kind, []).append(index)
        self.report = {
            "inputs": {kind: bodies.ranges([index for index, _ in self.held[kind]]) for kind in INPUTS},
            "outputs": {kind: bodies.ranges(indices) for kind, indices in outputs.items()},
            "files": {},
        }


class Found:
    """What an audit of such a ledger would give: bodies through JSON, ids made anew from them."""

    def __init__(self, ran):
        self.rows = [[r.kind, json.loads(canonical(r.body))] for r in ran.ledger.records]
        self.report = copy.deepcopy(ran.report)

    def append(self, kind, body):
        self.rows.append([kind, body])
        return len(self.rows) - 1

    def first(self, kind):
        return next(index for index, (name, _) in enumerate(self.rows) if name == kind)

    def records(self):
        for index, (kind, body) in enumerate([*self.rows, ["report", self.report]]):
            yield index, kind, Record(kind, body).id, body


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    return Ran(made.write(tmp_path_factory.mktemp("small")))


@pytest.fixture(scope="module")
def easter(repository):
    return Ran(repository / "examples" / "easter-truce-2026")


def test_the_run_s_own_record_comes_first_and_says_what_was_read(ran):
    first = ran.ledger.records[0]
    assert first.kind == "run"
    assert (first.body["watch"], first.body["rows_read"], first.body["seed"]) == ("small", 24, SEED)
    assert (first.body["from"], first.body["to"]) == ("2026-04-10T00:00:00Z", "2026-04-15T00:00:00Z")
    assert {entry["file"].split("/")[1] for entry in first.body["files"]} >= {"fires.csv", "days.csv", "cloud.csv"}


def test_inputs_are_logged_in_one_batch_in_the_order_of_kinds(ran):
    assert len(ran.ledger.batches[0]) == ran.inputs
    kinds = list(dict.fromkeys(record.kind for record in ran.ledger.records[: ran.inputs]))
    assert kinds == [kind for kind in INPUTS if ran.held[kind]]
    assert set(INPUTS) <= set(KINDS)


ANNOUNCED = """
notices:
  - id: drill
    kind: exercise
    by: A
    text: An exercise with live fire.
    window: {from: 2026-04-10T00:00:00Z, to: 2026-04-15T00:00:00Z}
    given: GIVEN
    zone: everywhere
"""


@pytest.mark.parametrize(
    ("given", "state", "said", "unexcused"),
    [
        ("2026-04-08T00:00:00Z", "in_time", "Notified in time: drill.", (0.0, 1.0)),
        ("2026-04-09T18:00:00Z", "late", "Notified, but 18 hours late: drill; so it does not excuse.", (1.0, 1.0)),
        ("unknown", "unknown", "Notified, but whether in time is not known: drill.", (0.0, 1.0)),
    ],
)
def test_a_run_matches_notices_as_a_file_of_events_does(tmp_path, repository, given, state, said, unexcused):
    folder = made.write(
        tmp_path / "small", watch_toml=made.WATCH.replace("line =", 'terms = "terms/a.yaml"\nline =', 1)
    )
    (folder / "terms").mkdir()
    text = (repository / "examples/exercises/agreement.yaml").read_text("utf-8")
    text = text.replace("from: 2026-05-01", "from: 2026-04-10").replace("to: 2026-06-01", "to: 2026-04-15")
    (folder / "terms" / "a.yaml").write_text(text, "utf-8")
    (folder / "terms" / "notices-1.yaml").write_text(ANNOUNCED.replace("GIVEN", given), "utf-8")
    run = Ran(folder)
    assert run.results.assessments
    for one in run.results.assessments:
        assert [(each.id, each.state) for each in one.notified] == [("drill", state)]
        assert (one.unexcused_low, one.unexcused_high) == unexcused
        assert said in dict(one.reasons)["exceptions"]
    notices = read_notices(notices_of(folder), run.gathered.agreement)
    judge = Judge(run.results.events, run.gathered.agreement, notices=notices)
    reading = judge.agreement.readings[0]
    free = judge.pair(reading, reading.provisions[0]).factor["exceptions"]
    assert {(a, b) for a, b in zip(free.low.tolist(), free.high.tolist(), strict=True)} == {unexcused}
    assert replay(Found(run)) == len(run.derived)


def test_every_kind_and_body_is_one_the_ledger_takes(ran):
    for record in ran.ledger.records:
        assert record.kind in KINDS
        assert canonical(record.body)


def named_indices(record):
    """Ledger indices a derived record speaks of."""
    body = record.body
    return {"event": lambda: body["inputs"], "assessment": lambda: [body["event"]]}.get(
        record.kind, lambda: [body["claim"]] if "claim" in body else []
    )()


@pytest.mark.parametrize("name", ["ran", "easter"])
def test_no_record_speaks_of_one_that_is_not_there_yet(name, request):
    run = request.getfixturevalue(name)
    seen = 0
    for batch in run.ledger.batches:
        before = min((index for index in batch if index >= seen), default=seen)
        for index in batch:
            for spoken in named_indices(run.ledger.records[index]):
                assert 0 <= spoken < before
        seen = max(seen, *batch, 0) if batch else seen


def test_what_a_record_speaks_of_is_of_the_right_kind(ran):
    kinds = [record.kind for record in ran.ledger.records]
    for record in ran.derived:
        wanted = {"event": "detection", "assessment": "event", "claim_check": "claim"}.get(record.kind)
        assert all(kinds[index] == wanted for index in named_indices(record))


def test_every_detection_is_in_exactly_one_event(easter):
    members = [index for event in easter.ledger.records if event.kind == "event" for index in event.body["inputs"]]
    assert sorted(members) == [index for index, _ in easter.held["detection"]]


def test_results_carry_the_index_of_their_records(easter):
    records, results = easter.ledger.records, easter.results
    for index in results.events.index:
        assert records[int(index)].kind == "event"
    for number, index in enumerate(results.events.index[:50]):
        assert records[int(index)].body["lon"] == results.events.lon[number]
    assert all(records[look.index].kind == "look" for look in results.looks)
    for view in results.lines:
        for kind, index in view.index_by_kind.items():
            assert records[index].kind == kind
            assert records[index].body["line"] == view.name
        for told in view.claims:
            assert records[told.index].body["claim"] == told.claim.index


@pytest.mark.parametrize("name", ["ran", "easter"])
def test_what_was_logged_comes_back_as_it_was_gathered(name, request):
    run = request.getfixturevalue(name)
    inside, gathered = logged(run.held), run.gathered
    assert inside.agreement.readings == gathered.agreement.readings
    assert inside.agreement.parties == gathered.agreement.parties
    assert inside.period == run.watch.period
    assert inside.cloud == gathered.cloud
    assert inside.extent == gathered.extent
    assert [line.line.parts for line in inside.lines] == [line.line.parts for line in gathered.lines]
    assert [d.record().body for d in inside.denials] == [d.record().body for d in gathered.denials]
    assert [c.record().body for c in inside.claims] == [c.record().body for c in gathered.claims]
    assert [r.body for r in inside.detections.records()] == [r.body for r in gathered.detections.records()]
    assert inside.detections.index.tolist() == [index for index, _ in run.held["detection"]]


def test_a_ledger_without_a_run_is_refused():
    with pytest.raises(ReplayMismatch, match="no record of the run"):
        logged({"run": []})


def test_a_second_run_adds_nothing(ran):
    before = len(ran.ledger.records)
    again = log(ran.watch, gather(ran.watch, None, made.NOW, made.quiet), versions(), ran.ledger)
    stages(logged(again), ran.ledger, made.quiet)
    assert len(ran.ledger.records) == before


def test_two_runs_give_the_same_bytes(ran, tmp_path):
    other = Ran(made.write(tmp_path / ran.watch.folder.name))
    assert [canonical(r.body) for r in other.ledger.records] == [canonical(r.body) for r in ran.ledger.records]


def places(run):
    """What the events say, without the ledger's own numbers."""
    return sorted(
        canonical({k: v for k, v in r.body.items() if k != "inputs"}) for r in run.derived if r.kind == "event"
    )


def unnumbered(run, kind):
    """Bodies of one kind without ledger indices."""
    return sorted(
        canonical({k: v for k, v in r.body.items() if k not in ("event", "claim")})
        for r in run.derived
        if r.kind == kind
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_rows_decides_nothing(ran, tmp_path, seed):
    rows = [made.rows()[k] for k in np.random.default_rng(seed).permutation(24)]
    other = Ran(made.write(tmp_path, fires_csv="\n".join([made.HEADER, *rows]) + "\n"))
    assert places(other) == places(ran)
    for kind in DERIVED[1:]:
        assert unnumbered(other, kind) == unnumbered(ran, kind)


@pytest.mark.parametrize("frp", ["3", "0", "12.0", "7.25"])
def test_numbers_that_lose_their_point_in_the_ledger_replay_the_same(tmp_path, frp):
    """A column of whole numbers comes back from JSON as integers."""
    rows = made.rows(frp=frp)
    found = Found(Ran(made.write(tmp_path, fires_csv="\n".join([made.HEADER, *rows]) + "\n")))
    assert replay(found) > 0


def test_without_any_fire_the_stages_still_answer(tmp_path):
    run = Ran(made.write(tmp_path, fires_csv=made.HEADER + "\n"))
    assert len(run.results.events) == 0
    view = run.results.lines[0]
    assert view.estimate.cannot_tell
    assert view.comparison.cannot_tell
    assert replay(Found(run)) == len(run.derived)


def test_a_single_fire_is_an_event(tmp_path):
    run = Ran(made.write(tmp_path, fires_csv="\n".join([made.HEADER, made.row(3, day=12)]) + "\n"))
    assert len(run.results.events) == 1
    assert replay(Found(run)) == len(run.derived)


def test_two_lines_are_both_judged(tmp_path):
    folder = made.write(tmp_path)
    run = Ran(folder, folder / "line.geojson")
    assert [view.name for view in run.results.lines] == ["given", "towns"]
    assert [b["line"] for _, b in run.ledger.bodies("coverage")] == ["given", "towns"]
    assert replay(Found(run)) == len(run.derived)


def test_sides_are_unknown_where_no_party_holds_a_place(ran):
    assert sides_of(ran.results.lines[0].line, ran.gathered.agreement) is None
    assert ran.results.lines[0].coverage.sides == ("left", "right")


def test_sides_do_not_depend_on_the_order_of_parties(easter):
    from dataclasses import replace

    agreement, line = easter.gathered.agreement, easter.results.lines[0].line
    one = sides_of(line, agreement)
    other = sides_of(line, replace(agreement, parties=agreement.parties[::-1]))
    assert (one.first, one.second) == (other.first, other.second)
    assert one.left_is_first.tolist() == other.left_is_first.tolist()


# Replay ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ran", "easter"])
def test_an_honest_ledger_replays(name, request):
    run = request.getfixturevalue(name)
    assert replay(Found(run)) == len(run.derived)


def test_no_finished_run_is_nothing_to_replay(ran):
    found = Found(ran)
    found.records = lambda: iter(list(Found.records(found))[:-1])
    with pytest.raises(StateError, match="no run was finished"):
        replay(found)


@pytest.mark.parametrize("kind", DERIVED)
def test_a_changed_record_is_found_by_its_kind(ran, kind):
    found = Found(ran)
    index = found.first(kind)
    honest = ran.ledger.records[index].id
    found.rows[index][1] = {**found.rows[index][1], "forged": True}
    with pytest.raises(ReplayMismatch) as caught:
        replay(found)
    assert honest in str(caught.value)


@pytest.mark.parametrize("kind", ["look", "orbit"])
def test_a_changed_pass_or_orbit_is_found(easter, kind):
    found = Found(easter)
    index = next(i for i in range(easter.inputs, len(found.rows)) if found.rows[i][0] == kind)
    found.rows[index][1] = {**found.rows[index][1], "basis": "invented"}
    with pytest.raises(ReplayMismatch, match=easter.ledger.records[index].id):
        replay(found)


@pytest.mark.parametrize("kind", DERIVED)
def test_a_record_put_in_is_named(ran, kind):
    found = Found(ran)
    added = found.append(kind, {**found.rows[found.first(kind)][1], "forged": True})
    found.report["outputs"][kind].append([added, added])
    with pytest.raises(ReplayMismatch, match=f"no stage makes this {kind}") as caught:
        replay(found)
    assert caught.value.record == str(added)


@pytest.mark.parametrize("kind", DERIVED)
def test_a_record_the_report_keeps_quiet_about_is_named(ran, kind):
    """Whoever leaves an output out of the report hides a result that the ledger holds."""
    found = Found(ran)
    first, *more = found.report["outputs"][kind]
    found.report["outputs"][kind] = [[first[0] + 1, first[1]], *more] if first[1] > first[0] else more
    with pytest.raises(ReplayMismatch, match="does not name as its own") as caught:
        replay(found)
    assert caught.value.record == str(first[0])


@pytest.mark.parametrize("kind", DERIVED)
def test_a_kind_the_report_leaves_out_is_named(ran, kind):
    found = Found(ran)
    del found.report["outputs"][kind]
    with pytest.raises(ReplayMismatch, match=kind):
        replay(found)


@pytest.mark.parametrize("kind", ["detection", "claim", "cloud", "line"])
def test_an_input_changed_after_the_run_gives_other_results(ran, kind):
    found = Found(ran)
    index = found.first(kind)
    body = copy.deepcopy(found.rows[index][1])
    if kind == "detection":
        body["lon"] += 0.2
    elif kind == "claim":
        body["end"] = "2026-04-12T10:00:00Z"
    elif kind == "cloud":
        body["days"][2]["shares"] = dict.fromkeys(body["days"][2]["shares"], 1.0)
    else:
        body["geometry"]["coordinates"][0][0] = [35.0, 47.5]
    found.rows[index][1] = body
    with pytest.raises(ReplayMismatch):
        replay(found)


@pytest.mark.parametrize("part", ["inputs", "outputs"])
@pytest.mark.parametrize("pair", [[10**6, 10**6], [-5, -5], [0, 0], [10**6, 10**15]])
def test_a_report_that_names_what_is_not_there_is_named_itself(ran, part, pair):
    """Also at once: a range of a thousand million million indices is not counted through."""
    found = Found(ran)
    found.report[part]["detection" if part == "inputs" else "event"] = [pair]
    with pytest.raises(ReplayMismatch, match="does not hold") as caught:
        replay(found)
    assert caught.value.record == str(len(found.rows))


def test_the_newest_report_counts(ran):
    found = Found(ran)
    found.append("report", {"inputs": {}, "outputs": {"event": [[0, 10**9]]}, "files": {}})
    assert replay(found) == len(ran.derived)


def test_records_of_an_earlier_run_are_left_alone(ran):
    found = Found(ran)
    found.append("event", {**found.rows[found.first("event")][1], "frp_mw": 1.0})
    assert replay(found) == len(ran.derived)


def test_a_run_s_table_and_a_claim_check_judge_the_same_count_alike(easter):
    """One rule, one level, one estimate: that of fires, whatever lit them."""
    inside = logged(easter.held)
    window = inside.agreement.window
    inside = replace(inside, agreement=replace(inside.agreement, coverage_floor=0.001))
    counts = (
        (0, "", "inconsistent"),
        (400, "about", "consistent"),
        (10**6, "", "inconsistent"),
        (3, "", "cannot be judged"),
    )
    claims = tuple(
        Claim("t", "North", "South", n, how, "fires near the line", window.start, window.end, {}, "o", "", "", "low")
        for n, how, _ in counts
    )
    results = stages(replace(inside, claims=claims), made.Memory(), made.quiet)
    ground = Ground.again(inside, results, {}, {})
    for (n, how, verdict), told in zip(counts, results.lines[0].claims, strict=True):
        asked = Asked(count=n, qualifier=how, what="fires", start=window.start, end=window.end)
        checked = check(ground, asked, now=window.end + timedelta(days=9))
        assert (str(told.verdict.value), checked.verdict) == (verdict, told.verdict)
        assert told.reasons[0][0] == checked.reasons[0][0]
