"""Hemolysis in the extensions of a result or a specimen: statements about the sample, and indices.

The index of an HL7 v2 message (SAC-32, its unit in SAC-33) has no agreed extension in FHIR, so any whose url or label
names hemolysis is read. Judges nothing; that is `hemolysis`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cds_service.fhir.codes import Codeable, CodeBook
from cds_service.fhir.resources import Resource
from cds_service.fhir.values import Element, Value, codeable, elements, from_words, text, value_of

_URL = re.compile(r"^(?!.*correct).*(?:h(?:a?e|ä)moly|\bsac[-_.]?32\b)", re.IGNORECASE)
_UNIT_URL = re.compile(r"unit|\bsac[-_.]?33\b", re.IGNORECASE)
_LABEL = re.compile(r"\s*h(?:a?e|ä)moly\w*(?:[ -]*ind(?:ex|ices))?\s*", re.IGNORECASE)
_HOLDERS = ("extension", "modifierExtension")


def told_in(resource: Resource, book: CodeBook) -> Iterator[Codeable | Value]:
    """What the extensions say: a coded statement about the sample, or the value of an index."""
    for extension in _extensions({name: part for name, part in resource.data.items() if name != "contained"}):
        yield from _told(extension, book, False, "")


def _extensions(part: Any) -> Iterator[dict[str, Any]]:
    """The outermost extensions anywhere in a resource."""
    if isinstance(part, list):
        for item in part:
            yield from _extensions(item)
    elif isinstance(part, dict):
        for name, inner in part.items():
            yield from elements(inner) if name in _HOLDERS else _extensions(inner)


def _told(extension: Element, book: CodeBook, named: bool, unit: str) -> Iterator[Codeable | Value]:
    named = named or bool(_URL.search(text(extension.get("url"))))
    parts = [part for holder in _HOLDERS for part in elements(extension.get(holder))]
    if parts:
        labels = [words for part in parts for words in _words(part, book)]
        named = named or any(_LABEL.fullmatch(words) for words in labels)
        units = [words for part in parts if _is_unit(part) for words in _words(part, book)]
        for part in parts:
            if not _is_unit(part):
                yield from _told(part, book, named, next(iter(units), ""))
        return
    item = _item(extension, book)
    if not item.is_empty:
        yield item
    if named:
        value = from_words(item.shown) if not item.is_empty else value_or_flag(extension, book)
        yield replace(value, unit=value.unit or unit)


def _is_unit(part: Element) -> bool:
    return bool(_UNIT_URL.search(text(part.get("url"))))


def _item(extension: Element, book: CodeBook) -> Codeable:
    return codeable(extension.get("valueCodeableConcept") or extension.get("valueCoding"), book)


def value_or_flag(holder: Element, book: CodeBook) -> Value:
    """The value of an index, or the flag or code that stands for one."""
    flag, code = holder.get("valueBoolean"), text(holder.get("valueCode"))
    if isinstance(flag, bool):
        return Value(words=str(flag).lower())
    return from_words(code) if code else value_of(holder, book)


def _words(part: Element, book: CodeBook) -> tuple[str, ...]:
    """The words of one part: a label, or a unit, coded or not."""
    plain = (text(part.get("valueString")), text(part.get("valueCode")))
    return (*_item(part, book).texts, *(c.code for c in _item(part, book).codings), *(w for w in plain if w))
