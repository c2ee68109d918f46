# SPDX-License-Identifier: Apache-2.0
"""Published files: whole or waiting, never half; a check names the one that is not the ledger's."""

import base64
import hashlib
import json

import pytest

from truceline.errors import FileMismatch, UnavailableError
from truceline.flow import publish
from truceline.flow.published import SUMMARY, check, summary_digest, waiting

ROOT = b"\x07" * 32
NOTE = f"truceline/test\n12\n{base64.b64encode(ROOT).decode()}\n\n— signed\n"
MADE = {"report.html": b"<p>report</p>", "events.csv": b"a,b\n1,2\n", "page.json": b"{}"}
TOLD = {"records": {"read": 3}, "ledger": {"size": 12, "root": ROOT.hex(), "checkpoint": NOTE}}
BEFORE = {"records": {"read": 3}, "ledger": {"size": 11, "root": "00"}}
REPORT = {"files": {n: hashlib.sha256(d).hexdigest() for n, d in MADE.items()} | {SUMMARY: summary_digest(TOLD)}}


@pytest.fixture
def out(tmp_path):
    publish.prepare(tmp_path, MADE, BEFORE)
    publish.show(tmp_path, MADE, TOLD)
    return tmp_path


def test_everything_has_its_name_and_nothing_waits(out):
    assert {path.name for path in out.iterdir()} == {*MADE, SUMMARY}
    assert all((out / name).read_bytes() == data for name, data in MADE.items())
    assert json.loads((out / SUMMARY).read_text(encoding="utf-8")) == TOLD
    assert check(out, REPORT, NOTE) == (4, ())


def test_prepared_files_wait_and_touch_nothing(tmp_path):
    (tmp_path / "report.html").write_bytes(b"an earlier run's")
    publish.prepare(tmp_path, MADE, BEFORE)
    assert (tmp_path / "report.html").read_bytes() == b"an earlier run's"
    assert {path.name for path in tmp_path.iterdir()} == {"report.html"} | {f".{n}.part" for n in (*MADE, SUMMARY)}


def test_waiting_files_are_told_apart_from_wrong_ones(tmp_path):
    publish.prepare(tmp_path, MADE, BEFORE)
    assert check(tmp_path, REPORT, NOTE) == (4, tuple(REPORT["files"]))


@pytest.mark.parametrize("shown", range(4))
def test_cut_short_at_any_file_the_rest_waits(tmp_path, shown):
    publish.prepare(tmp_path, MADE, BEFORE)
    for name in list(MADE)[:shown]:
        waiting(tmp_path, name).replace(tmp_path / name)
    number, late = check(tmp_path, REPORT, NOTE)
    assert number == 4
    assert late == (*list(MADE)[shown:], SUMMARY)


def test_cut_short_before_the_last_step_nothing_is_late(out):
    """The summary has its name; only its waiting copy was not taken away."""
    publish.prepare(out, {}, BEFORE)
    assert check(out, REPORT, NOTE) == (4, ())


@pytest.mark.parametrize("name", [*MADE, SUMMARY])
def test_a_missing_file_is_named(out, name):
    (out / name).unlink()
    with pytest.raises(FileMismatch, match="is missing") as caught:
        check(out, REPORT, NOTE)
    assert caught.value.file == name


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize(
    "change", [lambda d: d + b"\n", lambda d: d[:-1], lambda _: b"", lambda d: d.swapcase() + b"x"]
)
def test_a_changed_file_is_named(out, name, change):
    (out / name).write_bytes(change((out / name).read_bytes()))
    with pytest.raises(FileMismatch) as caught:
        check(out, REPORT, NOTE)
    assert caught.value.file == name


@pytest.mark.parametrize("name", [*MADE, SUMMARY])
def test_a_folder_in_a_file_s_place_is_named(out, name):
    (out / name).unlink()
    (out / name).mkdir()
    with pytest.raises(FileMismatch) as caught:
        check(out, REPORT, NOTE)
    assert caught.value.file == name


@pytest.mark.parametrize("name", [*MADE, SUMMARY])
def test_a_waiting_file_of_another_run_excuses_nothing(out, name):
    (out / name).unlink()
    waiting(out, name).write_bytes(b'{"records": {}, "ledger": {}}')
    with pytest.raises(FileMismatch):
        check(out, REPORT, NOTE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "3",
        '{"records": {"read": 3}}',
        '{"records": {"read": 3}, "ledger": 3}',
        '{"records": NaN, "ledger": {}}',
        '{"ledger": {}, "ledger": {}}',
        '{"records": 1e999, "ledger": {}}',
    ],
)
def test_a_summary_that_is_none_is_a_mismatch_not_bad_input(out, text):
    (out / SUMMARY).write_text(text)
    with pytest.raises(FileMismatch) as caught:
        check(out, REPORT, NOTE)
    assert caught.value.file == SUMMARY


@pytest.mark.parametrize("odd", ["36893488147419103232", '"\\ud800"', '{"\\ud800": 1}'])
@pytest.mark.parametrize("where", ["shown", "waiting"])
def test_a_summary_no_canonical_form_can_hold_is_a_mismatch(out, odd, where):
    text = json.dumps(TOLD).replace('"read": 3', f'"read": {odd}')
    if where == "waiting":
        (out / SUMMARY).unlink()
    (out / SUMMARY if where == "shown" else waiting(out, SUMMARY)).write_text(text)
    with pytest.raises(FileMismatch) as caught:
        check(out, REPORT, NOTE)
    assert caught.value.file == SUMMARY


@pytest.mark.parametrize(
    "ledger",
    [
        {"size": 13, "root": ROOT.hex(), "checkpoint": NOTE},
        {"size": 12, "root": "00" * 32, "checkpoint": NOTE},
        {"size": 12, "root": ROOT.hex(), "checkpoint": NOTE + "x"},
        {"size": 12, "root": ROOT.hex()},
        {},
    ],
)
def test_a_summary_that_names_another_checkpoint_is_refused(out, ledger):
    (out / SUMMARY).write_text(json.dumps({**TOLD, "ledger": ledger}))
    with pytest.raises(FileMismatch, match="another checkpoint"):
        check(out, REPORT, NOTE)


def test_layout_of_the_summary_s_text_does_not_matter_but_its_values_do(out):
    (out / SUMMARY).write_text(json.dumps(TOLD, separators=(",", ":"), sort_keys=True))
    assert check(out, REPORT, NOTE) == (4, ())
    (out / SUMMARY).write_text(json.dumps({**TOLD, "records": {"read": 4}}))
    with pytest.raises(FileMismatch):
        check(out, REPORT, NOTE)


def test_the_summary_s_hash_leaves_only_the_ledger_out():
    assert summary_digest(TOLD) == summary_digest(BEFORE)
    assert summary_digest(TOLD) != summary_digest({**TOLD, "more": 1})
    assert summary_digest(TOLD) != summary_digest({"records": {"read": 3, "ledger": TOLD["ledger"]}})


@pytest.mark.parametrize("name", [*MADE, SUMMARY])
def test_a_name_that_is_taken_by_a_folder_is_told_as_unavailable(tmp_path, name):
    (tmp_path / name).mkdir()
    publish.prepare(tmp_path, MADE, BEFORE)
    with pytest.raises(UnavailableError, match="cannot be written") as caught:
        publish.show(tmp_path, MADE, TOLD)
    assert caught.value.file.endswith(name)


def test_a_folder_that_is_gone_is_told_as_unavailable(tmp_path):
    with pytest.raises(UnavailableError, match="cannot be written"):
        publish.prepare(tmp_path / "gone", MADE, BEFORE)


def test_what_is_not_json_never_becomes_a_summary(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        publish.prepare(tmp_path, {}, {"x": float("nan")})
    assert not list(tmp_path.iterdir())
