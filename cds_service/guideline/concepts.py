"""Concepts of the knowledge: lists of codes and guarded phrases that mean one thing, and orders that can be drafted.

Matching them against a record is `fhir.codes`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NewType, cast, get_args

from cds_service.errors import KnowledgeError, Problem, nearest

Folder = Literal[
    "markers",
    "pathology",
    "status",
    "answers",
    "diagnoses",
    "syndromes",
    "events",
    "patient",
    "treatments",
    "procedures",
    "orders",
]
CONCEPT_FOLDERS: tuple[Folder, ...] = get_args(Folder)

# The id of a concept that exists: "patient/kidney-failure".
ConceptId = NewType("ConceptId", str)
_NAMED: set[str] = set()


def folder_of(concept: ConceptId) -> Folder:
    return cast("Folder", concept.partition("/")[0])


def concept_id(name: str) -> ConceptId:
    """A concept that Python asks for. Stands beside the imports, so that `all_named` knows it before the first call."""
    _NAMED.add(name)
    return ConceptId(name)


def concept_ids(*names: str) -> tuple[ConceptId, ...]:
    return tuple(concept_id(name) for name in names)


def all_named(held: Collection[str]) -> None:
    """Refuses knowledge that lacks a concept Python asks for: what is misspelt would read as "no" for ever.

    Raises:
        KnowledgeError: naming each, with the id that was probably meant.
    """
    if missing := tuple(unknown_concepts(_NAMED, held)):
        raise KnowledgeError(missing)


def unknown_concepts(names: Collection[str], held: Collection[str]) -> Iterator[Problem]:
    for name in sorted(set(names) - set(held)):
        yield Problem(f"{name}.toml", "", f"is asked for by the service and is not there{nearest(name, held)}")


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One code of a concept.

    Attributes:
        children: the code is a category (or a block like "C00-C97") and stands for all below it.
        verified: code and display were seen together in a published source. Others count only where the
            display or text agrees, and are never sent out.
        attributes: what the code says besides (site, hormone, grade, value ...).
    """

    system: str
    code: str
    display: str
    children: bool = False
    verified: bool = True
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A regular expression for text, with what it says besides.

    `lang` marks one that is of a single language other than English ("de"); all others are always read.
    """

    pattern: re.Pattern[str]
    attributes: Mapping[str, str] = field(default_factory=dict)
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Concept:
    """One file of codes; the id is folder/stem ("treatments/platinum")."""

    id: ConceptId
    title: str
    codes: tuple[CodeLine, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    not_phrases: tuple[Phrase, ...] = ()
    search: str = ""

    @property
    def folder(self) -> Folder:
        return folder_of(self.id)

    @property
    def name(self) -> str:
        return self.id.partition("/")[2]


@dataclass(frozen=True, slots=True)
class OrderPlan:
    """An order the service can draft: what it says, which verified codes go out, when it is not offered.

    Attributes:
        same_as: the files of codes that make it superfluous where one of them is ordered or done.
        gives_way_to: the orders beside which it is not offered in one answer.
    """

    id: str
    title: str
    resource: str
    text: str
    note: str = ""
    emit: tuple[CodeLine, ...] = ()
    category: str = ""
    dosage: str = ""
    harms_pregnancy: bool = False
    same_as: tuple[ConceptId, ...] = ()
    gives_way_to: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SiteLimit:
    """The limit of a site's laboratory for one method, or for all of them (method "")."""

    upper: Decimal
    method: str = ""


@dataclass(frozen=True, slots=True)
class MarkerLimits:
    """Name, unit and fallback limits of a tumor marker; they are used only where the result brings none.

    Attributes:
        upper_limit: what is assumed where the site says nothing either.
        site_limits: those of the site's laboratory, by method.
    """

    name: str
    unit: str
    upper_limit: str = ""
    plausible_limit: tuple[str, str] = ("", "")
    site_limits: tuple[SiteLimit, ...] = ()
