# SPDX-License-Identifier: Apache-2.0
"""A small watch with a commission, and its server as a client sees it."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from fastapi import Request
from live_server import running

from truceline.server import app
from truceline.server.auth import PUBLIC, actor_of
from truceline.services.desk import Desk, open_desk

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


@dataclass
class Clock:
    """A clock that stands until it is set."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **how) -> None:
        self.at += timedelta(**how)


def watch_folder(base: Path, repository: Path, people: str = PEOPLE) -> Path:
    """A watch's folder under the agreement of the exercises."""
    folder = base / "watch"
    (folder / "terms").mkdir(parents=True)
    shutil.copy(repository / "examples" / "exercises" / "agreement.yaml", folder / "terms" / "agreement.yaml")
    (folder / "watch.toml").write_text(WATCH)
    (folder / "people.yaml").write_text(people)
    return folder


@dataclass
class Office:
    """A desk, and a client of its server."""

    desk: Desk
    client: httpx.Client
    clock: Clock
    folder: Path

    @property
    def own(self) -> dict[str, str]:
        """Headers that our own page's requests have."""
        return {"Origin": str(self.client.base_url).rstrip("/")}

    def as_(self, user: str | None) -> dict[str, str]:
        """Headers with which somebody asks; None: nobody is signed in."""
        return {} if user is None else {"Authorization": f"Bearer {user}"}

    def get(self, path: str, user: str | None = None, **more):
        return self.client.get(f"/api/v1{path}", headers=self.as_(user) | more.pop("headers", {}), **more)

    def post(self, path: str, user: str | None = None, body=None, **more):
        return self.client.post(f"/api/v1{path}", json=body, headers=self.as_(user) | more.pop("headers", {}), **more)

    def records(self, kind: str) -> list[dict]:
        """Bodies of the ledger's records of a kind."""
        with self.desk.lock:
            return [body for _, body in self.desk.store.read(kind)]


def _named(request: Request):
    """Who the bearer says it is."""
    said = request.headers.get("authorization")
    return request.app.state.desk.person(said.removeprefix("Bearer ")) if said else PUBLIC


@contextmanager
def office(base: Path, repository: Path, people: str = PEOPLE):
    """An open desk with its server, until the block ends."""
    folder, clock = watch_folder(base, repository, people), Clock()
    with open_desk(folder, keys=base / "keys", clock=clock) as desk:
        made = app(folder / "out", base / "no-page", desk)
        made.dependency_overrides[actor_of] = _named
        with running(made) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield Office(desk, client, clock, folder)
