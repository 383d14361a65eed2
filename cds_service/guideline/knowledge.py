"""Reads and checks the knowledge folder once at start and hands out one frozen object.

Never repairs and never falls back to a default: every fault is named with its file and key, and the start is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from cds_service.errors import KnowledgeError, Problem
from cds_service.guideline import parsing
from cds_service.guideline.concepts import CONCEPT_FOLDERS, Concept, MarkerLimits, OrderPlan
from cds_service.guideline.files import Files, read_files
from cds_service.guideline.limits import Limits, Window
from cds_service.guideline.pairs import Impossible, Pairs, impossible
from cds_service.guideline.recommendations import Recommendation, Source
from cds_service.guideline.reviewed import Reviewed, entry_problems, order_problems, reviewed
from cds_service.guideline.statements import Statement, statements
from cds_service.guideline.subjects import Subject, subject_problems, subjects, word_problems

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"


@dataclass(frozen=True, slots=True)
class Group:
    """Info rows that share a card: the card's topic and the reasons for which it may be put aside."""

    id: str
    title: str
    override_reasons: tuple[str, ...]


@dataclass(frozen=True)
class Knowledge:
    """Everything the service knows about medicine. Immutable; built by `read_knowledge`."""

    version: str
    recommendations: tuple[Recommendation, ...]
    statements: Mapping[str, Statement]
    subjects: Mapping[str, Subject]
    impossible: tuple[Impossible, ...]
    reviewed_pairs: tuple[Reviewed, ...]
    sources: Mapping[str, Source]
    concepts: Mapping[str, Concept]
    orders: Mapping[str, OrderPlan]
    markers: Mapping[str, MarkerLimits]
    systems: Mapping[str, tuple[str, ...]]
    limits: Limits
    windows: Mapping[str, Window]
    groups: Mapping[str, Group]
    override_reasons: Mapping[str, str]
    warning_reasons: Mapping[str, tuple[str, ...]]

    @cached_property
    def by_id(self) -> Mapping[str, Recommendation]:
        return MappingProxyType({row.id: row for row in self.recommendations})

    @cached_property
    def pairs(self) -> Pairs:
        return Pairs(self.recommendations, self.impossible, self.subjects)

    def in_folder(self, folder: str) -> tuple[Concept, ...]:
        return tuple(concept for concept in self.concepts.values() if concept.folder == folder)


def read_knowledge(root: Path = KNOWLEDGE) -> Knowledge:
    """Reads the whole folder.

    Raises:
        KnowledgeError: naming every fault found, each with file and key.
    """
    files = read_files(root)
    if files.problems:
        raise KnowledgeError(tuple(files.problems))
    knowledge = _assemble(files)
    problems = files.problems + list(_cross_check(knowledge))
    if problems:
        raise KnowledgeError(tuple(problems))
    return knowledge


def _assemble(files: Files) -> Knowledge:
    documents = files.documents
    concepts: dict[str, Concept] = {}
    orders: dict[str, OrderPlan] = {}
    markers: dict[str, MarkerLimits] = {}
    for name, document in documents.items():
        if name.split("/")[0] not in CONCEPT_FOLDERS:
            continue
        concept = parsing.concept(name, document, files.problems)
        concepts[concept.id] = concept
        if "draft" in document:
            orders[concept.name] = parsing.order(concept, document, files.problems)
        if "name" in document:
            markers[concept.name] = parsing.marker(document)
    sources = {key: parsing.source(key, entry) for key, entry in documents["sources.toml"].items()}
    defaults = parsing.listed(documents["defaults.toml"]["when"], "defaults.toml", files.problems)
    rows = [
        parsing.recommendation(name, document, sources, defaults, files.problems)
        for name, document in documents.items()
        if name.startswith("recommendations/")
    ]
    reasons = documents["override_reasons.toml"]
    return Knowledge(
        version=documents["version.toml"]["version"],
        recommendations=tuple(sorted(rows, key=lambda row: row.sort_key)),
        statements=MappingProxyType(statements(documents["statements.toml"])),
        subjects=MappingProxyType(subjects(documents["subjects.toml"])),
        impossible=impossible(documents["impossible.toml"], files.problems),
        reviewed_pairs=reviewed(documents["reviewed_pairs.toml"]),
        sources=MappingProxyType(sources),
        concepts=MappingProxyType(concepts),
        orders=MappingProxyType(orders),
        markers=MappingProxyType(markers),
        systems=MappingProxyType({k: tuple(v) for k, v in documents["systems.toml"].items()}),
        limits=parsing.limits(documents["limits.toml"], files.problems),
        windows=MappingProxyType(parsing.windows(documents["limits.toml"], files.problems)),
        groups=MappingProxyType(
            {k: Group(k, v["title"], tuple(v["override_reasons"])) for k, v in documents["groups.toml"].items()}
        ),
        override_reasons=MappingProxyType(dict(reasons["reasons"])),
        warning_reasons=MappingProxyType({k: tuple(v) for k, v in reasons["warnings"].items()}),
    )


def _cross_check(knowledge: Knowledge) -> Iterator[Problem]:
    for row in knowledge.recommendations:
        yield from _row_problems(row, knowledge)
        if knowledge.by_id[row.id] is not row:
            yield Problem(row.file, "", "has the same name as a row of another topic")
        yield from word_problems(row, knowledge.subjects)
    yield from subject_problems(knowledge.subjects, knowledge.orders)
    yield from order_problems(knowledge.orders)
    yield from entry_problems(knowledge.reviewed_pairs, knowledge.subjects)
    yield from _cycles(knowledge)
    yield from _reason_problems(knowledge)
    for concept in knowledge.concepts.values():
        for system in sorted({line.system for line in concept.codes} - knowledge.systems.keys()):
            yield Problem(f"{concept.id}.toml", "codes.system", f"{system!r} is not in systems.toml")
    for plan in knowledge.orders.values():
        for other in plan.same_as:
            if other not in knowledge.concepts:
                yield Problem(f"orders/{plan.id}.toml", "same_as", f"{other!r} is not a file of codes")


def _reason_problems(knowledge: Knowledge) -> Iterator[Problem]:
    """Every reason for putting a card aside has its words."""
    used = [
        ("groups.toml", f"{group.id}.override_reasons", group.override_reasons) for group in knowledge.groups.values()
    ]
    used += [("override_reasons.toml", f"warnings.{kind}", codes) for kind, codes in knowledge.warning_reasons.items()]
    for name, key, codes in used:
        for code in codes:
            if code not in knowledge.override_reasons:
                yield Problem(name, key, f"{code!r} is not a reason we have")


def _row_problems(row: Recommendation, knowledge: Knowledge) -> Iterator[Problem]:
    name = row.file
    for number in row.statements:
        if number not in knowledge.statements:
            yield Problem(name, "statements", f"{number!r} is not in statements.toml")
    for other in sorted(row.replaces - knowledge.by_id.keys()):
        yield Problem(name, "replaces", f"{other!r} is not a recommendation")
    for plan in row.suggestions:
        for order in plan.creates:
            if order not in knowledge.orders:
                yield Problem(name, "suggestions.create", f"{order!r} is not an order that can be drafted")
    if row.group and row.group not in knowledge.groups:
        yield Problem(name, "group", f"{row.group!r} is not in groups.toml")
    if row.citations and all(citation.source.status == "origin only" for citation in row.citations):
        yield Problem(name, "evidence", "names no document that is more than the origin of the text")
    if row.lead and len(row.summary) > parsing.SUMMARY_WITH_LEAD:
        yield Problem(name, "summary", f"has {len(row.summary)} characters; {parsing.SUMMARY_WITH_LEAD} with a lead")


def _cycles(knowledge: Knowledge) -> Iterator[Problem]:
    for row in knowledge.recommendations:
        seen: set[str] = set()
        open_ = set(row.replaces)
        while open_:
            seen |= open_
            open_ = {
                after for name in open_ & knowledge.by_id.keys() for after in knowledge.by_id[name].replaces
            } - seen
        if row.id in seen:
            yield Problem(row.file, "replaces", "comes back to the row itself")
