# SPDX-License-Identifier: Apache-2.0
"""Blocks of the docs marked ``runnable`` run, in the order a reader takes them, in one folder.

A ``console`` block holds commands after ``$``; each line after one must appear in what it printed. A ``python`` block
runs in the same folder. Every console or Python block must be marked, so that none goes stale unseen.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ORDER = ("tutorials/first-truce.md", "how-to/check-the-ledger.md", "how-to/watch-another-truce.md")
ALONE = ("tutorials/first-case.md", "tutorials/five-exercises.md")
"""Pages that lean on no other, each read in one shell from its first line to its last."""

DONE = "@@ exit"
BLOCK = re.compile(r"^```(console|python)([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page):
    return [(m.group(1), m.group(2).strip(), m.group(3)) for m in BLOCK.finditer(page.read_text(encoding="utf-8"))]


def steps(text):
    """Commands of a console block, each with the lines its output must hold."""
    found = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.strip():
            found[-1][1].append(line.strip())
    return found


def run(command, folder, keys):
    environment = {**os.environ, "TRUCELINE_KEYS": str(keys), "PYTHONIOENCODING": "utf-8"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    # A bound against hanging alone: a busy machine takes ten times as long as an idle one.
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=3000,
        encoding="utf-8",
    )


def test_every_page_with_runnable_blocks_is_in_the_order(repository):
    docs = repository / "docs"
    runnable = {
        page.relative_to(docs).as_posix()
        for page in docs.rglob("*.md")
        if any(mark == "runnable" for _, mark, _ in blocks(page))
    }
    alone = {name for name in runnable if all(kind == "python" for kind, _, _ in blocks(docs / name))}
    assert runnable - alone <= {*ORDER, *ALONE}


def test_the_examples_run_in_the_order_a_reader_takes_them(repository, tmp_path):
    (tmp_path / "desk").mkdir()
    desk, keys = tmp_path / "desk", tmp_path / "keys"
    (desk / "examples").symlink_to(repository / "examples", target_is_directory=True)
    done = 0
    for name in ORDER:
        for kind, mark, text in blocks(repository / "docs" / name):
            if mark != "runnable":
                continue
            commands = steps(text) if kind == "console" else [([sys.executable, "-c", text], [])]
            for command, expected in commands:
                result = run(command.split() if isinstance(command, str) else command, desk, keys)
                assert result.returncode == 0, f"{name}: {command}\n{result.stderr}"
                flat = " ".join(result.stdout.split())
                missing = [line for line in expected if line not in flat]
                assert missing == [], f"{name}: {command}\n{result.stdout}"
                done += 1
    assert done >= 5


def test_python_blocks_elsewhere_run_alone(repository, tmp_path):
    for page in sorted((repository / "docs").rglob("*.md")):
        if page.relative_to(repository / "docs").as_posix() in (*ORDER, *ALONE):
            continue
        for kind, mark, text in blocks(page):
            if kind == "python" and mark == "runnable":
                result = run([sys.executable, "-c", text], tmp_path, tmp_path / "keys")
                assert result.returncode == 0, f"{page.name}: {result.stderr}"


@pytest.mark.parametrize("name", ALONE)
def test_a_page_read_in_one_shell_ends_as_it_says(name, repository, tmp_path):
    """Variables last; a command whose answer begins with ``truceline:`` is one that is refused."""
    (tmp_path / "examples").symlink_to(repository / "examples", target_is_directory=True)
    wanted, script = [], []
    for kind, mark, text in blocks(repository / "docs" / name):
        assert mark == "runnable"
        if kind == "python":
            (tmp_path / f"{len(wanted)}.py").write_text(text, encoding="utf-8")
        for command, expected in steps(text if kind == "console" else f"$ python {len(wanted)}.py"):
            wanted.append((command, expected))
            script.append(f"{{ {command}\n}} 2>&1 </dev/null; echo {DONE} $?")
    result = run(["bash", "-c", "\n".join(script)], tmp_path, tmp_path / "keys")
    parts = re.split(rf"^{DONE} (\d+)$", result.stdout, flags=re.MULTILINE)
    assert len(parts) == 2 * len(wanted) + 1, result.stdout[-2000:]
    for (command, expected), printed, code in zip(wanted, parts[::2], parts[1::2], strict=False):
        refused = any(line.startswith("truceline: ") for line in expected)
        assert (code != "0") == refused, f"{name}: {command}\n{printed}"
        flat = " ".join(printed.split())
        assert [line for line in expected if line not in flat] == [], f"{name}: {command}\n{printed}"
