# SPDX-License-Identifier: Apache-2.0
"""Numbers in a pasted claim, as digits or as words: English, Ukrainian, Russian, French."""

from __future__ import annotations

import re

_ADD = """
1 one один одна одну одне одно одного однієї одной
2 two два дві двох две двух deux
3 three три трьох трех трёх trois
4 four чотири чотирьох четыре четырех четырёх quatre
5 five п'ять п'яти пять пяти cinq
6 six шість шести шесть
7 seven сім семи семь sept
8 eight вісім восьми восемь huit
9 nine дев'ять дев'яти девять девяти neuf
10 ten десять десяти dix
11 eleven одинадцять одинадцяти одиннадцать одиннадцати onze
12 twelve дванадцять дванадцяти двенадцать двенадцати douze
13 thirteen тринадцять тринадцяти тринадцать тринадцати treize
14 fourteen чотирнадцять чотирнадцяти четырнадцать четырнадцати quatorze
15 fifteen п'ятнадцять п'ятнадцяти пятнадцать пятнадцати quinze
16 sixteen шістнадцять шістнадцяти шестнадцать шестнадцати seize
17 seventeen сімнадцять сімнадцяти семнадцать семнадцати
18 eighteen вісімнадцять вісімнадцяти восемнадцать восемнадцати
19 nineteen дев'ятнадцять дев'ятнадцяти девятнадцать девятнадцати
20 twenty двадцять двадцяти двадцать двадцати vingt vingts
30 thirty тридцять тридцяти тридцать тридцати trente
40 forty сорок сорока quarante
50 fifty п'ятдесят п'ятдесяти пятьдесят пятидесяти cinquante
60 sixty шістдесят шістдесяти шестьдесят шестидесяти soixante
70 seventy сімдесят сімдесяти семьдесят семидесяти
80 eighty вісімдесят вісімдесяти восемьдесят восьмидесяти
90 ninety дев'яносто девяносто девяноста
100 сто ста
200 двісті двохсот двести двухсот
300 триста трьохсот трехсот трёхсот
400 чотириста чотирьохсот четыреста четырехсот четырёхсот
500 п'ятсот п'ятисот пятьсот пятисот
600 шістсот шестисот шестьсот
700 сімсот семисот семьсот
800 вісімсот восьмисот восемьсот
900 дев'ятсот дев'ятисот девятьсот девятисот
"""
_TIMES = """
100 cent cents hundred
1000 thousand mille тисяча тисячу тисячі тисяч тис тысяча тысячу тысячи тысяч тыс
1000000 million millions мільйон мільйони мільйонів миллион миллиона миллионов млн
1000000000 billion milliard milliards мільярд мільярди мільярдів миллиард миллиарда миллиардов млрд
"""
_ROUND = """
10 десяток десятка dizaine
12 dozen дюжина дюжину douzaine
15 quinzaine
20 vingtaine
30 trentaine
40 quarantaine
50 cinquantaine
60 soixantaine
100 сотня сотню сотні сотни centaine
1000 millier
"""


def _table(text: str) -> dict[str, int]:
    lines = (line.split() for line in text.strip().splitlines())
    return {word: int(number) for number, *words in lines for word in words}


_ADDED, _MULTIPLIED, ROUND = _table(_ADD), _table(_TIMES), _table(_ROUND)
_ALONE = (
    *("cent", "mille", "тисяча", "тисячу", "тысяча", "тысячу", "million", "мільйон", "миллион"),
    *("billion", "milliard", "мільярд", "миллиард"),
)
"""What multiplies and is a number by itself too; *thousands of fires* is none."""


def any_of(words: object) -> str:
    """Return a pattern for any of the words, the longest first."""
    return f"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})"  # type: ignore[call-overload]


_ROUND_ALONE = r"(?=сотн[яю]|десятка|десяток|дюжин)|(?<=около )(?=сотни)|(?<=близько )(?=сотні)"
"""Round words that are a number by themselves: *hundreds* is none, *about a hundred* is."""

_FIRST = any_of((*_ADDED, *_ALONE))
_TIMES_WORD = any_of(_MULTIPLIED)
_JOIN = r"(?:[\s-]|\s+and\s+|\s+et\s+|-et-)"
NUMBER = (
    rf"(?<![\w.,:/+-])(?P<digits>\d{{1,3}}(?:[ ,]\d{{3}})+(?!\d)|\d{{1,15}})"
    rf"(?:(?P<part>[.,]\d)?\s?(?P<many>{_TIMES_WORD})(?!\w)\.?|(?![\w:/-]|[.,]\d|\s*[°%]))"
    rf"|(?<![\w'-])(?:(?P<few>a|une|{any_of(_ADDED)})\s+|{_ROUND_ALONE})(?P<round>{any_of(ROUND)})(?![\w-])"
    rf"|(?<![\w'-])(?P<word>(?:a\s+(?:hundred|thousand|million|billion)|{_FIRST})(?:{_JOIN}(?:{_FIRST}|{_TIMES_WORD}))*)(?![\w'-])"
)
"""A number: ``digits`` (with a tenth and a word that multiplies), a ``round`` word, or ``word``."""


def value_of(match: re.Match[str]) -> int:
    """Return what a match of ``NUMBER`` means."""
    if match["digits"]:
        whole = re.sub(r"\D", "", match["digits"])
        times = _MULTIPLIED[match["many"].lower()] if match["many"] else 1
        return int(whole) * times + (int(match["part"][1]) * times // 10 if match["part"] else 0)
    if match["round"]:
        return ROUND[match["round"].lower()] * _ADDED.get((match["few"] or "").lower(), 1)
    return _sum(match["word"].lower())


def _sum(words: str) -> int:
    """``two hundred and five``, ``сорок дві``, ``quatre-vingt-dix``."""
    whole, part = 0, 0
    for word in re.split(r"[\s-]+", words):
        if word in _ADDED:
            score = word in ("vingt", "vingts") and part % 100 == 4  # four twenties are eighty
            part += 76 if score else _ADDED[word]
        elif word in _MULTIPLIED:
            times = _MULTIPLIED[word]
            part = max(1, part) * times
            whole, part = (whole + part, 0) if times >= 1000 else (whole, part)
    return whole + part
