# SPDX-License-Identifier: Apache-2.0
"""The verbs on a small watch, in this process: what they print, write and return."""

import json
import shutil
import sqlite3
from contextlib import closing

import flow_factory as made
import pytest

from truceline.cli import main

PROMISED = {"summary.json", "report.html", "report.pdf", "events.geojson", "events.csv", "truceline.db", "ledger"}


@pytest.fixture(autouse=True)
def keys(tmp_path, monkeypatch):
    monkeypatch.setenv("TRUCELINE_KEYS", str(tmp_path / "keys"))
    return tmp_path / "keys"


@pytest.fixture
def folder(tmp_path):
    return made.write(tmp_path / "w")


@pytest.fixture
def out(folder, capsys):
    assert main(["assess", str(folder)]) == 0
    capsys.readouterr()
    return folder / "out"


def verify(out, *more):
    return main(["verify", str(out), "--key", str(out / "ledger" / "vkey"), *more])


def count(out):
    with closing(sqlite3.connect(f"file:{out}/truceline.db?mode=ro", uri=True)) as database:
        return database.execute("SELECT count(*) FROM record").fetchone()[0]


def alter(out, kind):
    """Change one byte of one body, behind the ledger's back."""
    with closing(sqlite3.connect(out / "truceline.db")) as database:
        names = [n for (n,) in database.execute("SELECT name FROM sqlite_master WHERE type='trigger'")]
        for name in names:
            database.execute(f'DROP TRIGGER "{name}"')
        row = "SELECT min(idx) FROM record WHERE kind = ?"
        (index,) = database.execute(row, (kind,)).fetchone()
        (body,) = database.execute("SELECT body FROM record WHERE idx = ?", (index,)).fetchone()
        database.execute("UPDATE record SET body = ? WHERE idx = ?", (body.replace("0", "1", 1), index))
        database.commit()
    return index


def test_assess_writes_what_is_promised_beside_the_watch(out):
    assert {path.name for path in out.iterdir()} >= PROMISED
    assert not list(out.glob(".*.part"))


def test_the_summary_is_one_json_object_on_the_last_line(folder, capsys):
    assert main(["assess", str(folder), "--json"]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert told.out.endswith("\n")
    summary = json.loads(told.out.splitlines()[-1])
    assert len(told.out.splitlines()) == 1
    assert summary == json.loads((folder / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["records"] == {"read": 24, "detections": 24, "rejected": 0}


def test_results_go_where_they_are_told_to(folder, tmp_path, capsys):
    assert main(["assess", str(folder), "--out", str(tmp_path / "deep" / "er")]) == 0
    assert (tmp_path / "deep" / "er" / "summary.json").is_file()
    assert not (folder / "out").exists()
    assert str(tmp_path / "deep" / "er") in capsys.readouterr().out


def test_rejected_rows_are_told_apart_from_the_summary(tmp_path, capsys):
    rows = [*made.rows(), made.row(60).replace("N20", "N99"), "cut,short"]
    folder = made.write(tmp_path / "w", fires_csv="\n".join([made.HEADER, *rows]) + "\n")
    assert main(["assess", str(folder), "--json"]) == 4
    told = capsys.readouterr()
    assert json.loads(told.out.splitlines()[-1])["records"] == {"read": 26, "detections": 24, "rejected": 2}
    assert [line.split(": ")[1] for line in told.err.splitlines()] == [f"rejected w/fires.csv:{n}" for n in (26, 27)]


def test_titles_of_any_script_reach_the_results(tmp_path, capsys):
    title = "Перемир’я <b>&amp; 停戦 “x”"
    folder = made.write(tmp_path / "w", watch_toml=made.WATCH.replace("A small watch", title))
    assert main(["assess", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["watch"]["title"] == title
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "<b>&amp; 停戦" not in page


def test_running_again_changes_neither_ledger_nor_files(folder, out, capsys):
    names = ("summary.json", "report.html", "events.csv", "events.geojson", "page.json", "report.pdf")
    before, size = {name: (out / name).read_bytes() for name in names}, count(out)
    assert main(["assess", str(folder)]) == 0
    assert {name: (out / name).read_bytes() for name in names} == before
    assert count(out) == size
    capsys.readouterr()


def test_each_change_of_mind_supersedes_the_last_report(folder, out, capsys):
    line = str(folder / "line.geojson")
    for more in (["--line", line], [], [], ["--line", line]):
        assert main(["assess", str(folder), *more]) == 0
    with closing(sqlite3.connect(out / "truceline.db")) as database:
        rows = database.execute("SELECT idx, body FROM record WHERE kind = ? ORDER BY idx", ("report",)).fetchall()
    assert [json.loads(body)["supersedes"] for _, body in rows] == [None, *(index for index, _ in rows[:-1])]
    assert len(rows) == 4
    assert verify(out, "--replay") == 0
    capsys.readouterr()


def test_verify_says_yes_with_numbers(out, capsys):
    assert verify(out) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"Yes: {count(out)} records")
    assert "6 published files" in told
    assert "Run again" not in told


def test_verify_as_json_is_one_line(out, capsys):
    assert verify(out, "--json", "--replay") == 0
    told = capsys.readouterr()
    assert (told.err, len(told.out.splitlines())) == ("", 1)
    found = json.loads(told.out)
    assert (found["ok"], found["size"], found["files"], found["late"]) == (True, count(out), 6, [])
    assert sum(found["kinds"].values()) == found["size"]
    derived = ("event", "assessment", "coverage", "comparison", "estimate", "claim_check", "orbit")
    assert found["replayed"] == sum(found["kinds"].get(kind, 0) for kind in derived)


def test_verify_takes_the_key_itself_too(out, capsys):
    vkey = (out / "ledger" / "vkey").read_text().strip()
    assert main(["verify", str(out), "--key", vkey]) == 0
    capsys.readouterr()


def test_results_copied_elsewhere_verify_without_keys(out, tmp_path, keys, monkeypatch, capsys):
    shutil.copytree(out, tmp_path / "copy")
    shutil.rmtree(keys)
    monkeypatch.delenv("TRUCELINE_KEYS")
    assert verify(tmp_path / "copy", "--replay") == 0
    capsys.readouterr()


@pytest.mark.parametrize("kind", ["run", "detection", "event", "claim", "coverage", "report"])
def test_a_changed_body_is_named_and_exits_at_one(out, kind, capsys):
    index = alter(out, kind)
    assert verify(out) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert re_index(told.err, index)


def re_index(text, index):
    """Whether an error names the record."""
    return f"record {index}" in text and "Traceback" not in text


@pytest.mark.parametrize("name", ["report.html", "events.csv", "summary.json"])
def test_a_changed_file_is_named_and_exits_at_one(out, name, capsys):
    path = out / name
    path.write_bytes(path.read_bytes().replace(b"2", b"3", 1))
    assert verify(out) == 1
    assert f"FileMismatch: {name}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["assess", "{}/none"], 3, "watch.toml"),
        (["watch", "{}/none"], 3, "watch.toml"),
        (["verify", "{}", "--key", "nonsense"], 3, "verifier key"),
        (["serve", "{}"], 3, "holds no results"),
        (["init", "{}/n", "--fires", "{}/w/fires.csv", "--line", "{}/w/line.geojson"], 2, "--terms"),
        (["assess", "{}/w", "--line", "{}/none.geojson"], 3, "none.geojson"),
        (["assess", "{}/w", "--out", "{}/w/fires.csv"], 2, "output folder"),
        (["assess", "{}/w", "--out", "{}/w/fires.csv/sub"], 2, "output folder"),
    ],
)
def test_what_cannot_be_done_exits_with_its_code(folder, tmp_path, words, code, told, capsys):
    assert folder.is_dir()
    assert main([word.replace("{}", str(tmp_path)) for word in words]) == code
    seen = capsys.readouterr()
    assert told in seen.err
    assert "Traceback" not in seen.err
    assert seen.out == ""


@pytest.mark.parametrize("port", ["-1", "65536", "99999999999"])
def test_a_port_that_is_none_is_refused(out, port, capsys):
    assert main(["serve", str(out), "--port", port]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_folder_in_a_report_s_place_is_told_as_unavailable(folder, capsys):
    (folder / "out" / "report.html").mkdir(parents=True)
    assert main(["assess", str(folder)]) == 6
    assert "report.html: cannot be written" in capsys.readouterr().err
    (folder / "out" / "report.html").rmdir()
    assert main(["assess", str(folder)]) == 0
    assert verify(folder / "out") == 0
    capsys.readouterr()


def test_keys_among_the_results_are_refused(folder, monkeypatch, capsys):
    monkeypatch.setenv("TRUCELINE_KEYS", str(folder / "out" / "keys"))
    assert main(["assess", str(folder)]) == 2
    assert "keys" in capsys.readouterr().err


def test_a_ledger_goes_on_with_its_own_key_only(folder, out, keys, capsys):
    size = count(out)
    shutil.rmtree(keys)
    assert main(["assess", str(folder)]) == 5
    assert count(out) == size
    assert verify(out) == 0
    capsys.readouterr()


def test_another_watch_does_not_go_on_in_the_same_folder(folder, out, tmp_path, capsys):
    other = made.write(tmp_path / "o", watch_toml=made.WATCH.replace('"small"', '"other"'))
    assert main(["assess", str(other), "--out", str(out)]) == 5
    assert verify(out) == 0
    capsys.readouterr()
    assert folder.is_dir()


def test_interrupted_in_the_middle_the_ledger_verifies_and_goes_on(folder, monkeypatch, capsys):
    with monkeypatch.context() as patch:

        def stop(*_):
            raise KeyboardInterrupt

        patch.setattr("truceline.watch.publish.files", stop)
        assert main(["assess", str(folder)]) == 130
    assert verify(folder / "out") == 0
    assert "No run was finished yet" in capsys.readouterr().out
    assert verify(folder / "out", "--replay") == 5
    assert main(["assess", str(folder)]) == 0
    assert verify(folder / "out", "--replay") == 0
    capsys.readouterr()


def test_init_makes_a_folder_that_assess_runs(folder, tmp_path, capsys):
    words = [
        "--fires",
        "fires.csv",
        "--line",
        "line.geojson",
        "--claims",
        "claims.yaml",
        "--satellite-days",
        "days.csv",
    ]
    given = [word if word.startswith("--") else str(folder / word) for word in words]
    assert main(["init", str(tmp_path / "new one"), *given, "--title", 'A "new" one']) == 0
    assert "10 April 2026 to 15 April 2026" in capsys.readouterr().out
    assert main(["assess", str(tmp_path / "new one"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["watch"]["id"], found["watch"]["title"]) == ("new-one", 'A "new" one')
    assert main(["init", str(tmp_path / "new one"), *given]) == 5
    capsys.readouterr()


@pytest.mark.parametrize("verb", ["watch", "demo"])
def test_a_page_is_served_from_the_results_just_made(folder, tmp_path, monkeypatch, capsys, verb):
    seen = []
    monkeypatch.setattr("truceline.server.serve", lambda place, port: seen.append((place, port)))
    monkeypatch.setattr("truceline.cli.demo.example", lambda: folder)
    words = [str(folder)] if verb == "watch" else []
    assert main([verb, *words, "--out", str(tmp_path / "out"), "--port", "0"]) == 0
    assert seen == [(tmp_path / "out", 0)]
    capsys.readouterr()


def test_demo_without_serving_says_how_to_check(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("truceline.cli.demo.example", lambda: folder)
    monkeypatch.setattr("truceline.server.serve", lambda *_, **__: pytest.fail("serves all the same"))
    assert main(["demo", "--no-serve", "--out", str(tmp_path / "o")]) == 0
    told = capsys.readouterr().out
    words = next(line for line in told.splitlines() if line.startswith("Check it: truceline ")).split()[3:]
    assert main(words) == 0
    capsys.readouterr()
