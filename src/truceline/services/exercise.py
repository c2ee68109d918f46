# SPDX-License-Identifier: Apache-2.0
"""A whole exercise from one script: people, acts by the clock, and what must come of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, pairwise
from typing import Any

from truceline.base.clock import iso, utc
from truceline.base.ids import ulid
from truceline.base.yaml import Node
from truceline.commission import Rules
from truceline.commission.forms import check_form
from truceline.errors import AccessError, InputError, Malformed, StateError
from truceline.model.case import MACHINE, RECORD_OF, Act, Actor
from truceline.model.response import MOVES
from truceline.response import Ladder
from truceline.services.access_log import Append
from truceline.services.cases import Cases
from truceline.services.people import people_of, person
from truceline.services.response import Responses
from truceline.services.views import case_view, may_see

_AT = re.compile(r"(?:(\d{1,3})d )?(\d{1,4}):(\d\d)(?::(\d\d))?", re.ASCII)
MAX_STEPS = 5_000
"""Most steps of a script."""


@dataclass(frozen=True)
class Step:
    """One line of the script."""

    at: datetime
    """When, UTC."""

    who: str
    """User, or ``machine``."""

    do: str
    """Kind of act."""

    case: str
    """Label of the case; empty: it is a move of the response."""

    label: str
    """What later steps call what this one makes."""

    reason: str
    """Why."""

    data: Mapping[str, Any]
    """What the act needs; ``$label`` stands for what that step made."""

    refused: bool
    """Whether it must be refused."""

    line: int
    """Line of the script."""


@dataclass(frozen=True)
class Script:
    """An exercise as written."""

    id: str
    """Its name."""

    title: str
    """As pages show it."""

    terms: str
    """The terms file it is played under, beside the script."""

    people: Mapping[str, Actor]
    """Who plays."""

    steps: tuple[Step, ...]
    """In the order of time."""

    expect: Mapping[str, Mapping[str, Any]]
    """Per case label: what must come of it."""

    file: str
    """Name of the script."""


@dataclass
class Played:
    """What came of it."""

    cases: dict[str, str] = field(default_factory=dict)
    """Ids by label."""

    refused: list[dict[str, Any]] = field(default_factory=list)
    """What was refused, with the reason."""

    end: datetime | None = None
    """Time of the last step."""

    responses: Responses | None = None
    """The response; None: the exercise is played under no ladder."""


def read_script(root: Node, *, file: str) -> Script:
    """Return the exercise a file holds.

    Raises:
        InputError: with file and line.
    """
    top = _map(root, file, ("exercise", "title", "terms", "start", "people", "steps", "expect"))
    people = people_of(_needed(top, "people", file, root).to_json(), file=file)
    start = _start(top, file, root)
    steps_node = _needed(top, "steps", file, root)
    if not isinstance(steps_node.value, list) or not 1 <= len(steps_node.value) <= MAX_STEPS:
        raise Malformed(f"steps: a list of 1 to {MAX_STEPS:,}", file=file, line=steps_node.line)
    steps = [_step(node, start, file, number) for number, node in enumerate(steps_node.value, 1)]
    for before, after in pairwise(steps):
        if after.at < before.at:
            raise Malformed("a step comes before the one above it", file=file, line=after.line)
    _check_names(steps, people, file)
    expect = _expected(top["expect"], file) if "expect" in top else {}
    return Script(
        id=_text(top, "exercise", file, root),
        title=_text(top, "title", file, root),
        terms=_text(top, "terms", file, root),
        people=people,
        steps=tuple(steps),
        expect=expect,
        file=file,
    )


def _needed(entries: Mapping[str, Node], key: str, file: str, node: Node) -> Node:
    if key not in entries:
        raise Malformed(f"{key} is missing", file=file, line=node.line)
    return entries[key]


def _start(entries: Mapping[str, Node], file: str, node: Node) -> datetime:
    said = _text(entries, "start", file, node)
    try:
        return utc(said)
    except InputError as error:
        raise Malformed(f"start: {error.reason}", file=file, line=entries["start"].line) from error


def _check_names(steps: Iterable[Step], people: Mapping[str, Actor], file: str) -> None:
    """Return if whoever acts is listed, and no two steps make something of the same name."""
    made: set[str] = set()
    for step in steps:
        if step.who != "machine" and step.who not in people:
            raise Malformed(f"as: {step.who!r:.80} is none of people, and not machine", file=file, line=step.line)
        names = {step.label, f"case {step.case}"} if step.do == "open" else {step.label}
        if made & names and not step.refused:
            raise Malformed(f"{min(made & names)} was made by a step above", file=file, line=step.line)
        made |= set() if step.refused else names


def _expected(node: Node, file: str) -> dict[str, Any]:
    found = node.to_json()
    if not isinstance(found, dict) or not all(isinstance(wanted, dict) for wanted in found.values()):
        raise Malformed("expect: per case label, a map of what must come of it", file=file, line=node.line)
    return found


def _map(node: Node, file: str, known: tuple[str, ...]) -> dict[str, Node]:
    if not isinstance(node.value, dict):
        raise Malformed(f"expected a map, found {node.what}", file=file, line=node.line)
    for key in node.value:
        if key not in known:
            raise Malformed(f"unknown key {key!r:.80}; known: {', '.join(known)}", file=file, line=node.line_of(key))
    return node.value


def _text(entries: Mapping[str, Node], key: str, file: str, node: Node) -> str:
    found = entries.get(key)
    if found is None or not isinstance(found.value, str) or not found.value.strip():
        raise Malformed(f"{key}: a text is missing", file=file, line=node.line if found is None else found.line)
    return found.value.strip()


def _step(node: Node, start: datetime, file: str, number: int) -> Step:
    entries = _map(node, file, ("at", "as", "do", "case", "id", "reason", "data", "refused"))
    said = _text(entries, "at", file, node)
    match = _AT.fullmatch(said)
    if match is None:
        raise Malformed(
            f"at: hours:minutes after the start, such as 0:40 or 2d 3:15, not {said!r:.40}", file=file, line=node.line
        )
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    if max(minutes, seconds) > 59:
        raise Malformed(f"at: {said}: minutes and seconds go to 59", file=file, line=node.line)
    do = _text(entries, "do", file, node)
    kinds: Iterable[str] = RECORD_OF if "case" in entries else MOVES
    if do not in kinds:
        raise Malformed(f"do: {do!r:.80} is none of {', '.join(kinds)}", file=file, line=node.line)
    data = entries["data"].to_json() if "data" in entries else {}
    if "case" in entries:
        check_form(do, data, file=file, line=node.line)
    elif not isinstance(data, dict):
        raise Malformed("data: expected a map of words", file=file, line=node.line)
    refused = entries["refused"].to_json() if "refused" in entries else False
    if not isinstance(refused, bool):
        raise Malformed(f"refused: true or false, not {refused!r:.40}", file=file, line=node.line)
    return Step(
        at=start + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds),
        who=_text(entries, "as", file, node),
        do=do,
        case=_text(entries, "case", file, node) if "case" in entries else "",
        label=_text(entries, "id", file, node) if "id" in entries else f"step-{number}",
        reason=_text(entries, "reason", file, node),
        data=data,
        refused=refused,
        line=node.line,
    )


def play(script: Script, rules: Rules, append: Append, ladder: Ladder | None = None) -> tuple[Cases, Played]:
    """Play a script through the access table, the rules of commission and ladder, and a ledger.

    Raises:
        StateError: a step was refused that should not be, or allowed that should be refused; it is named.
    """
    cases, played = Cases(rules, append), Played()
    if ladder is not None:
        played.responses = Responses(ladder, rules, append, _numbered(script))
    names: dict[str, str] = {}
    for step in script.steps:
        actor = MACHINE if step.who == "machine" else person(script.people, step.who)
        try:
            name = _done(step, actor, script, cases, played, names)
        except (AccessError, StateError, InputError) as error:
            if not step.refused:
                raise StateError(f"{step.do} by {step.who}: {error}", file=script.file, line=step.line) from error
            played.refused.append({"step": step.label, "by": step.who, "do": step.do, "why": error.reason})
        else:
            if step.refused:
                raise StateError(f"{step.do} by {step.who} should have been refused", file=script.file, line=step.line)
            names[step.label] = name
        played.end = step.at
    return cases, played


def _numbered(script: Script) -> Callable[[datetime], str]:
    """Makes ids of moves: the same in every run of the script."""
    numbers = count(1)
    return lambda at: ulid(at, hashlib.sha256(f"{script.id}/move {next(numbers)}".encode()).digest()[:10])


def _done(step: Step, actor: Actor, script: Script, cases: Cases, played: Played, names: Mapping[str, str]) -> str:
    """Do one step; returns the id of what it made."""
    data = _resolved(step.data, names, script, step)
    if not step.case:
        if played.responses is None:
            raise StateError("this exercise is played under no ladder")
        return played.responses.do(actor, step.do, step.at, step.reason, data, cases)[1].id
    name = ulid(step.at, hashlib.sha256(f"{script.id}/{step.label}".encode()).digest()[:10])
    case = name if step.do == "open" else played.cases.get(step.case, step.case)
    cases.do(Act(name, case, step.do, actor, step.at, step.reason, data))
    if step.do == "open":
        played.cases[step.case] = name
    if played.responses is not None:
        played.responses.refresh(cases, step.at)
    return name


def _resolved(value: Any, names: Mapping[str, str], script: Script, step: Step) -> Any:
    """Replace ``$label`` by what that step made."""
    if isinstance(value, Mapping):
        return {key: _resolved(child, names, script, step) for key, child in value.items()}
    if isinstance(value, list):
        return [_resolved(child, names, script, step) for child in value]
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, str) and value.startswith("$"):
        if value[1:] not in names:
            raise Malformed(f"{value}: no step of that id came before", file=script.file, line=step.line)
        return names[value[1:]]
    return value


def outcome(script: Script, cases: Cases, played: Played, rules: Rules) -> dict[str, Any]:
    """Return the final states, the clocks, and who could see what."""
    auditor = Actor("auditor", "auditor", clearance="secret")
    told = {label: case_view(cases.case(name), auditor, rules) for label, name in played.cases.items()}
    saw: dict[str, Any] = {}
    watchers = {**script.people, "public": Actor("public", "public", clearance="public")}
    for user, actor in watchers.items():
        views = {
            label: case_view(cases.case(name), actor, rules)
            for label, name in played.cases.items()
            if may_see(cases.case(name), actor)
        }
        saw[user] = {
            label: {
                "exhibits": len(view["exhibits"]),
                "withheld": view["withheld"]["exhibits"] if "withheld" in view else None,
                "findings": len(view["findings"]),
                "named": sorted({f["party"] for f in view["findings"] if f["party"]}),
            }
            for label, view in views.items()
        }
    ladder: dict[str, Any] = {}
    if played.responses is not None and played.responses.moves and played.end is not None:
        board = played.responses.view(auditor, played.end, cases)
        ladder = {"ladder": {"board": board, "replay": played.responses.replay(auditor, played.end)}}
    return {
        "exercise": script.id,
        "title": script.title,
        "cases": told,
        **ladder,
        "refused": played.refused,
        "saw": saw,
        "failed": [*failures(script, told), *_of_ladder(script, ladder.get("ladder", {}))],
    }


LADDER = "ladder"
"""What ``expect`` calls the response; no case may be called so."""


def _of_ladder(script: Script, told: Mapping[str, Any]) -> Iterator[str]:
    """Yield what of the newest response did not come out as the script expects, in words."""
    responses = told["board"]["responses"] if told else []
    steps = {step["step"]: step for step in responses[-1]["steps"]} if responses else {}
    had = {line["step"]: line["had"] for line in told["replay"]["had"]["differs"]} if told else {}
    if told and not told["replay"]["same"]:
        yield "ladder: its replay comes to other clocks"
    for name, wanted in script.expect.get(LADDER, {}).items():
        step = steps.get(name)
        if step is None:
            yield f"ladder: there is no step {name} in a response"
            continue
        facts = {
            **step["due"],
            "trigger": step["trigger"],
            "declared": None if step["declared"] is None else step["declared"]["at"],
            "states": {state: each["status"] for state, each in step["states"].items()},
            "had": had.get(name),
        }
        for key, value in wanted.items():
            if key not in facts:
                yield f"ladder: {key} is nothing that can be expected; known: {', '.join(facts)}"
            elif facts[key] != value:
                yield f"ladder: {name}: {key} is {facts[key]!r}, not {value!r}"


def failures(script: Script, told: Mapping[str, Any]) -> list[str]:
    """Return what did not come out as the script expects, in words."""
    found = []
    for label, wanted in script.expect.items():
        if label == LADDER:
            continue
        view = told.get(label)
        if view is None:
            found.append(f"{label}: there is no such case")
            continue
        last = view["findings"][-1] if view["findings"] else {}
        facts = {
            "state": view["state"],
            "exit": view["exit"],
            **view["clocks"],
            **{k: last.get(k) for k in _OF_FINDING},
        }
        for key, value in wanted.items():
            if key not in facts:
                found.append(f"{label}: {key} is nothing that can be expected; known: {', '.join(facts)}")
            elif facts[key] != value:
                found.append(f"{label}: {key} is {facts[key]!r}, not {value!r}")
    return found


_OF_FINDING = ("status", "attribution", "party", "severity", "intent", "provisional", "superseded")
