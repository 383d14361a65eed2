"""Whether two results of one marker may be compared: test, unit, method and laboratory, each where it is stated.

What is stated of only one of them separates nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cds_service.fhir.units import factor
from cds_service.fhir.values import Element, codeable, codeables, elements, reference, text
from cds_service.picture.record import Record
from cds_service.picture.results import Result

_PERSONS = ("Practitioner/", "PractitionerRole/", "Patient/", "RelatedPerson/", "CareTeam/")
_Stated = Mapping[str, frozenset[str]]


def difference(one: Result, other: Result, record: Record) -> str:
    """In what they surely differ ("laboratory"), "" if in nothing that both state."""
    for what, (first, second) in {
        "test": (_test(one, record), _test(other, record)),
        "unit": (_unit(one), _unit(other)),
        "method": (_method(one, record), _method(other, record)),
        "laboratory": (_laboratory(one, record), _laboratory(other, record)),
    }.items():
        if _differ(first, second):
            return what
    return ""


def _differ(one: _Stated, other: _Stated) -> bool:
    """Something is stated of both in the same way, and nothing of it agrees."""
    both = [kind for kind in one if one[kind] and other[kind]]
    return bool(both) and not any(one[kind] & other[kind] for kind in both)


def _test(result: Result, record: Record) -> _Stated:
    """The method that the code itself names (immunoassay, radioimmunoassay); most codes name none."""
    code = codeable(result.holder.get("code"), record.book)
    values = (m.attributes.get("value", "") for m in record.book.which(code, result.concept))
    return {"named": frozenset(value for value in values if value)}


def _unit(result: Result) -> _Stated:
    """By size: ug/L and ng/mL are one unit."""
    by = factor(result.value.unit, "ug/L") if result.value.unit else ""
    return {"size": frozenset({str(by)} if by else ())}


def _method(result: Result, record: Record) -> _Stated:
    stated = codeables(result.resource.at("method"), record.book)
    return {
        "codes": frozenset(f"{c.uri}|{c.code}" for method in stated for c in method.codings if c.code),
        "words": frozenset(words.casefold() for method in stated for words in method.texts),
    }


def _laboratory(result: Result, record: Record) -> _Stated:
    performers = list(_performers(result, record))
    return {
        "references": frozenset(target for item in performers if (target := reference(item)) and target[0] != "#"),
        "names": frozenset(name.casefold() for item in performers if (name := text(item.get("display")))),
        "numbers": frozenset(
            number
            for item in performers
            for identifier in elements(item.get("identifier"))
            if (number := text(identifier.get("value")))
        ),
    }


def _performers(result: Result, record: Record) -> Iterator[Element]:
    """The organizations that the result names, else those of the report it came with; persons say nothing of assays."""
    own = [item for item in elements(result.resource.at("performer")) if not _is_person(item)]
    if not own:
        for report in record.chart.of("DiagnosticReport"):
            if result.resource.reference in {reference(item) for item in elements(report.at("result"))}:
                own += [item for item in elements(report.at("performer")) if not _is_person(item)]
    for item in own:
        yield item
        yield from _contained(item, result)


def _is_person(item: Element) -> bool:
    return f"{text(item.get('type'))}/".startswith(_PERSONS) or reference(item).startswith(_PERSONS)


def _contained(item: Element, result: Result) -> Iterator[Element]:
    """An Organization within the result: its own name and number."""
    for organization in elements(result.resource.at("contained")):
        if reference(item) == f"#{text(organization.get('id'))}":
            yield {"display": organization.get("name"), "identifier": organization.get("identifier")}
