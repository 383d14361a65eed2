"""The pages a clinician reads to review the recommendations: one a recommendation, with the card as it is seen.

Writes words only; who reviewed what, and when, stands in the recommendation's own file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from cds_service.answer import Guideline, answer
from cds_service.authoring import together
from cds_service.authoring.pairs import Pairs
from cds_service.cases.corpus import FIRES, SILENT, Corpus
from cds_service.cases.pages import Case
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.recommendations import Citation, Recommendation
from cds_service.guideline.vocabulary import VOCABULARY
from cds_service.hooks.basis import BASIS
from cds_service.hooks.services import services
from cds_service.hooks.templates import templates_for

_SIGN_OFF = (
    "The conditions are right: it speaks where it should, and nowhere else.",
    "The text is right, up to date and clear, and its urgency fits.",
    "The documents say what the text says.",
    "The suggestion is safe, or there is none.",
)


def pages(knowledge: Knowledge, corpus: Corpus) -> Iterator[tuple[str, str]]:
    """Path (below the folder of the review) and text of every page, the table of contents first."""
    guideline, pairs = Guideline.of(knowledge), Pairs.of(knowledge)
    rows = sorted(knowledge.recommendations, key=lambda row: (row.topic, row.id))
    yield "README.md", _contents(rows, knowledge.version)
    yield together.PAGE, together.page(knowledge, pairs)
    for row in rows:
        yield f"{row.topic}/{row.id}.md", _page(row, guideline, pairs, corpus)


def _contents(rows: Sequence[Recommendation], version: str) -> str:
    lines = [
        "# Clinical review",
        "",
        f"Knowledge {version}. Made by `python -m cds_service pages`; a test keeps it current. Do not edit the pages:",
        "the recommendations stand in `cds_service/knowledge/recommendations`, and so does who reviewed them.",
        f"What can stand beside what in one answer: [{together.PAGE}]({together.PAGE}).",
        "",
        "| Recommendation | What it says | Urgency | Review |",
        "| --- | --- | --- | --- |",
    ]
    for row in rows:
        lines.append(f"| [{row.id}]({row.topic}/{row.id}.md) | {row.title} | {_urgency(row)} | {row.review.status} |")
    return "\n".join(lines) + "\n"


def _urgency(row: Recommendation) -> str:
    return "footer" if row.footer else str(row.indicator)


def _page(row: Recommendation, guideline: Guideline, pairs: Pairs, corpus: Corpus) -> str:
    cases = corpus.of_row(row.id)
    fires, silent = ([case for case in cases if case.short_name.startswith(kind)] for kind in (FIRES, SILENT))
    parts = [
        f"# {row.title}",
        f"`{row.id}` - {_urgency(row)}, on {', '.join(sorted(row.hooks))}. Statements: {', '.join(row.statements)}. "
        f"As of {row.as_of}; {row.review.status}.",
        "## When it speaks",
        "All of this must hold:",
        _conditions(row),
        *_replaced(row),
        "Cases in which it speaks:\n\n" + _cases(fires),
        "Cases in which it is silent:\n\n" + _cases(silent),
        "## The card as it is seen",
        f"Of the case *{_case(fires[0])}*:",
        _card(row.id, fires[0], guideline, corpus.now),
        *_beside(row, guideline.knowledge, pairs),
        "## Documents",
        "\n".join(f"- {_document(citation)}" for citation in row.citations),
        "## Sign-off",
        "\n".join(f"- [ ] {line}" for line in _SIGN_OFF),
        "Name, role, date:",
    ]
    return "\n\n".join(parts) + "\n"


def _conditions(row: Recommendation) -> str:
    lines = ["| Fact | Accepted | Whose |", "| --- | --- | --- |"]
    for name, values in row.when.items():
        kind = VOCABULARY[name]
        asked = "" if name in row.own_keys else ", asked everywhere"
        listed = ", ".join(value for value in map(str, kind.values) if value in values)
        lines.append(f"| {kind.label} (`{name}`) | {listed} | {kind.scope}{asked} |")
    return "\n".join(lines)


def _replaced(row: Recommendation) -> list[str]:
    names = ", ".join(f"`{name}`" for name in sorted(row.replaces))
    return [f"It takes the place of {names}."] if names else []


def _beside(row: Recommendation, knowledge: Knowledge, pairs: Pairs) -> list[str]:
    """Of a footer nothing: it stands under cards and speaks for and against nothing."""
    return [] if row.footer else ["## Beside it", together.beside(row, knowledge, pairs)]


def _cases(cases: Sequence[Case]) -> str:
    return "\n".join(f"- {_case(case)}" for case in cases)


def _case(case: Case) -> str:
    return case.short_name.partition("--")[2].replace("-", " ")


def _card(name: str, case: Case, guideline: Guideline, now: datetime) -> str:
    """The card of a case that carries the recommendation, as a quotation."""
    offered = {one.hook: one for one in services(partial(templates_for, guideline.knowledge))}
    cards = answer(case.body, offered[case.call["hook"]], guideline, now, lambda: "").body["cards"]
    card = next(card for card in cards if any(row["id"] == name for row in card["extension"][BASIS]["recommendations"]))
    lines = [f"**{card['summary']}**", "", *card["detail"].split("\n"), *_offers(card)]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _offers(card: Mapping[str, Any]) -> Iterator[str]:
    for suggestion in card.get("suggestions", ()):
        yield ""
        yield f"*Offers: {suggestion['label']}*"


def _document(citation: Citation) -> str:
    seen = ", ".join(part for part in (citation.section, citation.strength) if part)
    words = f"{citation.source.label}{f' ({seen})' if seen else ''}; {citation.source.status}"
    return f"[{words}]({citation.source.url})" if citation.source.url else words
