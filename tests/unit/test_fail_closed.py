# SPDX-License-Identifier: Apache-2.0
"""Whatever is missing or broken, nobody gets in and nothing is shown that is not the public's (EVIDENCE A-4)."""

from __future__ import annotations

import os
import sqlite3
import stat

import pytest
from desk_world import office, password_of

from truceline.errors import AccessError, UnavailableError
from truceline.services.desk import open_desk
from truceline.store.account_file import ACCOUNTS
from truceline.store.keys import key_path

OPEN = {"title": "Mill", "origin": "event", "events": [7]}


@pytest.fixture
def at(tmp_path, repository):
    with office(tmp_path, repository) as found:
        yield found


def everybody_is_out(at, anna):
    """Nobody known gets in, by session, token or password; the public page answers as before."""
    shown = {"user": "anna", "password": password_of("anna"), "code": "123456"}
    at.client.cookies.clear()
    answers = [
        at.client.get("/api/v1/me", headers=anna),
        at.get("/me", "wanda"),
        at.get("/people", "aud"),
        at.client.post("/api/v1/session", json=shown, headers=at.own),
    ]
    assert {answer.status_code for answer in answers} <= {401, 503}
    assert all("path" not in answer.text and str(at.folder) not in answer.text for answer in answers)
    assert at.get("/me").json()["user"] == "public"


def damage_missing(at):
    (at.folder / ACCOUNTS).unlink()


def damage_readable_by_others(at):
    at.desk.accounts.store.file.close()
    (at.folder / ACCOUNTS).chmod(0o644)


def damage_a_folder(at):
    (at.folder / ACCOUNTS).unlink()
    (at.folder / ACCOUNTS).mkdir(mode=0o700)


def damage_empty(at):
    (at.folder / ACCOUNTS).unlink()
    (at.folder / ACCOUNTS).touch(0o600)


def damage_noise(at):
    for beside in at.folder.glob(f"{ACCOUNTS}*"):
        beside.unlink()  # the journal alone would bring the whole file back
    (at.folder / ACCOUNTS).touch(0o600)
    (at.folder / ACCOUNTS).write_bytes(os.urandom(20_000))


def damage_another_file(at):
    (at.folder / ACCOUNTS).unlink()
    (at.folder / ACCOUNTS).touch(0o600)
    connection = sqlite3.connect(at.folder / ACCOUNTS)
    connection.execute("CREATE TABLE account (user TEXT)")
    connection.commit()
    connection.close()


def damage_altered_tables(at):
    at.desk.accounts.store.file.close()
    connection = sqlite3.connect(at.folder / ACCOUNTS)
    connection.execute("CREATE TRIGGER x AFTER INSERT ON session BEGIN UPDATE account SET role = 'analyst'; END")
    connection.commit()
    connection.close()


def damage_pages(at):
    at.desk.accounts.store.file.close()
    held = bytearray((at.folder / ACCOUNTS).read_bytes())
    held[4096 * 2 :] = os.urandom(len(held) - 4096 * 2)
    (at.folder / ACCOUNTS).write_bytes(bytes(held))


def damage_clock(at):
    at.desk.now()
    at.clock.forward(hours=-2)


DAMAGES = [value for name, value in list(globals().items()) if name.startswith("damage_")]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_without_sound_accounts_and_a_sound_clock_nobody_gets_in(at, damage):
    anna = at.sign_in("anna")
    at.as_("wanda"), at.as_("aud")
    damage(at)
    everybody_is_out(at, anna)


@pytest.mark.parametrize("damage", [damage_missing, damage_noise, damage_a_folder], ids=lambda d: d.__name__)
def test_a_desk_opened_without_sound_accounts_does_not_go_back_to_the_list(at, tmp_path, damage):
    """Once there were accounts, people.yaml (which may still name somebody put out of use) answers no more."""
    at.desk.carry()
    damage(at)
    at.desk.store.close()
    with open_desk(at.folder, keys=tmp_path / "keys", clock=at.clock) as again:
        with pytest.raises(UnavailableError):
            again.person("anna")
        with pytest.raises(UnavailableError):
            again.carry() if (at.folder / ACCOUNTS).exists() else again.accounts.listed(again.accounts.person("adam"))


def test_without_the_sealing_key_no_second_factor_opens(at, tmp_path):
    secret = at.enrol("anna")
    key_path(tmp_path / "keys", "truceline/exercise/accounts").unlink()
    shown = {"user": "anna", "password": password_of("anna"), "code": at.code(secret)}
    answer = at.client.post("/api/v1/session", json=shown, headers=at.own)
    assert answer.status_code == 503
    assert str(tmp_path) not in answer.text


def test_under_another_sealing_key_neither(at, tmp_path):
    secret = at.enrol("anna")
    key_path(tmp_path / "keys", "truceline/exercise/accounts").unlink()
    at.desk.accounts.vault.begin()
    shown = {"user": "anna", "password": password_of("anna"), "code": at.code(secret)}
    assert at.client.post("/api/v1/session", json=shown, headers=at.own).status_code == 503


def fill(connection):
    """A disk that has no more room: SQLite gets no further page."""
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")


def test_a_full_disk_under_the_ledger_shows_nothing_restricted(at):
    at.as_("aud")
    fill(at.desk.store._connection)
    statuses = []
    for user in 8 * ("anna", "ben", "sam", "lia", "lib", "gus", "olga"):
        statuses.append(at.get(f"/people/{user}", "aud").status_code)
        at.clock.forward(minutes=2)  # each read is a record of its own
    assert statuses[0] == 200
    assert statuses[-1] == 503, "the ledger took records until it was full"
    with pytest.raises(UnavailableError):
        at.desk.act(at.desk.person("wanda"), "open", None, "seen " + "x" * 50_000, OPEN)


def test_a_read_that_cannot_be_logged_is_not_given(at, monkeypatch):
    at.as_("aud")
    assert at.get("/people", "aud").status_code == 200

    def full(_records):
        raise UnavailableError("the disk is full")

    monkeypatch.setattr(at.desk.access, "_append", full)
    assert at.get("/people/anna", "aud").status_code == 503
    assert at.get("/people", "aud").status_code == 503  # read a moment ago, and all the same


def test_a_full_disk_under_the_accounts_lets_nobody_in(at):
    secret = at.enrol("anna")
    connection = at.desk.accounts.store.file._held[1]
    at.desk.accounts.store.file.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("PRAGMA query_only = ON")  # what a disk that became read-only does
    at.clock.forward(minutes=1)
    shown = {"user": "anna", "password": password_of("anna"), "code": at.code(secret)}
    assert at.client.post("/api/v1/session", json=shown, headers=at.own).status_code == 503
    with pytest.raises(UnavailableError):
        at.desk.accounts.alter(at.desk.person("adam"), "anna", {"role": "auditor"})
    connection.execute("PRAGMA query_only = OFF")
    assert at.client.post("/api/v1/session", json=shown, headers=at.own).status_code == 200


def test_the_file_is_its_owners_alone(at):
    assert stat.S_IMODE((at.folder / ACCOUNTS).stat().st_mode) == 0o600
    for beside in at.folder.glob(f"{ACCOUNTS}-*"):
        assert stat.S_IMODE(beside.stat().st_mode) == 0o600


def test_a_restored_file_is_taken_up(at, tmp_path):
    """A backup put in place while the server runs: it is opened anew, with all its checks."""
    at.desk.accounts.store.file.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    backup = (at.folder / ACCOUNTS).read_bytes()
    at.desk.accounts.alter(at.desk.person("adam"), "gus", {"disabled": True})
    with pytest.raises(AccessError):
        at.desk.person("gus")
    at.desk.accounts.store.file.close()
    for beside in at.folder.glob(f"{ACCOUNTS}*"):
        beside.unlink()
    (at.folder / ACCOUNTS).touch(0o600)
    (at.folder / ACCOUNTS).write_bytes(backup)
    assert at.desk.person("gus").role == "guarantor"
