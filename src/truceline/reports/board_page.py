# SPDX-License-Identifier: Apache-2.0
"""The response board as one page for a cabinet table: clocks, states by steps, where the hours went, disputes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from truceline.base.clock import utc
from truceline.reports.formats import duration, probability_range, xml
from truceline.reports.html_parts import document, listed, paragraphs, section, table
from truceline.reports.register_page import STYLE, UNKNOWN, clock

_RULE = (
    "When a clock ends, a decision is due; nothing happens by itself. Claims do not start clocks, and nothing follows "
    "from silence."
)

_RULES = {"acts": "acts all the same", "stands_aside": "stands aside"}
"""What a responder that is itself a party does, by the terms."""

_FROM = {"breach": "from the breach", "detection": "from its detection", "determination": "from the finding"}

_HOURS = {
    "since_breach": "Since the breach",
    "breach_to_looked": "From the breach to the look",
    "looked_to_received": "From the look to its receipt",
    "received_to_noticed": "From its receipt to the notice",
    "noticed_to_found": "From the notice to the finding",
}

_WORDS = {
    "asked": "others wait for it",
    "acknowledged": "it has the matter",
    "awaiting parliament": "its parliament must agree",
    "decided": "it decided to act",
    "acted": "it says that it acted",
    "declined": "it decided not to",
    "silent": "nobody answered in time",
    "stands aside": "a party, kept from acting by the terms",
    "no commitment": "it said that it promises nothing to this",
    "has not said": "nothing is in this register",
    "withheld": "it said something that you may not read",
    "not asked": "the step is not declared, or it was not asked",
}

Told = Mapping[str, Any]
"""A part of the board as JSON (``truceline ladder show --json``)."""


def board_page(board: Told, names: Mapping[str, str]) -> str:
    """Return the board as far as its reader may see it; a party's holds what it is asked.

    Args:
        board: what :func:`truceline.services.response_reading.board` returns.
        names: of states and parties by id; an id without one stands for itself.
    """
    title = f"Response, as of {_moment(board['at'])}"
    if "responses" not in board:
        lead = "A party sees what it is asked, and its own answer, unless the terms show it the board."
        parts = [section("What you are asked", _asked(board.get("asked", ())))]
    else:
        running = board["responses"]
        lead = "" if running else "No clock runs."
        parts = [_response(each, names, stopped=bool(board["stopped"])) for each in running]
        parts += [_proposed(board), _stopped(board)]
    body = "".join(
        (
            f"<header><h1>{xml(title)}</h1>",
            paragraphs(lead, _RULE),
            "</header>",
            *parts,
            _consultations(board["consultations"], names),
            section("What is wrong with the ladder", listed(_faults(board))) if board.get("faults") else "",
        )
    )
    return document(title, body, style=STYLE)


def _moment(text: str | None) -> str:
    return UNKNOWN if text is None else clock(utc(text))


def _name(names: Mapping[str, str], name: str | None) -> str:
    return "nobody named" if name is None else names.get(name, name)


def _response(response: Told, names: Mapping[str, str], *, stopped: bool) -> str:
    breach = response["breach"]
    fell = "" if breach["stands"] else " It no longer stands as a breach."
    accused = _name(names, breach["party"])
    return section(
        f"Response {response['response']}",
        paragraphs(f"The initial breach: case {breach['sign']}, {accused}.{fell}"),
        table("Clocks", ["Step", "What", "Where it stands", "Due, by each way to count", "Set off falsely"],
              (_clock_row(step, names, stopped=stopped) for step in response["steps"])),
        _states(response["steps"], names),
        table("Where the hours went", ["From, to", "How long"], _hours(response["hours"])),
        "<h3>Which breach was the first</h3>",
        listed((*_choices(breach["chosen"], "chosen", names), *_choices(breach["disputed"], "held to be it", names))),
    )  # fmt: skip


def _clock_row(step: Told, names: Mapping[str, str], *, stopped: bool) -> tuple[str, ...]:
    ways = "; ".join(_way(way, names, stopped=stopped) for way in step["clocks"]) or "no deadline is set"
    false = step["falsely"]
    return (
        str(step["number"]),
        step["text"],
        _stands(step, names),
        ways,
        "cannot tell" if false is None else probability_range(false["low"], false["high"]),
    )


def _stands(step: Told, names: Mapping[str, str]) -> str:
    declared = step["declared"]
    if declared is None:
        told = f"Not declared. Its trigger: {step['trigger']}."
    else:
        office = str(declared["role"]).replace("_", " ")
        of = f" of {_name(names, declared['of'])}" if declared["of"] else ""
        who = f"{declared['by']}, {office}{of}" if declared["by"] else f"a {office}{of}"
        told = f"Declared {_moment(declared['at'])} by {who}."
        if declared["lifted"]:
            told += f" Lifted {_moment(declared['lifted'])}."
    if step["ground"] is False:
        told += " What it rests on fell away; people may lift it."
    return told + (" A decision is due." if step["decision_due"] else "")


def _way(way: Told, names: Mapping[str, str], *, stopped: bool) -> str:
    held_by = way["held_by"]
    holder = "" if held_by == "chosen" else f", if case {way['sign']} was first as {_name(names, held_by)} holds"
    if way["latest"] is None:
        until = ", open at its end"
    else:
        until = "" if way["latest"] == way["earliest"] else f" to {_moment(way['latest'])}"
    still = ", what stood still left out" if stopped and way["stands_still"] else ""
    return f"{_FROM[way['from']]}{holder}{still}: {_moment(way['earliest'])}{until}"


def _states(steps: Iterable[Told], names: Mapping[str, str]) -> str:
    steps = list(steps)
    states = sorted({name for step in steps for name in step["states"]}, key=lambda name: (_name(names, name), name))
    rows = [[_who(name, steps, names), *(_standing(step["states"].get(name)) for step in steps)] for name in states]
    rows.append(["Together", *(_total(step) for step in steps)])
    said = {_word(one) for step in steps for one in step["states"].values()}
    conflicts = [
        (step["number"], one["conflict"]) for step in steps for one in step["states"].values() if one.get("conflict")
    ]
    rules = [
        f"Step {number}: a responder that is itself a party {_RULES.get(rule, 'does what the terms do not say')}"
        for number, rule in sorted({(number, str(each["rule"])) for number, each in conflicts})
    ]
    heads = ["State", *(f"Step {step['number']}" for step in steps)]
    meant = [f"{word}: {means}" for word, means in _WORDS.items() if word in said]
    return table("Who has done what was asked", heads, rows) + listed(meant) + listed(rules)


def _who(name: str, steps: Iterable[Told], names: Mapping[str, str]) -> str:
    conflicts = [one["conflict"] for step in steps if (one := step["states"].get(name)) and one.get("conflict")]
    if not conflicts:
        return _name(names, name)
    return f"{_name(names, name)} ({'party, accused' if any(each.get('accused') for each in conflicts) else 'party'})"


def _word(standing: Told | None) -> str:
    if standing is None:
        return "not asked"
    status = str(standing["status"])
    return "has not said" if status == "no commitment" and standing.get("said") is False else status


def _standing(standing: Told | None) -> str:
    word = _word(standing)
    if standing is None:
        return word
    last = standing["decisions"][-1]["at"] if standing.get("decisions") else None
    key = {"asked": "asked", "acknowledged": "acknowledged", "acted": "reported"}.get(word, "")
    moment = last if word in ("decided", "declined", "awaiting parliament") else standing.get(key)
    told = f"{word}, {_moment(moment)}" if moment else word
    return told + (", against its promise" if standing.get("against_promise") else "")


def _total(step: Told) -> str:
    every = list(step["states"].values())
    if step["declared"] is None or step["declared"]["lifted"]:
        return f"{sum(bool(one.get('promises') or one.get('withheld')) for one in every)} promised"
    asked = [one for one in every if one.get("asked")]
    return f"{sum(one['status'] == 'acted' for one in asked)} acted of {len(asked)} asked"


def _hours(hours: Told) -> list[tuple[str, str]]:
    return [(told, _hours_text(hours.get(key))) for key, told in _HOURS.items()]


def _hours_text(value: Any) -> str:
    if value is None:
        return "not known, or not yet"
    low, high = value if isinstance(value, list | tuple) else (value, value)
    return duration(low) if duration(low) == duration(high) else f"{duration(low)} to {duration(high)}"


def _choices(choices: Iterable[Told], verb: str, names: Mapping[str, str]) -> list[str]:
    told = []
    for each in choices:
        who = ", ".join(filter(None, (each["by"], each["of"] and _name(names, each["of"])))) or "somebody"
        told.append(f"Case {each['sign']}, {verb} by {who}, {_moment(each['at'])}: “{each['reason']}”")
    return told


def _asked(rows: Iterable[Told]) -> str:
    heads = ["Step", "What", "Due", "Your answer"]
    told = [(str(row["number"]), row["text"], _due(row["due"]), _standing(row)) for row in rows]
    return table("What you are asked", heads, told) if told else paragraphs("Nothing.")


def _due(due: Told) -> str:
    if due["earliest"] is None:
        return "no deadline is set"
    if due["latest"] is None:
        return f"{_moment(due['earliest'])} at the earliest, open at its end"
    return _moment(due["earliest"]) + ("" if due["latest"] == due["earliest"] else f" to {_moment(due['latest'])}")


def _proposed(board: Told) -> str:
    rows = [f"{each['step']}: trigger {each['trigger']}, by {len(each['signs'])}" for each in board["proposed"]]
    return section("What proposes a clock", listed(rows)) if rows and not board["responses"] else ""


def _stopped(board: Told) -> str:
    rows = []
    for each in board["stopped"]:
        until = _moment(each["to"]) if each["to"] else "now, still"
        rows.append(f"{str(each['what']).replace('_', ' ')}, {_moment(each['from'])} to {until}")
    return section("What clocks may stand still for", listed(rows)) if rows else ""


def _consultations(rows: Iterable[Told], names: Mapping[str, str]) -> str:
    heads = ["Begins", "About", "Invited", "Present", "Quorum", "Minutes"]
    told = [
        (
            _moment(each["begins"]),
            each["about"],
            ", ".join(_name(names, name) for name in each["invited"]),
            ", ".join(f"{_name(names, name)}, {_moment(at)}" for name, at in each["present"].items())
            or "nobody is entered",
            f"{each['quorum']}, {'met' if each['quorate'] else 'not met'}",
            "; ".join(f"{_moment(one['at'])}: {one['text']}" for one in each["minutes"]) or "none",
        )
        for each in rows
    ]
    return section("Consultations", table("Consultations", heads, told)) if told else ""


def _faults(board: Told) -> list[str]:
    return [f"{each['clause']} ({each['key']}): {each['message']} To mend: {each['mend']}" for each in board["faults"]]
