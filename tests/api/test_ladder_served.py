# SPDX-License-Identifier: Apache-2.0
"""The ladder of February 2026 on a served watch: its 72 hours through the desk and the API, replayed to the second."""

from __future__ import annotations

import importlib.util
import json
import re
import sys

import pytest
from desk_world import office
from ladder_office import begun, declared, ladder_office, posted

from truceline.base.yaml import parse
from truceline.cli import main
from truceline.cli.exercise import _play
from truceline.errors import TrucelineError
from truceline.services.exercise import _resolved, read_script
from truceline.settings import Settings

ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


def plain(value):
    return ID.sub("id", json.dumps(value, sort_keys=True))


def served(at, script):
    """Play each line at its moment: acts on cases at the desk, moves over the API. Returns what was refused."""
    names, cases, refused = {}, {}, []
    for step in script.steps:
        at.clock.at = step.at
        user = "wanda" if step.who == "machine" else step.who  # the desk gives its notices by itself
        data = _resolved(step.data, names, script, step)
        if step.case:
            try:
                index, act, case = at.desk.act(at.desk.person(user), step.do, cases.get(step.case), step.reason, data)
                del index
            except TrucelineError:
                assert step.refused or step.who == "machine", step
                continue
            names[step.label], cases[step.case] = act.id, case.id
        else:
            answer = at.post("/response/moves", user, {"kind": step.do, "reason": step.reason, "data": data})
            assert (answer.status_code != 201) is step.refused, (step, answer.text)
            if step.refused:
                refused.append((step.do, user, answer.status_code))
                continue
            names[step.label] = answer.json()["move"]
    return refused


def test_the_same_clocks_to_the_second_and_what_would_have_differed(tmp_path, repository, capsys, monkeypatch):
    file = repository / "examples" / "exercises" / "ladder-february-2026.yaml"
    script = read_script(parse(file.read_text(), file=file.name), file=file.name)
    people = "people:\n" + "\n".join(
        line for line in file.read_text().partition("people:\n")[2].splitlines() if line.startswith("  - {user:")
    )
    exercise = _play(script, file.parent, tmp_path / "played", Settings(tmp_path, tmp_path / "played-keys"))["ladder"]
    with office(tmp_path, repository, people, terms="agreement-ladder.yaml") as at:
        refused = served(at, script)
        assert {status for _, _, status in refused} == {403, 409, 422}
        board = at.get("/response", "aud").json()
        replayed = at.get("/response/replay", "aud").json()
    (response,) = board["responses"]
    expected = script.expect["ladder"]
    for step in response["steps"]:
        wanted = expected[step["step"]]
        assert step["trigger"] == wanted["trigger"]
        assert step["due"]["earliest"] == wanted["earliest"]
        assert step["due"]["latest"] == wanted.get("latest")
        assert {state: each["status"] for state, each in step["states"].items()} == wanted["states"]
    assert replayed["same"] is True
    assert plain(replayed["clocks"]) == plain(exercise["replay"]["clocks"])
    assert plain(replayed["had"]) == plain(exercise["replay"]["had"])
    had = {line["step"]: line for line in replayed["had"]["differs"]}
    assert had["warning"]["had"] == expected["warning"]["had"]
    # The first step was declared in time, whichever the way to count; what was late by one is in time by the other.
    assert any(each["what"].startswith("declared") or " by " in each["what"] for each in had["warning"]["changed"])
    monkeypatch.setenv("TRUCELINE_KEYS", str(tmp_path / "keys"))
    assert main(["ladder", "replay", str(tmp_path / "watch"), "--as", "aud", "--json"]) == 0
    again = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (again["same"], again["clocks"]) == (True, replayed["clocks"])
    assert again["had"]["differs"] == replayed["had"]["differs"]


@pytest.mark.parametrize(("verb", "key"), [("show", "responses"), ("clocks", "stopped"), ("moves", "moves")])
def test_commands_tell_what_the_routes_tell(verb, key, tmp_path, repository, capsys, monkeypatch):
    """One service behind both: what a duty officer reads by the keyboard is what the page gets."""
    monkeypatch.setenv("TRUCELINE_KEYS", str(tmp_path / "keys"))
    with ladder_office(tmp_path, repository) as at:
        posted(at)
        begun(at)
        path = {"show": "", "clocks": "/clocks", "moves": "/moves"}[verb]
        over = at.get(f"/response{path}", "gus").json()
        register = at.get("/register", "gus", params={"on": "2026-04-30"}).json()
    assert main(["ladder", verb, str(tmp_path / "watch"), "--as", "gus", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    if verb == "moves":
        assert told[key] == over[key]
    else:
        assert plain(told[key])[:40] == plain(over[key])[:40]
        assert set(told) == set(over)
    assert main(["register", "as-of", str(tmp_path / "watch"), "2026-04-30", "--as", "gus", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [state["stages"] for state in listed["states"]] == [state["stages"] for state in register["states"]]
    assert (listed["flags"], listed["withheld"]) == (register["flags"], register["withheld"])


def test_a_state_s_page_asks_the_ladder(tmp_path, repository, monkeypatch):
    """`register show --page` in a watch tells what is asked of the state, by when; whoever may not see it is told so."""
    monkeypatch.setenv("TRUCELINE_KEYS", str(tmp_path / "keys"))
    with ladder_office(tmp_path, repository) as at:
        posted(at)
        declared(at)

    def page(state, user):
        out = tmp_path / f"{state}-{user}.html"
        said = ["register", "show", str(tmp_path / "watch"), state, "--as", user, "--page", str(out), "--json"]
        assert main(said) == 0
        return out.read_text()

    told = page("oak", "gus")
    assert "to acknowledge by 2026-05-02T22:00" in told
    assert "<td>silent</td>" in told  # the clock on the wall is months on
    assert "The diet of Oak" in told
    assert "The ladder was not asked" in page("oak", "lia")
    listed = tmp_path / "all.html"
    assert main(["register", "list", str(tmp_path / "watch"), "--as", "gus", "--page", str(listed), "--json"]) == 0
    assert "step by step" in listed.read_text()


def test_the_benchmark_over_http_measures_what_it_says(capsys, monkeypatch, repository):
    spec = importlib.util.spec_from_file_location("bench_board_http", repository / "bench" / "board_http.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(sys, "argv", ["board_http.py", "2"])
    monkeypatch.setattr(module, "COMMITMENTS", 100)
    monkeypatch.setattr(module, "STEPS", 2)
    module.main()
    told = json.loads(capsys.readouterr().out)
    assert (told["states"], told["steps"], told["commitments"]) == (35, 2, 100)
    assert 0 < told["withheld"] < 100
    assert 0 < told["ms_median"] <= told["ms_p95"]
