# SPDX-License-Identifier: Apache-2.0
"""A-4 for messages: killed at every point between queueing and the last proof, none is lost and none is done twice.

A process is killed with SIGKILL before or after the n-th effect it has on the ledger's file or on a line; another takes
up the same folder. The receivers are real. What a receiver may see is a second copy under the same id; it does it once.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import timedelta

import pytest
from desk_world import START
from notify_world import receivers, told_folder
from test_services_response import room

from truceline.store import audit, read_vkey

WORKER = """
import json, os, signal, sys
from datetime import datetime, timedelta
from pathlib import Path
import smtplib, httpx, httpcore, truceline.channels.webhook
from truceline.services import calls
from truceline.services.desk import open_desk

keys, start = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
EFFECTS = {"execute", "executemany", "connect", "send", "sendall", "recv", "recv_into", "shutdown", "close"}
PLACES = ("/truceline/store/door.py", "/smtplib.py", "/socket.py", "/httpcore/_backends/sync.py")
steps, last = 0, 0

def step(frame, event, argument):
    # What happens between two effects on the disk or the line leaves no trace: to be killed there is the same.
    global steps
    if event.startswith("c_") and argument.__name__ in EFFECTS and frame.f_code.co_filename.endswith(PLACES):
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)

def work(folder, at):
    with open_desk(folder, keys=keys, clock=lambda: at) as desk:
        sys.setprofile(step)
        calls.send(desk)
        sys.setprofile(None)
        if not last:
            again = calls.send(desk)
            held = desk.notifier.outbox.items
            ways = sorted({leg.state for item in held.values() for leg in item.legs.values()})
            (folder / "told").write_text(json.dumps([sorted(held), ways, again]))

def child(folder, at, n):
    global steps, last
    pid = os.fork()
    if pid == 0:
        steps, last = 0, n
        work(folder, at)
        if n:
            (folder / "steps").write_text(str(steps))
        os._exit(0)
    return os.waitpid(pid, 0)[1]

print("ready", flush=True)
for line in sys.stdin:
    folder, number = line.split()
    folder = Path(folder)
    first = child(folder, start, int(number))
    second = child(folder, start + timedelta(minutes=2), 0)
    whole, told = folder / "steps", json.loads((folder / "told").read_text())
    print(json.dumps([first, second, int(whole.read_text()) if whole.exists() else 0, *told]), flush=True)
"""
FEW = """
contacts:
  - {id: oak-duty, user: gus, name: Duty officer, email: duty@oak.example, webhook: "http://127.0.0.1:%d/oak", secret: oak}
  - {id: a-liaison, user: lia, name: A's liaison, email: liaison@a.example, without: [begun, declared, corrected]}
smtp: {sender: truceline@centre.example, host: 127.0.0.1, port: %d, starttls: false}
"""


@pytest.fixture
def world(tmp_path, repository):
    """A folder in which a state was asked and nobody told yet, receivers, and a worker that is killed as told."""
    with receivers() as (mailbox, smtp, hook, port):
        hook.clock = lambda: START + timedelta(minutes=1)
        folder = told_folder(tmp_path, repository, smtp, port)
        (folder / "contacts.yaml").write_text(FEW % (port, smtp))
        with room(tmp_path, repository) as at:
            at.asked()
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(tmp_path / "keys"), START.isoformat()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with worker:
            assert worker.stdout.readline() == "ready\n"

            def run(number):
                copy = tmp_path / f"at-{number}"
                shutil.copytree(folder, copy)
                mailbox.__init__()
                hook.done, hook.copies, hook.signatures, hook.refused = {}, {}, set(), []
                worker.stdin.write(f"{copy} {number}\n")
                worker.stdin.flush()
                return copy, json.loads(worker.stdout.readline())

            yield run, mailbox, hook
            worker.stdin.close()


def test_killed_at_every_point_nothing_is_lost_or_done_twice(world, proof_scale, figures):
    run, mailbox, hook = world
    copy, (first, second, _, expected, *_) = run(0)
    assert (first, second) == (0, 0)
    mails, hooks = set(mailbox.unique()), set(hook.done)
    assert len(mails) >= 4
    assert len(hooks) >= 3
    assert all(len(each) == 1 for each in mailbox.unique().values())
    assert set(hook.copies.values()) == {1}
    whole = steps_of(run)
    points = range(1, whole + 1, 1 if proof_scale == 1 else whole // 12)
    killed = again = 0
    for number in points:
        shutil.rmtree(copy)
        copy, (first, second, _, *told) = run(number)
        assert second == 0
        killed += first == 9
        kept = mailbox.unique()
        again += sum(len(each) - 1 for each in kept.values()) + sum(hook.copies.values()) - len(hook.copies)
        assert (set(kept), set(hook.done)) == (mails, hooks), number
        assert all(len(set(each)) == 1 for each in kept.values()), "a second copy has the same bytes"
        assert set(hook.refused) <= {"BadSignature"}, "half a request is refused, and a copy of ours never is"
        assert told == [expected, ["delivered"], {"queued": 0, "sent": 0}], number
        audit(copy / "out", read_vkey(copy / "out" / "ledger" / "vkey"))
    assert killed >= len(points) - 1
    figures(
        "messages: SIGKILL at every point of sending (A-4)",
        {"points": len(points), "lost": 0, "done twice": 0, "second copies known by their id": again},
    )


def steps_of(run):
    """How many steps a whole sending takes."""
    copy, (_, _, steps, *_) = run(10**9)
    shutil.rmtree(copy)
    return steps
