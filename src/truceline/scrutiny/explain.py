# SPDX-License-Identifier: Apache-2.0
"""An agreement written back in plain language from its data, so that parties can check that it says what they signed.

Complete: everything a terms file can say appears, in whatever language. Clause texts are quoted as they were said.
Same data, same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from truceline.lang import Catalogue, catalogue
from truceline.model.agreement import Agreement, Change, Provision, Reading, RuleException
from truceline.model.clauses import (
    DEFAULT_ATTRIBUTION,
    DEFAULT_PUBLICATION,
    DEFAULT_STANDARD,
    NO_COMMISSION,
    Attribution,
    Commission,
    Publication,
    Source,
    Step,
)
from truceline.model.territory import Other, Party, Place, ReferenceLine, Zone
from truceline.scrutiny.explained import Explanation, Item, Section
from truceline.scrutiny.parts import CLAUSES, SECTIONS, Head, Parts, Response, Word, parts, parts_under, values
from truceline.scrutiny.tell import Teller, name_of

CHANGED_IN: dict[str, str] = {
    "provision": "provisions",
    "step": "ladder",
    "definition": "definitions",
    "exception": "exceptions",
    "line": "lines",
    "zone": "zones",
    "access": "access",
    **{name.removesuffix("s"): name for name in CLAUSES.values() if name != "access"},
}
"""Section by the word a reading's change uses."""


def explain(agreement: Agreement, language: str) -> Explanation:
    """Return the agreement in plain words.

    Args:
        agreement: what is explained.
        language: code of a language that has a catalogue, such as ``uk``.

    Raises:
        ConfigError: there is no such language.
    """
    words = catalogue(language)
    writer = _Writer(agreement, words)
    found = parts(agreement)
    sections = [Section(name, words.texts[f"sections.{name}"], writer.items(name, found)) for name in SECTIONS]
    empty = [section.title for section in sections if not section.items]
    return Explanation(
        language,
        words.say("explain.title", title=words.quote(agreement.title)),
        words.texts["explain.lead"],
        tuple(section for section in sections if section.items),
        words.say("explain.nothing", sections="; ".join(empty)) if empty else "",
    )


class _Writer:
    """Writes items of an agreement in one language."""

    def __init__(self, agreement: Agreement, words: Catalogue) -> None:
        self.agreement = agreement
        self.words = words
        self.teller = Teller(agreement, words)
        self.base = parts(agreement)

    def items(self, section: str, found: Parts) -> tuple[Item, ...]:
        """Return what a section says."""
        return tuple(self.item(name, thing) for name, thing in found[section].items())

    def item(self, name: str, thing: Any) -> Item:
        """Return what one thing says."""
        if isinstance(thing, Reading):
            return self._reading(thing)
        head, skip, sentences = self._opening(name, thing)
        sentences = [*sentences, *self._rest(thing, skip)]
        return Item(name if hasattr(thing, "id") else "", head, tuple(dict.fromkeys(sentences)))

    def _opening(self, name: str, thing: Any) -> tuple[str, tuple[str, ...], list[str]]:
        """Return the heading, the fields that it and the first sentences say, and those sentences."""
        say, texts = self.words.say, self.words.texts
        if isinstance(thing, Provision):
            return self._provision(thing)
        if isinstance(thing, Zone):
            return self._zone(thing)
        if isinstance(thing, ReferenceLine):
            special = {"unknown": "explain.line_unknown", "watch": "explain.line_watch"}.get(thing.kind)
            return self.words.quote(thing.name), ("name",), [texts[special]] if special else []
        if isinstance(thing, Head):
            offset = self._offset(thing.local_offset_hours)
            told = [
                say("explain.head", version=thing.version, status=self.teller.word(thing.status)),
                say("explain.id", id=name),
                say("explain.local_offset", offset=offset),
                say("explain.coverage_floor", share=self.teller.share(thing.coverage_floor)),
            ]
            skip = ("title", "version", "status", "local_offset_hours", "coverage_floor")
            return self.words.quote(thing.title), skip, told
        if isinstance(thing, RuleException):
            return thing.id, ("excused_low", "excused_high"), self._excuses(thing)
        if isinstance(thing, Step):
            return say("explain.step", n=thing.number), ("number",), self._clock(thing)
        return self._plain(name, thing)

    def _plain(self, name: str, thing: Any) -> tuple[str, tuple[str, ...], list[str]]:
        """The same for things that are told field by field."""
        texts = self.words.texts
        if isinstance(thing, Party):
            own = name_of(thing, self.words.code)
            return f"{own} ({thing.id})", ("name",) if own == thing.name else (), []
        if isinstance(thing, Other):
            return thing.name, ("name",), []
        if isinstance(thing, Place):
            return thing.names.get(self.words.code, thing.id), (), []
        if isinstance(thing, Source):
            return self.teller.source(thing), ("outlet", "url", "date"), []
        if isinstance(thing, Response):
            return self.teller.who(thing.party), ("party",), []
        if isinstance(thing, Word):
            return self._word(thing)
        if thing is DEFAULT_STANDARD:
            return name, ("text",), [texts["explain.default_standard"]]
        if isinstance(thing, Attribution | Commission | Publication):
            alone = {
                DEFAULT_ATTRIBUTION: "explain.default_attribution",
                DEFAULT_PUBLICATION: "explain.default_publication",
                NO_COMMISSION: "explain.commission_none",
            }.get(thing)
            return texts[f"sections.{name}"], (), [texts[alone]] if alone else []
        return name, (), []

    def _rest(self, thing: Any, skip: Sequence[str]) -> list[str]:
        """Return a sentence for each further field; rules of publication and attribution are told in full."""
        if isinstance(thing, Publication | Attribution):
            told = [
                (name, self.teller.label(thing, name), self.teller.value(thing, name, value))
                for name, value in values(thing).items()
                if value not in (None, ())
            ]
        else:
            told = self.teller.told(thing, skip)
        return [self._field(label, value) for _, label, value in told]

    def _field(self, label: str, value: str) -> str:
        """One labelled sentence; a quotation that ends as a sentence needs no second full stop."""
        close = self.words.texts["format.close"]
        text = self.words.say("explain.field", label=label, value=value)
        return text[:-1] if value.endswith((f".{close}", f"!{close}", f"?{close}")) else text

    def _provision(self, thing: Provision) -> tuple[str, tuple[str, ...], list[str]]:
        number = f"{thing.number}. " if thing.number else ""
        acts = self.teller.value(thing, "acts", thing.acts) if thing.acts else self.words.texts["words.unknown"]
        who = self.teller.who(thing.actors) if thing.actors else self.words.texts["words.unknown"]
        sentences = [self._field(self._label(thing, "text"), self.words.quote(thing.text))]
        sentences += [self.words.say(f"explain.{thing.rule}", acts=acts), self.words.say("explain.who", who=who)]
        told = ("text", "rule", "acts", "actors", "number", "weapons")
        hidden = tuple(key for key in ("zone", "window") if key in thing.unknown)
        if "weapons" not in thing.unknown:
            weapons = self.teller.value(thing, "weapons", thing.weapons)
            sentences.append(self._field(self._label(thing, "weapons"), weapons))
        return f"{number}{thing.id}", (*told, *hidden), sentences

    def _label(self, thing: Any, name: str) -> str:
        return self.teller.label(thing, name)

    def _zone(self, thing: Zone) -> tuple[str, tuple[str, ...], list[str]]:
        """A zone's place in a sentence; what a band is measured from is the watch's own line where none is named."""
        line = self.teller.value(thing, "line", thing.line) if thing.line else self.words.texts["words.watch_line"]
        side = self.teller.who(thing.side) if thing.side else self.words.texts["words.both_sides"]
        shape = thing.shape
        skip: tuple[str, ...] = ("kind", "line", "side", "within_km", "from_km", "to_km")
        if shape == "everywhere":
            sentence = self.words.texts["explain.zone_everywhere"]
        elif shape == "unknown":
            sentence = self.words.texts["explain.zone_unknown"]
        elif thing.within_km is not None:
            sentence = self.words.say("explain.zone_near_line", km=thing.within_km, line=line)
        elif thing.band_km is not None:
            low, high = thing.band_km
            sentence = self.words.say("explain.zone_belt", low=low, high=high, line=line, side=side)
        else:
            return self._zone_name(thing), ("kind",), []
        return self._zone_name(thing), skip, [sentence]

    def _zone_name(self, thing: Zone) -> str:
        if thing.kind in (thing.id, "unknown"):
            return thing.id
        return f"{thing.id}: {self.teller.word(thing.kind)}"

    def _excuses(self, thing: RuleException) -> list[str]:
        if thing.excused_low >= 1:
            return [self.words.texts["explain.excuses_always"]]
        low, high = self.teller.share(thing.excused_low), self.teller.share(thing.excused_high)
        chance = low if low == high else self.words.say("format.range", low=low, high=high)
        return [self.words.say("explain.excuses", chance=chance)]

    def _clock(self, thing: Step) -> list[str]:
        """The deadline in a sentence, where it is known; its parts follow field by field."""
        if thing.clock.hours is None or thing.clock.origin is None:
            return [self.words.texts["explain.step_no_deadline"]] if thing.clock.hours is None else []
        origin = self.teller.word(thing.clock.origin)
        return [self.words.say("explain.step_clock", hours=thing.clock.hours, origin=origin)]

    def _word(self, thing: Word) -> tuple[str, tuple[str, ...], list[str]]:
        told = self.teller.thing(thing.id)
        sentences = []
        if thing.layer is not None:
            sentences.append(self.words.say("explain.act_added", id=thing.id, text=told, layer=thing.layer))
        if thing.seen_by == ():
            sentences.append(self.words.texts["explain.cannot_be_seen"])
        elif thing.seen_by:
            sensors = [self.teller.evidence(each) for each in thing.seen_by]
            sentences.append(self.words.say("explain.seen_by", sensors=sensors))
        return f"{told} ({thing.id})", ("text", "layer", "seen_by"), sentences

    def _offset(self, hours: float) -> str:
        if not hours:
            return ""
        sign = "+" if hours > 0 else "\N{MINUS SIGN}"
        return f"{sign}{self.words.number(abs(hours))}"

    def _reading(self, thing: Reading) -> Item:
        """A reading: who holds it, and clause by clause what it changes, beside what the text has."""
        say = self.words.say
        sentences = [say("explain.reading", who=self.teller.who(thing.held_by))]
        for name in ("summary", "source"):
            value = self.teller.value(thing, name, getattr(thing, name))
            sentences.append(self._field(self._label(thing, name), value))
        under = parts_under(self.agreement, thing)
        inner = [self._changed(change, under) for change in thing.changes]
        added = [under["provisions"][n] for n in under["provisions"] if n not in self.base["provisions"]]
        if not (inner or added or thing.omits):
            sentences.append(self.words.texts["explain.reading_same"])
        if thing.omits:
            sentences.append(say("explain.omits", ids=list(thing.omits)))
        if added:
            inner.append(Item("", self.words.texts["explain.adds"], (), tuple(self.item(p.id, p) for p in added)))
        return Item(thing.id, f"{self.words.quote(thing.name)} ({thing.id})", tuple(sentences), tuple(inner))

    def _changed(self, change: Change, under: Parts) -> Item:
        """One change of a reading: each field as it reads it, and as the text has it."""
        say, section = self.words.say, CHANGED_IN[change.section]
        head = say("explain.reading_changes", section=self.words.texts[f"sections.{section}"], id=change.id)
        before, after = self.base[section].get(change.id), under[section].get(change.id)
        sentences = []
        if before is not None and after is not None:
            old, new = values(before), values(after)
            for name in new:
                if new[name] != old.get(name):
                    value = say(
                        "explain.instead",
                        value=self.teller.value(after, name, new[name]),
                        before=self.teller.value(before, name, old.get(name)),
                    )
                    sentences.append(self._field(self._label(after, name), value))
        if change.held_by:
            sentences.append(say("explain.change_held", who=self.teller.who(change.held_by)))
        if change.source:
            value = self.teller.source(change.source)
            sentences.append(self._field(self.words.texts["labels.source"], value))
        return Item(change.id, head, tuple(sentences))
