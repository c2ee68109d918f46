# SPDX-License-Identifier: Apache-2.0
"""Whole exercises from their scripts, through the command, a real ledger and back; mirrored when parties swap."""

from __future__ import annotations

import json
import re

import pytest

EXERCISES = (
    "shelling-stopped",
    "clear-breach",
    "inspection-denied",
    "no-coverage",
    "notified-exercise",
    "ladder-february-2026",
)
SWAPS = (("A", "B"), ("lia", "lib"), ("sita", "sibo"), ("seat-a", "seat-b"), ("North", "South"))


def play(command, folder, name, tmp_path, code=0):
    done = command("exercise", "run", folder / f"{name}.yaml", "--json", cwd=tmp_path, keys=tmp_path / "keys")
    assert done.returncode == code, done.stderr + done.stdout[-500:]
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout else done.stderr


def swapped(text):
    for one, other in SWAPS:
        text = re.sub(rf"\b({one}|{other})\b", lambda m, a=one, b=other: b if m.group() == a else a, text)
    return text


def without_ids(value):
    text = json.dumps(value, sort_keys=True)
    return re.sub(r"01K[0-9A-Z]{23}|[0-9a-f]{64}", "ID", text)


@pytest.mark.parametrize("name", EXERCISES)
def test_it_ends_as_its_script_expects_and_swapped_parties_mirror_it(name, command, repository, tmp_path):
    folder = repository / "examples" / "exercises"
    told = play(command, folder, name, tmp_path)
    assert told["failed"] == []
    assert told["saw"]["public"] == {} or name == "clear-breach"
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    for file in (f"{name}.yaml", "agreement.yaml", "agreement-ladder.yaml"):
        (mirror / file).write_text(swapped((folder / file).read_text()))
    again = play(command, mirror, name, tmp_path)
    mirrored = json.loads(swapped(without_ids({k: again.get(k) for k in ("cases", "ladder", "saw", "failed")})))
    expected = json.loads(without_ids({k: told.get(k) for k in ("cases", "ladder", "saw", "failed")}))
    assert mirrored == expected


def test_the_clear_breach_shows_each_what_is_theirs(command, repository, tmp_path):
    told = play(command, repository / "examples" / "exercises", "clear-breach", tmp_path)
    saw = told["saw"]
    assert saw["anna"]["c"]["withheld"] == 0  # cleared for the intercept
    assert saw["wanda"]["c"]["withheld"] == 1
    assert saw["lia"]["c"]["exhibits"] == 0  # nothing was released to the accused but the finding
    assert saw["lia"]["c"]["findings"] == saw["public"]["c"]["findings"] == 1
    assert saw["gus"]["c"]["named"] == ["A"]
    case = told["cases"]["c"]
    provisional, final = case["findings"]
    assert provisional["superseded"] == final["finding"]
    assert len(provisional["dissents"]) == 1
    assert all(finding["coverage"]["share"] == 0.46 for finding in case["findings"])
    assert case["clocks"]["first_finding_hours"] < 24


def test_the_ladder_says_what_would_have_differed_and_whose_silence_it_is(command, repository, tmp_path):
    told = play(command, repository / "examples" / "exercises", "ladder-february-2026", tmp_path)["ladder"]
    assert told["replay"]["same"] is True
    warning = next(line for line in told["replay"]["had"]["differs"] if line["step"] == "warning")
    assert warning["due"] == ["2026-05-03T21:50:00Z", "2026-05-04T04:02:00Z"]
    assert warning["had"][0] == "2026-05-05T02:00:00Z"  # the finding of hour 30, and 24 more
    assert {each["what"] for each in warning["changed"]} == {"act by birch", "awaiting_parliament by pine"}
    (response,) = told["board"]["responses"]
    assert [each["of"] for each in response["breach"]["disputed"]] == ["B"]
    steps = {step["step"]: step for step in response["steps"]}
    assert {each["held_by"] for each in steps["warning"]["clocks"]} == {"chosen", "B"}
    assert steps["warning"]["states"]["A"]["conflict"] == {"party": True, "accused": False, "rule": "acts"}
    assert steps["coalition-forces"]["states"]["oak"]["done"] is True
    assert steps["warning"]["falsely"] == {"low": 0.0, "high": 0.1}
    shifts = {each["clocks"][response["response"]]["warning"][1] for each in told["replay"]["trace"] if each["clocks"]}
    assert len(shifts) > 2  # a dispute and an outage moved it


def test_what_is_not_as_expected_is_told_with_exit_1(command, repository, tmp_path):
    folder = repository / "examples" / "exercises"
    text = (folder / "shelling-stopped.yaml").read_text()
    (tmp_path / "agreement.yaml").write_text((folder / "agreement.yaml").read_text())
    (tmp_path / "x.yaml").write_text(text.replace("silence_minutes: 40.0", "silence_minutes: 30.0, guilt: A"))
    told = play(command, tmp_path, "x", tmp_path, code=1)
    assert told["failed"][0] == "c: silence_minutes is 40.0, not 30"
    assert told["failed"][1].startswith("c: guilt is nothing that can be expected")


def test_an_exercise_kept_as_a_watch_is_replayed_to_the_second_by_the_ladders_own_verb(command, repository, tmp_path):
    script = repository / "examples" / "exercises" / "ladder-february-2026.yaml"

    def run(*words, code=0):
        done = command(*words, cwd=tmp_path, keys=tmp_path / "keys")
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout.splitlines()[-1]) if code == 0 else done.stderr

    played = run("exercise", "run", script, "--watch", "tried", "--json")["ladder"]
    again = run("ladder", "replay", "tried", "--as", "aud", "--json")
    assert again == played["replay"]
    assert again["had"]["differs"][0]["had"][0] == "2026-05-05T02:00:00Z"
    assert "(liaison) may not read" in run("ladder", "replay", "tried", "--as", "lia", "--json", code=7)
    started = run("drill", "start", "tried", "--as", "sam", "--name", "Tried", "--json")["drill"][
        "id"
    ]  # no source needed
    assert run("ladder", "replay", "tried", "--as", "aud", "--drill", "--json")["drill"]["id"] == started
    assert "holds something" in run("exercise", "run", script, "--watch", "tried", code=5)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("do: notice", "do: accuse", "do: 'accuse' is none of"),
        ('at: "0:06"', "at: noon", "hours:minutes after the start"),
        ('at: "0:06"', 'at: "0:01"', "a step comes before the one above it"),
        ("as: lib, do: order", "as: nobody, do: order", "as: 'nobody' is none of people"),
        ("role: analyst", "role: judge", "role 'judge'"),
        ("user: lib", "user: lia", "the user lia stands twice"),
        ("data: {party: A}}", "data: {party: $ghost}}", "$ghost: no step of that id came before"),
        ("steps:", "stairs:", "unknown key 'stairs'"),
        ("start: 2026-05-02T20:00:00Z", "start: 2026-05-02T20:00:00", "names no time zone"),
        (", refused: true", "", "silence was not observed"),
    ],
)
def test_a_bad_script_is_refused_with_its_line(old, new, said, command, repository, tmp_path):
    folder = repository / "examples" / "exercises"
    text = (folder / "shelling-stopped.yaml").read_text()
    assert old in text
    place = text.rindex(old) if old == ", refused: true" else text.index(old)
    (tmp_path / "agreement.yaml").write_text((folder / "agreement.yaml").read_text())
    (tmp_path / "bad.yaml").write_text(text[:place] + new + text[place + len(old) :])
    done = command("exercise", "run", tmp_path / "bad.yaml", "--json", cwd=tmp_path, keys=tmp_path / "keys")
    assert done.returncode in (3, 5, 7), done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def watch(repository, tmp_path):
    """A watch whose terms name a commission, and people."""
    import shutil

    folder = tmp_path / "watch"
    shutil.copytree(repository / "examples" / "easter-truce-2026", folder)
    (folder / "terms" / "agreement.yaml").write_text(
        (repository / "examples" / "exercises" / "agreement.yaml").read_text()
    )
    script = (repository / "examples" / "exercises" / "clear-breach.yaml").read_text()
    (folder / "people.yaml").write_text(script[script.index("people:") : script.index("steps:")])
    return folder


def test_a_case_from_the_command_line(watch, command, tmp_path):
    def run(*words, code=0):
        done = command(*words, "--json", cwd=tmp_path, keys=tmp_path / "keys")
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout.splitlines()[-1]) if code == 0 else done.stderr

    opened = run(
        "case", "open", watch, "--as", "wanda", "--reason", "seen", "--set", "origin=event", "--set", "title=Mill"
    )
    case = opened["case"]
    assert "gus (guarantor) may not open case" in run(
        "case", "open", watch, "--as", "gus", "--reason", "seen", "--set", "origin=event", code=7
    )
    asked = run(
        "case",
        "notify",
        watch,
        case,
        "--as",
        "sam",
        "--reason",
        "accused",
        "--set",
        "party=B",
        "--set",
        "text=You fired.",
    )
    assert "takes two people" in run(
        "case", "approve", watch, case, "--as", "sam", "--reason", "fine", "--set", f"of={asked['act']}", code=5
    )
    run("case", "approve", watch, case, "--as", "anna", "--reason", "no witness named", "--set", f"of={asked['act']}")
    assert "there is no case" in run(
        "case", "reply", watch, case, "--as", "lia", "--reason", "for them", "--set", "party=B", code=7
    )
    replied = run(
        "case", "reply", watch, case, "--as", "lib", "--reason", "our reply", "--data", '{"party": "B", "text": "No."}'
    )
    assert replied["state"] == "heard"
    seen = run("case", "show", watch, case, "--as", "lib")
    assert seen["allegations"]["B"]["replies"] == [replied["act"]]
    assert "no case" in run("case", "show", watch, case, "--as", "lia", code=7)
    assert run("case", "list", watch, "--as", "lia") == {"cases": []}
    run("case", "close", watch, case, "--as", "sam", "--reason", "nothing came of it", "--set", "exit=unsubstantiated")
    assert run("finding", "show", watch, "--as", "aud") == {"findings": []}
    assert "there is no finding X" in run("finding", "show", watch, "X", "--as", "aud", code=7)
    verified = command(
        "verify", watch / "out", "--key", watch / "out" / "ledger" / "vkey", "--json", cwd=tmp_path, keys=tmp_path / "k"
    )
    kinds = json.loads(verified.stdout.splitlines()[-1])["kinds"]
    assert kinds["case"] == 2
    assert kinds["access"] >= 4  # two refusals, and reads of what is restricted


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "origin"], "expected KEY=VALUE"),
        (["--data", "[1]"], "expected one JSON object"),
        (["--data", "{"], "--data is not JSON"),
        (["--set", "origin=rumour"], "origin: one of event"),
    ],
)
def test_bad_words_are_refused(words, said, watch, command, tmp_path):
    done = command(
        "case", "open", watch, "--as", "wanda", "--reason", "x", *words, cwd=tmp_path, keys=tmp_path / "keys"
    )
    assert done.returncode == 3, done.stderr
    assert said in done.stderr
