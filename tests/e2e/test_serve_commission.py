# SPDX-License-Identifier: Apache-2.0
"""The how-to, as a stranger does it: accounts at the console, the real server in a process of its own, real codes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import pyotp
import pytest
from desk_world import cookie, watch_folder

from truceline.server.guard import COOKIE, TOKEN_HEADER

PASSWORD = "four small words 7"


@pytest.fixture
def watch(tmp_path, repository):
    return watch_folder(tmp_path, repository)


@contextmanager
def served(watch, keys):
    """The real command; gives its address, and ends it as a person does."""
    environment = {**os.environ, "TRUCELINE_KEYS": str(keys)}
    words = [sys.executable, "-m", "truceline", "serve", str(watch), "--port", "0"]
    process = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = next(line for line in process.stdout if "http://" in line)
        yield re.search(r"http://\S+/", line)[0].rstrip("/"), process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0


def account(command, watch, tmp_path, verb, *words, typed=None):
    if typed is None:
        done = command("account", verb, watch, *words, "--json", cwd=tmp_path, keys=tmp_path / "keys")
    else:
        environment = {**os.environ, "TRUCELINE_KEYS": str(tmp_path / "keys")}
        line = [sys.executable, "-m", "truceline", "account", verb, str(watch), *words, "--json"]
        done = subprocess.run(line, env=environment, input=typed, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_from_the_list_of_people_to_a_person_at_work(watch, command, tmp_path):
    assert len(account(command, watch, tmp_path, "import")["made"]) == 14
    account(command, watch, tmp_path, "password", "wanda", typed=f"{PASSWORD}\n")
    secret = account(command, watch, tmp_path, "totp", "wanda")["secret"]
    with served(watch, tmp_path / "keys") as (address, _):
        own = {"Origin": address}
        shown = {"user": "wanda", "password": PASSWORD, "code": pyotp.TOTP(secret).now()}
        opened = httpx.post(f"{address}/api/v1/session", json=shown, headers=own, timeout=30)
        assert opened.status_code == 200, opened.text
        wanda = own | {"Cookie": f"{COOKIE}={cookie(opened, COOKIE)}", TOKEN_HEADER: opened.json()["csrf"]}
        assert httpx.get(f"{address}/api/v1/me", headers=wanda).json()["role"] == "watch_officer"
        case = {"kind": "open", "reason": "seen", "data": {"title": "Mill", "origin": "event", "events": [7]}}
        made = httpx.post(f"{address}/api/v1/cases", json=case, headers=wanda, timeout=30)
        assert made.status_code in (200, 201), made.text
        # A desk verb must wait for the ledger; an account's change need not, and holds at once.
        busy = command("case", "list", watch, "--as", "wanda", cwd=tmp_path, keys=tmp_path / "keys")
        assert busy.returncode == 5
        assert "another process writes" in busy.stderr
        account(command, watch, tmp_path, "disable", "wanda")
        assert httpx.get(f"{address}/api/v1/me", headers=wanda).status_code == 401
        for _ in range(100):  # the change is in the ledger's published part within a second or two
            if int(httpx.get(f"{address}/ledger/checkpoint").text.splitlines()[1]) >= 18:
                break
            time.sleep(0.1)
    verified = command(
        "verify", watch / "out", "--key", watch / "out" / "ledger" / "vkey", "--json", cwd=tmp_path, keys=tmp_path / "k"
    )
    assert verified.returncode == 0, verified.stderr
    kinds = json.loads(verified.stdout.splitlines()[-1])["kinds"]
    assert (kinds["case"], kinds["account"]) == (1, 17)  # 14 made, a password, a second factor, one out of use
    assert not any(PASSWORD.encode() in path.read_bytes() for path in watch.rglob("*") if path.is_file())
    assert not any(path.name.startswith("accounts") for path in (watch / "out").rglob("*"))


def test_a_watch_without_accounts_is_served_to_the_public_alone(watch, tmp_path):
    with served(watch, tmp_path / "keys") as (address, _):
        assert httpx.get(f"{address}/api/v1/me").json()["user"] == "public"
        shown = {"user": "wanda", "password": PASSWORD, "code": ""}
        told = httpx.post(f"{address}/api/v1/session", json=shown, headers={"Origin": address}, timeout=30)
        assert told.status_code == 503
        assert "truceline account import" in told.json()["detail"]


def test_a_watch_without_terms_has_no_commission(watch, command, tmp_path):
    text = (watch / "watch.toml").read_text()
    (watch / "watch.toml").write_text(text.replace('terms = "terms/agreement.yaml"\n', ""))
    done = command("serve", watch, cwd=tmp_path, keys=tmp_path / "keys")
    assert done.returncode == 2
    assert "a commission needs terms" in done.stderr
