# SPDX-License-Identifier: Apache-2.0
"""The words by which claims are read: English, Ukrainian, Russian, French. Patterns, by what they mean.

All four are looked for at once, so nobody need say which language a text is in, and a text may mix them. Stems stand
for the forms of a word. No name of a party or place stands here: those are data of the watch.
"""

from __future__ import annotations

import re

from truceline.assessment import paste_numbers as numbers

_ANY = re.IGNORECASE


def _words(*languages: str) -> str:
    return f"(?:{'|'.join(languages)})"


MONTHS = (
    r"jan(?:uary)?\.?|січ(?:ня|ень|ні)|январ[ьяе]|janvier",
    r"feb(?:ruary)?\.?|лют(?:ого|ий|ому)|феврал[ьяе]|f[ée]vrier",
    r"mar(?:ch)?\.?|берез(?:ня|ень|ні)|март[ае]?|mars",
    r"apr(?:il)?\.?|квіт(?:ня|ень|ні)|апрел[ьяе]|avril",
    r"may|трав(?:ня|ень|ні)|ма[йяе]|mai",
    r"june?\.?|черв(?:ня|ень|ні)|июн[ьяе]|juin",
    r"july?\.?|лип(?:ня|ень|ні)|июл[ьяе]|juillet",
    r"aug(?:ust)?\.?|серп(?:ня|ень|ні)|август[ае]?|ao[uû]t",
    r"sep(?:t|tember)?\.?|верес(?:ня|ень|ні)|сентябр[ьяе]|septembre",
    r"oct(?:ober)?\.?|жовт(?:ня|ень|ні)|октябр[ьяе]|octobre",
    r"nov(?:ember)?\.?|листопад[аі]?|ноябр[ьяе]|novembre",
    r"dec(?:ember)?\.?|груд(?:ня|ень|ні)|декабр[ьяе]|d[ée]cembre",
)
MONTH = _words(*MONTHS)
_YEAR = r",?\s+(?P<{0}>\d{{4}})\b(?:\s*(?:року|рік|р\.|года|год|г\.))?"
DATE = re.compile(
    rf"(?P<iso>\b\d{{4}}-\d{{2}}-\d{{2}}(?=\b|T))|(?P<dotted>\b\d{{1,2}}\.\d{{1,2}}\.\d{{4}}\b)"
    rf"|\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|-?(?:го|"
    rf"е))?\s+(?:of\s+)?(?P<month>{MONTH})(?!\w)(?:{_YEAR.format('year')})?"
    rf"|\b(?P<month2>{MONTH})(?!\w)\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:{_YEAR.format('year2')})?",
    _ANY,
)
SLASHED = re.compile(r"\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b")
BETWEEN = r"\s*(?:to|until|till|through|and|до|по|на|та|і|й|и|au|et|-|–|—)\s*"
PARTS = re.compile(r"\b(?:to|until|till|through|and|до|по|та|au|jusqu'au)\b|[-–—]", _ANY)
TIME = re.compile(
    r"(?<![\d:+-])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?:\s*(?P<half>[ap])\.?m\b\.?)?"
    r"|(?<![\d:.])(?P<hour2>1[0-2]|[1-9])\s*(?P<half2>[ap])\.?m\b\.?"
    r"|(?:\b(?:à|de|dès|vers|entre|et|après|avant|depuis)|jusqu'à)\s+"
    r"(?P<hour3>[01]?\d|2[0-4])\s?(?:h|heures?)(?:\s?(?P<minute3>[0-5]\d))?\b"
    r"|\b(?:о|об|в|во|з|із|зі|с|со|до|від|от|після|после|між|между|та|и|і)\s+"
    r"(?P<hour4>[01]?\d|2[0-4])(?:-?(?:й|ї|ої|ти|та))?\s+"
    r"(?:годин[иіау]?|час(?:ов|а|у|ам)?|(?P<half4>утра|ранку|вечора|вечера))(?!\w)"
    r"|\b(?P<noon>noon|опівдні|полудень|полудня|полдень|midi)\b"
    r"|\b(?P<midnight>midnight|опівночі|опівніч|полночь|полуночи|minuit)\b",
    _ANY,
)
HOURS = re.compile(
    r"(?P<low>\b(?:з|із|від|с|со|от|між|между|de|entre)\s+[012]?\d)\s+(?P<high>(?:до|по|та|і|и|à|et)\s+[012]?\d)\s?"
    r"(?P<unit>годин[иіау]?|час(?:ов|а)|h|heures)\b",
    _ANY,
)
ZONE = re.compile(
    r"(?P<utc>\b(?:UTC|GMT)(?P<offset>\s*[+-]\s*\d{1,2}(?::?\d{2})?)?(?![\w])|(?<=\d)Z\b)|"
    r"(?P<bare>(?<=\d)[+-]\d{2}:\d{2}\b)"
    r"|\b(?P<named>MSK|EEST|EET|CEST|CET|МСК|мск)\b"
    r"|\b(?P<local>(?:local|(?!(?:This|First|Last|Some|Next|Same|Each|The)\b)[A-Z][a-z]+)\s+time|(?:за|"
    r"по)\s+[а-яіїєґ]+(?:им|ым|ому)\s+(?:часом|времени)"
    r"|(?<=\d\d\s)за\s+[А-ЯІЇЄҐ][а-яіїєґ']+ом|heure\s+(?:locale|(?:de\s+|d')[A-ZÉ]\w+))\b"
)
LOCAL = re.compile(r"\b(?:local|locale|місцевим|местному)\b", _ANY)
NAMED = {"MSK": 3, "МСК": 3, "EEST": 3, "EET": 2, "CEST": 2, "CET": 1}

FIRES = _words(
    r"(?:active )?fires?|hot ?spots?|thermal|blazes?",
    r"пожеж\w*|загорян\w*|теплов\w+|осеред\w+",
    r"пожар(?:а|ов|ы|е)?|возгоран\w*|термическ\w+|очаг\w*",
    r"incendies?|feux|feu|départs?|foyers?|points? chauds?",
)
_NONE = (
    r"no|zero|not (?:a single|one|any)|жодн\w+|ніяк\w+|ни (?:одного|одной|один|одно)|никак\w+|не\s+(?:було|было)|"
    r"aucune?|pas (?:d'|de\s|un seul)"
)
NUMBER = re.compile(
    rf"{numbers.NUMBER}|(?<![\w'-])(?P<single>un|une)(?=\s+(?:seul\s+)?(?:incendie|feu|départ|foyer))"
    rf"|\b(?P<none>(?:{_NONE})(?:\s+(?!with\b)[\w-]+)?)(?=\s*{FIRES}(?!\w))",
    _ANY,
)
MEASURE = re.compile(
    r"\s*(?:mm|cm|km|kilomet\w+|metres?|meters?|miles?|m|kg|tons?|tonnes?|hours?|minutes?|days?|weeks?|per cent|"
    r"percent|years?|o'?clock|people|civilians|soldiers|men|women|children|dead|killed|wounded|injured|points?|"
    r"мм|см|км|м|кг|т|тонн\w*|(?:кіло|кило)?метр\w*|годин\w*|час(?:ов|а)?|хвилин\w*|минут\w*|дн(?:ів|і|я|ей)|"
    r"діб|доби|суток|"
    r"тижн\w+|недел\w+|відсотк\w+|процент\w+|рок(?:ів|и|у)|лет|год(?:а|у)?|осіб|людей|людини|человек\w?|цивільн\w+|"
    r"гражданск\w+|мирн\w+|військов\w+|военн\w+|солдат\w*|бійц\w+|бойц\w+|поранен\w*|ранен\w*|загибл\w+|"
    r"погиб\w+|убит\w+|"
    r"дітей|детей|kilom\w+|mètres?|heures?|jours?|semaines?|ans?|années?|pour\s?cent|personnes?|civils?|soldats?|"
    r"hommes?|femmes?|enfants?|morts?|tués?|blessés?)(?!\w)",
    _ANY,
)
HOW = {
    "at least": _words(
        r"at least|no less than|no fewer than|not less than",
        r"не менше(?: ніж)?|щонайменше|принаймні",
        r"не менее(?: чем)?|как минимум|по меньшей мере",
        r"au moins|pas moins de",
    ),
    "at most": _words(
        r"at most|up to|no more than",
        r"не більше(?: ніж)?|щонайбільше",
        r"не более(?: чем)?|не больше(?: чем)?|максимум|до",
        r"au plus|au maximum|pas plus de|jusqu'à",
    ),
    "more than": _words(
        r"more than|over|upwards of",
        r"понад|більше(?: ніж)?|більш(?: як| ніж)",
        r"свыше|более(?: чем)?|больше(?: чем)?",
        r"plus de|plus d'",
    ),
    "fewer than": _words(
        r"fewer than|less than|under",
        r"менше(?: ніж)?|менш(?: як| ніж)",
        r"менее(?: чем)?|меньше(?: чем)?",
        r"moins de|moins d'",
    ),
    "about": _words(
        r"about|around|approximately|some|nearly|almost|roughly|circa",
        r"близько|приблизно|майже|орієнтовно|десь",
        r"около|примерно|приблизительно|почти|порядка",
        r"environ|quelque|près de|presque|à peu près|autour de",
    ),
}
"""Qualifiers by their name in English; the longer sayings stand first, as *no more than* ends in *more than*."""

QUALIFIER = re.compile(rf"(?<!\w){_words(*HOW.values())}\s*$", _ANY)
STOP = re.compile(
    r"[.,;:!?()\"“”«»]|(?<!\w)(?:by|in|on|at|from|between|near|since|during|over|within|against|along|and|were|"
    r"was|have|had|has|"
    r"that|which|who|of|to|until|till|after|before|across|as|while|around|outside|under|is|are|the|"
    r"на|у|в|во|з|із|зі|с|со|та|і|й|и|до|по|від|от|під|под|біля|поблизу|коло|возле|вблизи|около|вздовж|уздовж|"
    r"вдоль|за|що|які|"
    r"что|которые|було|было|були|были|після|после|через|протягом|во время|під час|вночі|ночью|"
    r"le|la|les|du|au|aux|dans|sur|près|par|pendant|durant|lors|depuis|entre|et|qui|que|ont|n|a|à|étaient|le long|"
    r"en|contre)(?!\w)",
    _ANY,
)
SAYS = re.compile(
    r"(?<!\w)(?:said|says|say|claim(?:s|ed)?|report(?:s|ed)?|accus(?:es|ed)|stated|announc(?:es|ed)|record(?:s|"
    r"ed)|counted|"
    r"alleg(?:es|ed)|registered|complain(?:s|ed)|заяв\w+|повідом\w+|стверджу\w+|звинува\w+|зафіксува\w+|"
    r"нарахува\w+|каж\w+|"
    r"сообщ\w+|утвержда\w+|обвин\w+|зафиксир\w+|насчита\w+|говор\w+|оголоси\w+|объяви\w+|déclar\w+|affirm\w+|"
    r"annonc\w+|"
    r"accus\w+|rapport\w+|recens\w+|dit|dénonc\w+|signal\w+|assur\w+|fait état|relev\w+|enregistr\w+|compt\w+)(?!\w)",
    _ANY,
)
ACCORDING = re.compile(
    r"\b(?:according to|за (?:даними|словами|інформацією)|по (?:данным|словам|информации)|selon|"
    r"d'après)\s+(?:l'|[\w'-]+\s+){0,3}$",
    _ANY,
)
BY = re.compile(
    r"(?<!\w)(?:by|from|accus(?:es|ed|ing)|against|blam(?:es|ed|ing)|violated|fired by|з боку|звинува\w+|проти|"
    r"со стороны|"
    r"обвин\w+|против|par|de la part d[eu]|accus\w+|contre)(?!\w)",
    _ANY,
)
DOES = re.compile(
    r"(?:'s|’s)?\s+(?:\w+\s+){0,3}?(?:violated|broke|breached|attacked|shelled|fired|struck|launched|opened|lit|"
    r"caused|started|"
    r"поруш\w+|атакув\w+|обстріл\w+|підпал\w+|спричин\w+|влаштув\w+|наруш\w+|атаков\w+|обстрел\w+|подожг\w+|"
    r"вызва\w+|устро\w+|"
    r"violé|attaqué|bombardé|tiré|lancé|allumé|provoqué|déclenché)\b",
    _ANY,
)
AT = re.compile(
    r"(?<!\w)(?:near|in|at|outside|around|towards?|close to|north of|south of|east of|west of|поблизу|біля|коло|"
    r"під|у|в|на|en|"
    r"неподалік(?: від)?|довкола|навколо|північніше|південніше|східніше|західніше|вблизи|возле|около|под|во|"
    r"недалеко от|неподалеку от|рядом с|вокруг|севернее|южнее|восточнее|западнее|(?:в|у) район[іе]|на околицях|"
    r"на окраин\w+|"
    r"(?:міст[аіо]|город[ае]?|сел[аоі]|сёл\w+|ville de|village de)|près de|près d'|à|aux abords de|"
    r"aux abords d'|autour de|dans|"
    r"non loin de|à proximité de|au (?:nord|sud) de|à l'(?:est|ouest) de)(?:\s+(?:the|la|le)\s+|\s+l'|\s*)$",
    _ANY,
)
LINE = re.compile(
    r"\b(?:along|near|on|across)\s+(?:the\s+)?(?:whole\s+|entire\s+)?(?:front ?line|line(?: of contact)?|front)\b"
    r"|(?:(?:вз|уз)довж|на|біля|поблизу|по)\s+(?:(?:[ву]сій|[ву]сієї|[ву]сьому)\s+)?(?:ліні[їєюяи]\s+(?:фронту|зіткнення|"
    r"бойового зіткнення)|фронт[іу])(?!\w)"
    r"|(?:вдоль|на|у|вблизи|по)\s+(?:всей\s+)?(?:лини[ияей]+\s+(?:фронта|(?:боевого )?соприкосновения)|"
    r"фронт[еу])(?!\w)"
    r"|(?:le long de|sur|près de|à)\s+(?:toute\s+)?(?:la\s+)?(?:ligne de (?:front|contact)|ligne)\b|"
    r"sur le front\b|le long du front\b",
    _ANY,
)
REGION = re.compile(
    r"\b([A-Z][\w'’-]+)\s+(region|oblast|province|district|governorate|raion)\b"
    r"|\b[А-ЯІЇЄҐ][\w'-]+\s+(?:област\w{1,3}|обл\.|район(?:і|у|а|е)?)(?!\w)"
    r"|\b(?:(?i:région|oblast|province|district|oblast')) (?:de |d'|du )[A-ZÉ][\w'-]+"
)
JOINED = re.compile(
    r"\s*(?P<comma>,)?\s*(?:and|or|&|та|і|й|и|або|чи|или|et|ou)?\s+"
    r"(?:(?:near|in|at|around|біля|поблизу|у|в|під|под|возле|вблизи|около|près de|de|à)\s+|d')?",
    _ANY,
)
"""What joins a second place to the first."""

NO_PLACE = re.compile(
    rf"(?:(?i:{MONTH}|easter|великод\w*|великдень|пасх\w*|pâques|orthodox|utc|gmt|telegram|телеграм\w*|facebook|twitter|"
    r"x|ministry|the|this|that|general|генштаб\w*|ген\w*|мин(?:истер|оборон|обр)\w*|міноборон\w*|міністер\w*|мзс|мид\w*|"
    r"зсу|всу|офіс\w*|кремл\w*|état-major|ministère)|[A-ZА-ЯІЇЄҐ]{2,4})(?!\w)"
)
"""What begins with a capital behind a word of place and is no place."""

BOTH = re.compile(
    r"\b(?:both (?:sides|parties|armies)|(?:дві|обидві|обома) сторон\w+|обе(?:ими)? сторон\w+|"
    r"les deux (?:parties|camps|côtés|armées))(?!\w)",
    _ANY,
)
RELATIVE = re.compile(
    r"(?<!\w)(?:last (?:night|week)|tonight|yesterday(?: (?:morning|evening))?|today|overnight|"
    r"this (?:morning|afternoon|evening|week)|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"вчора(?: (?:ввечері|вночі|вранці))?|позавчора|сьогодні|(?:минулої|цієї|цієї ж) ночі|вночі|уночі|минулого тижня|"
    r"(?:у|в) (?:понеділок|вівторок|середу|четвер|п'ятницю|суботу|неділю)|на Великдень|"
    r"вчера(?: (?:вечером|ночью|утром))?|позавчера|сегодня|(?:минувшей|прошлой|этой) ночью|ночью|на прошлой неделе|"
    r"(?:в|во) (?:понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье)|на Пасху|"
    r"hier(?: (?:soir|matin))?|avant-hier|aujourd'hui|la nuit dernière|cette nuit|"
    r"(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|à Pâques|at Easter)(?!\w)",
    _ANY,
)
"""A time that counts from the day of publication, or from a calendar that is not known here."""

NIGHT = re.compile(
    r"(?<!\w)(?P<into>(?:в|у) ніч на|в ночь на|overnight (?:in)?to|on the night before)\s+$"
    r"|(?<!\w)(?:(?:the )?night (?:of|from|between)|overnight(?: on| from)?|(?:(?:в|у) ніч|вночі|уночі|ночью|в ночь)"
    r"(?: (?:з|із|с|со))?|(?:la )?nuit d[eu])\s+(?:the\s+|le\s+)?$",
    _ANY,
)
"""What makes of the date behind it a night; ``into``: the night that ends on it."""
_TRUCE = _words(
    r"truce|cease-?fire", r"перемир['\w]+|(?:режим\w*\s+)?припинення вогню|(?:режим\w*\s+)?тиші",
    r"перемири\w+|(?:режим\w*\s+)?прекращени\w+ огня|(?:режим\w*\s+)?тишины", r"trêve|cessez-le-feu",
)  # fmt: skip
TRUCE = re.compile(
    r"(?<!\w)(?:during|in|throughout|over|under|під час|протягом|упродовж|впродовж|за час|в ході|у період|"
    r"в період|во время|за время|"
    r"в ходе|в период|в течение|на протяжении|pendant|durant|au cours d[eu]|lors d[eu])\s+(?:the\s+|la\s+|le\s+)?"
    rf"(?:[\w'’-]+\s+){{0,2}}?{_TRUCE}(?!\w)",
    _ANY,
)
VIOLATED = re.compile(
    rf"(?<!\w)(?:violat|breach|broke|поруш|наруш|viol[ée])\w*\b(?:\s+(?:the|la|"
    rf"le))?(?:\s+\w+)?\s+(?P<what>{_TRUCE}|agreement)",
    _ANY,
)
TIMES = re.compile(r"(?:times?|раз(?:ів|и|а|у)?|fois)(?!\w)|$", _ANY)
UNTIL = re.compile(
    r"(?<!\w)(?:until|till|by|up to|as of|before|до|станом на|по состоянию на|к|на|"
    r"jusqu'(?:à|au)|avant|au)\s+(?:the\s+|le\s+)?$",
    _ANY,
)
SINCE = re.compile(
    r"(?<!\w)(?:since|after|starting(?: at| from)?|beginning(?: at)?|з|із|зі|від|після|починаючи з|с|со|от|"
    r"после|начиная с|"
    r"depuis|dès|après|à partir d[eu])\s+(?:the\s+|le\s+)?$",
    _ANY,
)
