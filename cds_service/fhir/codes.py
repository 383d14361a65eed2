"""Codings and text against the code lists of the knowledge: what a CodeableConcept means, and how we know.

Decides nothing between several meanings; that is the `picture` room.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from cds_service.errors import KnowledgeError
from cds_service.fhir.texts import Certainty, find
from cds_service.guideline.concepts import CodeLine, Concept, ConceptId, Folder, folder_of, unknown_concepts

_ICD = ("icd-10-cm", "icd-10")
_BLOCK = re.compile(r"([A-Z]\d[0-9A-Z])-([A-Z]\d[0-9A-Z])")


@dataclass(frozen=True, slots=True)
class Coding:
    """One coding as sent; `system` is our alias ("loinc") or "" for a system we do not know."""

    system: str
    code: str
    display: str
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Codeable:
    """A CodeableConcept, Coding, code or Reference display, whichever the sender used."""

    codings: tuple[Coding, ...] = ()
    text: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """Its words, text first, each once."""
        words = (self.text, *(coding.display for coding in self.codings))
        return tuple(dict.fromkeys(word for word in words if word))

    @property
    def shown(self) -> str:
        """What a person calls it: the text, else the first display, else the first code."""
        return next(iter((*self.texts, *(coding.code for coding in self.codings))), "")

    @property
    def is_empty(self) -> bool:
        return not self.shown


@dataclass(frozen=True, slots=True)
class Meaning:
    """One concept found in a Codeable.

    Attributes:
        by_code: found by a code, not by text.
        rank: how specific the code line is: 3 the very code, 2 a category above it, 1 a block, 0 text.
        system: alias of the code system it was found by, "" for text.
    """

    concept: Concept
    attributes: Mapping[str, str]
    by_code: bool
    certainty: Certainty
    words: str
    rank: int = 0
    system: str = ""

    @property
    def name(self) -> str:
        return self.concept.name


class CodeBook:
    """The code lists of the knowledge, indexed once."""

    def __init__(self, concepts: Iterable[Concept], systems: Mapping[str, tuple[str, ...]]) -> None:
        self._aliases = {uri: alias for alias, uris in systems.items() for uri in uris}
        self._uris = {alias: uris[0] for alias, uris in systems.items()}
        self._folders: dict[str, list[Concept]] = defaultdict(list)
        self._exact: dict[tuple[str, str], list[tuple[Concept, CodeLine]]] = defaultdict(list)
        self._above: dict[tuple[str, str], list[tuple[Concept, CodeLine]]] = defaultdict(list)
        self._blocks: list[tuple[str, str, str, Concept, CodeLine]] = []
        self._ids: set[str] = set()
        for concept in concepts:
            self._ids.add(concept.id)
            self._folders[concept.folder].append(concept)
            for line in concept.codes:
                self._add(concept, line)

    def _add(self, concept: Concept, line: CodeLine) -> None:
        block = _BLOCK.fullmatch(line.code)
        if block:
            self._blocks.append((line.system, block[1], block[2], concept, line))
            return
        self._exact[line.system, _bare(line.system, line.code)].append((concept, line))
        if line.children:
            self._above[line.system, _bare(line.system, line.code)].append((concept, line))

    def alias(self, uri: str) -> str:
        return self._aliases.get(uri.strip(), "")

    def uri(self, alias: str) -> str:
        """The URI that is sent out for a system."""
        return self._uris[alias]

    def meanings(self, codeable: Codeable, *folders: Folder) -> tuple[Meaning, ...]:
        """What it means within these folders: by code where a code is recognized, else by guarded text.

        An ICD code that is in no list says something else, so its text does not count.
        """
        coded = [meaning for coding in codeable.codings for meaning in self._coded(coding, codeable, folders)]
        if coded:
            return tuple(_most_specific(coded))
        if any(coding.system in _ICD for coding in codeable.codings) or self.contradiction(codeable):
            return ()
        return tuple(self.in_text(codeable.texts, *folders))

    def contradiction(self, codeable: Codeable) -> str:
        """The display of a marker's code that names another marker ("" if there is none): neither is believed.

        Codes of CEA have been sent with NSE as their display.
        """
        return next(
            (
                coding.display
                for coding in codeable.codings
                for _, concept, _ in self._lines(coding)
                if concept.folder == "markers" and self._contradicted(concept, coding.display)
            ),
            "",
        )

    def in_text(self, texts: Iterable[str], *folders: Folder) -> Iterator[Meaning]:
        """The concepts of these folders that the texts name."""
        for text in texts:
            for folder in folders:
                for concept in self._folders[folder]:
                    yield from _phrases(concept, text)

    def has(self, codeable: Codeable, *ids: ConceptId) -> bool:
        """Whether it surely means one of the concepts."""
        return any(self.which(codeable, *ids))

    def may_mean(self, codeable: Codeable, coded: Set[ConceptId], worded: Set[ConceptId]) -> bool:
        """Whether one of its codes, or any of its words, stands in these concepts: asked before a resource is read."""
        self._known(coded | worded)
        if any(concept.id in coded for coding in codeable.codings for _, concept, _ in self._lines(coding)):
            return True
        concepts = (c for folder in set(map(folder_of, worded)) for c in self._folders[folder])
        phrases = (phrase for concept in concepts if concept.id in worded for phrase in concept.phrases)
        return any(phrase.pattern.search(text) for phrase in phrases for text in codeable.texts)

    def which(self, codeable: Codeable, *ids: ConceptId) -> tuple[Meaning, ...]:
        """Its affirmed meanings among these concept ids."""
        self._known(ids)
        folders = dict.fromkeys(map(folder_of, ids))
        return tuple(
            meaning
            for meaning in self.meanings(codeable, *folders)
            if meaning.concept.id in ids and meaning.certainty is Certainty.AFFIRMED
        )

    def _known(self, ids: Collection[str]) -> None:
        """A concept that is nowhere would be meant by nothing, and nobody would notice."""
        if not self._ids.issuperset(ids):
            raise KnowledgeError(tuple(unknown_concepts(ids, self._ids)))

    def _coded(self, coding: Coding, codeable: Codeable, folders: tuple[str, ...]) -> Iterator[Meaning]:
        for rank, concept, line in self._lines(coding):
            if concept.folder not in folders:
                continue
            words = (coding.display, codeable.text)
            if not line.verified and not any(list(_phrases(concept, text)) for text in words if text):
                continue
            if concept.folder == "markers" and self._contradicted(concept, coding.display):
                continue
            yield Meaning(
                concept, line.attributes, True, Certainty.AFFIRMED, coding.display or line.display, rank, line.system
            )

    def _contradicted(self, concept: Concept, display: str) -> bool:
        """Whether the display names other markers only; a plainer name ("NSE" for NSE in CSF) is no other marker."""
        named = {meaning.concept.id for meaning in self.in_text([display], "markers")}
        return bool(named) and not any(f"{concept.id}-".startswith(f"{name}-") for name in named)

    def _lines(self, coding: Coding) -> Iterator[tuple[int, Concept, CodeLine]]:
        """The code lines a coding falls under; WHO ICD-10 and its US modification are read as one tree."""
        for system in _ICD if coding.system in _ICD else (coding.system,):
            code = _bare(system, coding.code)
            yield from ((3, *pair) for pair in self._exact.get((system, code), ()))
            parents = (self._above.get((system, code[:end]), []) for end in range(len(code) - 1, 1, -1))
            yield from ((2, *pair) for pair in next((found for found in parents if found), []))
            for name, first, last, concept, line in self._blocks:
                if name == system and first <= code[:3] <= last:
                    yield 1, concept, line


def _bare(system: str, code: str) -> str:
    return code.replace(".", "").strip().upper() if system in _ICD else code.strip()


def _most_specific(meanings: list[Meaning]) -> Iterator[Meaning]:
    """Within one folder a very code hides the categories and blocks above it."""
    best: dict[str, int] = {}
    for meaning in meanings:
        folder = meaning.concept.folder
        best[folder] = max(best.get(folder, 0), meaning.rank)
    return (m for m in meanings if m.rank == best[m.concept.folder] or m.rank == 3)


def _phrases(concept: Concept, text: str) -> Iterator[Meaning]:
    said = [phrase for phrase in concept.phrases if phrase.pattern.search(text)]
    if not said or any(phrase.pattern.search(text) for phrase in concept.not_phrases):
        return
    for phrase in said:
        for found in find(phrase.pattern, text):
            yield Meaning(concept, phrase.attributes, False, found.certainty, found.match[0])
