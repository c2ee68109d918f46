# SPDX-License-Identifier: Apache-2.0
"""What the verbs about cases share: the watch's rules, people and ledger, and who is asking."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from truceline.base.bounded import read_text
from truceline.base.ids import ulid
from truceline.base.yaml import MAX_CHARS, parse
from truceline.commission import Rules, rules_of
from truceline.errors import ConfigError, Malformed
from truceline.flow.terms_files import read_terms_file
from truceline.flow.watchfile import read_watch
from truceline.model.case import Act, Actor
from truceline.services.cases import Cases
from truceline.services.people import people_of, person
from truceline.settings import Settings
from truceline.store import Store

PEOPLE = "people.yaml"
"""File of a watch's folder that lists who may act."""


@dataclass(frozen=True)
class Desk:
    """An open ledger, its cases, and the person at the desk."""

    cases: Cases
    """All cases."""

    rules: Rules
    """The agreement's rules."""

    actor: Actor
    """Who is asking."""

    def act(self, kind: str, case: str | None, reason: str, data: Mapping[str, Any]) -> tuple[int, Act]:
        """Do one act now; returns its ledger index and the act."""
        at = datetime.now(UTC)
        name = ulid(at, os.urandom(10))
        done = Act(name, case or name, kind, self.actor, at, reason, data)
        index, _ = self.cases.do(done)
        return index, done


def common(parser: argparse.ArgumentParser) -> None:
    """Add the options of every verb about cases."""
    parser.add_argument("watch", type=Path, metavar="WATCH", help="the watch's folder (holds watch.toml, people.yaml)")
    parser.add_argument("--as", dest="user", required=True, metavar="USER", help="who is asking, of people.yaml")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the ledger is (default: WATCH/out)")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object on one line, last")


@contextmanager
def desk(options: argparse.Namespace, settings: Settings) -> Iterator[Desk]:
    """Open the watch's ledger for the person named."""
    what = read_watch(options.watch)
    if what.terms is None:
        raise ConfigError("a commission needs terms; this watch has none", file=str(options.watch))
    rules = rules_of(read_terms_file(what.terms).agreement)
    path = options.watch / PEOPLE
    document = parse(read_text(path, limit=MAX_CHARS), file=str(path)).to_json()
    if not isinstance(document, dict) or set(document) != {"people"}:
        raise Malformed("expected one key, people", file=str(path))
    actor = person(people_of(document["people"], file=str(path)), options.user)
    with Store.open(
        options.out or options.watch / "out", keys=settings.key_dir, origin=f"truceline/{what.id}"
    ) as store:
        cases = Cases(rules, store.append)
        cases.load(store.read)
        yield Desk(cases, rules, actor)
