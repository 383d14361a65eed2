"""Reads and checks the knowledge folder once at start and hands out one frozen object.

Never repairs and never falls back to a default: every fault is named with its file and key, and the start is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from types import MappingProxyType

from cds_service.authoring import parsing
from cds_service.authoring.cross_check import cross_check
from cds_service.authoring.days import once
from cds_service.authoring.files import Files, read_files
from cds_service.authoring.pairs import impossible
from cds_service.authoring.reviewed_pairs import reviewed
from cds_service.authoring.statements import statements
from cds_service.authoring.subjects import subjects
from cds_service.errors import KnowledgeError
from cds_service.guideline.concepts import CONCEPT_FOLDERS, Concept, MarkerLimits, OrderPlan
from cds_service.guideline.knowledge import Group, Knowledge
from cds_service.guideline.recommendations import Approval, Recommendation, Source

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"


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
    concepts: dict[str, Concept] = {concept.id: concept for concept in _concepts(files)}
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
