"""The words of the review about what recommendations say beside each other: for one of them, and for all.

Which pairs there are is `pairs`; why an opposed pair is no contradiction was written by whoever looked at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import comb

from cds_service.authoring.pairs import Pair, Pairs
from cds_service.authoring.reviewed_pairs import reasons
from cds_service.guideline.about_rows import Opposed, Reviewed, Subject
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.recommendations import Recommendation
from cds_service.guideline.vocabulary import Scope

PAGE = "together.md"
_ELSEWHERE = ", of another tumor"


@dataclass(frozen=True, slots=True)
class _Companion:
    """A row that can stand beside another and speaks of the same subject or of one it is part of."""

    row: str
    side: str
    opposed: Opposed


def beside(row: Recommendation, knowledge: Knowledge, pairs: Pairs) -> str:
    """What a row speaks for and against, and who can stand beside it and speaks of the same."""
    own = [pair for pair in pairs.possible if row in (pair.one, pair.other)]
    why = reasons(knowledge.reviewed_pairs)
    parts = [f"It can stand in one answer with {len(own)} others. What they say of the same:"]
    for subject in (one for one in knowledge.subjects.values() if one.id in row.favors | row.opposes):
        side = "for" if subject.id in row.favors else "against"
        companions = list(_companions(row, subject, own, knowledge))
        lines = [f"**{subject.title}**: it speaks {side} it.", "", *_lines(companions, why)]
        parts.append("\n".join(lines).strip())
    return "\n\n".join(parts)


def _companions(
    row: Recommendation, subject: Subject, pairs: Iterable[Pair], knowledge: Knowledge
) -> Iterator[_Companion]:
    near = [other for other in knowledge.subjects.values() if _is_near(subject, other)]
    for pair in pairs:
        other = pair.other if pair.one is row else pair.one
        elsewhere = "" if pair.together or subject.scope is Scope.PATIENT else _ELSEWHERE
        for word in near:
            if word.id in other.opposes:
                yield _Companion(other.id, "against" + elsewhere, Opposed(word.id, row.id, other.id))
            elif word.id in other.favors:
                yield _Companion(other.id, "for" + elsewhere, Opposed(subject.id, other.id, row.id))


def _is_near(one: Subject, other: Subject) -> bool:
    return one.id in (other.id, other.part_of) or other.id == one.part_of


def _lines(companions: Iterable[_Companion], why: Mapping[Opposed, str]) -> Iterator[str]:
    """One line a side, then what opposes this row, with the reason why that is no contradiction."""
    sides: dict[str, list[str]] = {}
    opposed: dict[str, list[str]] = {}
    for one in companions:
        if one.opposed in why:
            opposed.setdefault(why[one.opposed], []).append(one.row)
        else:
            sides.setdefault(one.side, []).append(one.row)
    for side in sorted(sides, key=lambda side: (side.endswith(_ELSEWHERE), side)):
        yield f"- {side}: {_names(sides[side])}"
    for reason, rows in opposed.items():
        yield f"- **opposed**: {_names(rows)}. {reason}"


def _names(rows: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(set(rows)))


def page(knowledge: Knowledge, pairs: Pairs) -> str:
    """The page about all pairs: how many, those that oppose each other, what leaves others out, orders of several."""
    together = sum(pair.together for pair in pairs.possible)
    parts = [
        "# What can stand in one answer",
        "By the conditions alone, without a patient: two recommendations can stand together if they share a hook, no"
        " fact that both ask rules one of them out, and neither takes the other's place. More pairs are called possible"
        " than really are, never fewer.",
        f"Of {comb(len(pairs.rows), 2)} pairs {len(pairs.possible)} can stand in one answer: {together} about one tumor"
        f" or none, {len(pairs.possible) - together} only about two tumors of one patient, which the cards name."
        f" {len(pairs.opposed)} times one speaks for a subject and another against it.",
        "## Pairs that oppose each other",
        "From `cds_service/knowledge/reviewed_pairs.toml`; a pair that is not listed there refuses the release.",
        *(_reviewed(entry, knowledge.subjects) for entry in knowledge.reviewed_pairs),
        "## Orders that several of them draft",
        "In one answer each is offered once, by the most urgent card; of two that are alike one gives way.",
        "\n".join(_drafted(knowledge)),
        "## Facts that no chart holds together",
        "From `cds_service/knowledge/impossible.toml`; they leave out pairs that no patient can have.",
        "\n".join(f"- {_facts(entry.facts)}: {entry.why}" for entry in knowledge.impossible),
    ]
    return "\n\n".join(parts) + "\n"


def _reviewed(entry: Reviewed, listed: Mapping[str, Subject]) -> str:
    lines = (
        f"**{listed[entry.subject].title}**",
        "",
        f"- for it, or for a part of it: {_names(entry.speak_for)}",
        f"- against it: {_names(entry.speak_against)}",
        f"- {entry.why} ({entry.status})",
    )
    return "\n".join(lines)


def _drafted(knowledge: Knowledge) -> Iterator[str]:
    for order in knowledge.orders.values():
        rows = [row.id for row in knowledge.recommendations for plan in row.suggestions if order.id in plan.creates]
        way = f" (gives way to {_names(order.gives_way_to)})" if order.gives_way_to else ""
        if len(rows) > 1 or way:
            yield f"- {order.title}, `{order.id}`{way}: {_names(rows)}"


def _facts(facts: Mapping[str, frozenset[str]]) -> str:
    return "; ".join(f"`{name}` = {', '.join(sorted(values))}" for name, values in facts.items())
