# SPDX-License-Identifier: Apache-2.0
"""Parts of pages that are one HTML file: no scripts, nothing fetched, light and dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from truceline.reports.formats import sentence, xml
from truceline.reports.html_style import STYLE


def document(title: str, body: str, *, foot: str = "", language: str = "en", skip: str = "", style: str = "") -> str:
    """Return a whole page. It may fetch nothing and run no script; ``body`` and ``foot`` are HTML.

    Args:
        title: name of the page.
        body: what stands in ``main``.
        foot: what stands under it.
        language: code of the page's language.
        skip: words of the link to the content, for those who read with the keyboard.
        style: further rules of style.
    """
    return (
        f'<!doctype html>\n<html lang="{xml(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        'img-src data:">\n'
        f"<title>{xml(title)}</title>\n<style>{STYLE}{style}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#content">{xml(skip or "To the content")}</a>\n'
        f'<main id="content">\n{body}\n</main>\n{foot}\n</body>\n</html>\n'
    )


_MARK = """
.drill{position:sticky;top:0;z-index:9;margin:0;padding:8px 16px;background:#000;color:#fff}
.drill{font-weight:700;text-align:center}
@page{margin-top:18mm;margin-bottom:18mm;@top-center{content:"%(mark)s"}@bottom-center{content:"%(mark)s"}}
@media print{.drill{position:static;border:2px solid #000;color:#000;background:#fff}}
"""


def in_drill(page: str, word: str, banner: str) -> str:
    """Return a page of :func:`document` that says of itself that it belongs to a drill.

    It is said in its title, in a line that does not scroll away, and at the head and foot of every printed sheet.

    Args:
        page: the page.
        word: the word of a drill, letters only.
        banner: the line.

    Raises:
        ValueError: it is no page of :func:`document`.
    """
    for place, mark in (
        ("<title>", f"<title>{xml(word)} · "),
        ("</style>\n</head>", f"{_MARK % {'mark': f'{word} · ' * 5 + word}}</style>\n</head>"),
        ("<body>\n", f'<body>\n<p class="drill" role="note">{xml(banner)}</p>\n'),
    ):
        if place not in page:  # a page without its banner must not leave, with -O either
            raise ValueError(f"no place for the mark of a drill: {place!r}")
        page = page.replace(place, mark, 1)
    return page


def section(title: str, *parts: str) -> str:
    """Return a section; its parts are HTML."""
    return f"<section><h2>{xml(title)}</h2>\n{''.join(parts)}</section>"


def paragraphs(*texts: str) -> str:
    """Return a paragraph for each text that says something."""
    return "".join(f"<p>{xml(text)}</p>" for text in texts if text)


def listed(items: Iterable[str]) -> str:
    """Return a list of sentences."""
    found = "".join(f"<li>{xml(sentence(item))}</li>" for item in items if item)
    return f"<ul>{found}</ul>" if found else ""


def folded(title: str, content: str) -> str:
    """Return content, HTML, that opens when asked for."""
    return f"<details><summary>{xml(title)}</summary>{content}</details>"


def figure(svg: str) -> str:
    """Return a picture."""
    return f"<figure>{svg}</figure>"


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of texts; the first of each row names the row."""
    return table_of(caption, heads, ([xml(cell) for cell in row] for row in rows))


def table_of(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose cells are HTML; the first of each row names the row."""
    head = "".join(f'<th scope="col">{xml(name)}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in row[1:]) + "</tr>" for row in rows
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{xml(caption)}">'
        f"<table><caption>{xml(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
