# SPDX-License-Identifier: Apache-2.0
"""What is restricted or not released changes no byte that the public gets (evidence design, A-2).

Two worlds live through the same released acts; only in one of them do people do much more that is not released. Then
everything the public can ask for is compared: bodies, sizes, headers, entity tags, refusals, the stream, the files.
"""

from __future__ import annotations

import hashlib
import random
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta

from desk_world import office

from truceline.base.clock import iso
from truceline.errors import TrucelineError
from truceline.model.case import Actor

PAIRS = 1000
PUBLIC = Actor("public", "public", clearance="public")
FILES = ("summary.json", "report.html", "events.csv", "events.geojson", "page.json")
HIDDEN = 12
"""Restricted acts tried in the fuller world between two released ones."""

SEATS = ("olga", "bert", "emma", "sita", "sibo")


@dataclass
class Twin:
    """One of the two worlds; things are called alike in both, whatever their ids."""

    at: object
    names: dict[str, str] = field(default_factory=dict)

    def do(self, label, user, kind, case, **data):
        """Do it under a label; ids of what was made before are put in for labels."""
        desk = self.at.desk
        data = {key: self._named(value) for key, value in data.items()}
        made = desk.act(desk.person(user), kind, self.names.get(case), "because", data)[1].id
        self.names[label] = made
        return made

    def _named(self, value):
        if isinstance(value, list):
            return [self._named(each) for each in value]
        return self.names.get(value, value) if isinstance(value, str) else value


def released(rng, case):
    """The acts that lead to a finding released to the public, in order: (label, user, kind, data)."""
    named = rng.random() < 0.5
    yield case, "wanda", "open", {"title": "Mill", "origin": "event", "events": [1, 2]}
    for name, modality, owner in (("sound", "acoustic", "mission"), ("image", "imagery", "elm")):
        yield (
            f"{case}-{name}",
            "anna",
            "evidence",
            {
                "modality": modality,
                "family": name,
                "owner": owner,
                "grade": "B2",
                "level": rng.choice(("public", "restricted")),
            },
        )
    yield f"{case}-tests", "anna", "test_exceptions", {"exceptions": [], "notices_matched": True}
    rest = 0.1 / 5
    shares = {"A": 0.9, "B": rest, "neither": rest, "proxy": rest, "accident": rest, "unknown": rest}
    yield f"{case}-shares", "anna", "attribute", {"hypotheses": shares, "basis": [f"{case}-sound"]}
    yield (
        f"{case}-proposal",
        "olga",
        "propose",
        {
            "status": "corroborated",
            "attribution": "attributed" if named else "none",
            "party": "A" if named else None,
            "provisional": named,
            "reading": "text",
            "basis": [f"{case}-sound", f"{case}-image"],
            "coverage": {"share": 0.4, "reference_act": "a shell of 122 mm", "period": "2 May"},
            "deadline": "in an hour",
        },
    )
    for seat in SEATS:
        yield f"{case}-{seat}", seat, "vote", {"proposal": f"{case}-proposal", "choice": "for"}
    yield f"{case}-finding", "sam", "determine", {"proposal": f"{case}-proposal"}
    for item in rng.sample(("finding", "sound", "image"), rng.randint(1, 3)):
        yield f"{case}-out-{item}", "sam", "release", {"item": f"{case}-{item}", "audience": ["public"]}
        yield f"{case}-ok-{item}", "anna", "approve", {"of": f"{case}-out-{item}"}


def hidden(rng, twin, cases, number):
    """One act of which the public is to learn nothing; it may be refused."""
    case = rng.choice(cases) if cases else "none"
    acts = hidden_acts(rng, case, number)
    kind = rng.choice(tuple(acts)) if cases else "open"
    user, data = acts[kind]
    try:
        twin.do(f"hidden-{number}", user, kind.partition(" ")[0], None if kind == "open" else case, **data)
    except TrucelineError:
        return False
    if kind == "open":
        cases.append(f"hidden-{number}")
    return True


def _shares(rng):
    share = rng.choice((0.2, 0.5, 0.9))
    rest = (1 - share) / 5
    party, other = rng.sample(("A", "B"), 2)
    return {party: share, other: rest, "neither": rest, "proxy": rest, "accident": rest, "unknown": rest}


def hidden_acts(rng, case, n):
    """Acts of which nothing is released: by kind, who does it and what it says.

    None undoes a released finding: that it no longer stands is itself public.
    """
    return {
        "open": ("wanda", {"title": f"Ford {n}", "origin": "event", "events": [n]}),
        "evidence": (
            "anna",
            {
                "modality": "video",
                "family": f"f{n}",
                "owner": "mission",
                "grade": rng.choice(("A1", "C3", "F6")),
                "level": rng.choice(("public", "restricted", "secret")),
            },
        ),
        "custody": ("anna", {"evidence": f"{case}-sound", "to": "laboratory"}),
        "custody of another": ("anna", {"evidence": f"hidden-{rng.randrange(n + 1)}", "to": "store"}),
        "assess": ("anna", {"probability": round(rng.random(), 3)}),
        "attribute": ("anna", {"hypotheses": _shares(rng), "basis": []}),
        "notice": ("wanda", {}),
        "acknowledge": ("lia", {"party": "A"}),
        "silence": ("wanda", {"party": rng.choice("AB")}),
        "allege": ("sam", {"party": rng.choice("AB"), "text": "you are accused"}),
        "approve": ("ben", {"of": f"hidden-{rng.randrange(n + 1)}"}),
        "reply": ("lia", {"party": "A", "text": "no"}),
        "request": ("lia", {"what": rng.choice(("inspection", "look"))}),
        "note": ("anna", {"audience": ["commissioner"], "text": "x" * rng.randrange(1, 400)}),
        "conflict": ("emma", {}) if case.startswith("hidden") else ("wanda", {}),
        "release": (
            "sam",
            {
                "item": f"hidden-{rng.randrange(n + 1)}",
                "audience": rng.sample(("guarantor", "liaison", "accused", "parties"), 2),
            },
        ),
        "close": ("sam", {"exit": "unsubstantiated"}),
        "close found": ("sam", {"exit": "found"}),
    }


def shown(twin, labels):
    """Everything the public can ask for; ids are written as their labels, for they are random."""
    at = twin.at
    paths = ["/cases", "/findings", "/notices", "/access", "/terms", "/vocabulary", "/queue", "/me", "/openapi.json"]
    for case in labels:
        held = twin.names.get(case, case)
        paths += [f"/cases/{held}{more}" for more in ("", "/acts", "/notes")]
        paths += [f"/cases/{held}/exhibits/{twin.names.get(f'{case}-{x}', x)}" for x in ("sound", "image")]
        paths.append(f"/findings/{twin.names.get(f'{case}-finding', 'x')}")
    found = []
    back = {name: label for label, name in twin.names.items()}
    for path in paths:
        answer = at.get(path)
        assert answer.headers.get("etag") is None or answer.headers["etag"].strip('"').isalnum()
        again = at.get(path, headers={"If-None-Match": answer.headers.get("etag", '"none"')})
        # The tag is the hash of bytes with random ids in them; that it is a hash of nothing else, the next line shows.
        headers = sorted((k, v) for k, v in answer.headers.items() if k not in ("date", "etag"))
        found.append((_relabelled(path, back), answer.status_code, headers, _relabelled(answer.text, back)))
        found.append((again.status_code, len(again.content)))
    feed = at.desk.feed(PUBLIC)
    found += [(told.number, _relabelled(str(told.body), back)) for told in feed.after(0)]
    found += [at.client.get(f"/{name}").content for name in FILES]
    return found


def _relabelled(text, back):
    for name, label in back.items():
        text = text.replace(name, label)
    return text


def live(rng, label, *twins):
    """Live through one released history in each world; yields the kind of each act after it."""
    for name, user, kind, data in released(rng, label):
        for twin in twins:
            twin.at.clock.forward(**({"hours": 2} if kind == "determine" else {"seconds": 1}))
            given = dict(data)
            if "deadline" in given:
                given["deadline"] = iso(twin.at.clock.at + timedelta(hours=1))
            twin.do(name, user, kind, None if kind == "open" else label, **given)
        yield kind


def pair(seed, one, other):
    """Live through one history in both worlds; returns how many hidden acts the fuller one saw."""
    rng, more = random.Random(seed), random.Random(seed + 1_000_000)
    cases, done, number = [], 0, 0
    labels = [f"case-{seed}-{n}" for n in range(rng.randint(1, 2))]
    for label in labels:
        released_yet = False
        for kind in live(rng, label, one, other):
            released_yet |= kind == "approve"
            # While its finding is being made nothing may interfere with it; before and after, everything may.
            if released_yet or kind == "open":
                for _ in range(HIDDEN):
                    number += 1
                    done += hidden(more, other, cases, seed * 10_000 + number)
        cases.append(label)
    return labels, done


def test_what_is_not_released_changes_no_public_byte(tmp_path, repository, proof_scale, figures):
    pairs, acts, compared = max(10, int(PAIRS * proof_scale)), 0, 0
    for group in range(0, pairs, 25):  # each group begins with two empty ledgers
        with ExitStack() as stack:
            base = tmp_path / str(group)
            one, other = (Twin(stack.enter_context(office(base / side, repository))) for side in ("one", "other"))
            for seed in range(group, min(group + 25, pairs)):
                labels, done = pair(seed, one, other)
                mine, theirs = shown(one, labels), shown(other, labels)
                assert mine == theirs, seed
                acts, compared = acts + done, compared + len(mine)
            assert other.at.desk.store.size > one.at.desk.store.size
    assert acts > 5 * pairs
    figures(
        "non-interference: pairs of worlds that differ in what is not released (A-2)",
        {"pairs": pairs, "hidden acts": acts, "public answers compared": compared, "bytes that differ": 0},
    )


def test_the_comparison_would_see_a_released_difference(tmp_path, repository):
    """The proof would prove nothing if it compared nothing."""
    with office(tmp_path / "one", repository) as a, office(tmp_path / "other", repository) as b:
        one, other = Twin(a), Twin(b)
        labels, _ = pair(3, one, other)
        assert shown(one, labels) == shown(other, labels)
        label = labels[0]
        other.do("out", "sam", "release", label, item=label, audience=["public"])
        other.do("ok", "anna", "approve", label, of="out")
        assert shown(one, labels) != shown(other, labels)


def test_a_tag_is_the_hash_of_the_bytes_and_of_nothing_else(tmp_path, repository):
    with office(tmp_path, repository) as at:
        twin = Twin(at)
        assert "approve" in set(live(random.Random(1), "case", twin))
        for path in ("/cases", "/findings", "/terms", f"/cases/{twin.names['case']}"):
            answer = at.get(path)
            assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
