# SPDX-License-Identifier: Apache-2.0
"""What the file of accounts holds: accounts, sessions, tokens, and changes on their way into the ledger.

Secrets never lie here as they are: passwords as Argon2id hashes, session ids, tokens and recovery codes as SHA-256 of
at least 80 random bits, second factors sealed under a key of the key folder.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from truceline.base.clock import iso
from truceline.errors import StateError
from truceline.model.case import Actor
from truceline.store.account_file import AccountFile, Row

_ACCOUNT = (
    "SELECT user, role, of, seat, clearance, aligned, disabled, subject, password, totp, pending, step FROM account"
)


@dataclass(frozen=True)
class Account:
    """One person's account."""

    actor: Actor
    """Who: user, role, party or state, seat, clearance, alignment."""

    disabled: bool = False
    """Whether it is out of use."""

    subject: str | None = None
    """What the house's own provider calls the person (OpenID Connect ``sub``)."""

    password: str | None = None
    """Argon2id hash; None: no password was set."""

    totp: bytes | None = None
    """Sealed secret of the second factor; None: not enrolled."""

    pending: bytes | None = None
    """Sealed secret that was shown but not yet confirmed."""

    step: int = 0
    """Time step of the last code used: none is taken twice."""


@dataclass(frozen=True)
class Session:
    """Somebody signed in."""

    hash: bytes
    """SHA-256 of its id."""

    id: str
    """What its owner calls it, to end it."""

    user: str
    """Whose."""

    made: datetime
    """When it began, UTC."""

    seen: datetime
    """When it was last used, UTC, to the minute."""

    second: bool
    """Whether a second factor was shown."""

    how: str
    """``password`` or ``oidc``."""


@dataclass(frozen=True)
class Token:
    """A program's way in: some of its owner's rights, for some time."""

    hash: bytes
    """SHA-256 of it."""

    id: str
    """What its owner calls it, to revoke it."""

    user: str
    """Whose."""

    name: str
    """What it is for."""

    scope: frozenset[str]
    """``resource:action`` words, or ``resource:*``."""

    made: datetime
    """When, UTC."""

    expires: datetime
    """Until when, UTC."""


class AccountStore:
    """Accounts, sessions, tokens and known browsers, each change in one transaction."""

    def __init__(self, path: Path) -> None:
        self.file = AccountFile(path)

    def account(self, user: str) -> Account | None:
        """Return an account by user."""
        found = self.file.rows(f"{_ACCOUNT} WHERE user = ?", user)
        return _account(found[0]) if found else None

    def by_subject(self, subject: str) -> Account | None:
        """Return the account of a provider's subject."""
        found = self.file.rows(f"{_ACCOUNT} WHERE subject = ?", subject)
        return _account(found[0]) if found else None

    def accounts(self) -> list[Account]:
        """Return all, by user."""
        return [_account(row) for row in self.file.rows(f"{_ACCOUNT} ORDER BY user")]

    def put(self, account: Account, change: Mapping[str, Any], *, new: bool) -> None:
        """Keep an account's rights (not its secrets); one that is out of use loses sessions and tokens at once.

        Raises:
            StateError: it is new but there already, or another has its subject.
        """
        who = account.actor
        rights = (who.role, who.of, who.seat, who.clearance, json.dumps(list(who.aligned)))
        with self.file.changing() as write:
            held = write.execute("SELECT 1 FROM account WHERE user = ?", (who.user,)).fetchone()
            if new and held:
                raise StateError(f"there is an account {who.user} already")
            taken = write.execute("SELECT user FROM account WHERE subject = ?", (account.subject,)).fetchone()
            if taken and taken != (who.user,):
                raise StateError(f"the subject belongs to {taken[0]} already")
            if not held:
                write.execute(
                    "INSERT INTO account (user, role, clearance, aligned) VALUES (?, '', '', '')", (who.user,)
                )
            write.execute(
                "UPDATE account SET role=?, of=?, seat=?, clearance=?, aligned=?, disabled=?, subject=? WHERE user=?",
                (*rights, int(account.disabled), account.subject, who.user),
            )
            if account.disabled:
                write.execute("DELETE FROM session WHERE user = ?", (who.user,))
                write.execute("DELETE FROM token WHERE user = ?", (who.user,))
            _tell(write, change)

    def set_password(self, user: str, hashed: str, change: Mapping[str, Any] | None) -> None:
        """Keep a password's hash. With ``change`` it is a new password: every session and known browser ends."""
        with self.file.changing() as write:
            write.execute("UPDATE account SET password = ? WHERE user = ?", (hashed, user))
            if change is not None:
                write.execute("DELETE FROM session WHERE user = ?", (user,))
                write.execute("DELETE FROM device WHERE user = ?", (user,))
                _tell(write, change)

    def set_pending(self, user: str, sealed: bytes) -> None:
        """Keep a second factor that waits for its first code."""
        with self.file.changing() as write:
            write.execute("UPDATE account SET pending = ? WHERE user = ?", (sealed, user))

    def set_totp(self, user: str, sealed: bytes, step: int, codes: list[bytes], change: Mapping[str, Any]) -> None:
        """Keep a second factor and its recovery codes in place of those before; every session ends."""
        with self.file.changing() as write:
            write.execute("UPDATE account SET totp = ?, pending = NULL, step = ? WHERE user = ?", (sealed, step, user))
            write.execute("DELETE FROM recovery WHERE user = ?", (user,))
            write.executemany("INSERT INTO recovery VALUES (?, ?)", [(code, user) for code in codes])
            write.execute("DELETE FROM session WHERE user = ?", (user,))
            _tell(write, change)

    def spend_step(self, user: str, step: int) -> bool:
        """Use up a code's time step; False: it, or a later one, was used before."""
        with self.file.changing() as write:
            return write.execute("UPDATE account SET step=? WHERE user=? AND step<?", (step, user, step)).rowcount == 1

    def spend_recovery(self, user: str, code: bytes) -> bool:
        """Use up a recovery code; False: it is none."""
        with self.file.changing() as write:
            return write.execute("DELETE FROM recovery WHERE user = ? AND code = ?", (user, code)).rowcount == 1

    def begin(self, session: Session, *, instead_of: bytes | None) -> None:
        """Keep a session that begins, and end the one whose cookie came with the sign-in."""
        values = (session.hash, session.id, session.user, _number(session.made), _number(session.seen))
        with self.file.changing() as write:
            write.execute("DELETE FROM session WHERE hash = ?", (instead_of,))
            write.execute("INSERT INTO session VALUES (?,?,?,?,?,?,?)", (*values, int(session.second), session.how))
            _mark(write, session.made)

    def session(self, hash_: bytes) -> Session | None:
        """Return a session by its hash."""
        found = self.file.rows("SELECT * FROM session WHERE hash = ?", hash_)
        return _session(found[0]) if found else None

    def sessions(self, user: str) -> list[Session]:
        """Return somebody's sessions, the newest first."""
        rows = self.file.rows("SELECT * FROM session WHERE user = ? ORDER BY made DESC, id", user)
        return [_session(row) for row in rows]

    def touch(self, session: Session, now: datetime) -> None:
        """Keep when a session was last used."""
        with self.file.changing() as write:
            write.execute("UPDATE session SET seen = ? WHERE hash = ?", (_number(now), session.hash))
            _mark(write, now)

    def end(self, user: str, id_: str) -> bool:
        """End one of somebody's sessions; False: there is none of that id."""
        with self.file.changing() as write:
            return write.execute("DELETE FROM session WHERE user = ? AND id = ?", (user, id_)).rowcount == 1

    def sweep(self, before: datetime, idle_before: datetime) -> None:
        """Forget sessions that began before one time or were idle since another, and tokens long expired."""
        with self.file.changing() as write:
            write.execute("DELETE FROM session WHERE made < ? OR seen < ?", (_number(before), _number(idle_before)))

    def make_token(self, token: Token, change: Mapping[str, Any]) -> None:
        """Keep a token's hash and what it may."""
        values = (token.hash, token.id, token.user, token.name, json.dumps(sorted(token.scope)))
        with self.file.changing() as write:
            write.execute(
                "INSERT INTO token VALUES (?,?,?,?,?,?,?)", (*values, _number(token.made), _number(token.expires))
            )
            _mark(write, token.made)
            _tell(write, change)

    def token(self, hash_: bytes) -> Token | None:
        """Return a token by its hash."""
        found = self.file.rows("SELECT * FROM token WHERE hash = ?", hash_)
        return _token(found[0]) if found else None

    def tokens(self, user: str) -> list[Token]:
        """Return somebody's tokens, the newest first."""
        rows = self.file.rows("SELECT * FROM token WHERE user = ? ORDER BY made DESC, id", user)
        return [_token(row) for row in rows]

    def revoke(self, user: str, id_: str, change: Mapping[str, Any]) -> bool:
        """Revoke one of somebody's tokens; False: there is none of that id."""
        with self.file.changing() as write:
            gone = write.execute("DELETE FROM token WHERE user = ? AND id = ?", (user, id_)).rowcount == 1
            if gone:
                _tell(write, change)
            return gone

    def know(self, hash_: bytes, user: str, now: datetime) -> None:
        """Remember a browser somebody signed in from; the last twenty are kept."""
        with self.file.changing() as write:
            write.execute("INSERT OR REPLACE INTO device VALUES (?, ?, ?)", (hash_, user, _number(now)))
            write.execute(
                "DELETE FROM device WHERE user = ?1 AND hash NOT IN "
                "(SELECT hash FROM device WHERE user = ?1 ORDER BY made DESC LIMIT 20)",
                (user,),
            )

    def known(self, hash_: bytes, user: str) -> bool:
        """Return whether somebody signed in from a browser before."""
        return bool(self.file.rows("SELECT 1 FROM device WHERE hash = ? AND user = ?", hash_, user))

    def waiting(self) -> list[tuple[int, dict[str, Any]]]:
        """Return changes that are not in the ledger yet, oldest first."""
        return [(n, json.loads(body)) for n, body in self.file.rows("SELECT n, body FROM change ORDER BY n LIMIT 500")]

    def carried(self, last: int) -> None:
        """Forget changes that are in the ledger."""
        with self.file.changing() as write:
            write.execute("DELETE FROM change WHERE n <= ?", (last,))

    def latest(self) -> datetime:
        """Return the latest time that was used here, UTC."""
        return _moment(self.file.rows("SELECT at FROM latest")[0][0])


def change(by: Actor, action: str, user: str, at: datetime, **more: Any) -> dict[str, Any]:
    """Return what the ledger is told of a change of an account: who, what, whose, when; no secret."""
    return {"by": by.to_json(), "action": action, "user": user, "at": iso(at), **more}


def _tell(write: Any, change: Mapping[str, Any]) -> None:
    write.execute("INSERT INTO change (body) VALUES (?)", (json.dumps(dict(change), ensure_ascii=False),))


def _mark(write: Any, now: datetime) -> None:
    write.execute("UPDATE latest SET at = max(at, ?)", (_number(now),))


def _number(moment: datetime) -> float:
    return moment.timestamp()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _account(row: Row) -> Account:
    user, role, of, seat, clearance, aligned, disabled, *rest = row
    actor = Actor(user, role, of, seat, clearance, tuple(json.loads(aligned)))
    return Account(actor, bool(disabled), *rest)


def _session(row: Row) -> Session:
    hash_, id_, user, made, seen, second, how = row
    return Session(hash_, id_, user, _moment(made), _moment(seen), bool(second), how)


def _token(row: Row) -> Token:
    hash_, id_, user, name, scope, made, expires = row
    return Token(hash_, id_, user, name, frozenset(json.loads(scope)), _moment(made), _moment(expires))
