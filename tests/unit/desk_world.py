# SPDX-License-Identifier: Apache-2.0
"""A small watch with a commission, and its server as a client sees it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pyotp
from argon2 import PasswordHasher
from live_server import running

from truceline.server import app
from truceline.server.guard import COOKIE, TOKEN_HEADER
from truceline.services.accounts import CONSOLE
from truceline.services.desk import Desk, open_desk, read_people
from truceline.services.secrets import Passwords
from truceline.services.signin import scope_words

START = datetime(2026, 5, 2, 20, tzinfo=UTC)

WATCH = """
[watch]
id = "exercise"
title = "Exercise"
from = 2026-05-02T00:00:00Z
to = 2026-05-09T00:00:00Z
terms = "terms/agreement.yaml"
line = "line.geojson"

[[source]]
kind = "firms"
path = "fires.csv"
"""

PEOPLE = """
people:
  - {user: wanda, role: watch_officer}
  - {user: anna, role: analyst, clearance: secret}
  - {user: ben, role: analyst, clearance: secret}
  - {user: sam, role: secretariat}
  - {user: lia, role: liaison, of: A}
  - {user: lib, role: liaison, of: B}
  - {user: olga, role: commissioner, of: oak, seat: oak, clearance: secret}
  - {user: bert, role: commissioner, of: birch, seat: birch, clearance: secret}
  - {user: emma, role: commissioner, of: elm, seat: elm}
  - {user: sita, role: commissioner, of: A, seat: seat-a}
  - {user: sibo, role: commissioner, of: B, seat: seat-b}
  - {user: gus, role: guarantor, of: oak, aligned: [A]}
  - {user: aud, role: auditor, clearance: secret}
  - {user: adam, role: administrator}
"""

POSTS = """
posts:
  - {id: A10, lon: 37.80, lat: 48.01}
  - {id: array-3}
"""


@dataclass
class Clock:
    """A clock that stands until it is set."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **how) -> None:
        self.at += timedelta(**how)


def watch_folder(base: Path, repository: Path, people: str = PEOPLE, terms: str = "agreement.yaml") -> Path:
    """A watch's folder under an agreement of the exercises."""
    folder = base / "watch"
    (folder / "terms").mkdir(parents=True)
    shutil.copy(repository / "examples" / "exercises" / terms, folder / "terms" / "agreement.yaml")
    (folder / "watch.toml").write_text(WATCH)
    (folder / "people.yaml").write_text(people)
    return folder


def password_of(user: str) -> str:
    """Somebody's password; it does not hold the name."""
    return f"four small words {sum(user.encode())}"


@dataclass
class Office:
    """A desk, and a client of its server."""

    desk: Desk
    client: httpx.Client
    clock: Clock
    folder: Path
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def own(self) -> dict[str, str]:
        """Headers that our own page's requests have."""
        return {"Origin": str(self.client.base_url).rstrip("/")}

    def as_(self, user: str | None) -> dict[str, str]:
        """Headers with which somebody asks, by a token with all rights; None: nobody is signed in."""
        if user is None:
            return {}
        if user not in self.tokens:
            every = [word for word in scope_words() if word.endswith(":*")] + ["account:read"]
            owner = self.desk.person(user)
            self.tokens[user], _ = self.desk.signin.make_token(owner, "tests", every, timedelta(days=366))
            self.desk.carry()
        return {"Authorization": f"Bearer {self.tokens[user]}"}

    def enrol(self, user: str) -> str:
        """Give somebody a password and a second factor; returns its secret."""
        self.desk.accounts.set_password(CONSOLE, user, password_of(user))
        secret = self.desk.accounts.issue(CONSOLE, user)[0].secret
        self.desk.carry()
        return secret

    def code(self, secret: str, steps: int = 0) -> str:
        """The second factor's code of now, or of some steps later."""
        return pyotp.TOTP(secret).at(int(self.clock.at.timestamp()) + 30 * steps)

    def sign_in(self, user: str, secret: str | None = None) -> dict[str, str]:
        """Sign in with a browser; returns the headers of its requests, cookie and all. The clock goes on a minute."""
        secret = secret or self.enrol(user)
        self.clock.forward(minutes=1)
        shown = {"user": user, "password": password_of(user), "code": self.code(secret)}
        answer = self.client.post("/api/v1/session", json=shown, headers=self.own)
        assert answer.status_code == 200, answer.text
        self.client.cookies.clear()
        return self.own | {"Cookie": f"{COOKIE}={cookie(answer, COOKIE)}", TOKEN_HEADER: answer.json()["csrf"]}

    def get(self, path: str, user: str | None = None, **more):
        return self.client.get(f"/api/v1{path}", headers=self.as_(user) | more.pop("headers", {}), **more)

    def post(self, path: str, user: str | None = None, body=None, **more):
        return self.client.post(f"/api/v1{path}", json=body, headers=self.as_(user) | more.pop("headers", {}), **more)

    def records(self, kind: str) -> list[dict]:
        """Bodies of the ledger's records of a kind."""
        with self.desk.lock:
            return [body for _, body in self.desk.store.read(kind)]


def cookie(answer: httpx.Response, name: str) -> str | None:
    """The value an answer sets a cookie to; an empty one takes it back."""
    lines = answer.headers.get_list("set-cookie")
    return next((line.split(";")[0].partition("=")[2] for line in lines if line.startswith(f"{name}=")), None)


QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
"""The same Argon2id, cheap: what it costs is measured elsewhere."""


@contextmanager
def office(
    base: Path,
    repository: Path,
    people: str = PEOPLE,
    more: str = "",
    page: Path | None = None,
    terms: str = "agreement.yaml",
    change: Callable[[str], str] = str,
):
    """An open desk with accounts for all the people, and its server, until the block ends.

    ``more`` is added to ``watch.toml``; ``page`` is a built page, where one is to be served; ``terms`` is an agreement
    of the exercises, and ``change`` what is done to its text first.
    """
    folder, clock = watch_folder(base, repository, people, terms), Clock()
    agreement = folder / "terms" / "agreement.yaml"
    agreement.write_text(change(agreement.read_text()))
    (folder / "watch.toml").write_text(WATCH + more)
    (folder / "posts.yaml").write_text(POSTS)
    with open_desk(folder, keys=base / "keys", clock=clock, passwords=QUICK) as desk:
        desk.accounts.begin()
        desk.accounts.bring(CONSOLE, read_people(folder / "people.yaml"))
        desk.carry()
        made = app(folder / "out", page or base / "no-page", desk)
        with running(made) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield Office(desk, client, clock, folder)
