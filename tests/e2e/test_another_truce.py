# SPDX-License-Identifier: Apache-2.0
"""A watch pointed at another truce: other satellites, other year, no list of satellite-days, no cloud table."""

import json
import shutil

import pytest
from watches import last_json, make


def test_easter_2025_from_modis_rows_and_claims_alone(command, shared_data, tmp_path):
    folder = tmp_path / "easter-2025"
    made = command(
        "init",
        folder,
        *("--fires", shared_data / "firms_modis_ukraine_202504.csv"),
        *("--line", shared_data / "line_2023.geojson"),
        *("--claims", shared_data / "claims.yaml"),
        cwd=tmp_path,
        keys=tmp_path / "keys",
    )
    assert made.returncode == 0, made.stderr
    done = command("assess", folder, "--json", cwd=tmp_path, keys=tmp_path / "keys")
    assert done.returncode in (0, 4), done.stderr
    summary = last_json(done)
    records = summary["records"]
    assert records["read"] == 1589 == records["detections"] + records["rejected"]
    assert summary["truce"]["id"] == "easter-2025"
    assert summary["denials"] > 0  # no list says which days the file covers: days without rows are not observed
    assert {claim["value"] for claim in summary["claims"]} >= {2935, 4900}
    assert summary["comparison"]["cannot_tell"]


def test_a_simulated_truce_from_the_bytes_real_sources_send(command, tmp_path):
    folder, _ = make(command, tmp_path, seed=3, scenario="nothing_changes_clouds_come")
    done = command("assess", folder, "--json", cwd=tmp_path, keys=tmp_path / "keys")
    assert done.returncode == 0, done.stderr
    summary = last_json(done)
    assert summary["records"]["rejected"] == 0
    assert not (summary["comparison"].get("high") or 9) < 1
    assert summary["looks"] > 50


def test_a_watch_needs_what_it_cannot_guess(command, tmp_path, repository):
    data = repository / "examples" / "easter-truce-2026" / "data"
    done = command(
        *("init", tmp_path / "w", "--fires", data / "fires.csv", "--line", data / "line.geojson"),
        cwd=tmp_path,
        keys=tmp_path / "keys",
    )
    assert done.returncode == 2
    assert "--terms" in done.stderr
    assert not (tmp_path / "w").exists()


def test_a_folder_that_holds_a_watch_is_left_alone(command, tmp_path, repository):
    folder = tmp_path / "w"
    shutil.copytree(repository / "examples" / "easter-truce-2026", folder, ignore=shutil.ignore_patterns("out"))
    before = (folder / "watch.toml").read_bytes()
    data = folder / "data"
    done = command(
        *(
            "init",
            folder,
            "--fires",
            data / "fires.csv",
            "--line",
            data / "line.geojson",
            "--claims",
            data / "claims.yaml",
        ),
        cwd=tmp_path,
        keys=tmp_path / "keys",
    )
    assert done.returncode == 5
    assert (folder / "watch.toml").read_bytes() == before


@pytest.fixture
def easter(tmp_path, repository):
    folder = tmp_path / "easter"
    shutil.copytree(repository / "examples" / "easter-truce-2026", folder, ignore=shutil.ignore_patterns("out"))
    return folder


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("terms/agreement.yaml", "acts: [act_of_war]", "acts: [act_of_wra]", ["agreement.yaml:", "act_of_wra"]),
        ("terms/agreement.yaml", "zone: everywhere\n", "zone: nowhere\n", ["agreement.yaml:", "nowhere"]),
        ("terms/agreement.yaml", "actors: [A, B]", "actors: [A, C]", ["agreement.yaml:", "'C'"]),
        ("terms/agreement.yaml", "to: 2026-04-13T00", "to: 2026-04-10T00", ["agreement.yaml:", "before"]),
        ("terms/agreement.yaml", "T16:00:00+03:00", "T16:00:00", ["agreement.yaml:", "zone"]),
        ("watch.toml", 'line = "data/line.geojson"', 'line = "data/none.geojson"', ["none.geojson"]),
        ("watch.toml", 'kind = "cloud"', 'kind = "clod"', ["watch.toml", "clod"]),
        ("watch.toml", "[watch]", "[watch", ["watch.toml:4"]),
        ("data/line.geojson", '"LineString"', '"Polygon"', ["line.geojson"]),
        ("data/claims.yaml", "claims:\n", "claims: [\n", ["claims.yaml:"]),
        ("data/fires.csv", "latitude,longitude", "lat,lng", ["fires.csv:1", "latitude"]),
    ],
)
def test_bad_files_stop_the_run_with_file_line_and_reason(command, easter, tmp_path, file, old, new, words):
    path = easter / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = command("assess", easter, "--json", cwd=tmp_path, keys=tmp_path / "keys")
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_bad_rows_are_kept_apart_and_counted(command, easter, tmp_path):
    path = easter / "data" / "fires.csv"
    rows = path.read_text().splitlines()
    bad = {
        10: rows[10].replace(rows[10].split(",")[0], "nan", 1),
        20: rows[20].replace("2026-04-01", "2036-04-01"),
        30: rows[30].replace("2026-04-01", "2025-04-01"),
        40: ",".join([rows[40].split(",")[1], rows[40].split(",")[0], *rows[40].split(",")[2:]]),
        50: rows[49],
        60: rows[60] + ",surplus",
        70: rows[70][:15],
        80: rows[80].replace(rows[80].split(",")[0], "148.5", 1),
    }
    for number, row in bad.items():
        rows[number] = row
    path.write_text("﻿" + "\r\n".join(rows) + "\r\n", encoding="utf-8")
    done = command("assess", easter, "--json", cwd=tmp_path, keys=tmp_path / "keys")
    assert done.returncode == 4, done.stderr
    summary = last_json(done)
    assert summary["records"] == {"read": 2021, "detections": 2021 - len(bad), "rejected": len(bad)}
    told = [line for line in done.stderr.splitlines() if "rejected" in line]
    assert any("fires.csv:11:" in line for line in told)
    assert json.loads((easter / "out" / "summary.json").read_text()) == summary


def test_a_row_in_two_files_counts_once(command, easter, tmp_path):
    data = easter / "data"
    rows = (data / "fires.csv").read_text().splitlines()
    (data / "fires.csv").write_text("\n".join(rows[:1200]) + "\n")
    (data / "more.csv").write_text("\n".join([rows[0], *rows[1000:]]) + "\n")
    with (easter / "watch.toml").open("a") as file:
        file.write('\n[[source]]\nkind = "firms"\npath = "data/more.csv"\n')
    done = command("assess", easter, "--json", cwd=tmp_path, keys=tmp_path / "keys")
    assert done.returncode == 4, done.stderr
    assert last_json(done)["records"] == {"read": 1199 + 1022, "detections": 2021, "rejected": 200}
    assert "duplicate of data/fires.csv:" in done.stderr


def remake(command, tmp_path, repository, change):
    """Make a watch of the example's files, its terms changed."""
    data = repository / "examples" / "easter-truce-2026" / "data"
    terms = tmp_path / "terms.yaml"
    text = (data.parent / "terms" / "agreement.yaml").read_text(encoding="utf-8")
    terms.write_text(change(text), encoding="utf-8")
    flags = ("--fires", data / "fires.csv", "--line", data / "line.geojson", "--terms", terms)
    return command("init", tmp_path / "w", *flags, cwd=tmp_path, keys=tmp_path / "keys")


def test_days_of_the_truce_that_no_file_covers_are_not_observed(command, tmp_path, repository):
    made = remake(command, tmp_path, repository, lambda text: text.replace("2026-04-13T00:00", "2026-04-25T00:00"))
    assert made.returncode == 0, made.stderr
    done = command("assess", tmp_path / "w", "--json", cwd=tmp_path, keys=tmp_path / "keys")
    summary = last_json(done)
    assert "2026-04-25T00:00" in json.dumps(summary["watch"])
    assert summary["denials"] >= 9  # three satellites on each of the days after the file's end
    assert summary["coverage"]["longest_gap_hours"] > 60


def test_a_truce_of_another_year_is_refused(command, tmp_path, repository):
    made = remake(command, tmp_path, repository, lambda text: text.replace("2026-04-1", "2025-04-1"))
    assert made.returncode == 2
    assert "right files" in made.stderr
    assert not (tmp_path / "w").exists()


def test_a_file_of_which_no_row_can_be_used_ends_in_rejected_rows_not_in_a_fault(command, easter, tmp_path):
    fires = easter / "data" / "fires.csv"
    fires.write_text(fires.read_text().replace("2026-04-", "2024-04-"))
    done = command("assess", easter, "--json", cwd=tmp_path, keys=tmp_path / "keys")
    assert done.returncode == 4, done.stderr
    summary = last_json(done)
    assert summary["records"] == {"read": 2021, "detections": 0, "rejected": 2021}
    assert summary["estimate"]["cannot_tell"]
    assert summary["comparison"]["cannot_tell"]


def test_a_watch_of_another_year_than_its_truce_is_refused(command, easter, tmp_path):
    toml = easter / "watch.toml"
    toml.write_text(toml.read_text().replace("2026-04-01T", "2024-04-01T").replace("2026-04-23T", "2024-04-23T"))
    done = command("assess", easter, "--json", cwd=tmp_path, keys=tmp_path / "keys")
    assert done.returncode == 3
    assert "lies wholly outside the watch's period" in done.stderr


def test_a_line_of_another_theatre_is_refused(command, tmp_path, repository):
    far = tmp_path / "far.geojson"
    far.write_text('{"type": "LineString", "coordinates": [[105.0, 15.0], [106.0, 15.5]]}')
    data = repository / "examples" / "easter-truce-2026" / "data"
    flags = ("--fires", data / "fires.csv", "--line", far, "--claims", data / "claims.yaml")
    for words in (
        ("init", tmp_path / "w", *flags),
        ("assess", data.parent, "--json", "--out", tmp_path / "out", "--line", far),
    ):
        done = command(*words, cwd=tmp_path, keys=tmp_path / "keys")
        assert done.returncode == 3
        assert "right files" in done.stderr
    assert not (tmp_path / "w").exists()
