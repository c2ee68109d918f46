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
from typing import Any, Self, TypeVar

import httpx
from pydantic import BaseModel

from truceline.client.trouble import error_of
from truceline.errors import TrucelineError, UnavailableError
from truceline.wire import answers as told

Answer = TypeVar("Answer", bound=BaseModel)

TRIES = 4
"""How often a request is sent at most."""

PAUSE = 0.25
"""Seconds before the second try; twice as many before each further one."""

AGAIN = (429, 502, 503, 504)
"""Refusals that may be over soon."""

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
        self._wait = wait

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def _send(self, method: str, path: str, **what: Any) -> httpx.Response:
        """Send until there is an answer that means something.

        Raises:
            TrucelineError: the server refuses; of the kind it names.
            UnavailableError: it cannot be reached.
        """
        lost: TrucelineError
        for again in range(TRIES):
            if again:
                self._wait(PAUSE * 2 ** (again - 1))
            try:
                answer = self._http.request(method, path, **what)
            except httpx.TransportError as error:
                lost = UnavailableError(f"the server cannot be reached: {error}")
                lost.__cause__ = error
                continue
            if answer.is_success:
                return answer
            lost = error_of(answer)
            if answer.status_code not in AGAIN:
                break
        raise lost

    def _get(self, form: type[Answer], path: str, **asked: Any) -> Answer:
        given = {name: value for name, value in asked.items() if value is not None}
        return form.model_validate_json(self._send("GET", path, params=given).content)

    def _pages(self, form: type[Answer], path: str, **asked: Any) -> Iterator[Answer]:
        """Yield one page after the other; what comes in meanwhile neither doubles nor hides anything."""
        cursor: str | None = None
        while True:
            page = self._get(form, path, **asked, cursor=cursor)
            yield page
            cursor = getattr(page, "next", None)
            if cursor is None:
                return

    # Reading.

    def me(self) -> dict[str, Any]:
        """Return who the server takes me for."""
        found: dict[str, Any] = self._send("GET", "/me").json()
        return found

    def cases(self, state: str | None = None, party: str | None = None) -> Iterator[told.CaseLine]:
        """Yield the cases I may know of, what is due first; of a state, of a party where told."""
        for page in self._pages(told.CaseLines, "/cases", state=state, party=party):
            yield from page.cases

    def case(self, case: str) -> told.Case:
        """Return a case as far as I may see it; its ``version`` is what :meth:`act` takes as ``seen``."""
        return self._get(told.Case, f"/cases/{case}")

    def acts(self, case: str) -> Iterator[told.Act]:
        """Yield the acts of a case that I may read, in their order."""
        for page in self._pages(told.Acts, f"/cases/{case}/acts"):
            yield from page.acts

    def exhibit(self, case: str, exhibit: str) -> told.ExhibitWhole:
        """Return an exhibit with the acts about it."""
        return self._get(told.ExhibitWhole, f"/cases/{case}/exhibits/{exhibit}")

    def notes(self, case: str) -> Iterator[told.Note]:
        """Yield the notes of a case's deliberation that are addressed to me, or my own."""
        for page in self._pages(told.Notes, f"/cases/{case}/notes"):
            yield from page.notes

    def findings(self) -> Iterator[told.FindingOfCase]:
        """Yield the findings I may read, newest first."""
        for page in self._pages(told.Findings, "/findings"):
            yield from page.findings

    def finding(self, finding: str) -> told.FindingOfCase:
        """Return one finding."""
        return self._get(told.FindingOfCase, f"/findings/{finding}")

    def notices(self) -> Iterator[told.Notice]:
        """Yield the notices I may read, those not followed by silence first."""
        for page in self._pages(told.Notices, "/notices"):
            yield from page.notices

    def queue(self) -> list[told.Task]:
        """Return what waits for me, by its clock."""
        return self._get(told.Queue, "/queue").tasks

    def access(self) -> Iterator[told.Decision]:
        """Yield the logged decisions about access, newest first."""
        for page in self._pages(told.Decisions, "/access"):
            yield from page.access

    def withheld(self) -> told.Withheld:
        """Return how much is not public."""
        return self._get(told.Withheld, "/withheld")

    def terms(self) -> told.Terms:
        """Return the agreement, and how its commission decides."""
        return self._get(told.Terms, "/terms")

    def vocabulary(self) -> told.Vocabulary:
        """Return every word that forms may use."""
        return self._get(told.Vocabulary, "/vocabulary")

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
        return told.Done.model_validate_json(self._send("POST", path, json=body, headers=headers).content)

    # Following.

    def events(self, after: str | None = None) -> Iterator[tuple[str, told.Told]]:
        """Yield what happens, as it happens: each event with its id; give the newest id to go on from there.

        A stream that breaks is taken up again where it broke.

        Raises:
            TrucelineError: the server refuses, or has not been reached for as many tries as a request has.
        """
        failed = 0
        while True:
            headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": after} if after else {})
            try:
                with self._http.stream("GET", "/events/stream", headers=headers, timeout=QUIET) as answer:
                    if not answer.is_success:
                        answer.read()
                        raise error_of(answer)
                    for name, data in _events(answer.iter_lines()):
                        after, failed = name, 0
                        yield name, told.Told.model_validate_json(data)
            except httpx.TransportError as error:
                failed += 1
                if failed >= TRIES:
                    raise UnavailableError(f"the stream cannot be reached: {error}") from error
            self._wait(PAUSE * 2**failed)


def _events(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Yield id and data of each event of a stream's lines; lines that only say that it is alive are passed over."""
    held: dict[str, str] = {}
    for line in lines:
        name, _, said = line.partition(": ")
        if line:
            held[name] = said
        elif "data" in held:
            yield held.get("id", ""), held["data"]
            held = {}
