# SPDX-License-Identifier: Apache-2.0
"""The one door: what goes in is indexed, signed, found again, never twice; and who may open it."""

from __future__ import annotations

import os
import sqlite3
import stat

import pytest

from truceline.base.canonical import canonical
from truceline.errors import (
    BodyMismatch,
    ConfigError,
    FileMismatch,
    InputError,
    Malformed,
    Rollback,
    StateError,
    TrustError,
    UnavailableError,
    UnknownKey,
)
from truceline.ledger.checkpoint import open_checkpoint
from truceline.ledger.merkle import EMPTY_ROOT
from truceline.ledger.note import Verifier
from truceline.ledger.verify import verify_record
from truceline.model.record import Record
from truceline.store import Store, audit, read_vkey, sqlite
from truceline.store.keys import key_path

ORIGIN = "example.org/easter truce".replace(" ", "-")


def records(start, end, kind="detection"):
    return [Record(kind, {"n": n, "lat": 48 + n / 8, "text": "Куп'янськ " * (n % 90)}) for n in range(start, end)]


@pytest.fixture
def place(tmp_path):
    return tmp_path / "out", tmp_path / "keys"


def begin(place, **more):
    return Store.open(place[0], keys=place[1], origin=more.get("origin", ORIGIN))


def test_from_its_first_moment_it_verifies(place):
    store = begin(place)
    found = audit(place[0], store.vkey)
    assert (found.size, found.published, found.tiles, found.kinds) == (0, 0, 0, {})
    assert store.root == EMPTY_ROOT
    assert [path.name for path in sorted(place[0].iterdir()) if "-" not in path.name] == ["ledger", "truceline.db"]
    store.close()


def test_records_get_indices_and_are_found_again(place):
    with begin(place) as store:
        assert store.append(records(0, 300)) == list(range(300))
        assert store.append(records(0, 3, "event")) == [300, 301, 302]
        assert store.append([]) == []
        assert store.size == 303
        assert [index for index, _ in store.read("event")] == [300, 301, 302]
        assert store.read("event")[1][1] == records(1, 2)[0].body
        assert store.read("look") == []
        assert store.bodies([301, 4, 4]) == {4: records(4, 5)[0].body, 301: records(1, 2)[0].body}
        assert list(store.bodies([301, 4])) == [4, 301]
        with pytest.raises(StateError, match="no such record"):
            store.bodies([303])
        checkpoint = open_checkpoint(store.checkpoint, Verifier.parse(store.vkey))
        assert (checkpoint.size, checkpoint.root, checkpoint.origin) == (303, store.root, ORIGIN)
    found = audit(place[0], store.vkey)
    assert found.kinds == {"detection": 300, "event": 3}
    assert found.root == store.root.hex()
    assert found.checkpoint == store.checkpoint
    assert found.published == 303
    held = list(found.records())
    assert held[301] == (301, "event", records(1, 2, "event")[0].id, records(1, 2)[0].body)
    assert [row[0] for row in found.records("event")] == [300, 301, 302]


def test_the_same_record_is_never_there_twice(place):
    with begin(place) as store:
        first = store.append(records(0, 50))
        assert store.append(records(25, 75)) == list(range(25, 75))
        assert store.append(records(75, 77) * 2) == [75, 76, 75, 76]
        size = store.size
        assert store.append(records(0, 50)) == first
        assert store.size == size == 77
        root = store.root
    with begin(place) as store:
        assert (store.size, store.root) == (77, root)
        assert store.append(records(0, 77)) == list(range(77))
        assert store.append(records(77, 78)) == [77]
    assert audit(place[0], store.vkey).checkpoints == 5


def test_two_ledgers_of_the_same_records_share_bodies_but_no_leaf(tmp_path):
    """Salts are random: equal records in two ledgers cannot be recognised by their leaves."""
    leaves = []
    for name in ("a", "b"):
        place = tmp_path / name, tmp_path / "keys"
        with begin(place) as store:
            store.append(records(0, 20))
        with sqlite3.connect(place[0] / "truceline.db") as connection:
            leaves.append({row[0] for row in connection.execute("SELECT leaf FROM leaf")})
        connection.close()
    assert len(leaves[0]) == 20
    assert not leaves[0] & leaves[1]


def test_what_is_refused_leaves_nothing_behind(place):
    with begin(place) as store:
        store.append(records(0, 5))
        for bad in (
            Record("rumour", {"n": 1}),
            Record("event", {"n": float("nan")}),
            Record("event", {"n": object()}),
        ):
            with pytest.raises(Malformed):
                store.append([*records(5, 9), bad])
        liar = Record("event", {"n": 1})
        liar.__dict__["id"] = records(0, 1)[0].id
        with pytest.raises(BodyMismatch):
            store.append([liar])
        assert store.size == 5
    assert audit(place[0], store.vkey).size == 5


def test_an_id_that_is_there_with_another_body(place):
    with begin(place) as store:
        store.append(records(0, 5))
        with sqlite3.connect(place[0] / "truceline.db") as forger:
            forger.execute("DROP TRIGGER record_update")
            forger.execute("UPDATE record SET body = '{}' WHERE idx = 3")
        forger.close()
        with pytest.raises(BodyMismatch) as caught:
            store.append(records(0, 5))
        assert caught.value.record == "3/detection"


def test_the_tables_are_append_only(place):
    with begin(place) as store:
        store.append(records(0, 5))
        for statement in (
            "UPDATE record SET body = '{}' WHERE idx = 3",
            "DELETE FROM leaf WHERE idx = 4",
            "INSERT OR REPLACE INTO record VALUES (3, 'event', 'event:x', '{}')",
            "UPDATE checkpoint SET note = ''",
            "DELETE FROM salt",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                store._connection.execute(statement)


def test_it_publishes_also_after_a_failure(place):
    store = begin(place)

    def run():
        with store:
            store.append(records(0, 300))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    assert audit(place[0], store.vkey).published == 300
    with pytest.raises(StateError, match="closed"):
        store.append(records(0, 1))


def test_an_unpublished_tail_is_under_a_checkpoint_all_the_same(place):
    store = begin(place)
    store.append(records(0, 300))
    assert store.publish().size == 300
    store.append(records(300, 700))
    store.close()
    found = audit(place[0], store.vkey)
    assert (found.size, found.published) == (700, 300)
    with begin(place):
        pass
    found = audit(place[0], store.vkey)
    assert (found.size, found.published) == (700, 700)
    paths = {path.relative_to(place[0] / "ledger").as_posix() for path in (place[0] / "ledger").rglob("*")}
    # A partial tile goes once its full one is published.
    assert {"tile/0/002.p/188", "tile/entries/001", "tile/1/000.p/2"} <= paths
    assert not {"tile/0/001.p", "tile/entries/001.p"} & paths


def test_it_verifies_on_a_medium_that_cannot_be_written(place, monkeypatch):
    store = begin(place)
    store.append(records(0, 300))
    # As a killed process leaves it: the journal lies beside the file.
    journal = (place[0] / "truceline.db-wal").read_bytes()
    database = (place[0] / "truceline.db").read_bytes()
    store.close()
    (place[0] / "truceline.db").write_bytes(database)
    (place[0] / "truceline.db-wal").write_bytes(journal)
    before = {path: path.read_bytes() for path in place[0].rglob("*") if path.is_file()}
    for path in [place[0], *place[0].rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    found = audit(place[0], store.vkey)
    assert found.size == 300
    assert len(list(found.records())) == 300
    after = {path: path.read_bytes() for path in place[0].rglob("*") if path.is_file()}
    assert after == before
    for path in [place[0], *place[0].rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


# ---- keys


def test_keys_are_private_and_apart(place):
    with begin(place) as store:
        assert "PRIVATE" not in repr(store._signer)
    path = key_path(place[1], ORIGIN)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(place[1].stat().st_mode) == 0o700
    assert [found.name for found in place[1].iterdir()] == [path.name]
    secret = path.read_bytes().strip().split(b"+")[-1]
    assert not [file for file in place[0].rglob("*") if file.is_file() and secret in file.read_bytes()]


def test_the_database_and_its_journals_are_private_and_the_published_part_is_not(place):
    before = os.umask(0o022)
    try:
        with begin(place) as store:
            store.append(records(0, 3))
            store.publish()
            held = {path.name: stat.S_IMODE(path.stat().st_mode) for path in place[0].iterdir() if path.is_file()}
        assert held == dict.fromkeys(("truceline.db", "truceline.db-wal", "truceline.db-shm"), 0o600)
        (place[0] / "truceline.db").chmod(0o644)  # as older ones were made
        with begin(place) as store:
            store.append(records(3, 6))
            assert {stat.S_IMODE(path.stat().st_mode) for path in place[0].glob("truceline.db*")} == {0o640}
        assert stat.S_IMODE((place[0] / "ledger" / "vkey").stat().st_mode) == 0o644
    finally:
        os.umask(before)


def test_keys_inside_the_folder_are_refused(place):
    (place[0].parent / "link").symlink_to(place[0])
    for inside in (place[0], place[0] / "keys", place[0] / "a" / ".." / "b", place[0].parent / "link" / "keys"):
        with pytest.raises(ConfigError, match="must not lie inside"):
            Store.open(place[0], keys=inside, origin=ORIGIN)
    assert not place[0].exists()


def test_a_key_that_others_may_read_is_refused(place):
    begin(place).close()
    key_path(place[1], ORIGIN).chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        begin(place)


def test_a_ledger_goes_on_with_its_own_key_only(place):
    with begin(place) as store:
        store.append(records(0, 3))
    with pytest.raises(StateError, match="signed by a key that is not in"):
        Store.open(place[0], keys=place[1].parent / "others", origin=ORIGIN)
    assert not (place[1].parent / "others").exists()
    Store.open(place[0].parent / "x", keys=place[1].parent / "others", origin=ORIGIN).close()
    with pytest.raises(UnknownKey, match="begun with another key"):
        Store.open(place[0], keys=place[1].parent / "others", origin=ORIGIN)
    with pytest.raises(StateError, match="holds the ledger"):
        begin(place, origin="example.org/another")
    with pytest.raises(Malformed):
        begin(place, origin="two words")
    key_path(place[1], ORIGIN).write_text("junk")
    with pytest.raises(ConfigError, match="not a private key"):
        begin(place)


def test_a_verifier_key_is_read_from_text_or_file(place):
    begin(place).close()
    path = place[0] / "ledger" / "vkey"
    text = path.read_text().strip()
    assert read_vkey(text) == read_vkey(path) == read_vkey(str(path)) == text
    for bad in ("nonsense", place[0] / "nothing", place[0]):
        with pytest.raises(InputError):
            read_vkey(bad)


def test_one_writer_at_a_time(place, monkeypatch):
    monkeypatch.setattr("truceline.store.lock.WAIT_S", 0)
    with begin(place) as store:
        store.append(records(0, 3))
        with pytest.raises(StateError, match="another process"):
            begin(place)
        assert audit(place[0], store.vkey).size == 3
    begin(place).close()


def test_a_rolled_back_database_is_noticed(place):
    with begin(place) as store:
        store.append(records(0, 300))
    old = (place[0] / "truceline.db").read_bytes()
    with begin(place) as store:
        store.append(records(300, 310))
    (place[0] / "truceline.db").write_bytes(old)
    with pytest.raises(Rollback, match="ends at 300"):
        begin(place)
    (place[0] / "truceline.db").unlink()
    with pytest.raises(TrustError, match="database is gone"):
        begin(place)
    with pytest.raises(FileMismatch, match="database is gone"):
        audit(place[0], store.vkey)


def test_a_begun_but_empty_folder_is_taken_up(place):
    """Killed between the published files and the database: there is no ledger yet, and the next run makes it."""
    begin(place).close()
    vkey = read_vkey(place[0] / "ledger" / "vkey")
    (place[0] / "truceline.db").rename(place[0] / "truceline.db.new")
    with pytest.raises(InputError, match="no ledger"):
        audit(place[0], vkey)
    with begin(place) as store:
        store.append(records(0, 3))
    assert store.vkey == vkey
    assert audit(place[0], vkey).size == 3


def test_where_there_is_no_ledger(tmp_path, place):
    with begin(place) as store:
        pass
    for folder in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(InputError, match="no ledger"):
            audit(folder, store.vkey)
    (tmp_path / "file").write_text("x")
    with pytest.raises(UnavailableError):
        Store.open(tmp_path / "file", keys=place[1], origin=ORIGIN)


def test_a_stranger_checks_one_record(place):
    with begin(place) as store:
        store.append(records(0, 300))
        proof = store._tree.inclusion(77)
        row = next(row for row in sqlite.rows(store._connection) if row[0] == 77)
    shown = (*row[:5], None)
    verifier = Verifier.parse(store.vkey)
    assert verify_record(shown, proof, store.checkpoint, verifier).size == 300
    forged = (77, row[1], row[2], canonical({"n": 78}), row[4], None)
    with pytest.raises(TrustError):
        verify_record(forged, proof, store.checkpoint, verifier)


def test_a_database_nobody_may_read_is_no_question_of_trust(place, monkeypatch):
    with begin(place) as store:
        pass
    real = type(place[0]).open

    def deny(path, *more, **named):
        if path.name == "truceline.db":
            raise PermissionError(13, "Permission denied")
        return real(path, *more, **named)

    monkeypatch.setattr(type(place[0]), "open", deny)
    with pytest.raises(UnavailableError, match="Permission denied"):
        audit(place[0], store.vkey)
