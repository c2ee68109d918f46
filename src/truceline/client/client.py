# SPDX-License-Identifier: Apache-2.0
"""One method a route. Answers are the server's own forms; refusals are raised as our own errors.

What failed on the way is tried again: reading is always safe, and every act goes out under an idempotency key, so that
an answer that got lost does not make it twice.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from truceline.client.duty import Duty
from truceline.client.line import PAUSE, TRIES, Line
from truceline.client.messages import Messages
from truceline.client.promised import Register
from truceline.client.response import Response
from truceline.client.trouble import error_of
from truceline.errors import UnavailableError
from truceline.wire import answers as told
from truceline.wire.response import MoveTold

QUIET = 60.0
"""Seconds without a line after which a stream counts as lost: the server says every 15 that it is alive."""


class Client:
    """A person's access to one server; use it in a ``with`` statement."""

    def __init__(
        self,
        server: str,
        token: str | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Say where and who.

        Args:
            server: address of the server, such as ``http://127.0.0.1:8642``.
            token: an API token; None: the public.
            transport: another way of sending than httpx's own.
            wait: lets so many seconds pass.
        """
        headers = {"Accept": "application/json"} | ({} if token is None else {"Authorization": f"Bearer {token}"})
        self._http = httpx.Client(base_url=f"{server.rstrip('/')}/api/v1", headers=headers, transport=transport)
        self._line = Line(self._http, wait)
        self.duty = Duty(self._line)
        self.response = Response(self._line)
        self.messages = Messages(self._line)
        self.register = Register(self._line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    # Reading.

    def me(self) -> dict[str, Any]:
        """Return who the server takes me for."""
        found: dict[str, Any] = self._line.send("GET", "/me").json()
        return found

    def cases(self, state: str | None = None, party: str | None = None) -> Iterator[told.CaseLine]:
        """Yield the cases I may know of, what is due first; of a state, of a party where told."""
        for page in self._line.pages(told.CaseLines, "/cases", state=state, party=party):
            yield from page.cases

    def case(self, case: str) -> told.Case:
        """Return a case as far as I may see it; its ``version`` is what :meth:`act` takes as ``seen``."""
        return self._line.get(told.Case, f"/cases/{case}")

    def acts(self, case: str) -> Iterator[told.Act]:
        """Yield the acts of a case that I may read, in their order."""
        for page in self._line.pages(told.Acts, f"/cases/{case}/acts"):
            yield from page.acts

    def exhibit(self, case: str, exhibit: str) -> told.ExhibitWhole:
        """Return an exhibit with the acts about it."""
        return self._line.get(told.ExhibitWhole, f"/cases/{case}/exhibits/{exhibit}")

    def notes(self, case: str) -> Iterator[told.Note]:
        """Yield the notes of a case's deliberation that are addressed to me, or my own."""
        for page in self._line.pages(told.Notes, f"/cases/{case}/notes"):
            yield from page.notes

    def findings(self) -> Iterator[told.FindingOfCase]:
        """Yield the findings I may read, newest first."""
        for page in self._line.pages(told.Findings, "/findings"):
            yield from page.findings

    def finding(self, finding: str) -> told.FindingOfCase:
        """Return one finding."""
        return self._line.get(told.FindingOfCase, f"/findings/{finding}")

    def notices(self) -> Iterator[told.Notice]:
        """Yield the notices I may read, those not followed by silence first."""
        for page in self._line.pages(told.Notices, "/notices"):
            yield from page.notices

    def queue(self) -> list[told.Task]:
        """Return what waits for me, by its clock."""
        return self._line.get(told.Queue, "/queue").tasks

    def access(self) -> Iterator[told.Decision]:
        """Yield the logged decisions about access, newest first."""
        for page in self._line.pages(told.Decisions, "/access"):
            yield from page.access

    def withheld(self) -> told.Withheld:
        """Return how much is not public."""
        return self._line.get(told.Withheld, "/withheld")

    def terms(self) -> told.Terms:
        """Return the agreement, and how its commission decides."""
        return self._line.get(told.Terms, "/terms")

    def vocabulary(self) -> told.Vocabulary:
        """Return every word that forms may use."""
        return self._line.get(told.Vocabulary, "/vocabulary")

    # Acting.

    def open(self, reason: str, data: Mapping[str, Any], *, key: str | None = None) -> told.Done:
        """Open a case.

        Args:
            reason: why; it stands in the ledger.
            data: what the case is about (docs/reference/case-acts.md).
            key: idempotency key, to ask again later as the same request; None: one for this call.
        """
        return self._post("/cases", {"reason": reason, "data": dict(data)}, key, None)

    def act(
        self,
        case: str,
        kind: str,
        reason: str,
        data: Mapping[str, Any] | None = None,
        *,
        seen: int | None = None,
        key: str | None = None,
    ) -> told.Done:
        """Do one act on a case.

        Args:
            case: which.
            kind: kind of act.
            reason: why; it stands in the ledger.
            data: what the kind of act needs.
            seen: version of the case I decided upon; if it has changed since, nothing is done. None: whatever it is.
            key: idempotency key; None: one for this call.

        Raises:
            Outdated: the case has changed since ``seen``.
        """
        body = {"kind": kind, "reason": reason, "data": dict(data or {})}
        return self._post(f"/cases/{case}/acts", body, key, seen)

    def _post(self, path: str, body: Mapping[str, Any], key: str | None, seen: int | None) -> told.Done:
        headers = {"Idempotency-Key": key or secrets.token_urlsafe(18)}
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        return told.Done.model_validate_json(self._line.send("POST", path, json=body, headers=headers).content)

    # Following.

    def events(self, after: str | None = None) -> Iterator[tuple[str, told.Told]]:
        """Yield what happens in cases, as it happens: each event with its id; give the newest id to go on from there.

        A stream that breaks is taken up again where it broke.

        Raises:
            TrucelineError: the server refuses, or has not been reached for as many tries as a request has.
        """
        for kind, name, data in self._stream(after):
            if kind == "case":
                yield name, told.Told.model_validate_json(data)

    def moves(self, after: str | None = None) -> Iterator[tuple[str, MoveTold]]:
        """Yield moves in the response that I may see, as they are made, as :meth:`events` does."""
        for kind, name, data in self._stream(after):
            if kind == "response":
                yield name, MoveTold.model_validate_json(data)

    def _stream(self, after: str | None) -> Iterator[tuple[str, str, str]]:
        failed = 0
        while True:
            headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": after} if after else {})
            try:
                with self._http.stream("GET", "/events/stream", headers=headers, timeout=QUIET) as answer:
                    if not answer.is_success:
                        answer.read()
                        raise error_of(answer)
                    for kind, name, data in _events(answer.iter_lines()):
                        after, failed = name, 0
                        yield kind, name, data
            except httpx.TransportError as error:
                failed += 1
                if failed >= TRIES:
                    raise UnavailableError(f"the stream cannot be reached: {error}") from error
            self._line.wait(PAUSE * 2**failed)


def _events(lines: Iterator[str]) -> Iterator[tuple[str, str, str]]:
    """Yield name, id and data of each event of a stream; lines that only say that it is alive are passed over."""
    held: dict[str, str] = {}
    for line in lines:
        name, _, said = line.partition(": ")
        if line:
            held[name] = said
        elif "data" in held:
            yield held.get("event", ""), held.get("id", ""), held["data"]
            held = {}
