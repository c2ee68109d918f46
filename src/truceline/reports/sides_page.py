# SPDX-License-Identifier: Apache-2.0
"""What binds only one side: for each party, which response is foreseen should it breach, and what is promised to it."""

from __future__ import annotations

from typing import Any

from truceline.model.agreement import Agreement
from truceline.register.view import View
from truceline.reports.formats import sentence, xml
from truceline.reports.html_parts import document, listed, paragraphs, section, table
from truceline.reports.one_sided import one_sided
from truceline.reports.register_page import STYLE, as_of


def sides_json(agreement: Agreement, view: View) -> list[dict[str, Any]]:
    """Return per party, in the agreement's order: the response published, steps foreseen, commitments to them."""
    rows = []
    for party in agreement.parties:
        steps = [step for step in agreement.steps if not step.accused or party.id in step.accused]
        promised = [
            each.commitment.id
            for step in steps
            for each in view.standings.values()
            if each.commitment.step == step.id and each.promised(view.on)
        ]
        told = agreement.responses.get(party.id, "none published")
        rows.append(
            {
                "party": party.id,
                "name": party.name,
                "response": told,
                "steps": [step.id for step in steps],
                "commitments": promised,
            }
        )
    return rows


def sides_page(agreement: Agreement, view: View) -> str:
    """Return the page: breach by A, response foreseen; breach by B, none published; and whatever else is one-sided."""
    title = f"What binds only one side: {agreement.title}"
    sides = sides_json(agreement, view)
    alike = len({(each["response"], *each["steps"]) for each in sides}) < 2
    lead = "Each party's breach meets the same." if alike else "The parties' breaches do not meet the same."
    rows = [
        (
            f"Breach by {each['name']}",
            sentence(str(each["response"])),
            ", ".join(each["steps"]) or "none",
            ", ".join(each["commitments"]) or "none",
        )
        for each in sides
    ]
    heads = ["What happens", "Response published", "Steps foreseen", "Commitments to those steps"]
    others = [f"{each['title']}: {each['text']}" for each in one_sided(agreement, ())]
    body = "".join(
        (
            f'<header><h1>{xml(title)}</h1><p class="lead">{xml(lead)}</p>',
            paragraphs(f"Commitments {as_of(view)}. Parties stand in the order of the text; it says nothing."),
            "</header>",
            section("Breach by breach", table("What each party's breach meets", heads, rows)),
            section("What else shows or binds one side", listed(others) or paragraphs("Nothing else was found.")),
        )
    )
    return document(title, body, style=STYLE)
