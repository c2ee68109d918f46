# SPDX-License-Identifier: Apache-2.0
"""A language's catalogue: sentences by key, plural forms, numbers, dates.

A sentence names what is put into it: ``{name}``; ``{hours|hour}`` is the number with its noun in the right form;
``{acts:or}`` joins a list. Numbers, dates and periods are written as the language writes them, text goes in as it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from truceline.base.clock import Interval
from truceline.errors import ConfigError

NBSP = "\N{NO-BREAK SPACE}"

_PLACE = re.compile(r"\{(\w+)(?:\|([\w.]+)|:(and|or))?\}")


def _slavic(n: float) -> str:
    """CLDR's rule for Ukrainian and Russian."""
    if n != int(n):
        return "other"
    whole = int(n)
    if whole % 10 == 1 and whole % 100 != 11:
        return "one"
    return "few" if whole % 10 in (2, 3, 4) and whole % 100 not in (12, 13, 14) else "many"


PLURALS: Mapping[str, Callable[[float], str]] = {
    "one-other": lambda n: "one" if n == 1 else "other",
    "french": lambda n: "one" if 0 <= n < 2 else "other",
    "slavic": _slavic,
}
"""Rules by name, after CLDR 44 (https://cldr.unicode.org); a language's file names one."""

FORMS: Mapping[str, tuple[str, ...]] = {
    "one-other": ("one", "other"),
    "french": ("one", "other"),
    "slavic": ("one", "few", "many", "other"),
}
"""The forms of a noun that each rule asks for."""


@dataclass(frozen=True)
class Catalogue:
    """One language."""

    code: str
    """Its code, e.g. ``uk``."""

    texts: Mapping[str, str]
    """Sentences by dotted key, e.g. ``reasons.window``."""

    nouns: Mapping[str, Mapping[str, str]]
    """Forms of nouns that follow a number, e.g. ``hour``: ``one few many other``."""

    def say(self, key: str, /, **values: object) -> str:
        """Return the sentence of a key with the values put in.

        Raises:
            KeyError: no such sentence, or it asks for a value that was not given: a fault of the caller.
        """
        return _PLACE.sub(lambda found: self._put(found, values), self.texts[key])

    def __contains__(self, key: str) -> bool:
        return key in self.texts

    def places(self, key: str) -> frozenset[str]:
        """Return the names of the values a sentence asks for."""
        return frozenset(found[1] for found in _PLACE.finditer(self.texts[key]))

    def _put(self, found: re.Match[str], values: Mapping[str, object]) -> str:
        value = values[found[1]]
        if found[2] is not None:
            assert isinstance(value, int | float)  # only a number has a noun behind it
            return self.count(value, found[2])
        return self.value(value, found[3] or "and")

    def value(self, value: object, joined: str = "and") -> str:
        """Return a value as the language writes it; lists are joined by *and* or *or*."""
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return self.texts["words.yes" if value else "words.no"]
        if isinstance(value, int | float):
            return self.number(value)
        if isinstance(value, datetime):
            return self.moment(value)
        if isinstance(value, date):
            return self.date(value)
        if isinstance(value, Interval):
            return self.stretch(value)
        if isinstance(value, Sequence):
            return self.join([self.value(item) for item in value], joined)
        raise TypeError(f"a sentence cannot hold {type(value).__name__}")

    def number(self, value: float, decimals: int = 4) -> str:
        """Return ``2,299`` or ``0.25``: groups of three from a thousand up, at most so many decimals."""
        text = f"{value:,.{decimals}f}".rstrip("0").rstrip(".") if value != int(value) else f"{int(value):,}"
        whole, _, part = text.replace("-", "\N{MINUS SIGN}").partition(".")
        whole = whole.replace(",", self.texts["format.group"])
        return f"{whole}{self.texts['format.decimal']}{part}" if part else whole

    def percent(self, share: float) -> str:
        """Return ``71 %``; more than nothing is never nothing, less than all never all."""
        key, whole = "format.percent", round(share * 100)
        if 0 < share < 0.005:
            key, whole = "format.percent_under", 1
        elif 0.995 <= share < 1:
            key, whole = "format.percent_over", 99
        return self.say(key, n=self.number(whole)).replace(" %", f"{NBSP}%")

    def count(self, value: float, noun: str) -> str:
        """Return ``24 hours``: the number and the noun in the form the number asks for, never broken apart."""
        form = PLURALS[self.texts["format.plural"]](value)
        return f"{self.number(value)}{NBSP}{self.nouns[noun][form]}"

    def date(self, day: date) -> str:
        """Return ``12 April 2026``."""
        number = self.texts["format.first_day"] if day.day == 1 else str(day.day)
        month = self.texts[f"months.m{day.month:02d}"]
        return self.say("format.date", day=number, month=month, year=f"{day.year:04d}").replace(" ", NBSP)

    def moment(self, moment: datetime, offset_hours: float | None = None) -> str:
        """Return ``11 April 2026, 13:00 UTC``, with local time where an offset is given, its day where it differs.

        Seconds are written where there are any.
        """
        text = self.say("format.moment", date=self.date(moment), time=_clock(moment))
        if not offset_hours:
            return text
        try:
            local = moment.astimezone(timezone(timedelta(hours=offset_hours)))
        except OverflowError:
            return text
        if local.date() == moment.date():
            return f"{text} {self.say('format.local', time=_clock(local))}"
        return f"{text} {self.say('format.local_day', date=self.date(local), time=_clock(local))}"

    def stretch(self, interval: Interval, offset_hours: float | None = None) -> str:
        """Return ``from 11 April 2026, 13:00 UTC to …``."""
        start, end = (self.moment(moment, offset_hours) for moment in (interval.start, interval.end))
        return self.say("format.stretch", start=start, end=end)

    def join(self, items: Sequence[str], joined: str = "and") -> str:
        """Return ``a, b and c``."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.texts[f'format.{joined}']} {items[-1]}"

    def quote(self, text: str) -> str:
        """Return the text in the language's quotation marks."""
        return f"{self.texts['format.open']}{text}{self.texts['format.close']}"

    def chance(self, low: float, high: float) -> str:
        """Return ``likely (71 %)`` or ``unlikely to likely (30 to 71 %)``: ICD 203 words by the number as printed."""
        first, last = (self.texts[f"chance.{_icd(round(share * 100) / 100)}"] for share in (low, high))
        below, above = self.percent(low), self.percent(high)
        if below == above:
            return f"{last} ({above})"
        words = last if first == last else self.say("format.range", low=first, high=last)
        return f"{words} ({self.say('format.range', low=below, high=above)})"


_ICD = ((0.05, "almost_none"), (0.2, "very_unlikely"), (0.45, "unlikely"), (0.55, "even"), (0.8, "likely"))


def _icd(share: float) -> str:
    """Return the key of the ICD 203 word (half-open bins from the lower edge)."""
    last = "very_likely" if share < 0.95 else "almost_certain"
    return next((word for edge, word in _ICD if share < edge), last)


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of all languages that have a file, English first."""
    found = sorted(path.name.removesuffix(".toml") for path in _folder() if path.name.endswith(".toml"))
    return ("en", *(code for code in found if code != "en"))


def _folder() -> list[Traversable]:
    return list(files("truceline.lang").iterdir())


@cache
def catalogue(code: str) -> Catalogue:
    """Return a language's catalogue.

    Raises:
        ConfigError: there is no such language.
    """
    if code not in languages():
        raise ConfigError(f"no language {code!r:.40}; there are {', '.join(languages())}")
    text = (files("truceline.lang") / f"{code}.toml").read_text("utf-8")
    tree = tomllib.loads(text)
    nouns = tree.pop("nouns")
    texts = {f"{section}.{key}": said for section, entries in tree.items() for key, said in entries.items()}
    return Catalogue(code, texts, nouns)


def say(code: str, key: str, /, **values: object) -> str:
    """Return one sentence in a language; see :meth:`Catalogue.say`.

    Raises:
        ConfigError: there is no such language.
        KeyError: no such sentence, or a value is missing: a fault of the caller.
    """
    return catalogue(code).say(key, **values)
