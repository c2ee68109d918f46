# SPDX-License-Identifier: Apache-2.0
"""``truceline terms lint`` as people and programs meet it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from truceline import cli
from truceline.errors import InputError
from truceline.flow.sensors import sensors_of

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "terms"
WATCH = """[watch]
id = "w"
title = "W"
from = 2026-05-01T00:00:00Z
to = 2026-05-02T00:00:00Z
line = "line.geojson"
[[source]]
kind = "firms"
path = "fires.csv"
"""


def run(capsys, *words):
    code = cli.main(["terms", "lint", *map(str, words)])
    return code, capsys.readouterr()


def told(capsys, *words):
    code, out = run(capsys, *words, "--json")
    return code, json.loads(out.out.splitlines()[-1])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "watch.toml").write_text(WATCH)
    (tmp_path / "terms").mkdir()
    shutil.copy(VECTORS / "clean.yaml", tmp_path / "terms" / "agreement.yaml")
    return tmp_path


def test_a_clean_text_exits_at_nought(capsys, folder):
    code, out = run(capsys, folder)
    assert code == 0
    assert "clean-accord: 0 dangerous, 0 unverifiable, 0 notice" in out.out
    code, found = told(capsys, folder / "terms" / "agreement.yaml")
    assert code == 0
    assert (found["agreement"], found["findings"]) == ("clean-accord", [])
    assert found["counts"] == {"dangerous": 0, "unverifiable": 0, "notice": 0}
    assert {"thermal", "patrol", "inspector_record"} <= set(found["sensors"])


def test_findings_are_told_clause_by_clause_with_their_line(capsys, folder):
    path = folder / "terms" / "agreement.yaml"
    path.write_text(path.read_text().replace("{from: day 0, to: day 90}", "{from: 2026-05-01, to: open}"))
    code, out = run(capsys, path)
    assert code == 4
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if "{id: dams" in text)
    assert "\nprovisions/dams\n" in out.out
    assert f"line {line}, dangerous, window-without-time-zone:" in out.out
    assert "Mend: write Z" in out.out
    code, found = told(capsys, path)
    assert code == 4
    (one,) = found["findings"]
    keys = {"rule", "severity", "section", "clause", "reading", "line", "message", "mend", "agreement", "file"}
    assert set(one) == keys
    assert (one["clause"], one["line"], one["reading"]) == ("dams", line, None)
    assert found["counts"]["dangerous"] == 1


def test_several_texts_are_one_object(capsys, repository):
    code, found = told(capsys, repository / "examples" / "minsk-2015")
    assert code == 4
    assert found["agreement"] is None
    assert {each["agreement"] for each in found["findings"]} == {
        *("minsk-package-2015", "minsk-measures-2020", "minsk-addendum-2015", "minsk-disengagement-2016"),
    }
    assert sum(found["counts"].values()) == len(found["findings"])


def test_a_watch_s_own_sensors_are_asked(capsys, folder):
    code, found = told(capsys, folder, "--watch", folder)
    assert code == 4
    assert found["sensors"] == ["thermal"]
    assert {"unobservable-prohibition", "proof-out-of-reach"} == {each["rule"] for each in found["findings"]}
    code, out = run(capsys, folder, "--watch", folder)
    assert "sensors of the watch: thermal" in out.out


def test_stations_tracks_and_elements_bring_their_sensors(folder):
    table = "sensor,longitude,latitude,from,to,ranges_km,p,family\n"
    row = "m{n},35,48,2026-05-01T00:00:00Z,2026-05-02T00:00:00Z,0 5,0.9 0.1,{family}\n"
    families = ("acoustic", "radar", "optical", "nose")
    (folder / "s.csv").write_text(table + "".join(row.format(n=n, family=f) for n, f in enumerate(families)))
    track = "sortie,time,longitude,latitude,radius_km,p,family\n"
    track += "".join(f"p,2026-05-01T0{n}:00:00Z,35.{n},48,1,0.5,patrol\n" for n in range(2))
    (folder / "t.csv").write_text(track)
    more = '[[source]]\nkind = "stations"\npath = "s.csv"\n[[source]]\nkind = "tracks"\npath = "t.csv"\n'
    (folder / "watch.toml").write_text(WATCH + more)
    assert sensors_of(folder) == ("acoustic", "patrol", "radar", "thermal", "video")
    (folder / "watch.toml").write_text(WATCH + '[[source]]\nkind = "elements"\npath = "e.tle"\n')
    assert sensors_of(folder) == ("imagery", "thermal")


def test_no_watch_is_refused(capsys, tmp_path, folder):
    with pytest.raises(InputError):
        sensors_of(tmp_path / "none")
    code, out = run(capsys, folder, "--watch", tmp_path / "none")
    assert code == 3
    assert "watch.toml" in out.err


def test_no_text_and_no_yaml_are_refused(capsys, tmp_path):
    assert run(capsys, tmp_path)[0] == 3
    (tmp_path / "agreement.yaml").write_text("a: &a [1]\nb: *a\n")
    code, out = run(capsys, tmp_path)
    assert code == 3
    assert "agreement.yaml:1" in out.err


def test_a_file_of_100_mb_is_refused_unread(capsys, tmp_path):
    path = tmp_path / "agreement.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    code, out = run(capsys, path)
    assert code == 3
    assert "100,000,000 bytes" in out.err


def test_a_file_named_elsewhere_is_told_and_the_rest_read(capsys, folder):
    path = folder / "terms" / "agreement.yaml"
    rings = "rings: [[[35.0, 47.8], [35.4, 47.8], [35.4, 47.9], [35.0, 47.9]]]"
    path.write_text(path.read_text().replace(rings, "path: ../../secret.geojson"))
    code, found = told(capsys, path)
    assert code == 4
    assert [(each["rule"], each["clause"]) for each in found["findings"]] == [("zone-without-geometry", "harbour")]


def test_nothing_in_a_text_drives_a_terminal(capsys, folder):
    path = folder / "terms" / "agreement.yaml"
    path.write_text(path.read_text().replace("acts: [dam_opening]", 'acts: ["\\e[2Jx"]'))
    code, out = run(capsys, path)
    assert code == 4
    assert "\x1b" not in out.out


def test_the_page_on_agreements_counts_what_is_found(repository):
    golden = json.loads((VECTORS / "lint-shipped.json").read_text("utf-8"))
    page = (repository / "docs/explanation/agreements.md").read_text("utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| (\d+) \| (\d+) \| (\d+) \|", page, re.MULTILINE)
    assert len(rows) == len(golden)
    for name, *counts in rows:
        (findings,) = [told for file, told in golden.items() if name in file]
        kinds = [each.split()[0] for each in findings]
        assert [int(n) for n in counts] == [kinds.count(k) for k in ("dangerous", "unverifiable", "notice")], name


def test_every_rule_is_in_the_reference(repository):
    page = (repository / "docs/reference/terms-tools.md").read_text("utf-8")
    source = "".join(p.read_text("utf-8") for p in (repository / "src/truceline/scrutiny").glob("*.py"))
    rules = {name for name in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source) if not name.startswith("default-")}
    assert len(rules) > 18
    assert {name for name in rules if f"`{name}`" not in page} == set()


LADDER = """commission:
  text: Three find.
  members: [{id: one, name: One, of: G}]
  quorum: 1
  rule: majority
ladder:
  - {id: first, number: 1, text: T., trigger: A breach., after: AFTER, acts_by: [G], declared_by: [commission], when: {breach: {acts: [ACT]}}, clock: {hours: 24, from: detection, time_zone: Europe/Kyiv}}
  - {id: second, number: 2, text: T., trigger: A breach., after: first, acts_by: [G], declared_by: [commission], clock: {hours: 24, from: detection}}
"""


@pytest.mark.parametrize(
    ("changed", "rule", "clause"),
    [
        ({"AFTER": "second", "[ACT]": "[shelling]"}, "ladder-loop", "first"),
        ({"after: AFTER, ": "", "[ACT]": "[jamming]"}, "trigger-out-of-reach", "first"),
        (
            {"after: AFTER, ": "", "[ACT]": "[shelling]", "at: 2026-05-01": "at: 2026-10-01"},
            "deadline-in-clock-change",
            "first",
        ),
    ],
)
def test_faults_of_a_ladder_are_told_with_clause_line_and_what_to_mend(capsys, tmp_path, changed, rule, clause):
    text = (VECTORS / "minimal.yaml").read_text("utf-8").replace("readings:", f"{LADDER}readings:", 1)
    text = text.replace(
        "zones:", "others: [{id: G, name: G, role: guarantor}]\nentry_into_force: {at: 2026-05-01T00:00:00Z}\nzones:", 1
    )
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "agreement.yaml"
    path.write_text(text)
    code, found = told(capsys, path)
    assert code == 4
    (one,) = [each for each in found["findings"] if each["rule"] == rule and each["clause"] == clause]
    assert text.splitlines()[one["line"] - 1].strip().startswith("- {id: first")
    assert one["mend"]


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ("2026-05-09T06:00:00Z", "late-notice"),
        ("unknown", "unknown-lead-time"),
        ("2026-05-01T06:00:00", "refused"),
    ],
)
def test_the_notices_beside_an_agreement_are_linted_too(capsys, tmp_path, given, rule):
    shutil.copy(VECTORS / "full.yaml", tmp_path / "agreement.yaml")
    (tmp_path / "notices.yaml").write_text(
        "notices:\n  - id: drill\n    kind: exercise\n    by: A\n    text: T.\n    zone: everywhere\n"
        "    window: {from: 2026-05-10T06:00:00Z, to: 2026-05-10T12:00:00Z}\n"
        f"    acknowledged: [{{by: G, at: 2026-05-09T09:00:00Z}}]\n    given: {given}\n"
    )
    found = [each for each in told(capsys, tmp_path)[1]["findings"] if each["section"] == "notices"]
    assert [(each["rule"], Path(each["file"]).name) for each in found] == [(rule, "notices.yaml")]


@pytest.mark.parametrize(
    ("lang", "said"), [("uk", "Як виправити: "), ("ru", "Как исправить: "), ("fr", "Comment réparer : ")]
)
def test_every_finding_of_the_shipped_agreements_is_told_in_each_language(capsys, repository, lang, said):
    paths = sorted(repository.glob("examples/*/terms/agreement*.yaml"))
    figured = 0
    for path in (*paths, VECTORS / "full.yaml"):
        english, other = told(capsys, path)[1]["findings"], told(capsys, path, "--lang", lang)[1]["findings"]
        assert [(e["rule"], e["clause"], e["line"]) for e in english] == [
            (o["rule"], o["clause"], o["line"]) for o in other
        ]
        assert not {e["message"] for e in english} & {o["message"] for o in other}
        for e, o in zip(english, other, strict=True):
            if "-longer-than-deadline" in e["rule"]:
                figured += 1
                assert sorted(re.findall(r"\d+", e["message"])) == sorted(re.findall(r"\d+", o["message"]))
    assert figured > 1
    assert said in run(capsys, paths[0], "--lang", lang)[1].out
