# SPDX-License-Identifier: Apache-2.0
"""Signing in, sessions and tokens: from a secret somebody shows to who they are, with the rights of this moment."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from truceline.access import TABLE, Thing, decide
from truceline.access.check import owner_name
from truceline.base.ids import ulid
from truceline.errors import AccessError, Malformed, NotHere, NotSignedIn
from truceline.model.case import Actor
from truceline.services.accounts import Accounts
from truceline.services.limits import ACCOUNT, ADDRESS, KNOWN, Limits, Pace
from truceline.services.secrets import TOKEN_MARK, code_hash, fingerprint, new_secret, totp_step
from truceline.store.accounts import Account, Session, Token, change

IDLE = timedelta(minutes=30)
"""A session unused for so long is over."""

WHOLE = timedelta(hours=12)
"""So is one that began so long ago: a shift."""

TOUCH = timedelta(minutes=1)
"""How finely a session's last use is kept."""

LONGEST_TOKEN = timedelta(days=366)
"""Longest life of a token."""

MOST_TOKENS = 50
"""Tokens of one person."""

TOKEN_NAME = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0][^\x00-\x1f\x7f-\x9f]*$"  # noqa: S105  what it is called, not what opens it
"""What a token may be called: one line, not blank."""

UNFINISHED = frozenset({"session:*", "account:secure"})
"""What a session may do until a second factor is enrolled."""

NOT_BY_TOKEN = ("session", "token", "account")
"""What no token changes: it must not make another, or touch what protects accounts."""

_WRONG = "the user, the password or the code is not right"


@dataclass(frozen=True)
class Begun:
    """What a browser is given at sign-in."""

    session: str
    """The session's secret id, for the cookie."""

    device: str
    """What marks this browser as known, for a cookie of its own."""

    actor: Actor
    """Who signed in."""


class SignIn:
    """The way in."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._store = accounts.store
        self._limits = Limits()

    def begin(self, user: str, password: str, code: str, *, address: str, device: str | None, old: str | None) -> Begun:
        """Sign in with a password and a code (of the second factor, or a recovery code).

        Somebody who does not exist, a wrong password and a wrong code take the same work and the same words. A session
        whose cookie came along (``old``) ends: the new one has an id that nobody knew before.

        Raises:
            NotSignedIn: it is not right.
            TooManyTries: too many tries before.
            UnavailableError: the file of accounts, or its key, cannot be used.
        """
        now = self._accounts.now()
        names = self._names(user, address, device)
        self._limits.take(names, now)
        held = self._store.account(user)
        right = self._accounts.passwords.verify(None if held is None else held.password, password)
        if held is None or not right or held.disabled or not self._second(held, code, now):
            raise NotSignedIn(_WRONG)
        self._limits.succeeded({name: pace for name, pace in names.items() if name[0] != "address"})
        if held.password is not None and self._accounts.passwords.outdated(held.password):
            self._store.set_password(user, self._accounts.passwords.hash(password), None)
        return self.open(held, "password", now, old=old)

    def open(self, held: Account, how: str, now: datetime, *, old: str | None) -> Begun:
        """Begin a session of somebody who has shown who they are."""
        secret, device = new_secret(), new_secret()
        second = how == "oidc" or held.totp is not None
        session = Session(fingerprint(secret), ulid(now, os.urandom(10)), held.actor.user, now, now, second, how)
        self._store.sweep(now - WHOLE, now - IDLE)
        self._store.begin(session, instead_of=None if old is None else fingerprint(old))
        self._store.know(fingerprint(device), held.actor.user, now)
        return Begun(secret, device, _of_session(held.actor, session))

    def _names(self, user: str, address: str, device: str | None) -> dict[tuple[str, str], Pace]:
        if device is not None and self._store.known(fingerprint(device), user):
            return {("browser", fingerprint(device).hex()): KNOWN}
        return {("account", user): ACCOUNT, ("address", address): ADDRESS}

    def _second(self, held: Account, code: str, now: datetime) -> bool:
        """Whether the code is right, used up in the same breath; an account without a second factor takes any."""
        if held.totp is None:
            return True
        user = held.actor.user
        step = totp_step(self._accounts.vault.open(user, held.totp), code.strip(), now)
        if step is not None:
            return self._store.spend_step(user, step)
        return self._store.spend_recovery(user, code_hash(user, code))

    def by_session(self, secret: str, *, used: bool = True) -> tuple[Actor, Session]:
        """Return whose session it is; where it is only looked at (not ``used``), its time unused runs on.

        Raises:
            NotSignedIn: it is over, or there never was one.
        """
        now = self._accounts.now()
        session = self._store.session(fingerprint(secret))
        if session is None or now - session.made >= WHOLE or now - session.seen >= IDLE:
            raise NotSignedIn("this session is over; sign in again")
        held = self._known(session.user)
        if used and now - session.seen >= TOUCH:
            self._store.touch(session, now)
        return _of_session(held.actor, session), session

    def by_token(self, secret: str) -> Actor:
        """Return whose token it is, with no more than the token's rights.

        Raises:
            NotSignedIn: it has expired, was revoked, or there never was one.
        """
        token = self._store.token(fingerprint(secret)) if secret.startswith(TOKEN_MARK) else None
        if token is None or self._accounts.now() >= token.expires:
            raise NotSignedIn("this token does not hold")
        return replace(self._known(token.user).actor, scope=token.scope)

    def _known(self, user: str) -> Account:
        held = self._store.account(user)
        if held is None or held.disabled:
            raise NotSignedIn("this account is out of use")
        return held

    def change_password(self, by: Actor, old: str, new: str) -> None:
        """Change one's own password; every session ends, this one too.

        Raises:
            AccessError: the old one is not right.
            TooManyTries: too many tries before; a stolen session is no place to guess a password.
            Malformed: the new one is not good enough.
        """
        names = {("password", by.user): KNOWN}
        self._limits.take(names, self._accounts.now())
        self._accounts.set_password(by, by.user, new, old)
        self._limits.succeeded(names)

    def sessions(self, by: Actor) -> list[Session]:
        """Return the person's own sessions that are not over."""
        _ask(by, "read", "session")
        now = self._accounts.now()
        held = self._store.sessions(by.user)
        return [each for each in held if now - each.made < WHOLE and now - each.seen < IDLE]

    def end(self, by: Actor, id_: str) -> None:
        """End one of the person's own sessions.

        Raises:
            NotHere: the person has none of that id.
        """
        _ask(by, "end", "session")
        if not self._store.end(by.user, id_):
            raise NotHere("you have no such session")

    def tokens(self, by: Actor) -> list[Token]:
        """Return the person's own tokens, without what opens them."""
        _ask(by, "list", "token")
        return self._store.tokens(by.user)

    def make_token(
        self, by: Actor, name: str, scope: Iterable[str], life: timedelta, *, maker: Actor | None = None
    ) -> tuple[str, Token]:
        """Make a token of the person's own and return it, once, with what is kept of it.

        ``maker`` is the console where it makes one for somebody; the ledger says so.

        Raises:
            Malformed: the scope names nothing a token can do, the name is empty, or the life too long.
            AccessError: it is not this person's to do.
        """
        _ask(by, "make", "token")
        words = frozenset(scope)
        unknown = words - scope_words()
        if not words or unknown:
            raise Malformed(f"scope: resource:action words of the access table, not {sorted(unknown)!r:.80}")
        if not timedelta() < life <= LONGEST_TOKEN:
            raise Malformed(f"a token lives up to {LONGEST_TOKEN.days} days")
        if len(name) > 100 or not re.fullmatch(TOKEN_NAME, name):
            raise Malformed("name: what the token is for, 1 to 100 characters on one line")
        if len(self._store.tokens(by.user)) >= MOST_TOKENS:
            raise Malformed(f"a person has at most {MOST_TOKENS} tokens; revoke one")
        now = self._accounts.now()
        secret = TOKEN_MARK + new_secret()
        token = Token(fingerprint(secret), ulid(now, os.urandom(10)), by.user, name.strip(), words, now, now + life)
        self._store.make_token(token, change(maker or by, "token", by.user, now, token=token.id, scope=sorted(words)))
        return secret, token

    def revoke(self, by: Actor, id_: str) -> None:
        """Revoke one of the person's own tokens.

        Raises:
            NotHere: the person has none of that id.
        """
        _ask(by, "revoke", "token")
        if not self._store.revoke(by.user, id_, change(by, "revoke", by.user, self._accounts.now(), token=id_)):
            raise NotHere("you have no such token")


def scope_words() -> frozenset[str]:
    """Return every word a token's scope may hold."""
    rows = [row for row in TABLE if row.resource not in NOT_BY_TOKEN]
    exact = {f"{row.resource}:{action}" for row in rows for action in row.actions}
    return frozenset(exact | {f"{row.resource}:*" for row in rows} | {"account:read"})


def _of_session(actor: Actor, session: Session) -> Actor:
    return actor if session.second else replace(actor, scope=UNFINISHED)


def _ask(by: Actor, action: str, resource: str) -> None:
    if not decide(by, action, Thing(resource, "public", frozenset({owner_name(by.user)}))).allowed:
        raise AccessError(f"{by.user} ({by.role}) may not {action} {resource}")
