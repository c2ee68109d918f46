# SPDX-License-Identifier: Apache-2.0
"""L-4: whatever byte of a ledger's folder is changed, the audit finds it and names the record or the file.

Two kinds of flip are told apart, because a database file has bytes that hold nothing (free space in pages, counters
in its header). A flip inside a value of any row must be found. A flip anywhere in the file must be found *or* leave
every row, every table and every trigger as they were.
"""

from __future__ import annotations

import random
import shutil
import sqlite3

import pytest

from truceline.errors import FileMismatch, TrustError
from truceline.model.record import Record
from truceline.store import Store, audit
from truceline.store.sqlite import DATABASE

ORIGIN = "example.org/flips"
SIZE = 300
PUBLISHED = 290

COLUMNS = {
    "record": ("idx", "kind", "id", "body"),
    "salt": ("idx", "salts"),
    "leaf": ("idx", "leaf"),
    "checkpoint": ("size", "note"),
}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    """A ledger of 300 records in seven batches, ten of them not published yet, one body over several pages."""
    top = tmp_path_factory.mktemp("flips")
    folder = top / "out"
    store = Store.open(folder, keys=top / "keys", origin=ORIGIN)
    at = 0
    for count in (1, 9, 100, 40, 106, 34, 10):
        store.append(
            [
                Record("detection" if n % 3 else "look", {"n": n, "text": "Ж" * (20_000 if n == 77 else n % 60)})
                for n in range(at, at + count)
            ]
        )
        at += count
        if at <= PUBLISHED:
            store.publish()
    store.close()
    assert audit(folder, store.vkey).size == SIZE
    return folder, store.vkey


@pytest.fixture
def copy(ledger, tmp_path):
    shutil.copytree(ledger[0], tmp_path / "out")
    return tmp_path / "out", ledger[1]


def flip(data, rng):
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]


def test_every_flip_in_a_published_file_is_found(copy, proof_scale, figures):
    folder, vkey = copy
    rng = random.Random(1)
    files = sorted(path for path in (folder / "ledger").rglob("*") if path.is_file())
    assert {path.relative_to(folder).parts[1] for path in files} == {"checkpoint", "vkey", "tile"}
    for number in range(round(4000 * proof_scale)):
        path = files[number % len(files)]
        good = path.read_bytes()
        path.write_bytes(flip(good, rng))
        with pytest.raises(TrustError) as caught:
            audit(folder, vkey)
        assert caught.value.file == path.relative_to(folder).as_posix()
        path.write_bytes(good)
    audit(folder, vkey)
    figures("flipped bits in published ledger files (L-4)", {"flips": number + 1, "found": number + 1})


def change(value, rng):
    """Return a value with one bit changed, of the same type."""
    if isinstance(value, int):
        return value ^ 1 << rng.randrange(20)
    if isinstance(value, bytes):
        return flip(value, rng)
    at = rng.randrange(len(value))
    return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]


def alter(folder, statement, parameters=()):
    """Do to the tables what only somebody can who lifts their triggers, and put the triggers back."""
    connection = sqlite3.connect(folder / DATABASE, isolation_level=None)
    triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    try:
        connection.execute(statement, parameters)
    except sqlite3.IntegrityError:
        return False
    finally:
        for _, sql in triggers:
            connection.execute(sql)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    return True


def test_every_change_of_a_value_is_found_and_its_record_named(copy, proof_scale):
    folder, vkey = copy
    rng = random.Random(2)
    database = (folder / DATABASE).read_bytes()
    done = 0
    while done < round(3000 * proof_scale):
        table = rng.choice(("record", "record", "salt", "leaf", "checkpoint"))
        column = rng.choice(COLUMNS[table])
        key = COLUMNS[table][0]
        connection = sqlite3.connect(folder / DATABASE)
        keys = [row[0] for row in connection.execute(f"SELECT {key} FROM {table}")]
        victim = rng.choice(keys)
        (value,) = connection.execute(f"SELECT {column} FROM {table} WHERE {key} = ?", (victim,)).fetchone()
        connection.close()
        if alter(folder, f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (change(value, rng), victim)):
            with pytest.raises(TrustError) as caught:
                audit(folder, vkey)
            if table != "checkpoint" and column != key:
                assert str(caught.value.record).split("/")[0] == str(victim)
            elif table != "checkpoint":
                assert caught.value.record is not None
            done += 1
        (folder / DATABASE).write_bytes(database)
    audit(folder, vkey)


def contents(path):
    """Everything the file says: schema, rows, and the header fields that mean something."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    connection.text_factory = bytes
    try:
        return [
            connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name").fetchall(),
            *(connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in COLUMNS),
            *(connection.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")),
        ]
    finally:
        connection.close()


def test_every_flip_in_the_database_file_is_found_or_changes_nothing(copy, proof_scale, figures):
    folder, vkey = copy
    rng = random.Random(3)
    path = folder / DATABASE
    database = path.read_bytes()
    said = contents(path)
    found = 0
    count = round(3000 * proof_scale)
    for _ in range(count):
        path.write_bytes(flip(database, rng))
        try:
            audit(folder, vkey)
        except TrustError as error:
            assert error.file or error.record
            found += 1
        else:
            assert contents(path) == said
    # Most of the file is rows; what may be left over is free space.
    assert found > 0.6 * count
    figures(
        "flipped bits in the database file (L-4)",
        {"flips": count, "found": found, "in free space, changing nothing": count - found},
    )
    path.write_bytes(database)
    audit(folder, vkey)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.5, 0.9, 0.999])
def test_a_torn_database_is_a_question_of_trust(copy, ledger, share):
    folder, vkey = copy
    path = folder / DATABASE
    database = path.read_bytes()
    cut = round(len(database) * share)
    path.write_bytes(database[:cut])
    with pytest.raises(TrustError):
        audit(folder, vkey)
    path.write_bytes(database[:cut] + bytes(len(database) - cut))
    with pytest.raises(TrustError):
        audit(folder, vkey)
    with pytest.raises(TrustError):
        Store.open(folder, keys=ledger[0].parent / "keys", origin=ORIGIN).close()


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("DELETE FROM record WHERE idx = 150", "150"),
        ("DELETE FROM record WHERE idx = 299", "299"),
        ("DELETE FROM leaf WHERE idx = 150", "150"),
        ("DELETE FROM salt WHERE idx = 150", "150"),
        ("UPDATE record SET idx = 1000 WHERE idx = 5", "5"),
        ("INSERT INTO record VALUES (300, 'look', 'look:0', '{}')", "300"),
        ("INSERT INTO leaf VALUES (300, x'00')", None),
        ("DELETE FROM checkpoint WHERE size = 300", "290"),
        ("DELETE FROM checkpoint", None),
        ("INSERT INTO checkpoint SELECT 301, note FROM checkpoint WHERE size = 300", None),
        ("UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 290) WHERE size = 300", None),
        ("DROP TRIGGER record_update", None),
        ("CREATE TABLE more (x)", None),
        ("PRAGMA user_version = 2", None),
    ],
)
def test_what_an_operator_might_do_is_found(copy, statement, named):
    folder, vkey = copy
    if statement.startswith("DROP"):
        connection = sqlite3.connect(folder / DATABASE)
        connection.execute(statement)
        connection.close()
    else:
        assert alter(folder, statement)
    with pytest.raises(TrustError) as caught:
        audit(folder, vkey)
    if named:
        assert str(caught.value.record).split("/")[0] == named
    else:
        assert str(caught.value)


def test_a_rewritten_record_with_a_leaf_to_match_is_still_found(copy):
    """Whoever changes body, id and leaf together is stopped by the signed root, which names the batch."""
    from truceline.ledger.leaf import id_of, make_leaf

    folder, vkey = copy
    connection = sqlite3.connect(folder / DATABASE)
    (salts,) = connection.execute("SELECT salts FROM salt WHERE idx = 120").fetchone()
    connection.close()
    body = b'{"n":-1}'
    id_ = id_of("look", body)
    assert alter(folder, "UPDATE record SET kind = 'look', id = ?, body = ? WHERE idx = 120", (id_, body.decode()))
    assert alter(folder, "UPDATE leaf SET leaf = ? WHERE idx = 120", (make_leaf("look", id_, body, salts),))
    with pytest.raises(TrustError, match="root over 150 records") as caught:
        audit(folder, vkey)
    assert caught.value.record == "110 to 149"


def test_files_missing_added_or_older_are_found(copy, ledger):
    folder, vkey = copy
    published = folder / "ledger"

    def refused(match):
        with pytest.raises(FileMismatch, match=match) as caught:
            audit(folder, vkey)
        return caught.value.file

    tile = published / "tile" / "0" / "000"
    tile.rename(published / "away")
    assert refused("does not belong") == "ledger/away"
    (published / "away").rename(published / "tile" / "0" / "000.p")
    assert refused("does not belong") == "ledger/tile/0/000.p"
    (published / "tile" / "0" / "000.p").unlink()
    assert refused("is missing") == "ledger/tile/0/000"
    shutil.copy(ledger[0] / "ledger" / "tile" / "0" / "000", tile)
    audit(folder, vkey)
    (published / "tile" / "0" / "009").write_bytes(tile.read_bytes())
    assert refused("leaves give") == "ledger/tile/0/009"
    (published / "tile" / "0" / "009").unlink()
    (published / "checkpoint").unlink()
    assert refused("is missing") == "ledger/checkpoint"
    shutil.rmtree(published)
    assert refused("gone") == "ledger"


def test_a_waiting_file_of_a_killed_writer_means_nothing(copy):
    folder, vkey = copy
    (folder / "ledger" / ".new").mkdir(exist_ok=True)
    (folder / "ledger" / ".new" / "3").write_bytes(b"half")
    assert audit(folder, vkey).size == SIZE


def test_another_key_verifies_nothing(copy, tmp_path):
    folder, _ = copy
    with Store.open(tmp_path / "x", keys=tmp_path / "k", origin=ORIGIN) as other:
        pass
    with pytest.raises(FileMismatch, match="not the verifier key given"):
        audit(folder, other.vkey)
    shutil.copy(tmp_path / "x" / "ledger" / "vkey", folder / "ledger" / "vkey")
    with pytest.raises(TrustError, match="not signed by a known key"):
        audit(folder, other.vkey)
