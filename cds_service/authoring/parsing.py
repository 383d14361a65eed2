"""Turns the parsed TOML of one knowledge file into its frozen object, adding what is wrong to a list of problems.

The shape was checked by the schemas; this checks words against the vocabulary and patterns against `re`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from cds_service.errors import Problem, nearest
from cds_service.guideline.concepts import CodeLine, Concept, ConceptId, MarkerLimits, OrderPlan, Phrase
from cds_service.guideline.limits import Limits, Window
from cds_service.guideline.recommendations import Citation, Indicator, Recommendation, Review, Source, SuggestionPlan
from cds_service.guideline.vocabulary import VOCABULARY

SUMMARY_WITH_LEAD = 85
_LINE_KEYS = {"system", "code", "display", "checked", "children", "verified", "pattern", "lang"}


def source(key: str, entry: Mapping[str, Any]) -> Source:
    return Source(key, entry["title"], entry["publisher"], entry.get("year"), entry["status"], entry.get("url", ""))


def listed(
    when: Mapping[str, list[str]], name: str, problems: list[Problem], table: str = "when"
) -> dict[str, frozenset[str]]:
    """A table of facts like `when` of a row, every key and value held against the vocabulary."""
    for key, values in when.items():
        if key not in VOCABULARY:
            problems.append(Problem(name, f"{table}.{key}", f"is not a case feature{nearest(key, VOCABULARY)}"))
            continue
        allowed = [str(value) for value in VOCABULARY[key].values]
        for value in values:
            if value not in allowed:
                problems.append(Problem(name, f"{table}.{key}", f"{value!r} is not a value{nearest(value, allowed)}"))
    return {key: frozenset(values) for key, values in when.items()}


def recommendation(
    name: str,
    document: Mapping[str, Any],
    sources: Mapping[str, Source],
    defaults: Mapping[str, frozenset[str]],
    problems: list[Problem],
) -> Recommendation:
    _, topic, file = name.split("/")
    own = listed(document["when"], name, problems)
    problems.extend(_dates(name, document["as_of"], document["review"]["next"]))
    known_keys = {key: values for key, values in {**defaults, **own}.items() if key in VOCABULARY}
    return Recommendation(
        id=file.removesuffix(".toml"),
        topic=topic,
        title=document["title"],
        statements=tuple(document["statements"]),
        summary=document["summary"],
        advice=document["advice"].strip(),
        indicator=Indicator(document["indicator"]),
        hooks=frozenset(document["hooks"]),
        when=known_keys,
        own_keys=frozenset(own),
        citations=tuple(_citations(name, document["evidence"], sources, problems)),
        as_of=document["as_of"],
        review=Review(document["review"]["status"], document["review"]["next"]),
        group=document.get("group", ""),
        kind=document.get("kind", ""),
        lead=document.get("lead", ""),
        replaces=frozenset(document.get("replaces", ())),
        suggestions=tuple(_suggestion(entry) for entry in document.get("suggestions", ())),
        footer=document.get("footer", False),
        relies_on=tuple(document.get("relies_on", ())),
        favors=frozenset(document.get("for", ())),
        opposes=frozenset(document.get("against", ())),
    )


def _dates(name: str, as_of: date | str, due: date | str) -> Iterable[Problem]:
    """The schema sees dates as text: a date in quotes passes it and would fail where days are counted."""
    quoted = [key for key, value in (("as_of", as_of), ("review.next", due)) if isinstance(value, str)]
    for key in quoted:
        yield Problem(name, key, "is a date and stands without quotes")
    if not quoted and due <= as_of:  # type: ignore[operator]
        yield Problem(name, "review.next", f"{due} is not after as_of, {as_of}: the next review is still to come")


def _citations(
    name: str, entries: Iterable[Mapping[str, str]], sources: Mapping[str, Source], problems: list[Problem]
) -> Iterable[Citation]:
    for entry in entries:
        key = entry["document"]
        if key in sources:
            yield Citation(sources[key], entry.get("section", ""), entry.get("strength", ""))
        else:
            words = f"{key!r} is not in sources.toml{nearest(key, sources)}"
            problems.append(Problem(name, "evidence.document", words, "sources.toml"))


def _suggestion(entry: Mapping[str, Any]) -> SuggestionPlan:
    creates = entry.get("create", ())
    return SuggestionPlan(
        entry["label"], (creates,) if isinstance(creates, str) else tuple(creates), entry.get("delete") == "the-order"
    )


def concept(name: str, document: Mapping[str, Any], problems: list[Problem]) -> Concept:
    folder, file = name.split("/")
    return Concept(
        id=ConceptId(f"{folder}/{file.removesuffix('.toml')}"),
        title=document["title"],
        codes=tuple(_code_line(line) for line in document.get("codes", ())),
        phrases=tuple(_phrases(name, "texts", document, problems)),
        not_phrases=tuple(_phrases(name, "not_texts", document, problems)),
        search=document.get("search", ""),
    )


def _code_line(line: Mapping[str, Any]) -> CodeLine:
    return CodeLine(
        line["system"],
        line["code"],
        line["display"],
        line.get("children", False),
        line.get("verified", True),
        attributes(line),
    )


def attributes(line: Mapping[str, Any]) -> dict[str, str]:
    """What a code or phrase says besides: site, hormone, grade, value ..."""
    return {key: str(value) for key, value in line.items() if key not in _LINE_KEYS}


def _phrases(name: str, key: str, document: Mapping[str, Any], problems: list[Problem]) -> Iterable[Phrase]:
    for entry in document.get(key, ()):
        table = {"pattern": entry} if isinstance(entry, str) else entry
        try:
            pattern = re.compile(table["pattern"], re.IGNORECASE)
        except re.error as fault:
            problems.append(Problem(name, key, f"{table['pattern']!r} is not a regular expression: {fault}"))
            continue
        yield Phrase(pattern, attributes(table), table.get("lang", ""))


def order(concept: Concept, document: Mapping[str, Any], problems: list[Problem]) -> OrderPlan:
    draft = document["draft"]
    lines = {f"{line.system}|{line.code}": line for line in concept.codes}
    for wanted in draft.get("emit", ()):
        if wanted not in lines or not lines[wanted].verified:
            problems.append(Problem(f"{concept.id}.toml", "draft.emit", f"{wanted!r} is not a verified code of it"))
    return OrderPlan(
        id=concept.name,
        title=concept.title,
        resource=draft["resource"],
        text=draft["text"],
        note=draft.get("note", ""),
        emit=tuple(lines[wanted] for wanted in draft.get("emit", ()) if wanted in lines),
        category=draft.get("category", ""),
        dosage=draft.get("dosage_text", ""),
        harms_pregnancy=document.get("harms_pregnancy", False),
        same_as=tuple(ConceptId(id_) for id_ in (concept.id, *document.get("same_as", ()))),
        gives_way_to=frozenset(document.get("gives_way_to", ())),
    )


def marker(name: str, document: Mapping[str, Any], problems: list[Problem]) -> MarkerLimits:
    low, high = document.get("plausible_limit", ("", ""))
    if low != "" and not low <= document.get("upper_limit", low) <= high:
        problems.append(
            Problem(name, "plausible_limit", f"must go from low to high, with upper_limit between: {low}, {high}")
        )
    return MarkerLimits(document["name"], document["unit"], str(document.get("upper_limit", "")), (str(low), str(high)))


def windows(document: Mapping[str, Any], problems: list[Problem]) -> dict[str, Window]:
    """The figures of limits.toml that a site may change: those with a table `site`."""
    found = {}
    for name, entry in document.items():
        if "site" not in entry:
            continue
        window = Window(name, entry["value"], **entry["site"] | {"features": frozenset(entry["site"]["features"])})
        if not window.least <= window.default <= window.most:
            problems.append(Problem("limits.toml", f"{name}.site", f"its range leaves out its own {window.default}"))
        for feature in sorted(window.features - VOCABULARY.keys()):
            problems.append(
                Problem(
                    "limits.toml", f"{name}.site", f"{feature!r} is not a case feature{nearest(feature, VOCABULARY)}"
                )
            )
        found[name] = window
    return found


def limits(document: Mapping[str, Any], problems: list[Problem]) -> Limits:
    """Every figure of limits.toml; each stands in a table with its `value` and the reason or source for it."""
    names = {field.name: field.type for field in fields(Limits)}
    for missing in sorted(names.keys() - document.keys()):
        problems.append(Problem("limits.toml", missing, "is missing"))
    for extra in sorted(document.keys() - names.keys()):
        problems.append(Problem("limits.toml", extra, f"is not a limit{nearest(extra, names)}"))
    figures: dict[str, Any] = {}
    for name, kind in names.items():
        value = document.get(name, {}).get("value", 0)
        if kind == "int" and not isinstance(value, int):
            problems.append(Problem("limits.toml", name, "is a whole number"))
        figures[name] = Decimal(str(value)) if kind == "Decimal" else value
    return Limits(**figures)
