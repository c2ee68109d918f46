# SPDX-License-Identifier: Apache-2.0
"""The board for a cabinet table: what its reader may see, in words, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from truceline.cli import main
from truceline.reports.board_page import board_page

LADDER = Path(__file__).parents[2] / "examples" / "exercises" / "ladder-february-2026.yaml"


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    base = tmp_path_factory.mktemp("played")
    assert main(["exercise", "run", str(LADDER), "--watch", str(base / "watch")]) == 0
    return base / "watch"


def shown(watch, user, capsys):
    page = watch.parent / f"{user}.html"
    capsys.readouterr()
    assert main(["ladder", "show", str(watch), "--as", user, "--json", "--page", str(page)]) == 0
    board = json.loads(capsys.readouterr().out.splitlines()[-1])
    return board, page.read_text(encoding="utf-8")


def rows(page, caption):
    """Cells of a table, row by row."""
    (table,) = re.findall(rf"<caption>{caption}</caption>(.*?)</table>", page, flags=re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, flags=re.DOTALL)]
        for row in re.findall(r"<tr>(.*?)</tr>", table, flags=re.DOTALL)
    ]


def test_states_by_steps_as_the_board_has_them(played, capsys):
    board, page = shown(played, "aud", capsys)
    (running,) = board["responses"]
    head, *states, total = rows(page, "Who has done what was asked")
    assert head == ["State", "Step 1", "Step 2", "Step 3"]
    words = {
        state: [one["status"] for one in (step["states"][state] for step in running["steps"])]
        for state in ("elm", "birch")
    }
    by_name = {row[0]: row[1:] for row in states}
    assert by_name["Elm"] == words["elm"] == ["silent"] * 3
    assert [cell.split(",")[0] for cell in by_name["Birch"]] == words["birch"]
    assert "North (party)" in by_name
    assert total == ["Together", "1 acted of 5 asked", "1 acted of 3 asked", "0 acted of 4 asked"]


def test_every_clock_with_every_way_to_count(played, capsys):
    board, page = shown(played, "aud", capsys)
    first, second, third = rows(page, "Clocks")[1:]
    assert "from the breach" in first[3]
    assert first[3].count(";") == 1
    assert "as South holds" in first[3]
    assert second[3] == "no deadline is set"
    assert third[3].count("what stood still left out") == 2
    assert "very unlikely to roughly even" in third[4]
    assert "15 to 54" in third[4].replace("\xa0", " ")
    assert board["responses"][0]["breach"]["disputed"][0]["reason"] in page


def test_a_party_sees_what_it_is_asked_and_no_other_state(played, capsys):
    board, page = shown(played, "lia", capsys)
    assert "responses" not in board
    assert "Who has done what was asked" not in page
    assert not any(name in page for name in ("Birch", "Elm", "Pine", "silent,"))
    assert "declined" in rows(page, "What you are asked")[1][3]


def test_words_of_people_stay_words():
    hostile = "<script>alert(1)</script>"
    board = {
        "at": "2026-05-01T00:00:00Z",
        "responses": [],
        "proposed": [{"step": hostile, "signs": ["s"], "trigger": "met", "falsely": None}],
        "stopped": [{"stop": "x", "what": "outage", "from": "2026-05-01T00:00:00Z", "to": None}],
        "consultations": [
            {
                "consultation": "c", "response": "r", "about": hostile, "begins": "2026-05-01T10:00:00Z", "convened_by": None,
                "invited": ["oak"], "quorum": 3, "present": {"oak": "2026-05-01T10:05:00Z"}, "quorate": False,
                "minutes": [{"move": "m", "by": None, "at": "2026-05-01T11:00:00Z", "text": hostile, "decided": None}],
            }
        ],
        "faults": [{"clause": "c", "key": "k", "message": hostile, "mend": "say it"}],
    }  # fmt: skip
    page = board_page(board, {"oak": hostile})
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 6
    assert "No clock runs." in page
    assert "now, still" in page
    assert rows(page, "Consultations")[1][4] == "3, not met"
