"""Concepts of the knowledge: lists of codes and guarded phrases that mean one thing, and orders that can be drafted.

Matching them against a record is `fhir.codes`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

CONCEPT_FOLDERS = (
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
)


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

    id: str
    title: str
    codes: tuple[CodeLine, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    not_phrases: tuple[Phrase, ...] = ()
    search: str = ""

    @property
    def folder(self) -> str:
        return self.id.partition("/")[0]

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
    same_as: tuple[str, ...] = ()
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
