"""Reads and checks the knowledge folder once at start and hands out one frozen object.

Never repairs and never falls back to a default: every fault is named with its file and key, and the start is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath
from types import MappingProxyType

from cds_service.errors import KnowledgeError
from cds_service.guideline import parsing
from cds_service.guideline.concepts import CONCEPT_FOLDERS, Concept, MarkerLimits, OrderPlan
from cds_service.guideline.cross_check import cross_check
from cds_service.guideline.days import once
from cds_service.guideline.files import Files, read_files
from cds_service.guideline.limits import Limits, Window
from cds_service.guideline.pairs import Impossible, Pairs, impossible
from cds_service.guideline.recommendations import Approval, Recommendation, Source
from cds_service.guideline.reviewed import Reviewed, reviewed
from cds_service.guideline.statements import Statement, statements
from cds_service.guideline.subjects import Subject, subjects

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"


@dataclass(frozen=True, slots=True)
class Group:
    """Info rows that share a card: the card's topic and the reasons for which it may be put aside.

    Attributes:
        order: ids of its rows, what matters most first; rows that are not named stand after these.
    """

    id: str
    title: str
    override_reasons: tuple[str, ...]
    order: tuple[str, ...] = ()

    def place(self, name: str) -> int:
        """Where a row of this id stands on the card."""
        return self.order.index(name) if name in self.order else len(self.order)


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """A recommendation that a site does not want, and its reason."""

    recommendation: Recommendation
    why: str


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
    approvals: Mapping[str, Approval]
    switched_off: tuple[SwitchedOff, ...] = ()

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
    knowledge = _assemble(files)
    defaults = files.table("defaults.toml").get("when", {})
    found = [*files.problems, *cross_check(knowledge, defaults)]
    problems = sorted((fault for fault in found if not files.hides(fault)), key=lambda fault: fault.file)
    if problems:
        raise KnowledgeError(tuple(problems))
    return knowledge


def _assemble(files: Files) -> Knowledge:
    """The knowledge of all files whose shape is sound; it is used only if all are."""
    concepts = {concept.id: concept for concept in _concepts(files)}
    sources = {key: parsing.source(key, entry) for key, entry in files.table("sources.toml").items()}
    reasons = files.table("override_reasons.toml")
    limits = files.table("limits.toml")
    limit_problems = files.problems if limits else []
    groups = files.table("groups.toml").items()
    return Knowledge(
        version=files.table("version.toml").get("version", ""),
        recommendations=tuple(sorted(_rows(files, sources), key=lambda row: row.sort_key)),
        statements=MappingProxyType(statements(files.table("statements.toml"))),
        subjects=MappingProxyType(subjects(files.table("subjects.toml"))),
        impossible=impossible(files.table("impossible.toml"), files.problems),
        reviewed_pairs=reviewed(files.table("reviewed_pairs.toml")),
        sources=MappingProxyType(sources),
        concepts=MappingProxyType(concepts),
        orders=MappingProxyType(_orders(files, concepts)),
        markers=MappingProxyType(_markers(files)),
        systems=MappingProxyType({k: tuple(v) for k, v in files.table("systems.toml").items()}),
        limits=parsing.limits(limits, limit_problems),
        windows=MappingProxyType(parsing.windows(limits, limit_problems)),
        groups=MappingProxyType(
            {k: Group(k, v["title"], tuple(v["override_reasons"]), tuple(v.get("order", ()))) for k, v in groups}
        ),
        override_reasons=MappingProxyType(dict(reasons.get("reasons", {}))),
        warning_reasons=MappingProxyType({k: tuple(v) for k, v in reasons.get("warnings", {}).items()}),
        approvals=MappingProxyType({k: Approval(k, **v) for k, v in files.table("approvals.toml").items()}),
    )


def _concepts(files: Files) -> Iterator[Concept]:
    for name, document in files.below(*CONCEPT_FOLDERS):
        yield parsing.concept(name, document, files.problems)


def _orders(files: Files, concepts: Mapping[str, Concept]) -> dict[str, OrderPlan]:
    drafted = ((name.removesuffix(".toml"), document) for name, document in files.below("orders"))
    plans = [parsing.order(concepts[id_], entry, files.problems) for id_, entry in drafted if "draft" in entry]
    return {plan.id: plan for plan in plans}


def _markers(files: Files) -> dict[str, MarkerLimits]:
    named = ((name, document) for name, document in files.below("markers") if "name" in document)
    return {PurePath(name).stem: parsing.marker(name, document, files.problems) for name, document in named}


def _rows(files: Files, sources: Mapping[str, Source]) -> Iterator[Recommendation]:
    unsaid = files.table("defaults.toml")
    defaults = parsing.listed(unsaid.get("when", {}), "defaults.toml", files.problems)
    said_once = once(files.table("as_of.toml"), unsaid.get("review", {}), files.problems)
    files.problems.extend(said_once.left_over(files.below("recommendations")))
    for name, document in files.below("recommendations"):
        whole = said_once.completed(name, document, files.problems)
        yield parsing.recommendation(name, whole, sources, defaults, files.problems)
