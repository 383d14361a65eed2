"""Whether the files of the knowledge fit together: what one names, another must hold, and nothing may be said twice.

The shape of each file was checked by the schemas; what a word means to a patient is not looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from cds_service.authoring import parsing
from cds_service.authoring.reviewed_pairs import entry_problems, order_problems
from cds_service.authoring.subjects import subject_problems, word_problems
from cds_service.errors import Problem, nearest
from cds_service.guideline.concepts import Concept
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.recommendations import Recommendation
from cds_service.guideline.vocabulary import VOCABULARY

# One result, and one diagnosis, is one thing: a code must not say two. Elsewhere a code may belong to several (a drug
# of two ingredients, an order that is a kind of another).
_ONE_MEANING = {"markers": "results", "pathology": "results", "status": "results", "diagnoses": "diagnoses"}

# What a row must ask for to lead with the drafts, or with the newest NSE: another reading may be the one that decides.
_JUDGED = {"order": ("ordering",), "nse": ("nse-reading", "nse-level", "nse-multiple")}


def cross_check(knowledge: Knowledge, defaults: Collection[str]) -> Iterator[Problem]:
    """All faults between files; `defaults` are the features that every row asks for."""
    for row in knowledge.recommendations:
        yield from _row(row, knowledge)
        yield from _asks_nothing(row, defaults)
        yield from word_problems(row, knowledge.subjects)
        if knowledge.by_id[row.id] is not row:
            yield Problem(row.file, "", "has the same name as a row of another topic: rename one of them")
        if way := _way_back(row, knowledge):
            circle = " -> ".join(way)
            yield Problem(row.file, "replaces", f"comes back to the row itself ({circle}): take one of them out")
    yield from _reasons(knowledge)
    yield from _orders_of_groups(knowledge)
    yield from subject_problems(knowledge.subjects, knowledge.orders)
    yield from order_problems(knowledge.orders)
    yield from entry_problems(knowledge.reviewed_pairs, knowledge.subjects)
    yield from _concepts(knowledge)
    yield from _documents(knowledge)


def _row(row: Recommendation, knowledge: Knowledge) -> Iterator[Problem]:
    name = row.file
    yield from unknown(name, "statements", row.statements, knowledge.statements, "is not in", "statements.toml")
    replaced = sorted(row.replaces)
    for other in replaced:
        home = f"recommendations/*/{other}.toml"
        yield from unknown(name, "replaces", [other], knowledge.by_id, "is not a recommendation", home, "")
    for order in (order for plan in row.suggestions for order in plan.creates):
        words = "is not an order that can be drafted"
        yield from unknown(name, "suggestions.create", [order], knowledge.orders, words, f"orders/{order}.toml", "")
    if row.group:
        yield from unknown(name, "group", [row.group], knowledge.groups, "is not in", "groups.toml")
    if row.citations and all(citation.source.status == "origin only" for citation in row.citations):
        yield Problem(name, "evidence", "names no document that is more than the origin of the text: name one")
    if row.lead and len(row.summary) > parsing.SUMMARY_WITH_LEAD:
        yield Problem(name, "summary", f"has {len(row.summary)} characters; {parsing.SUMMARY_WITH_LEAD} with a lead")
    if "ordering" not in row.own_keys and any(plan.deletes_order for plan in row.suggestions):
        yield Problem(name, "suggestions.delete", "needs ordering in [when]: it says which draft is meant")
    if row.lead in _JUDGED and not row.own_keys & set(_JUDGED[row.lead]):
        wanted = " or ".join(_JUDGED[row.lead])
        yield Problem(name, "lead", f"needs {wanted} in [when]: what is shown first must be what was judged")
    yield from _approvals(row, knowledge)


def _approvals(row: Recommendation, knowledge: Knowledge) -> Iterator[Problem]:
    """What ages faster than the medicine is named by its key, so that the card can date it."""
    yield from unknown(row.file, "relies_on", row.relies_on, knowledge.approvals, "is not in", "approvals.toml")
    for citation in row.citations:
        about = [key for key, approval in knowledge.approvals.items() if approval.document == citation.source.key]
        if about and not set(about) & set(row.relies_on):
            said = f"misses {' or '.join(about)}, on which {citation.source.key} is cited"
            yield Problem(row.file, "relies_on", said)


def _documents(knowledge: Knowledge) -> Iterator[Problem]:
    for key, approval in knowledge.approvals.items():
        cited = [approval.document] if approval.document else []
        yield from unknown("approvals.toml", f"{key}.document", cited, knowledge.sources, "is not in", "sources.toml")


def _asks_nothing(row: Recommendation, defaults: Collection[str]) -> Iterator[Problem]:
    """A key that takes every value only stands to lift a default."""
    for key in sorted(row.own_keys & VOCABULARY.keys() - set(defaults)):
        if row.when[key] == {str(value) for value in VOCABULARY[key].values}:
            words = "lists every value and so asks nothing: leave the key or a value out"
            yield Problem(row.file, f"when.{key}", words, "defaults.toml")


def _way_back(row: Recommendation, knowledge: Knowledge) -> list[str]:
    """The shortest way along `replaces` from the row to itself."""
    ways, seen = [[row.id]], set[str]()
    for way in ways:
        for name in sorted(knowledge.by_id[way[-1]].replaces & knowledge.by_id.keys() - seen):
            if name == row.id:
                return [*way, name]
            seen.add(name)
            ways.append([*way, name])
    return []


def _reasons(knowledge: Knowledge) -> Iterator[Problem]:
    """Every reason for putting a card aside has its words."""
    used = [
        ("groups.toml", f"{group.id}.override_reasons", group.override_reasons) for group in knowledge.groups.values()
    ]
    used += [("override_reasons.toml", f"warnings.{kind}", codes) for kind, codes in knowledge.warning_reasons.items()]
    for name, key, codes in used:
        words, home = "is not a reason we have", "override_reasons.toml"
        yield from unknown(name, key, codes, knowledge.override_reasons, words, home, "")


def _orders_of_groups(knowledge: Knowledge) -> Iterator[Problem]:
    """The order of the lines of a card names rows of that card."""
    for group in knowledge.groups.values():
        members = {row.id for row in knowledge.recommendations if row.group == group.id}
        words = "is no row of this group"
        yield from unknown("groups.toml", f"{group.id}.order", group.order, members, words, "groups.toml", "")


def _concepts(knowledge: Knowledge) -> Iterator[Problem]:
    owners: dict[tuple[str, str, str], str] = {}
    for concept in knowledge.concepts.values():
        used = sorted({line.system for line in concept.codes})
        yield from unknown(f"{concept.id}.toml", "codes.system", used, knowledge.systems, "is not in", "systems.toml")
        yield from _twice(concept, owners)
    for plan in knowledge.orders.values():
        for other in plan.same_as:
            name, words = f"orders/{plan.id}.toml", "is not a file of codes"
            yield from unknown(name, "same_as", [other], knowledge.concepts, words, f"{other}.toml", "")


def _twice(concept: Concept, owners: dict[tuple[str, str, str], str]) -> Iterator[Problem]:
    """Codes that stand twice in a file, or in two that exclude each other; an unconfirmed one goes by its display."""
    among = _ONE_MEANING.get(concept.folder)
    listed: set[tuple[str, str]] = set()
    for line in concept.codes:
        shown = f"{line.code!r} of {line.system}"
        if (line.system, line.code) in listed:
            yield Problem(f"{concept.id}.toml", "codes", f"{shown} stands there twice: leave one out")
        listed.add((line.system, line.code))
        if among and line.verified:
            owner = owners.setdefault((among, line.system, line.code), concept.id)
            if owner != concept.id:
                words = f"{shown} is already a code of {owner}, and it cannot mean both: leave one out"
                yield Problem(f"{concept.id}.toml", "codes", words)


def unknown(
    file: str, key: str, words: Iterable[str], among: Collection[str], fault: str, home: str, named: str | None = None
) -> Iterator[Problem]:
    """A fault for each word that is not among those of its home, the file that would hold it."""
    place = home if named is None else named
    for word in words:
        if word not in among:
            said = f"{word!r} {fault} {place}".rstrip()
            yield Problem(file, key, f"{said}{nearest(word, among)}", home)
